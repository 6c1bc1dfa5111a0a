"""What comes together while labels are read that people bring along."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchdock.core.datasets.data import LabelType
from batchdock.core.text import QT_TRANSLATE_NOOP

NOT_READABLE = QT_TRANSLATE_NOOP("errors", "It can not be read as labels.")
NO_PICTURE = QT_TRANSLATE_NOOP("errors", "It names pictures that are not among the files.")
NOT_ALL = QT_TRANSLATE_NOOP("errors", "Some of its labels are of no known form. They were left out.")
ONE_CLASS = QT_TRANSLATE_NOOP("errors", "It gives a picture more than one class. The first one was taken.")

Label = dict[str, Any]


@dataclass(slots=True)
class Brought:
    """Labels by file, what classes there are by label type, and what could not be taken over: (name, why)."""

    labels: dict[Path, Label] = field(default_factory=dict)
    classes: dict[LabelType, dict[str, None]] = field(default_factory=dict)
    keypoints: Label | None = None
    left_out: list[tuple[str, str]] = field(default_factory=list)

    def add(self, file: Path, label_type: LabelType, category: str, one: Label) -> None:
        """Add one label to a file."""
        self.classes.setdefault(label_type, {})[category] = None
        self.labels.setdefault(file, {}).setdefault(label_type.value, []).append({**one, "category": category})

    def classify(self, file: Path, category: str, said_by: str) -> None:
        """Say what class a whole file is of; it has one at most."""
        kind = LabelType.CLASSIFICATION
        known = self.labels.setdefault(file, {}).setdefault(kind.value, {"category": category})
        if known["category"] == category:
            self.classes.setdefault(kind, {})[category] = None
        else:
            self.leave_out(said_by, ONE_CLASS)

    def leave_out(self, name: str, why: str) -> None:
        """Note what could not be taken over, once for each reason."""
        if (name, why) not in self.left_out:
            self.left_out.append((name, why))


class Names:
    """Finds files by what labels call them: a path's end, or a name that only one file has."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._by_name: dict[str, list[Path]] = {}
        for file in files:
            self._by_name.setdefault(file.name, []).append(file)

    def file(self, name: object) -> Path | None:
        """Return the file that is meant, None where none or several could be."""
        if not isinstance(name, str):
            return None
        parts = tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))
        alike = self._by_name.get(parts[-1], []) if parts else []
        fitting = [each for each in alike if each.parts[-len(parts) :] == parts]
        found = fitting or alike
        return found[0] if len(found) == 1 else None
