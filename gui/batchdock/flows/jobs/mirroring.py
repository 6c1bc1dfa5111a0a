"""What the row of a job shows while its files are on their way: what their transfer does."""

from dataclasses import replace

from batchdock.core.job import Job
from batchdock.core.states import JobState
from batchdock.core.transfer import Hold, Transfer, TransferState


def mirrored(job: Job, transfer: Transfer) -> Job:
    """Return the job with the state and progress of its transfer."""
    match transfer.state:
        case TransferState.WAITING:
            return replace(job, state=JobState.WAITING, seconds_left=None, message="Other transfers come first.")
        case TransferState.MOVING:
            done = transfer.bytes_done / transfer.bytes_total if transfer.bytes_total else 0.0
            told = transfer.message or f"{transfer.items_done:,} of {transfer.items_total:,} sent"
            seconds = transfer.seconds_left
            return replace(job, state=JobState.UPLOADING, progress=min(1.0, done), seconds_left=seconds, message=told)
        case TransferState.CHECKING:
            return replace(job, state=JobState.CHECKING, progress=1.0, seconds_left=None, message="")
        case TransferState.PAUSED:
            told = "The sending is paused. What has arrived stays."
            return replace(job, state=JobState.PAUSED, seconds_left=None, message=told)
        case TransferState.HELD:
            state = JobState.ON_HOLD if transfer.hold in (Hold.KEY, Hold.CREDITS) else job.state
            return replace(job, state=state, seconds_left=None, message=transfer.message)
    return job
