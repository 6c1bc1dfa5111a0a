"""What one sheet has gathered, over all drops into it."""

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
                continue
            ready.append(item)
            self.size += item.size
            if item.content is Content.VIDEOS:
                self.videos += 1
            else:
                self.pictures += 1
        self.ready.extend(ready)
        return ready, left_out
