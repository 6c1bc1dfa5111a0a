"""What the service answers when it will not do something."""

from collections.abc import Sequence


class Refusal(Exception):
    """A request that is refused: an HTTP `status` and a sentence for the person who asked; `reasons` are several."""

    def __init__(self, status: int, message: str, kind: str = "", reasons: Sequence[str] = ()) -> None:
        self.status = status
        self.message = message
        self.kind = kind
        self.reasons = tuple(reasons)
        super().__init__(message)


def unfit(kind: str, reasons: Sequence[str]) -> Refusal:
    """What was handed over can not be used here, for these reasons (400)."""
    return Refusal(400, " ".join(reasons), kind, reasons)


def bad_request(message: str, kind: str = "") -> Refusal:
    """The request itself is at fault (400)."""
    return Refusal(400, message, kind)


def not_found(message: str) -> Refusal:
    """What it names is not here (404)."""
    return Refusal(404, message)


def conflict(message: str) -> Refusal:
    """Something different has this id already (409)."""
    return Refusal(409, message)
