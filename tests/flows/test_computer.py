"""Workflows and models of one's own through the desk, with the real service and the real engine behind it."""

import asyncio
import sys
from pathlib import Path

import pytest

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.computer import ModelAnswers, ModelKind
from batchdock.core.errors import FileUnreadable, ModelUnfit, NotFound, StillUsed, WorkflowUnfit
from batchdock.core.resources import resource
from batchdock.core.states import JobState
from batchdock.flows.news import WorkflowsChanged
from batchdock.services.roboflow.service import RoboflowService
from making.clients import account_of
from making.desks import PATIENCE, desk_at, order, reviewed, until
from making.media import picture
from making.onnx_models import real_yolov8
from making.workflows import CUT, UNFIT, written

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine is not there")

NAMES = tuple(resource("models", "coco_80.txt").read_text(encoding="utf-8").split("\n")[:80])


def test_a_workflow_is_checked_added_listed_and_removed(home: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "자르기.json", CUT)
    unfit = written(tmp_path / "unfit.json", UNFIT)

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            computer = desk.computer
            read = await computer.read_workflow(file)
            checked = await computer.check_workflow(read)
            assert [each.name for each in checked.inputs] == ["photo", "sure", "loud"]
            assert checked.outputs == ("found",)
            listed = await desk.jobs.workflows(THIS_COMPUTER_ID)
            assert all(each.built_in for each in listed)

            added = await computer.add_workflow(read, "자르기 밤")
            assert WorkflowsChanged(THIS_COMPUTER_ID, added.workflow_id) in events
            shelf = await computer.shelf()
            (own,) = (each for each in shelf.workflows if not each.built_in)
            assert (own.workflow_id, own.name) == (checked.workflow_id, "자르기 밤")
            assert shelf.used[own.workflow_id] == ("coco/yolox-nano",)
            assert own in shelf.users("coco/yolox-nano")

            with pytest.raises(WorkflowUnfit) as refused:
                await computer.check_workflow(await computer.read_workflow(unfit))
            assert len(refused.value.reasons) == 2
            assert "team/bolts/3" in refused.value.reasons[0]
            assert "team/own_block@v1" in refused.value.reasons[1]

            await computer.remove_workflow(added.workflow_id)
            assert events[-1] == WorkflowsChanged(THIS_COMPUTER_ID)
            with pytest.raises(NotFound):
                await computer.remove_workflow(added.workflow_id)
            with pytest.raises(NotFound):
                await computer.remove_workflow("read-codes")

    asyncio.run(scenario())


def test_a_model_is_looked_at_tried_added_and_removed(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "harbour.onnx"
    file.write_bytes(real_yolov8())
    (tmp_path / "liar.onnx").write_bytes(b"no model")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, events):
            computer = desk.computer
            look = await computer.look_at_model(file)
            assert (look.kind, look.class_count, look.named) == (ModelKind.DETECTOR, 80, False)
            assert look.size == file.stat().st_size
            trial = await computer.try_model(file, look, ModelAnswers(NAMES), resource("samples", "coffee.jpg"))
            assert any(each.startswith("cup") for each in trial.findings)
            assert trial.picture[:2] == b"\xff\xd8"
            assert trial.seconds > 0
            assert [each.built_in for each in await computer.models()].count(False) == 0

            added = await computer.add_model(file, look, "Harbour 항구", ModelAnswers(NAMES))
            assert events[-1] == WorkflowsChanged(THIS_COMPUTER_ID, added.workflow_id or "")
            file.unlink()
            shelf = await computer.shelf()
            assert shelf.models[-1] == added
            assert added.class_names == NAMES
            assert [each.workflow_id for each in shelf.users(added.model_id)] == [added.workflow_id]

            with pytest.raises(ModelUnfit) as refused:
                await computer.look_at_model(tmp_path / "liar.onnx")
            assert refused.value.reasons[0].endswith(".")

            await computer.remove_model(added.model_id)
            with pytest.raises(NotFound):
                await computer.remove_model(added.model_id)
            assert all(each.workflow_id != added.workflow_id for each in (await computer.shelf()).workflows)

    asyncio.run(scenario())


def test_a_look_that_the_service_has_forgotten_is_taken_again(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "harbour.onnx"
    file.write_bytes(real_yolov8())

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            look = await desk.computer.look_at_model(file)
        async with desk_at(home, active=False) as (desk, _):
            trial = await desk.computer.try_model(file, look, ModelAnswers(), resource("samples", "coffee.jpg"))
            assert trial.findings
            added = await desk.computer.add_model(file, look, "Harbour", ModelAnswers())
            assert added in await desk.computer.models()

    asyncio.run(scenario())


def test_what_a_job_still_uses_stays_until_the_job_is_over(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "harbour.onnx"
    file.write_bytes(real_yolov8())
    for number in range(200):
        picture(tmp_path / "drop" / f"{number}.jpg", number, (64, 48))

    async def scenario() -> None:
        async with desk_at(home) as (desk, _):
            look = await desk.computer.look_at_model(file)
            model = await desk.computer.add_model(file, look, "Harbour", ModelAnswers())
            assert model.workflow_id is not None
            items = await reviewed(desk, tmp_path / "drop")
            (job,) = await desk.jobs.start(order(items, workflow_id=model.workflow_id))
            await until(lambda: desk.jobs.all()[0].state is JobState.RUNNING, "the job runs")
            with pytest.raises(StillUsed, match=r"Nothing was removed\..*Lot 17"):
                await desk.computer.remove_model(model.model_id)
            with pytest.raises(StillUsed):
                await desk.computer.remove_workflow(model.workflow_id)
            assert model in await desk.computer.models()
            await desk.jobs.stop(job.key)
            await asyncio.wait_for(desk.jobs.ended(job.key), PATIENCE)
            await desk.computer.remove_model(model.model_id)

    asyncio.run(scenario())


def test_a_name_that_is_no_text_is_said_before_anything_is_asked(home: Path, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            with pytest.raises(FileUnreadable, match="not readable text"):
                await desk.computer.look_at_model(tmp_path / "m\udcff.onnx")

    asyncio.run(scenario())


def test_only_this_computer_has_what_it_alone_can_do() -> None:
    async def scenario() -> None:
        service = RoboflowService(account_of("http://127.0.0.1:1"), "key")
        assert service.computer is None
        await service.close()

    asyncio.run(scenario())
