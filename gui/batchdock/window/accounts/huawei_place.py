"""Where the jobs of a Huawei Cloud account are: region, project, and which of its services are used."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.accounts import HUAWEI_REGIONS, HuaweiWish
from batchdock.window.accounts.account_form import Spot
from batchdock.window.accounts.fold import Fold
from batchdock.window.theme import unit

FACES = "c-face-edge"
_NAMES = {
    "ap-southeast-1": QT_TRANSLATE_NOOP("regions", "Hong Kong (China)"),
    "ap-southeast-2": QT_TRANSLATE_NOOP("regions", "Bangkok"),
    "ap-southeast-3": QT_TRANSLATE_NOOP("regions", "Singapore"),
    "ap-southeast-4": QT_TRANSLATE_NOOP("regions", "Jakarta"),
    "cn-east-2": QT_TRANSLATE_NOOP("regions", "East China, Shanghai 2"),
    "cn-east-3": QT_TRANSLATE_NOOP("regions", "East China, Shanghai 1"),
    "cn-north-1": QT_TRANSLATE_NOOP("regions", "North China, Beijing 1"),
    "cn-north-4": QT_TRANSLATE_NOOP("regions", "North China, Beijing 4"),
    "cn-south-1": QT_TRANSLATE_NOOP("regions", "South China, Guangzhou"),
}
_FIRST = "cn-north-4"
"""The one region where every service is."""
_OWN = ""


class HuaweiPlace(QWidget):
    """Most people choose a region and are done. Under *More* are addresses of one's own."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.region_choice, self.own_region = QComboBox(), _line(self.tr("Name of the region"))
        self.region_choice.setAccessibleName(self.tr("Region"))
        for region in sorted(HUAWEI_REGIONS, key=lambda each: (not each.startswith("cn-"), each)):
            name = QCoreApplication.translate("regions", _NAMES[region]) if region in _NAMES else ""
            self.region_choice.addItem(f"{name} · {region}" if name else region, region)
        self.region_choice.addItem(self.tr("Own endpoint…"), _OWN)
        self.region_choice.setCurrentIndex(self.region_choice.findData(_FIRST))
        self.project_choice = QComboBox(editable=True)
        self.project_choice.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.project_choice.setAccessibleName(self.tr("Project"))
        self.project_line = _line(self.tr("Project"))
        self.project_line.setPlaceholderText(self.tr("Found by itself; or its name or ID"))
        self.project_choice.setLineEdit(self.project_line)
        self.vias_tick = _tick(self.tr("Video analysis jobs (VIAS)"), on=True)
        self.faces_tick = _tick(self.tr("Faces at the edge (c-face-edge)"), on=False)
        self.services = _line(self.tr("Other IVA services"))
        self.services.setPlaceholderText(self.tr("Other IVA services, with commas between them"))
        self.version = QComboBox()
        self.version.setAccessibleName(self.tr("Version of VIAS"))
        for text, value in (
            (self.tr("By the region"), ""),
            (self.tr("China (v2): everything"), "v2"),
            (self.tr("International (v1): list, show and create"), "v1"),
        ):
            self.version.addItem(text, value)
        self.iam, self.vias, self.iva = (_line(self.tr("Address of %1").replace("%1", each)) for each in _HOSTS)
        ticks = QWidget()
        column = QVBoxLayout(ticks)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(unit(self))
        for widget in (self.vias_tick, self.faces_tick, self.services):
            column.addWidget(widget)
        self.region, self.project, self.use = Spot(self.region_choice), Spot(self.project_choice), Spot(ticks)
        self.addresses = {each: Spot(line) for each, line in zip(_HOSTS, (self.iam, self.vias, self.iva), strict=True)}
        self.more = Fold(self.tr("More"), self._more())
        form = _form(self)
        form.setContentsMargins(0, 0, 0, 0)
        for label, spot in ((self.tr("&Region"), self.region), (self.tr("Pro&ject"), self.project)):
            called = QLabel(label)
            called.setBuddy(spot.control)
            form.addRow(called, spot)
        form.addRow(self.tr("Use"), self.use)
        form.addRow(self.more)
        self._listen()
        self._on_region()

    @property
    def is_filled(self) -> bool:
        """True where nothing is missing any more."""
        wish = self.wish()
        if not (wish.vias or wish.iva):
            return False
        hosts = (wish.iam_endpoint, wish.vias_endpoint or not wish.vias, wish.iva_endpoint or not wish.iva)
        return bool(self.region_choice.currentData()) or all(hosts)

    def wish(self) -> HuaweiWish:
        """Return what was filled in."""
        region = self.region_choice.currentData() or self.own_region.text().strip()
        by_region = "v2" if region.startswith("cn-") or not region else "v1"
        iva = [FACES] if self.faces_tick.isChecked() else []
        iva += [name for each in self.services.text().split(",") if (name := each.strip()) and name not in iva]
        return HuaweiWish(
            region=region,
            project=self.project_choice.currentText().strip(),
            vias=(self.version.currentData() or by_region) if self.vias_tick.isChecked() else "",
            iva=tuple(iva),
            iam_endpoint=self.iam.text().strip(),
            vias_endpoint=self.vias.text().strip(),
            iva_endpoint=self.iva.text().strip(),
        )

    def offer_projects(self, names: list[str]) -> None:
        """Offer these projects; what was typed stays."""
        typed = self.project_choice.currentText()
        self.project_choice.blockSignals(True)
        self.project_choice.clear()
        self.project_choice.addItems(names)
        self.project_choice.setEditText(typed)
        self.project_choice.blockSignals(False)

    def spot_of_host(self, host: str) -> Spot:
        """Return where the address of a host is from: one that was typed, else the region."""
        for spot in self.addresses.values():
            line = spot.control
            if host and isinstance(line, QLineEdit) and host in line.text():
                return spot
        return self.region

    def clear_trouble(self) -> None:
        """Take back what was said."""
        for spot in (self.region, self.project, self.use, *self.addresses.values()):
            spot.say("")

    # --- inside

    def _more(self) -> QWidget:
        content = QWidget()
        form = _form(content)
        form.setContentsMargins(unit(self) * 5, 0, 0, 0)
        for label, field in (
            (self.tr("VIAS version"), self.version),
            (self.tr("Region name"), self.own_region),
            *((f"{name}", spot) for name, spot in self.addresses.items()),
        ):
            form.addRow(label, field)
        for name, spot in self.addresses.items():
            line = spot.control
            if isinstance(line, QLineEdit):
                line.setPlaceholderText(f"https://{name.lower()}.….myhuaweicloud.com")
        self._more_form = form
        return content

    def _listen(self) -> None:
        for line in (self.own_region, self.services, self.iam, self.vias, self.iva):
            line.textChanged.connect(self._on_changed)
        for tick in (self.vias_tick, self.faces_tick):
            tick.toggled.connect(self._on_changed)
        self.project_choice.editTextChanged.connect(self._on_changed)
        self.version.currentIndexChanged.connect(self._on_changed)
        self.region_choice.currentIndexChanged.connect(self._on_region)

    def _on_region(self, _index: int = 0) -> None:
        """One's own endpoint has addresses of its own, and a region only by name."""
        is_own = self.region_choice.currentData() == _OWN
        self._more_form.setRowVisible(self.own_region, is_own)
        if is_own:
            self.more.unfold(True)
        self._on_changed()

    def _on_changed(self, _value: object = None) -> None:
        self.clear_trouble()
        self.changed.emit()


_HOSTS = ("IAM", "VIAS", "IVA")


def _form(parent: QWidget) -> QFormLayout:
    form, step = QFormLayout(parent), unit(parent)
    form.setHorizontalSpacing(step * 3)
    form.setVerticalSpacing(step * 2)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    return line


def _tick(text: str, *, on: bool) -> QCheckBox:
    tick = QCheckBox(text)
    tick.setAccessibleName(text)
    tick.setChecked(on)
    return tick
