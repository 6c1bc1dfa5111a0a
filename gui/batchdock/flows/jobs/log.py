"""The log of a job, a page at a time: one that is followed is not read from its start again."""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass

from batchdock.core.errors import BatchdockError, ConnectionProblem
from batchdock.core.job import LogEntry, Severity
from batchdock.core.ports import Service

MOST_LOGS = 16
"""Of so many logs it is remembered where their pages begin."""
_LONGEST_TOKEN = 4096
_PAGES_IN_VAIN = 100
"""So many empty pages in a row are the end; filtered logs have some."""

_Key = tuple[tuple[str, str], Severity | None]
_START = [(0, "")]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines of a log. `more` tells that others stand after them already."""

    entries: tuple[LogEntry, ...]
    more: bool


class Logs:
    """Reads logs by the numbers of their lines, and remembers which page of the service begins with which line.

    No lines are kept: a log of 100,000 has a thousand pages or fewer, and of each its position is enough.
    """

    def __init__(self) -> None:
        self._starts: OrderedDict[_Key, list[tuple[int, str]]] = OrderedDict()

    async def page(
        self, service: Service, job_id: str, severity: Severity | None = None, *, after: int = 0, limit: int = 1000
    ) -> LogPage:
        """Ask for at most `limit` lines after the first `after`. Raise `NotFound`, and what the service raises."""
        key = ((service.account.account_id, job_id), severity)
        try:
            return await self._read(service, key, after, limit)
        except ConnectionProblem:
            raise
        except BatchdockError:
            if self._starts.pop(key, _START) == _START:
                raise
        # A position that the service gave once may be good no longer: then from the beginning, once.
        return await self._read(service, key, after, limit)

    async def _read(self, service: Service, key: _Key, after: int, limit: int) -> LogPage:
        starts = self._remembered(key)
        place = bisect_right(starts, after, key=lambda start: start[0]) - 1
        first, position = starts[place]
        given = {position}
        in_vain = 0
        found: list[LogEntry] = []
        while True:
            lines, position = await service.log_page(key[0][1], key[1], position)
            found += lines[max(0, after - first) :]
            first += len(lines)
            in_vain = 0 if lines else in_vain + 1
            ends = position in given or not position or len(position) > _LONGEST_TOKEN or in_vain > _PAGES_IN_VAIN
            if len(found) > limit or ends:
                return LogPage(tuple(found[:limit]), more=len(found) > limit)
            given.add(position)
            if first > starts[-1][0]:
                starts.append((first, position))

    def _remembered(self, key: _Key) -> list[tuple[int, str]]:
        """Return where the pages of a log begin; the one that was not asked for the longest is forgotten."""
        starts = self._starts.setdefault(key, list(_START))
        self._starts.move_to_end(key)
        if len(self._starts) > MOST_LOGS:
            self._starts.popitem(last=False)
        return starts
