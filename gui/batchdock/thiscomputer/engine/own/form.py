"""What is known of a network of the person's own. Light: the service keeps these, and nothing is loaded."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

PREFIX = "own/"

Kind = Literal["object-detection", "classification", "instance-segmentation"]
Fit = Literal["middle", "corner", "stretch", "cover"]
"""How a picture gets to the network's size: whole with a margin around it, whole with one at its right and bottom,
stretched, or cut at its longer side."""

Numbers = Literal["unit", "bytes", "imagenet"]
"""What a network takes for brightness: 0–1, 0–255, or the mean and spread of ImageNet's pictures."""


class ModelUnfit(Exception):
    """A model can not be used here. `reasons` are sentences: what happened, what to do."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Form:
    """How a network is asked and how its answers are read.

    `family` names its reader, `title` is what people call it. `class_names` has a name for every class, numbers where
    `named` is False; it is empty where the network does not say how many there are. `side` is (width, height) in
    pixels; with `any_side` others work as well. `traits` are what its reader wants to remember.
    """

    family: str
    title: str
    kind: Kind
    class_names: tuple[str, ...]
    named: bool
    side: tuple[int, int]
    any_side: bool = False
    fit: Fit = "middle"
    numbers: Numbers = "unit"
    blue_first: bool = False
    traits: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        """What it does, in the vendor's words."""
        return "multi-label-classification" if "several" in self.traits else self.kind

    def name_of(self, number: int) -> str:
        """Return the name of a class."""
        return self.class_names[number] if 0 <= number < len(self.class_names) else str(number)

    def answered(self, class_names: tuple[str, ...], side: tuple[int, int] | None) -> "Form":
        """Return it with what the person said. Raises `ModelUnfit` for what does not go together."""
        form = self
        if class_names:
            count = len(self.class_names)
            spare = 1 if "spare" in self.traits else 0
            if count and not count - spare <= len(class_names) <= count:
                raise ModelUnfit(
                    f"The model has {count} classes, and {_names(len(class_names))} given. "
                    "Give one name for each class, in the order of its training."
                )
            if not all(each.strip() for each in class_names):
                raise ModelUnfit("One of the names is empty. Give every class a name.")
            form = replace(form, class_names=tuple(each.strip() for each in class_names), named=True)
        if side is not None and side != self.side:
            if not self.any_side:
                width, height = self.side
                raise ModelUnfit(f"The model takes pictures of {width} × {height} pixels and of no other size.")
            form = replace(form, side=side)
        return form

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """Read what `dataclasses.asdict` and JSON made of one. Raises `TypeError`."""
        fields: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in plain.items()}
        return cls(**fields)


def _names(count: int) -> str:
    return "1 name was" if count == 1 else f"{count} names were"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into a file showed: its form, its size in bytes, and the SHA-256 of what it holds."""

    form: Form
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A network that is kept. `model_id` follows from the file and the form, so that it never comes to mean something
    else; `digest` is the SHA-256 of the file, and `path` where it is on the computer that works with it.
    """

    model_id: str
    name: str
    created: str
    form: Form
    size: int
    digest: str
    path: Path
