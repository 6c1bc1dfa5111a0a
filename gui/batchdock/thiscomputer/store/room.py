"""How much may be held: what the person allows, and what has to stay free on the disk."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.errors import DiskFull
from batchdock.thiscomputer.refusal import Refusal

GIGABYTE = 1_000_000_000

_RESERVE_BYTES = GIGABYTE
_RESERVE_SHARE = 0.05


def reserve_of(total: int) -> int:
    """Return how many bytes of a disk of `total` stay free: a gigabyte, on small disks a twentieth.

    A system whose disk has run full gets into trouble, and about a gigabyte keeps it out whatever the disk's size. A
    share alone would leave tens of gigabytes of a large disk unused.
    """
    return min(_RESERVE_BYTES, int(total * _RESERVE_SHARE))


@dataclass(frozen=True, slots=True)
class Room:
    """The room of the folder `data`. `limit_gb` is asked each time, so a change counts at once."""

    data: Path
    limit_gb: Callable[[], float | None]

    @property
    def limit(self) -> int | None:
        """How many bytes may be held, None for whatever the disk has."""
        asked = self.limit_gb()
        return None if asked is None else int(asked * GIGABYTE)

    @property
    def free(self) -> int:
        """How many bytes the disk has left."""
        return shutil.disk_usage(self.data).free

    @property
    def models(self) -> int:
        """How many bytes the models of one's own have."""
        total = 0
        for each in (self.data / "models").glob("*/*"):
            with suppress(OSError):
                total += each.stat().st_size
        return total

    def check_limit(self, more: int, held: Callable[[], int]) -> None:
        """Raise `Refusal` (507) beyond the limit. `held` counts all but models; it is asked only where there is one."""
        limit = self.limit
        if limit is not None and more > 0 and held() + self.models + more > limit:
            raise Refusal(507, _too_much(limit), "storage-limit")

    def check_disk(self, more: int) -> None:
        """Raise `DiskFull` where the disk would have too little left."""
        disk = shutil.disk_usage(self.data)
        reserve = reserve_of(disk.total)
        if disk.free - more < reserve:
            needed = f"more: {_size_text(reserve)} of the disk stay free for the computer itself"
            raise DiskFull(folder=self.data, needed=needed)


def _too_much(limit: int) -> str:
    return (
        f"Batchdock may keep {_size_text(limit)} on this computer, and there is no room for more. "
        "Clean up, remove batches that are no longer needed, or allow more in the settings."
    )


def _size_text(size: int) -> str:
    for unit, factor in (("GB", GIGABYTE), ("MB", 1_000_000)):
        if size >= factor:
            return f"{size / factor:,.3g} {unit}"
    return f"{size / 1000:,.0f} kB"
