"""What could not be read, or not as it should be."""

_MOST = 1_000
_LONGEST = 400


class Troubles:
    """Gathers troubles; where there are too many, the rest is counted."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], None] = {}
        self._untold = 0

    def add(self, name: str, reason: str) -> None:
        """Add one. `name` is the picture's, or the file's with its line; `reason` is a sentence."""
        if len(self._told) < _MOST:
            self._told[_cut(name), _cut(reason)] = None
        else:
            self._untold += 1

    def all(self) -> list[tuple[str, str]]:
        """Return them in the order they came."""
        more = [("…", f"More of this kind, not named one by one: {self._untold:,}.")] if self._untold else []
        return [*self._told, *more]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
