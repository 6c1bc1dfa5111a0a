"""Takes out what was wished for, in as many goes as it takes: plan, look what is here, fetch, look again, say it.

All that is needed to go on is in the folder itself, also for another computer.
"""

import threading
from functools import partial

from filelock import FileLock, Timeout

from batchdock.core.errors import FolderNotWritable
from batchdock.core.transfer import TransferState
from batchdock.flows.datasets.taking_out.asking import Asking, Reach
from batchdock.flows.datasets.taking_out.fetching import Fetcher
from batchdock.flows.datasets.taking_out.files import INCOMING, LEDGER, LOCK
from batchdock.flows.datasets.taking_out.links import Links
from batchdock.flows.datasets.taking_out.placing import Placer
from batchdock.flows.datasets.taking_out.planning import Planner
from batchdock.flows.datasets.taking_out.receipt import Planned, Receipt, Source, write_receipt
from batchdock.flows.datasets.taking_out.weighing import weigh
from batchdock.flows.datasets.taking_out.wishes import TakingOut, wishes_text
from batchdock.flows.patience import Patience
from batchdock.flows.transfers.receive import check_room, in_thread, unwritable
from batchdock.flows.transfers.row import Row
from batchdock.flows.transfers.trouble import Trouble
from batchdock.store.taken import Ledger

_AT_ONCE = 20_000
"""So many are kept in mind."""
_ROUNDS = 3
"""So often what is not here in the end is fetched once more."""


class Taker:
    """Takes out what one taking is about."""

    def __init__(self, reach: Reach, patience: Patience, wishes: TakingOut, source: Source) -> None:
        self._reach, self._patience, self._wishes, self._source = reach, patience, wishes, source
        self._root = wishes.folder

    async def take(self, row: Row) -> Receipt:
        """Go on until all is here that can be had. Called again after a hold, it goes on where it was.

        Raises `DiskFull`, `FolderNotWritable`, and what keeps the service from being asked.
        """
        try:
            lock, ledger = await in_thread(self._open)
        except OSError as error:
            raise unwritable(self._root, error) from error
        try:
            return await self._take(row, ledger)
        except OSError as error:
            raise unwritable(self._root, error) from error
        finally:
            await in_thread(ledger.close)
            lock.release()

    def _open(self) -> tuple[FileLock, Ledger]:
        incoming = self._root / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._root / LOCK, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            said = "Another Batchdock takes datasets out into this folder just now."
            raise FolderNotWritable(folder=self._root, reason=said) from error
        except (OSError, NotImplementedError):
            pass  # A disk without locks: nobody can tell.
        try:
            return lock, Ledger(self._root / LEDGER)
        except BaseException:
            lock.release()
            raise

    async def _take(self, row: Row, ledger: Ledger) -> Receipt:
        trouble = Trouble(row, self._patience)
        asking = Asking(self._reach, trouble)
        row.change(state=TransferState.LISTING, items_done=0, items_total=0, bytes_done=0, bytes_total=0)
        planned = await Planner(asking, ledger, self._wishes, row).plan()
        await self._check_room(asking, ledger)
        row.change(state=TransferState.MOVING, message="")
        placer = Placer(self._root, ledger)
        links = Links(asking)
        fetcher = Fetcher(self._reach, links, placer, row, trouble, self._root / INCOMING)
        for _ in range(_ROUNDS):
            row.change(message="")
            await in_thread(placer.look_over)
            files, contents = await in_thread(lambda: (ledger.totals.tally(), ledger.totals.contents()))
            row.meter.items_total = files.files
            row.meter.restart(files.here, contents.bytes)
            if files.here == files.files or not await self._fetch(fetcher, ledger):
                break
        left_out = await self._finish(planned, ledger, row)
        return await in_thread(partial(write_receipt, ledger, planned, self._wishes, self._source, left_out))

    async def _fetch(self, fetcher: Fetcher, ledger: Ledger) -> bool:
        """Fetch all that is to come. Tell whether there was any."""
        began = False
        while wanted := await in_thread(partial(ledger.to_fetch, _AT_ONCE)):
            began = True
            await fetcher.fetch(wanted)
        return began

    async def _finish(self, planned: tuple[Planned, ...], ledger: Ledger, row: Row) -> list[str]:
        """Note what is whole, and write what other programs read. Return what had to be left out of that."""
        left_out: list[str] = []
        for each in planned:
            tally = await in_thread(partial(ledger.totals.tally, each.number))
            if tally.here == tally.files:
                await in_thread(partial(ledger.settle, each.number))
        if self._wishes.coco or self._wishes.yolo:
            for each in planned:
                left_out += [
                    f"{each.dataset}, {each.name}: {said}" for said in await self._write_forms(each, ledger, row)
                ]
            row.change(message="")
        return left_out

    async def _write_forms(self, planned: Planned, ledger: Ledger, row: Row) -> list[str]:
        """Write what other programs read, unless nothing has come since it was. Return what had to be left out."""
        from batchdock.flows.datasets.taking_out.forms import write_forms  # Late: it brings numpy.

        wishes, folder, key = self._wishes, self._root / planned.folder, f"forms {planned.number}"
        mark = await in_thread(partial(self._forms_mark, planned, ledger))
        about = await in_thread(ledger.about)
        known, _, said = about.get(key, "").partition("\n")
        if known == mark and all((folder / each).is_dir() for each in _wanted_forms(wishes)):
            return said.splitlines()
        row.change(message=f"Writing labels for other programs: {planned.dataset}, {planned.name}.")
        stopped = threading.Event()
        scratch = self._root / INCOMING / f"forms-{planned.number}"
        work = partial(
            write_forms, folder, scratch, planned.dataset, coco=wishes.coco, yolo=wishes.yolo, stopped=stopped.is_set
        )
        left_out = await in_thread(work, stopped.set)
        await in_thread(partial(ledger.note, **{key: "\n".join((mark, *left_out))}))
        return left_out

    def _forms_mark(self, planned: Planned, ledger: Ledger) -> str:
        """Return what is another one when the forms have to be written anew: as many files may be others by now."""
        scopes = " ".join(each.scope for each in ledger.segments(planned.number))
        return f"{self._wishes.coco} {self._wishes.yolo} {ledger.totals.tally(planned.number).here} {scopes}"

    async def _check_room(self, asking: Asking, ledger: Ledger) -> None:
        """Raise `DiskFull` where not even the largest version of each dataset has room."""
        key = f"least {wishes_text(self._wishes)}"
        least = (await in_thread(ledger.about)).get(key)
        if least is None:
            least = str((await weigh(asking, self._wishes)).least)
            await in_thread(partial(ledger.note, **{key: least}))
        here = await in_thread(ledger.totals.contents)
        await in_thread(partial(check_room, self._root, max(0, int(least) - here.bytes)))


def _wanted_forms(wishes: TakingOut) -> list[str]:
    return [name for name, wanted in (("COCO", wishes.coco), ("YOLO", wishes.yolo)) if wanted]
