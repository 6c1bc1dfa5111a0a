"""The rows of a list that is read page by page: what has come, and what of it is searched for."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from batchdock.core.batch import StagedFile
from batchdock.flows.batches import FilePage, Spot
from batchdock.window.batches.browser.entries import Entry, entry_of_file


class Rows:
    """Pages of one batch or part, one after the other. A row is made only when it is looked at."""

    def __init__(self, batch_id: str) -> None:
        self.batch_id = batch_id
        self._pages: list[tuple[Spot, tuple[StagedFile, ...]]] = []
        self._starts: list[int] = []
        self.count = 0
        """How many have come."""

    def add(self, page: FilePage) -> None:
        """Take in the next page."""
        self._starts.append(self.count)
        self._pages.append((page.spot, page.files))
        self.count += len(page.files)

    def file(self, row: int) -> StagedFile | None:
        """Return a file, None where it has not come."""
        return self._at(row)[1] if 0 <= row < self.count else None

    def entry(self, row: int) -> Entry | None:
        """Return a row, None where it has not come."""
        if not 0 <= row < self.count:
            return None
        spot, file = self._at(row)
        return entry_of_file(self.batch_id, file, spot)

    def files(self) -> Iterator[tuple[int, StagedFile]]:
        """Yield what has come, with the row of each."""
        row = 0
        for _, files in tuple(self._pages):
            for file in files:
                yield row, file
                row += 1

    def _at(self, row: int) -> tuple[Spot, StagedFile]:
        place = bisect_right(self._starts, row) - 1
        spot, files = self._pages[place]
        return spot, files[row - self._starts[place]]


def fits(name: str, word: str) -> bool:
    """Tell whether a name has a word in it that `folded` has given."""
    return word in (name.casefold() if name.isascii() else folded(name))


def folded(text: str) -> str:
    """Return a text in which capitals and the two ways to write a composed letter make no difference."""
    return unicodedata.normalize("NFC", text).casefold()
