"""One request to the API on its way through: what it names, what it gives, and how lists are answered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from batchdock.core.datasets.pattern import matches
from fakes.tensorbay.asked import Asked, Given, body_of
from fakes.tensorbay.records import Content, Dataset, Draft, Json
from fakes.tensorbay.state import State, content_of, draft_of


class Call:
    """A request whose route is known; `at` are the values of its path."""

    def __init__(self, state: State, asked: Asked, at: dict[str, str], links: str) -> None:
        self.state, self.asked, self.at = state, asked, at
        self.links = links
        """The base of signed addresses."""

    @cached_property
    def query(self) -> Given:
        """The parameters."""
        return Given(dict(self.asked.pairs))

    @cached_property
    def body(self) -> Given:
        """The body."""
        return body_of(self.asked)

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset of the path."""
        return self.state.dataset(self.at["dataset"])

    def unknown(self) -> set[str]:
        """Return the names of what was given and nobody asked for."""
        self.query.let("isInternal")
        return self.query.unknown() | (self.body.unknown() if self.asked.body else set())

    def version(self) -> Content:
        """Return the version that a read selects."""
        return content_of(self.dataset, self.query)

    def draft(self) -> Draft:
        """Return the draft that a write is for."""
        return draft_of(self.dataset, self.body)

    def listed(self, name: str, rows: Sequence[Any], row: Callable[[Any], Any] = lambda each: each) -> Json:
        """Return a page of rows (contract §1.4)."""
        offset, limit = self.query.page()
        page = [row(each) for each in rows[offset : offset + limit]]
        return {name: page, "offset": offset, "recordSize": len(page), "totalCount": len(rows)}

    def fitting(self, rows: Iterable[Any], name_of: Callable[[Any], str]) -> list[Any]:
        """Return the rows whose name fits the query's pattern (contract §3)."""
        pattern = self.query.text("name", "")
        return [each for each in rows if not pattern or matches(pattern, name_of(each))]

    def link(self, key: str) -> str:
        """Return a signed address of an object."""
        return self.state.store.link(self.links, key)


@dataclass(frozen=True, slots=True)
class Created:
    """An answer of 201."""

    body: Json


Handler = Callable[[Call], Json | Created]
