"""What a trial of a model gives. Light: the service hands it on."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found, as lines; the picture with it drawn in (JPEG); and the seconds that the model took."""

    findings: tuple[str, ...]
    picture: bytes = field(repr=False)
    seconds: float
