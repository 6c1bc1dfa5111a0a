"""What the service answers when it will not do something."""


class Refusal(Exception):
    """A request that is refused: an HTTP `status` and a sentence for the person who asked."""

    def __init__(self, status: int, message: str, kind: str = "") -> None:
        self.status = status
        self.message = message
        self.kind = kind
        super().__init__(message)


def bad_request(message: str, kind: str = "") -> Refusal:
    """The request itself is at fault (400)."""
    return Refusal(400, message, kind)


def not_found(message: str) -> Refusal:
    """What it names is not here (404)."""
    return Refusal(404, message)


def conflict(message: str) -> Refusal:
    """Something different has this id already (409)."""
    return Refusal(409, message)
