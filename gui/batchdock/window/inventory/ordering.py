"""Putting a few hundred thousand rows in order, a little at a time."""

from collections.abc import Generator, Sequence

_RUN = 8192


def in_order(values: Sequence[float | None], descending: bool) -> Generator[None, None, list[int]]:
    """Return the places of `values` in their order, equal ones as they came, those that are None last.

    Each step takes a few milliseconds: runs are sorted, and then two of them joined at a time, which is what Python's
    sort is best at.
    """
    runs: list[list[int]] = []
    for first in range(0, len(values), _RUN):
        last = min(first + _RUN, len(values))
        run = [place for place in range(first, last) if values[place] is not None]
        run.sort(key=values.__getitem__, reverse=descending)  # type: ignore[arg-type]
        runs.append(run)
        yield
    while len(runs) > 1:
        joined: list[list[int]] = []
        for at in range(0, len(runs), 2):
            run = runs[at] + runs[at + 1] if at + 1 < len(runs) else runs[at]
            run.sort(key=values.__getitem__, reverse=descending)  # type: ignore[arg-type]
            joined.append(run)
            yield
        runs = joined
    known = runs[0] if runs else []
    return known + [place for place, value in enumerate(values) if value is None]
