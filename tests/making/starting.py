"""Jobs that are started at the fake cloud: what was asked for, and what is shown."""

from collections.abc import Sequence
from pathlib import Path

from batchdock.core.account import Account
from batchdock.core.batch import Content
from batchdock.core.intake import Item
from batchdock.core.job import Job, JobDefinition
from batchdock.core.order import Order
from batchdock.flows.desk import Desk
from batchdock.keystore.session import SessionKeys
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Piece, StoredBatch
from making.desks import until
from making.sendings import pictures_at


async def connected(desk: Desk, cloud: RoboflowCloud) -> str:
    """Connect the cloud and return the account id."""
    account: Account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
    return account.account_id


def keys_for(account_id: str, cloud: RoboflowCloud) -> SessionKeys:
    """Return a password store that has the key already."""
    keys = SessionKeys()
    keys.save({account_id: cloud.key})
    return keys


def cloud_order(account_id: str, items: Sequence[Item], name: str = "Lot 17") -> Order:
    """Return an order for the fake cloud."""
    return Order(account_id=account_id, workflow_id="find-things", name=name, items=tuple(items))


def on_batch(batch_id: str, **options: object) -> JobDefinition:
    """Return a definition over the pictures of a batch."""
    return JobDefinition(content=Content.IMAGES, batch_id=batch_id, workflow_id="find-things", **options)  # type: ignore[arg-type]


def asked(cloud: RoboflowCloud) -> list[str]:
    """Return the ids of the jobs that creating was asked for, one for each request."""
    return [each.path.rsplit("/", 1)[-1] for each in cloud.requests("POST ") if each.path.rsplit("/", 2)[-2] == "jobs"]


def row(desk: Desk, job: Job) -> Job:
    """Return the job as it is shown now."""
    (found,) = [each for each in desk.jobs.all() if each.key == job.key]
    return found


async def at_service(cloud: RoboflowCloud, job: Job) -> None:
    """Wait until the cloud has the job."""
    await until(lambda: job.job_id in cloud.state.jobs, "the job is at the service")


def packages(cloud: RoboflowCloud, batch_id: str, *, moving: int = 0, failed: int = 0, done: int = 1) -> None:
    """Put a sharded batch there: `moving` packages stay on their way until somebody settles them."""
    shards = [Piece(f"done-{n}", {f"{n}.jpg": b"x"}) for n in range(done)]
    shards += [Piece(f"moving-{n}", {f"m{n}.jpg": b"x"}, polls_left=10**9) for n in range(moving)]
    shards += [Piece(f"failed-{n}", {}, failed=True) for n in range(failed)]
    cloud.state.batches[batch_id] = StoredBatch(batch_id, "Lot", "sharded-batch", "images", shards=shards)


def drop(folder: Path, count: int = 3) -> list[Item]:
    """Write pictures and return them as items."""
    return pictures_at(folder, count)
