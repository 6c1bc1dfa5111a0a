"""What a person asks for when they press Start."""

from dataclasses import dataclass, field

from batchdock.core.intake import Item
from batchdock.core.job import JobOptions

TABLE = "csv"
"""The table people can open without knowing anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestNotice:
    """Whom a service tells how the taking-in of files goes (contract §3.7–§3.9).

    `categories` are of `ingest-status` and `files-status`; empty means what the service tells by itself.
    """

    url: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Run a workflow over these items at this account. Pictures and videos become two jobs, each with the options
    that apply to it.

    With a `mark` their ids follow from it, and who orders the same once more after a crash gets the same jobs.
    """

    account_id: str
    workflow_id: str
    name: str
    items: tuple[Item, ...]
    options: JobOptions = field(default_factory=lambda: JobOptions(keep_images=True, table_format=TABLE))
    ingest_notice: IngestNotice | None = None
    mark: str = ""
