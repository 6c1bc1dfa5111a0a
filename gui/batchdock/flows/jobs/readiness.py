"""Whether a batch is complete: how many files it holds, and what is still being taken in (contract §3.3, §3.4)."""

from dataclasses import dataclass, replace

from batchdock.core.batch import BatchKind, Progress
from batchdock.core.ports import Service


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a batch holds. A shard whose word is not known counts as moving: its files may come yet.

    `sharded` batches are filled by packages, the first of which may not even be known yet. `sending`: this app has not
    sent all that is to go into it.
    """

    files: int
    shards_moving: int
    shards_failed: int
    complete: bool
    shards: int = 0
    sharded: bool = False
    sending: bool = False

    @property
    def empty(self) -> bool:
        """True when there is nothing, and nothing will come by itself."""
        return self.files == 0 and not self.sharded and not self.sending

    @property
    def sentence(self) -> str:
        """Return what a job waits for, for its row; empty when it is complete."""
        if self.sending:
            return f"Files are still being sent into this batch; it has {self.files:,} by now."
        if self.shards_moving:
            done = self.shards - self.shards_moving
            return f"The service is still taking in the files: {done:,} of {self.shards:,} packages."
        return "" if self.complete else "The service has not begun to take in the files yet."

    def while_sending(self) -> "Readiness":
        """Return the same for a batch that this app still sends files into."""
        return replace(self, complete=False, sending=True)


async def read_readiness(service: Service, batch_id: str, part: str | None = None) -> Readiness:
    """Ask how complete a batch, or one part of it, is. Raise `NotFound`."""
    kind = (await service.batch(batch_id)).kind
    if kind is BatchKind.MULTIPART and part is None:
        # The count of a multipart batch is only defined part by part (contract §3.3).
        files = sum([await service.count(batch_id, each.name) for each in await service.parts(batch_id)])
    else:
        files = await service.count(batch_id, part)
    sharded = kind is BatchKind.SHARDED
    states = [shard.status async for shard in service.shards(batch_id)] if sharded else []
    moving, failed = states.count(Progress.MOVING), states.count(Progress.ERROR)
    return Readiness(files, moving, failed, files > 0 and not moving and not failed, len(states), sharded)
