"""Gives what was fetched its places: once as a file, and as a link wherever else the same content belongs.

The ledger is told a little later. What a killed run placed without telling is known again by its checksum.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path

from batchdock.flows.datasets.taking_out.files import INCOMING, bring, checksum_of, link
from batchdock.flows.transfers.receive import Received, check_room
from batchdock.store.taken import Ledger
from batchdock.store.taken_rows import Arrival, Had, PlaceRow, Wanted

_TOLD_AT_ONCE = 64


class Placer:
    """Everything here blocks, may be called from several threads, and raises `OSError` and `DiskFull`."""

    def __init__(self, root: Path, ledger: Ledger) -> None:
        self._root, self._ledger = root, ledger
        self._scratch = root / INCOMING
        self._arrivals: list[Arrival] = []
        self._telling = threading.Lock()

    def look_over(self) -> None:
        """Find out what is here: what is gone comes again, and what nobody was told of is known by its checksum."""
        for rows in self._ledger.every_place():
            gone: list[int] = []
            for row in rows:
                there = self._size_of(row.place)
                if row.state is Had.HERE and there != row.size:
                    gone.append(row.number)
                elif row.state is not Had.HERE and there is not None:
                    self._know_again(row, there)
            if gone:
                self._ledger.gone(gone)
        self.flush()
        self._link_known()

    def put(self, wanted: Wanted, got: Received, fetched: Path, checksum: str) -> int:
        """Give a content all its places, and return how many. It is `fetched`, or in memory."""
        content = wanted.content
        if wanted.checksum not in (None, checksum):
            self._ledger.split(content)
            content = self._ledger.content_at(wanted.place)
        rows = [row for row in self._ledger.places_of(content) if row.state is not Had.HERE]
        first = self._root / rows[0].place
        known = self._ledger.place_with(checksum) if wanted.checksum is None else None
        if got.content is not None:
            check_room(self._scratch, got.size)
            fetched.write_bytes(got.content)
        if known is not None and (self._root / known).is_file():
            link(self._root / known, first, self._scratch)
            fetched.unlink()
        else:
            bring(fetched, first)
        for row in rows[1:]:
            link(first, self._root / row.place, self._scratch)
        self._tell(Arrival(content, checksum, got.size, tuple(row.number for row in rows)))
        return len(rows)

    def others(self, wanted: Wanted) -> list[Wanted]:
        """Return the other places that need the same."""
        return [each for each in self._ledger.others_with(wanted.content) if each.place != wanted.place]

    def lose(self, content: int, reason: str) -> None:
        """Note that a content can not be had."""
        self._ledger.lost(content, reason)

    def flush(self) -> None:
        """Tell the ledger what has come."""
        with self._telling:
            if self._arrivals:
                self._ledger.arrived(self._arrivals)
                self._arrivals = []

    def _tell(self, arrival: Arrival) -> None:
        with self._telling:
            self._arrivals.append(arrival)
            enough = len(self._arrivals) >= _TOLD_AT_ONCE
        if enough:
            self.flush()

    def _know_again(self, row: PlaceRow, size: int) -> None:
        checksum = checksum_of(self._root / row.place)
        if row.checksum in (None, checksum):
            self._tell(Arrival(row.content, checksum, size, (row.number,)))

    def _link_known(self) -> None:
        """Give what is here already the places that it does not have yet."""
        for row, donor in self._ledger.to_link():
            with suppress(FileNotFoundError):
                link(self._root / donor, self._root / row.place, self._scratch)
                self._tell(Arrival(row.content, row.checksum or "", row.size, (row.number,)))
        self.flush()

    def _size_of(self, place: str) -> int | None:
        try:
            return os.lstat(f"{self._root}/{place}").st_size
        except OSError:
            return None
