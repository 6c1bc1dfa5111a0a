"""What processes cost, as Linux tells it: processor time and memory."""

import os
from collections.abc import Iterable
from pathlib import Path


def computing(processes: Iterable[int]) -> float:
    """Return the seconds of a processor that these processes have used so far."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(processes: Iterable[int]) -> list[int]:
    """Return the memory of each of these processes, the smallest first."""
    sizes = []
    for process in processes:
        status = Path(f"/proc/{process}/status").read_text()
        sizes.append(int(status.partition("VmRSS:")[2].split()[0]) // 1024)
    return sorted(sizes)
