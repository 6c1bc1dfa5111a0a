"""The raw answers on a job, for support: as they came, without anything secret (contract §4.3–§4.5, §4.8)."""

from batchdock.core.errors import BatchdockError
from batchdock.services.http.reading import entry, optional_text
from batchdock.services.roboflow.wire import Wire, processing

_STAGES = 8
"""So many stages are looked into: a job has two."""


async def ask_answers(wire: Wire, workspace: str, job_id: str) -> dict[str, object]:
    """Return what the service says about a job, by request. Raise `NotFound`, and what keeps from asking at all."""
    where = processing(workspace, "jobs", job_id)
    found: dict[str, object] = {f"GET {where}": await wire.ask("GET", where)}
    stages = await _add(found, wire, f"{where}/stages")
    listed = entry(stages).get("stages") if isinstance(stages, dict) else stages
    for stage in (listed if isinstance(listed, list) else [])[:_STAGES]:
        stage_id = optional_text(entry(stage).get("processingStageId"))
        if stage_id is not None:
            await _add(found, wire, processing(workspace, "jobs", job_id, "stages", stage_id, "tasks"))
    await _add(found, wire, f"{where}/logs")
    return {what: wire.without_secrets(answer) for what, answer in found.items()}


async def _add(found: dict[str, object], wire: Wire, where: str) -> object:
    """Ask and keep the answer, or why there is none."""
    try:
        answer = await wire.ask("GET", where)
    except BatchdockError as error:
        answer = error.sentence()
    found[f"GET {where}"] = answer
    return answer
