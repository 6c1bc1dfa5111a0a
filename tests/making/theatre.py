"""A desk before a cloud that plays a job word for word."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobDefinition
from batchdock.core.states import JobState
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event, JobEnded
from batchdock.keystore.session import SessionKeys
from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import Played
from making.desks import desk_at
from making.playing import played, running, stage, task


@dataclass
class Theatre:
    """A desk, a cloud, and one job that does what the test says."""

    desk: Desk
    events: list[Event]
    cloud: RoboflowCloud
    account: str

    @property
    def job(self) -> Job:
        """The job as it is shown."""
        (job,) = self.desk.jobs.all()
        return job

    @property
    def ends(self) -> list[JobState]:
        """The state of each end that was told."""
        return [event.job.state for event in self.events if isinstance(event, JobEnded)]

    async def look(self) -> Job:
        """Ask the cloud."""
        await self.desk.jobs.look(self.account)
        self.desk.jobs._board.flush()  # It tells four times a second.
        return self.job

    async def step(self, step: Played) -> Job:
        """Let the cloud say something, and ask it."""
        self.cloud.play("play", step)
        return await self.look()

    def with_results(self) -> None:
        """Let there be results."""
        self.cloud.state.add_results(self.cloud.state.jobs["play"])


@asynccontextmanager
async def theatre(home: Path, cloud: RoboflowCloud, *, keys: SessionKeys | None = None) -> AsyncIterator[Theatre]:
    keys = keys or SessionKeys()
    async with desk_at(home, active=False, keys=keys) as (desk, events):
        accounts = [each.account_id for each in desk.accounts.all() if not each.is_this_computer]
        if not accounts:
            account = await desk.accounts.connect_roboflow(cloud.key, address=cloud.url)
            accounts = [account.account_id]
            keys.save({account.account_id: cloud.key})
            service = await desk.accounts.service(account.account_id)
            definition = JobDefinition(content=Content.IMAGES, batch_id="lot", workflow_id="find-things")
            await service.create_job("play", "Lot", definition)
        yield Theatre(desk, events, cloud, accounts[0])


def half(seconds: float, first: float, second: float | None = None) -> Played:
    """Two tasks, so far."""
    return played(running(seconds), stage("processing", [task(1, progress=first), task(2, progress=second)]))
