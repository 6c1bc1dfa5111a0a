"""What this computer's own routes refuse, as the client tells it; good answers meet the real service elsewhere."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from batchdock.core.computer import ModelAnswers
from batchdock.core.errors import BadRequest, BatchdockError, ModelUnfit, StillUsed, WorkflowUnfit
from batchdock.services.roboflow.computer import RoboflowComputer
from batchdock.services.roboflow.service import RoboflowService
from fakes.raw_server import RawRequest, raw_server
from making.clients import QUICK, account_of

KEY = "aB3secretkey9"


def refusal_of(call: Callable[[RoboflowComputer], Awaitable[object]], status: str, error: object) -> BatchdockError:
    """Return what a call raises when the server refuses it with `error`."""

    async def handle(request: RawRequest) -> bool:
        await request.body()
        await request.answer(status, json.dumps({"error": error}).encode(), "Content-Type: application/json")
        return True

    async def scenario() -> BatchdockError:
        async with raw_server(handle) as server:
            service = RoboflowService(account_of(server.url), KEY, patience=QUICK)
            try:
                await call(RoboflowComputer(service._wire, "this-computer"))
            except BatchdockError as refused:
                return refused
            finally:
                await service.close()
        raise AssertionError("nothing was raised")

    return asyncio.run(scenario())


def test_every_reason_against_a_workflow_arrives_as_a_sentence_without_the_key() -> None:
    reasons = ["The step “a” is unknown.", f"The address http://x/?api_key={KEY} is odd.", 5, "", "x" * 1000]
    error = {"message": "All of it.", "status": 400, "type": "workflow-unfit", "reasons": reasons}
    refused = refusal_of(lambda own: own.add_workflow("Night", "", {}), "400 Bad Request", error)
    assert isinstance(refused, WorkflowUnfit)
    assert len(refused.reasons) == 3
    assert refused.reasons[0] == "The step “a” is unknown."
    assert KEY not in str(refused.reasons) + refused.sentence() + refused.details
    assert len(refused.reasons[2]) <= 300
    assert "Night" in refused.sentence()


def test_without_reasons_the_message_is_the_reason() -> None:
    error = {"message": "It is no model.", "status": 400, "type": "model-unfit"}
    refused = refusal_of(lambda own: own.look_at_model(Path("/crane.onnx")), "400 Bad Request", error)
    assert isinstance(refused, ModelUnfit)
    assert refused.reasons == ("It is no model.",)
    assert "crane.onnx" in refused.sentence()
    refused = refusal_of(
        lambda own: own.try_model("l", ModelAnswers(), Path("/a.jpg")), "400 Bad Request", {**error, "reasons": "x"}
    )
    assert isinstance(refused, ModelUnfit)
    assert refused.reasons == ("It is no model.",)


def test_another_bad_request_stays_one() -> None:
    error = {"message": "The workflow needs a name.", "status": 400}
    refused = refusal_of(lambda own: own.check_workflow("", {}), "400 Bad Request", error)
    assert type(refused) is BadRequest


@pytest.mark.parametrize("call", [lambda own: own.remove_model("m"), lambda own: own.remove_workflow("w")])
def test_what_a_job_uses_is_not_removed_and_the_job_is_named(
    call: Callable[[RoboflowComputer], Awaitable[object]],
) -> None:
    error = {"message": "The job “night” uses it.", "status": 409}
    refused = refusal_of(call, "409 Conflict", error)
    assert isinstance(refused, StillUsed)
    assert refused.sentence() == (
        "A job that is not over needs this. Nothing was removed. The job “night” uses it. "
        "Wait until the job is done, or stop it, and remove it then."
    )
