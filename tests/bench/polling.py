"""What watching many jobs costs: the share of one core that this process needs, without a window.

    python tests/bench/polling.py [how many jobs, else 1000] [seconds for each case, else 60]

The cloud is the tests' own, in a process of its own, so that only our side is counted: requests, reading, the list of
jobs, the journal. Jobs that move report something every few seconds. Printed are CPU seconds for each second, and how
many requests a second it took.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.jobs import Attention
from batchdock.keystore.session import SessionKeys
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob
from making.desks import desk_at

REPORTS_EVERY = 5.0
IN_VIEW = 40

_DEFINITION = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "lot"},
    "computeConfiguration": {"type": "compute-configuration-v2"},
    "processingSpecification": {"type": "workflows-processing-specification-v1", "workflowId": "find-things"},
}


@dataclass(frozen=True)
class Case:
    """How many of the jobs move, and what the person does."""

    name: str
    moving: int
    attention: Attention


def serve(count: int, line: Connection) -> None:
    """Be the cloud: tell the address and key, then let as many jobs move as is said, until nobody is there."""
    with RoboflowCloud() as cloud:
        jobs = [StoredJob(f"j-{number:05d}", f"Lot {number}", _DEFINITION, phase="failed") for number in range(count)]
        cloud.state.jobs.update((job.job_id, job) for job in jobs)
        line.send((cloud.url, cloud.key))
        moving: list[StoredJob] = []
        while True:
            if line.poll(REPORTS_EVERY):
                wanted = line.recv()
                if wanted is None:
                    return
                for number, job in enumerate(jobs):
                    job.phase = "processing" if number < wanted else "failed"
                moving = jobs[:wanted]
                line.send(len(cloud.seen))
            for job in moving:
                job.began["processing"] = datetime.now(UTC)


async def measure(desk: Desk, account: str, case: Case, seconds: float, line: Connection) -> None:
    """Print what one case costs."""
    line.send(case.moving)
    before = line.recv()
    watch = desk.jobs._watch
    watch.attention(case.attention)
    await desk.jobs.look(account)
    moving = [job.key for job in desk.jobs.all() if not job.state.is_terminal]
    assert len(moving) == case.moving, (len(moving), case.moving)
    watch.in_view(frozenset(moving[:IN_VIEW]))
    watch.look_at(moving[0] if moving else None)
    await asyncio.sleep(5.0)  # What follows a change is over.
    line.send(case.moving)
    before = line.recv()
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    line.send(case.moving)
    requests = line.recv() - before
    print(f"{case.name:<48}{100 * cpu / wall:6.2f} % of a core, {requests / wall:6.2f} requests/s", flush=True)


async def play(count: int, seconds: float, line: Connection, home: Path) -> None:
    """Watch the cloud's account in each case."""
    url, key = line.recv()
    async with desk_at(home, active=False, keys=SessionKeys()) as (desk, _):
        account = (await desk.accounts.connect_roboflow(key, address=url)).account_id
        await desk.jobs.look(account)
        assert {job.state for job in desk.jobs.all()} == {JobState.FAILED}
        desk.jobs._watch.follow(account)
        for case in (
            Case("none moves, window in front", 0, Attention.FRONT),
            Case("ten move and are on screen", min(10, count), Attention.FRONT),
            Case("a hundred move, 40 on screen", min(100, count), Attention.FRONT),
            Case("all move, 40 on screen", count, Attention.FRONT),
            Case("all move, window in the background", count, Attention.BACKGROUND),
        ):
            await measure(desk, account, case, seconds, line)
        line.send(None)


def main() -> None:
    """Run all cases."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    cloud = context.Process(target=serve, args=(count, there), daemon=True)
    cloud.start()
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(play(count, seconds, here, Path(home)))
    cloud.join(10)


if __name__ == "__main__":
    main()
