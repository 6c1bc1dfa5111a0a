"""Which files of a drop are in a batch already: the same file by size, time and path, a moved one by size and hash."""

import asyncio
import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.batch import Content
from batchdock.core.errors import BatchdockError, NotFound
from batchdock.core.intake import Item
from batchdock.flows.accounts import Accounts
from batchdock.flows.transfers.reading import READERS
from batchdock.store import Journal, Sending

LASTS = timedelta(days=7)
"""A cloud forgets a batch after so long (contract §1.7); this computer keeps it."""
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """The batch that has most of a drop. `there` is in it, `fresh` is not; `sent` is when it was begun.

    Where pictures and videos of one drop went into two batches, it is the one with most files, and `there` counts both.
    """

    batch_id: str
    batch_name: str
    sent: datetime
    there: frozenset[Path]
    fresh: tuple[Item, ...]


class KnownFiles:
    """Looks in the journal; a service is only asked whether it has the batch still."""

    def __init__(self, accounts: Accounts, journal: Journal) -> None:
        self._accounts, self._journal = accounts, journal

    async def known(self, account_id: str, items: Sequence[Item]) -> Known | None:
        """Return the batch of an account that has most of the usable items, the newest of several such, or None.

        Hashes only files whose size is known and whose path or time is not. Cancelled, it stops at once.
        """
        usable = [item for item in items if item.usable]
        there = await asyncio.to_thread(self._by_path, account_id, usable)
        over = threading.Event()
        try:
            moved = await READERS.run(self._by_hash, account_id, _not_in(usable, there), over)
        finally:
            over.set()
        for batch_id, paths in moved.items():
            there[batch_id] |= paths
        now = datetime.now(UTC)
        begun = await asyncio.to_thread(
            lambda: {batch_id: self._journal.files.begun(account_id, batch_id) or now for batch_id in there}
        )
        for batch_id in sorted(there, key=lambda each: (len(there[each]), begun[each]), reverse=True):
            lasts = account_id == THIS_COMPUTER_ID or begun[batch_id] > now - LASTS
            sent = await asyncio.to_thread(self._journal.sendings.of_batch, account_id, batch_id)
            if lasts and sent and await self._is_there(sent):
                twins = [self._journal.files.twin(sent[0], content) for content in (Content.IMAGES, Content.VIDEOS)]
                found = there[batch_id].union(*(there[twin] for twin in twins if twin is not None))
                fresh = tuple(item for item in usable if item.path not in found)
                return Known(batch_id, sent[0].batch_name, begun[batch_id], frozenset(found), fresh)
        return None

    async def _is_there(self, sent: Sequence[Sending]) -> bool:
        """Tell whether a batch can be added to; where nobody answers, that is seen later."""
        if not all(sending.finished for sending in sent):
            return True  # It appears when its first piece has arrived.
        try:
            await (await self._accounts.service(sent[0].account_id)).batch(sent[0].batch_id)
        except NotFound:
            return False
        except BatchdockError:
            return True
        return True

    def _by_path(self, account_id: str, items: Iterable[Item]) -> defaultdict[str, set[Path]]:
        wanted = {(item.size, item.modified, item.path) for item in items}
        there = defaultdict[str, set[Path]](set)
        for seen in self._journal.files.seen(account_id, {(size, modified) for size, modified, _ in wanted}):
            if (seen.size, seen.modified, seen.path) in wanted:
                there[seen.batch_id].add(seen.path)
        return there

    def _by_hash(self, account_id: str, items: Sequence[Item], over: threading.Event) -> Mapping[str, set[Path]]:
        batches = defaultdict[tuple[int, bytes], set[str]](set)
        for seen in self._journal.files.hashed(account_id, {item.size for item in items}):
            assert seen.sha256 is not None
            batches[seen.size, seen.sha256].add(seen.batch_id)
        sizes = {size for size, _ in batches}
        there = defaultdict[str, set[Path]](set)
        for item in items:
            if over.is_set():
                break
            if item.size in sizes:
                digest = _hashed(item.path, over)
                for batch_id in batches.get((item.size, digest), ()) if digest else ():
                    there[batch_id].add(item.path)
        return there


def _not_in(items: Sequence[Item], there: Mapping[str, set[Path]]) -> list[Item]:
    found = set[Path]().union(*there.values())
    return [item for item in items if item.path not in found]


def _hashed(path: Path, over: threading.Event) -> bytes | None:
    """Return the SHA-256 of a file, or None when it can not be read or nobody wants it any more."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                if over.is_set():
                    return None
                digest.update(piece)
    except OSError:
        return None
    return digest.digest()
