"""What a person has chosen to hand on, and what they chose the last time."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QSettings, QStandardPaths

from batchdock.flows.results.handing import Form, Spelling, Wishes

_FORMS, _PICTURES = "results/hand-on/forms", "results/hand-on/with-pictures"
_SHOWN, _REPORT, _WHOLE = "results/hand-on/only-shown", "results/hand-on/report", "results/hand-on/whole"
LAST_FOLDER = "results/last-folder"
_USUAL = frozenset({Form.XLSX, Form.CSV})


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be written, of which pictures, and where. `report` and `whole` come in addition to the forms."""

    forms: frozenset[Form]
    pictures: bool
    only_shown: bool
    report: bool
    whole: bool
    """Everything as the service made it, in a folder of its own."""
    place: Path

    @property
    def is_empty(self) -> bool:
        """True where nothing is to be written."""
        return not self.forms and not self.report and not self.whole

    def wishes(self, name: str) -> Wishes:
        """Return what the flows are asked for; `name` is what the new folder is called."""
        return Wishes(
            forms=self.forms, name=name, pictures=self.pictures, spelling=spelling_here(), translate=_translated
        )


def last_choice(settings: QSettings) -> Choice:
    """Return what was chosen the last time, else what most people want: the tables."""
    known = {form.value: form for form in Form}
    kept = settings.value(_FORMS, None)
    words = kept.split() if isinstance(kept, str) else None
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Choice(
        forms=_USUAL if words is None else frozenset(known[word] for word in words if word in known),
        pictures=_flag(settings, _PICTURES),
        only_shown=_flag(settings, _SHOWN),
        report=_flag(settings, _REPORT),
        whole=_flag(settings, _WHOLE),
        place=Path(str(settings.value(LAST_FOLDER, pictures))),
    )


def remember(settings: QSettings, choice: Choice) -> None:
    """Keep a choice for the next time."""
    settings.setValue(_FORMS, " ".join(form.value for form in Form if form in choice.forms))
    flags = {_PICTURES: choice.pictures, _SHOWN: choice.only_shown, _REPORT: choice.report, _WHOLE: choice.whole}
    for key, value in flags.items():
        settings.setValue(key, "yes" if value else "no")
    settings.setValue(LAST_FOLDER, str(choice.place))


def spelling_here() -> Spelling:
    """Return how spreadsheets of this system read a .csv: where decimals have a comma, columns have a semicolon."""
    decimal = QLocale.system().decimalPoint()
    return Spelling(separator=";" if decimal == "," else ",", decimal=decimal if decimal in (".", ",") else ".")


def _flag(settings: QSettings, key: str) -> bool:
    return settings.value(key, "no") == "yes"


def _translated(text: str) -> str:
    return QCoreApplication.translate("handing", text)
