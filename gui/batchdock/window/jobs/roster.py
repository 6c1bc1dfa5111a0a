"""All jobs there are, what each of them belongs to, and how many that makes."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from batchdock.core.job import Job
from batchdock.window.jobs.filters import Filters
from batchdock.window.jobs.look import Look
from batchdock.window.jobs.views import JobView, plain, same_search_text, search_text, view_of

Key = tuple[str, str]
Age = tuple[float, Key]

age_of: Callable[["Row"], Age] = attrgetter("age")


class Row:
    """A job and what the list has worked out about it. `age` sorts newest first. `place` is its row on screen, -1
    when it has none; `value` is what it is sorted by; `own` has a bit for each of the person's views that it is in.

    100,000 of them are walked over at each change of the order: attributes are found faster than keys in a dict.
    """

    __slots__ = ("age", "job", "moved", "own", "place", "text", "value", "view")

    def __init__(self, job: Job) -> None:
        self.job = job
        self.view = view_of(job)
        self.age = _age(job)
        self.text: str | None = None
        self.value: object = None
        self.place = -1
        self.moved = False
        self.own: int | None = None


class Condition:
    """What a job has to be to be shown: of a view, through the filters, with all the words."""

    def __init__(self, view: JobView, filters: Filters, search: str, look: Look) -> None:
        self.view = view
        self.words = tuple(plain(f"{filters.words} {search}").split())
        self._test = filters.test(look.now, look.found)

    def takes(self, row: Row, roster: "Roster") -> bool:
        """Tell whether a job is to be shown."""
        if self.view is not JobView.ALL and row.view is not self.view:
            return False
        if self._test is not None and not self._test(row.job):
            return False
        if not self.words:
            return True
        text = roster.text(row)
        return all(word in text for word in self.words)

    def choose(self, rows: list[Row], roster: "Roster") -> list[Row]:
        """Return those of `rows` that are to be shown, in their order."""
        view, test, text = self.view, self._test, roster.text
        if view is not JobView.ALL:
            rows = [row for row in rows if row.view is view]
        if test is not None:
            rows = [row for row in rows if test(row.job)]
        for word in self.words:
            rows = [row for row in rows if word in (row.text or text(row))]
        return rows


@dataclass(frozen=True, slots=True)
class Counted:
    """A view of the person's own whose jobs are to be counted."""

    view_id: str
    condition: Condition


class Roster:
    """Jobs by key, each in one of the fixed views and in any of the person's own.

    What takes long for 100,000 (to read what search looks in, to find the place of a name, to try each of the
    person's views) is done ahead, a few at a time, by `reading`.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._rows: dict[Key, Row] = {}
        self._aged: list[Row] = []
        self._aged_in_order = True
        self._in_view: Counter[JobView] = Counter()
        self._own: tuple[Counted, ...] = ()
        self._in_own: list[int] = []
        self.unread: deque[Row] = deque()
        self.renewed = 0
        """How many jobs have come, or have other texts than before."""

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def row(self, key: Key) -> Row | None:
        """Return what is known of a job."""
        return self._rows.get(key)

    def count(self, view: JobView) -> int:
        """Return how many jobs a fixed view holds."""
        return len(self._rows) if view is JobView.ALL else self._in_view[view]

    def own_counts(self) -> dict[str, int]:
        """Return how many jobs each of the person's views holds, as far as they were read."""
        return {own.view_id: count for own, count in zip(self._own, self._in_own, strict=True)}

    def put(self, job: Job) -> tuple[Row, Job | None]:
        """Add a job, or replace what was known of it. Return its row, and the job as it was before."""
        row = self._rows.get(job.key)
        if row is None:
            row = self._rows[job.key] = Row(job)
            self._in_view[row.view] += 1
            self._aged.append(row)
            self._aged_in_order = False
            self.unread.append(row)
            self.renewed += 1
            return row, None
        old = row.job
        if old == job:
            return row, old
        row.job = job
        view = view_of(job)
        if view is not row.view:
            self._in_view[row.view] -= 1
            self._in_view[view] += 1
            row.view = view
        if old.created != job.created:
            row.age = _age(job)
            self._aged_in_order = False
        if not same_search_text(old, job):
            row.text = None
            self.renewed += 1
        if row.own is not None and self._own:
            self._count_in(row, self._membership(row))
        return row, old

    def remove(self, key: Key) -> Row | None:
        """Forget a job. Return what its row was."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._in_view[row.view] -= 1
            self._count_in(row, 0)
        return row

    def forget_removed(self) -> None:
        """Let go of the rows whose jobs were removed. Once for many: it walks over all."""
        rows = self._rows
        self._aged = [row for row in self._aged if row.job.key in rows]
        self.unread = deque(row for row in self.unread if row.job.key in rows)

    def aged(self) -> list[Row]:
        """Return all rows, newest first. Not to be changed."""
        if not self._aged_in_order:
            self._aged.sort(key=age_of)
            self._aged_in_order = True
        return self._aged

    def text(self, row: Row) -> str:
        """Return what search looks in, and remember it."""
        text = row.text
        if text is None:
            text = row.text = search_text(row.job, self._look)
        return text

    def forget_texts(self) -> None:
        """Read every job again: names have changed that are not in it."""
        for row in self:
            row.text = None
        self.unread = deque(self)
        self.renewed += len(self)

    def set_own(self, own: Sequence[Counted]) -> None:
        """Say which views the person has made; their counts follow as jobs are read."""
        self._own = tuple(own)
        self._in_own = [0] * len(own)
        for row in self:
            row.own = None
        self.unread = deque(self)

    def reading(self) -> Iterator[None]:
        """Read what was not read yet, a job at each step."""
        while self.unread:
            row = self.unread.popleft()
            self.text(row)
            self._look.alphabet.number(row.job.name)
            self._count_in(row, self._membership(row))
            yield

    def reading_texts(self) -> Iterator[None]:
        """Read only what search looks in: somebody waits for it."""
        for row in list(self):
            self.text(row)
            yield

    def _membership(self, row: Row) -> int:
        return sum(1 << bit for bit, own in enumerate(self._own) if own.condition.takes(row, self))

    def _count_in(self, row: Row, own: int) -> None:
        before, row.own = row.own or 0, own
        changed = before ^ own
        bit = 0
        while changed:
            if changed & 1:
                self._in_own[bit] += 1 if own >> bit & 1 else -1
            changed >>= 1
            bit += 1


def _age(job: Job) -> Age:
    return (-job.created.timestamp() if job.created is not None else 0.0, job.key)
