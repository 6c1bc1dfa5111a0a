"""What was used last is kept, up to so many bytes."""

from collections import OrderedDict
from typing import Generic, TypeVar

_Kept = TypeVar("_Kept")


class Keeping(Generic[_Kept]):
    """Values by number, each with what it weighs; what was longest not asked for goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[_Kept, int]] = OrderedDict()
        self.weight = 0

    def get(self, number: int) -> _Kept | None:
        """Return what is kept for a number, and keep it longer."""
        kept = self._kept.get(number)
        if kept is None:
            return None
        self._kept.move_to_end(number)
        return kept[0]

    def put(self, number: int, value: _Kept, weight: int) -> None:
        """Keep a value, and let go what that is too much for."""
        self.drop(number)
        self._kept[number] = (value, weight)
        self.weight += weight
        while self.weight > self._most and len(self._kept) > 1:
            _, (_, lighter) = self._kept.popitem(last=False)
            self.weight -= lighter

    def drop(self, number: int) -> None:
        """Let go of one value."""
        kept = self._kept.pop(number, None)
        if kept is not None:
            self.weight -= kept[1]

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self.weight = 0

    def __contains__(self, number: int) -> bool:
        return number in self._kept

    def __len__(self) -> int:
        return len(self._kept)
