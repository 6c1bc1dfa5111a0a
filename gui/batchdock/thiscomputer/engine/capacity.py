"""How much of this computer the work may take: how many workers, and with which priority.

One worker a core, with one core left for the person where there are more than two; and no more than fit into the
memory that is free when the workers start. *Gentle* takes half of that, with the priority of what nobody waits for.
"""

import ctypes
import os
import sys
from pathlib import Path

_WORKER_BYTES = 800_000_000
"""Room for one worker. Measured with the vendor's engine: 340 to 530 MB at 640 × 480, for a moment 540 to 1,000 MB at
12 megapixels (finding objects the least, reading text the most); without it 70 to 180 MB.
"""

_SPARED_BYTES = 1_000_000_000
"""What stays free for the person's own programs."""

_NICENESS, _IDLE_NICENESS = 10, 19
_BELOW_NORMAL_CLASS, _IDLE_CLASS = 0x4000, 0x40


def workers_for(wanted: int | None, *, gentle: bool) -> int:
    """Return how many workers to start, at least one. `wanted` None: as many as the computer carries."""
    count = usual_workers() if wanted is None else wanted
    return max(1, count // 2) if gentle else count


def usual_workers() -> int:
    """Return how many workers fit cores and memory as they are now, at least one."""
    cores = _cores()
    by_cores = cores - 1 if cores > 2 else cores
    free = _free_memory()
    by_memory = by_cores if free is None else (free - _SPARED_BYTES) // _WORKER_BYTES
    return max(1, min(by_cores, by_memory))


def lower_priority(*, gentle: bool) -> None:
    """Let every program of the person go before this process. For ever: an ordinary user may not take it back."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        current = ctypes.c_void_p(kernel.GetCurrentProcess())
        kernel.SetPriorityClass(current, _IDLE_CLASS if gentle else _BELOW_NORMAL_CLASS)
        return
    os.nice(_NICENESS)
    if gentle:
        make_idle(0)


def make_idle(process: int) -> None:
    """Give a process (0: this one) only what nobody else wants. What Windows runs stays as it is."""
    if sys.platform == "win32":
        return
    try:
        os.setpriority(os.PRIO_PROCESS, process, _IDLE_NICENESS)
        if sys.platform == "linux":
            os.sched_setscheduler(process, os.SCHED_IDLE, os.sched_param(0))
    except OSError:
        return  # it has ended, or the system does not allow it: then it stays as modest as it is


def _cores() -> int:
    """Return the cores that this process may use; in a container, as many as its share of time makes up."""
    if sys.platform != "linux":
        return os.cpu_count() or 1
    cores = len(os.sched_getaffinity(0))
    quota, _, period = _line("/sys/fs/cgroup/cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit():
        cores = min(cores, max(1, round(int(quota) / int(period))))
    return cores


def _free_memory() -> int | None:
    """Return how many bytes programs may still take, or None where the system does not say."""
    if sys.platform == "linux":
        return _free_memory_linux()
    if sys.platform == "win32":
        status = _MemoryStatus(ctypes.sizeof(_MemoryStatus))
        return status.free if ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)) else None
    try:
        # macOS counts what it only keeps in case as used: half of all is what can be had.
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError):
        return None


def _free_memory_linux() -> int | None:
    free = [int(each.split()[1]) * 1024 for each in _lines("/proc/meminfo") if each.startswith("MemAvailable:")]
    limit, used = _line("/sys/fs/cgroup/memory.max"), _line("/sys/fs/cgroup/memory.current")
    if limit.isdigit() and used.isdigit():
        free.append(max(0, int(limit) - int(used)))
    return min(free, default=None)


def _line(path: str) -> str:
    return next(iter(_lines(path)), "")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []


class _MemoryStatus(ctypes.Structure):
    """Windows' MEMORYSTATUSEX."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("free_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("free_virtual", ctypes.c_uint64),
        ("free_extended_virtual", ctypes.c_uint64),
    )
