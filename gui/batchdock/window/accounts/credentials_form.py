"""How an account proves who it is, where a single key does not do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from batchdock.core.credentials import AccessKey, Credentials, Password, Token
from batchdock.window.accounts.account_form import Spot
from batchdock.window.accounts.secret_field import SecretField
from batchdock.window.theme import unit
from batchdock.window.tinted_label import TintedLabel


class CredentialsForm(QWidget):
    """Three ways to sign in, one of them in view. `spot` is where what is wrong with it is said."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.user, self.domain = _line(self.tr("User")), _line(self.tr("Domain"))
        self.password = SecretField(self.tr("Password"))
        self.access, self.secret = _line(self.tr("Access key (AK)")), SecretField(self.tr("Secret key (SK)"))
        self.security_token = SecretField(self.tr("Security token"))
        self.security_token.setPlaceholderText(self.tr("Only with temporary keys"))
        self.domain.setPlaceholderText(self.tr("The name of the whole account"))
        self.token = SecretField(self.tr("Token"))
        self.token.setPlaceholderText(self.tr("What X-Subject-Token said"))
        self._secrets = (self.password, self.secret, self.security_token, self.token)
        self._spots = [Spot(self.password), Spot(self.secret), Spot(self.token)]
        self.ways = QButtonGroup(self)
        self.pages = QStackedWidget()
        self._pages: list[QWidget] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(unit(self))
        self._add(
            self.tr("User and password"),
            self.tr("The app signs in by itself. A token lasts 24 hours; the app renews it for you."),
            (self.tr("&User"), self.user),
            (self.tr("&Password"), self._spots[0]),
            (self.tr("D&omain"), self.domain),
        )
        self._add(
            self.tr("Access key"),
            self.tr("Every request is signed with it. Nothing has to be renewed."),
            (self.tr("Access &key (AK)"), self.access),
            (self.tr("&Secret key (SK)"), self._spots[1]),
            (self.tr("Security &token"), self.security_token),
        )
        self._add(
            self.tr("Token"),
            self.tr(
                "A token lasts 24 hours at most. Then you paste another one: the app can renew it by itself only with "
                "user and password, and needs none with an access key."
            ),
            (self.tr("&Token"), self._spots[2]),
        )
        for way in self.ways.buttons():
            layout.addWidget(way)
        layout.addSpacing(unit(self))
        layout.addWidget(self.pages)
        for field in (self.user, self.domain, self.access, *self._secrets):
            field.textChanged.connect(self._on_changed)
        self.ways.idToggled.connect(self._on_way)
        self.ways.button(0).setChecked(True)

    @property
    def spot(self) -> Spot:
        """Where the secret of the way in view is asked for."""
        return self._spots[self.pages.currentIndex()]

    @property
    def is_filled(self) -> bool:
        """True where nothing is missing any more."""
        needed = (
            (self.user, self.password, self.domain),
            (self.access, self.secret),
            (self.token,),
        )[self.pages.currentIndex()]
        return all(field.text().strip() for field in needed)

    def credentials(self) -> Credentials:
        """Return what was filled in. A password is taken as it is typed, with its spaces."""
        way = self.pages.currentIndex()
        if way == 0:
            return Password(self.user.text().strip(), self.password.text(), self.domain.text().strip())
        if way == 1:
            token = self.security_token.text().strip()
            return AccessKey(self.access.text().strip(), self.secret.text().strip(), token)
        return Token("".join(self.token.text().split()))

    def forget(self) -> None:
        """Clear every secret and its undo history."""
        for field in self._secrets:
            field.forget()

    def clear_trouble(self) -> None:
        """Take back what was said."""
        for spot in self._spots:
            spot.say("")

    # --- inside

    def _add(self, name: str, about: str, *rows: tuple[str, QWidget]) -> None:
        step = unit(self)
        way = QRadioButton(name)
        way.setAccessibleName(name)
        way.setAccessibleDescription(about)
        self.ways.addButton(way, self.pages.count())
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(step * 5, 0, 0, 0)
        form.setHorizontalSpacing(step * 3)
        form.setVerticalSpacing(step * 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(TintedLabel(about))
        for label, widget in rows:
            name_of_field = QLabel(label)
            name_of_field.setBuddy(widget.control if isinstance(widget, Spot) else widget)
            form.addRow(name_of_field, widget)
        self.pages.addWidget(page)
        self._pages.append(page)

    def _on_way(self, number: int, chosen: bool) -> None:
        if chosen:
            self.pages.setCurrentIndex(number)
            for place, page in enumerate(self._pages):  # The form is as high as what is in view.
                policy = QSizePolicy.Policy.Preferred if place == number else QSizePolicy.Policy.Ignored
                page.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
            self._on_changed()

    def _on_changed(self, _text: str = "") -> None:
        self.clear_trouble()
        self.changed.emit()


def _line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    return line
