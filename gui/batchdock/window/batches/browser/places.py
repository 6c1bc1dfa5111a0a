"""What is known of each part of the batch on screen: its rows, its ticks, and where its list goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from batchdock.core.batch import Choice, StagedFile
from batchdock.flows.batches import Spot
from batchdock.window.batches.browser.entries import Entry
from batchdock.window.batches.browser.rows import Rows
from batchdock.window.batches.browser.ticks import Ticks


@dataclass(slots=True)
class PartPlace:
    """A part, or a batch without parts: all of its few `entries`, or the `rows` that have come of `total` many."""

    ticks: Ticks = field(default_factory=Ticks)
    total: int = 0
    rows: Rows | None = None
    following: Spot | None = None
    """Where its rows go on."""
    entries: list[Entry] = field(default_factory=list)

    @property
    def can_tick(self) -> bool:
        """True for files. What is inside an archive comes with the archive: only that can be ticked."""
        return not any(entry.member is not None for entry in self.entries)

    @property
    def ticked(self) -> int:
        """How many files are ticked."""
        return self.ticks.count(self.total if self.rows is None else max(self.total, self.rows.count))

    def choice(self, part: str | None) -> Choice:
        """Return the files that are ticked."""
        files: Iterable[tuple[int, StagedFile]] = enumerate(each.file for each in self.entries if each.file is not None)
        return self.ticks.choice(part, files if self.rows is None else self.rows.files())
