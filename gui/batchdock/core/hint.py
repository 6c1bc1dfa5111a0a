"""What a service says by itself (contract §6): hints that something has changed, never how things are."""

from dataclasses import dataclass

from batchdock.core.problem import FileFailure


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint to look at a workspace. `event_id` tells a repeated one, where the service gave it any."""

    event_id: str = ""


@dataclass(frozen=True, slots=True)
class JobHint(Hint):
    """A job has changed."""

    job_id: str = ""


@dataclass(frozen=True, slots=True)
class IngestHint(Hint):
    """A batch has changed. `failed` are files that were not taken in, by their names on the wire.

    `reason` is why all of an ingest was refused, empty where it was not.
    """

    batch_id: str = ""
    reason: str = ""
    failed: tuple[FileFailure, ...] = ()
