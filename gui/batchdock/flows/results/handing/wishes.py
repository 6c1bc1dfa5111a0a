"""What a person wants handed on, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from batchdock.core.problem import FileFailure
from batchdock.core.text import QT_TRANSLATE_NOOP


class Form(StrEnum):
    """What results are handed on as. The words are kept in settings and typed in commands, and stay."""

    XLSX = "xlsx"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    DRAWN = "drawn"
    """Pictures with their findings drawn."""
    BY_CLASS = "by-class"
    """Copies of the pictures in a folder for each class; one with several classes is in each of them."""
    COCO = "coco"
    YOLO = "yolo"
    YOLO_OUTLINES = "yolo-outlines"
    """YOLO for segmentation: each finding by its outline, one without by the corners of its box."""
    VOC = "voc"
    LABEL_STUDIO = "label-studio"


FORM_NAMES: dict[Form, str] = {
    Form.XLSX: QT_TRANSLATE_NOOP("handing", "Table for Excel"),
    Form.CSV: QT_TRANSLATE_NOOP("handing", "Table (.csv)"),
    Form.JSONL: QT_TRANSLATE_NOOP("handing", "All details (.jsonl)"),
    Form.PARQUET: QT_TRANSLATE_NOOP("handing", "Parquet"),
    Form.DRAWN: QT_TRANSLATE_NOOP("handing", "Pictures with findings drawn"),
    Form.BY_CLASS: QT_TRANSLATE_NOOP("handing", "Copies sorted into folders by class"),
    Form.COCO: QT_TRANSLATE_NOOP("handing", "COCO"),
    Form.YOLO: QT_TRANSLATE_NOOP("handing", "YOLO (boxes)"),
    Form.YOLO_OUTLINES: QT_TRANSLATE_NOOP("handing", "YOLO (outlines)"),
    Form.VOC: QT_TRANSLATE_NOOP("handing", "Pascal VOC"),
    Form.LABEL_STUDIO: QT_TRANSLATE_NOOP("handing", "Label Studio"),
}

DATASETS = frozenset({Form.COCO, Form.YOLO, Form.YOLO_OUTLINES, Form.VOC, Form.LABEL_STUDIO})
"""What other programs read together with the pictures."""

SHEET_ROWS = 1_048_575
"""Of data on a sheet of Excel; the first row is the heading."""

PICTURES = frozenset({Form.DRAWN, Form.BY_CLASS})


@dataclass(frozen=True, slots=True)
class Spelling:
    """How spreadsheets where this person lives read a .csv: what stands between columns, and before decimals."""

    separator: str = ","
    decimal: str = "."

    @property
    def between(self) -> str:
        """What to write between columns: what decimals begin with can not be it as well."""
        return self.separator if self.separator != self.decimal else ";"


def unchanged(text: str) -> str:
    """Return `text`: what translates where nobody translates."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted: the forms, and how.

    With `pictures` the data sets for other programs get copies of the pictures, with `linked` links to them where the
    disk knows those: that is for pictures which are this app's own copies already. `name` is what the new folder is
    called. `translate` gives the words of tables in the person's language; class names and values stay as they are.
    """

    forms: frozenset[Form]
    name: str = ""
    pictures: bool = False
    linked: bool = False
    spelling: Spelling = field(default_factory=Spelling)
    translate: Callable[[str], str] = unchanged


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it: the new folder, its files (relative, with `/`; of many alike only the folder), how many in all.

    `problems` are pictures and findings that some form had to leave out or change, each with its reason.
    """

    folder: Path
    files: tuple[str, ...]
    count: int
    pictures: int
    findings: int
    problems: tuple[FileFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """About how much room a form takes, in bytes, and how much there is; None where nobody can tell."""

    forms: dict[Form, int]
    pictures: int
    """What copies of the pictures take in one data set."""
    free: int | None

    def needed(self, wishes: Wishes) -> int:
        """Return how much all that is wanted takes."""
        copies = self.pictures * len(wishes.forms & DATASETS) if wishes.pictures else 0
        return sum(self.forms[form] for form in wishes.forms) + copies
