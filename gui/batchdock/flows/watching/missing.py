"""What a batch of a watched folder missed: it waits for another one."""

from collections.abc import Sequence

from batchdock.core.intake import Finding, Item
from batchdock.core.job import Job
from batchdock.core.watched import WatchedBatch
from batchdock.flows.watching.finished import stamp_of
from batchdock.store import Journal


def missed(journal: Journal, batch: WatchedBatch, items: Sequence[Item], jobs: tuple[Job, ...]) -> list[str]:
    """Return what was renamed or deleted before it could be sent: the next look finds it where and if it is. Blocks.

    A file that came back meanwhile was missed as well.
    """
    known = {
        row.path: row.lost is None
        for job in jobs
        for sending in journal.sendings.of_batch(job.account_id, job.batch_id)
        for row, _ in journal.files.lines(sending.number)
    }
    met = {item.path for item in items if item.usable or item.finding is Finding.VANISHED}
    claimed = journal.watched.stamps(batch.folder)

    def is_missed(path: str) -> bool:
        place = batch.folder.path / path
        if known.get(place, False):
            return False
        # What is still the file that was claimed could not be sent, and will not be the next time.
        return (place in met and place not in known) or (path, stamp_of(place)) not in claimed

    return list(filter(is_missed, batch.paths))
