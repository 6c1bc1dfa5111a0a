"""Benchmarks, and the evaluations against them (contract §4.11)."""

from collections.abc import AsyncIterator

from batchdock.core.errors import NotFound
from batchdock.core.facts import Fact, Facts
from batchdock.core.inventory import Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import optional_text
from batchdock.services.http.times import time_of_seconds
from batchdock.services.kept import Kept
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.inventory.describing import BENCHMARKS, EVALUATIONS
from batchdock.services.tensorbay.inventory.where import first
from batchdock.services.tensorbay.jobs.known import Known
from batchdock.services.tensorbay.jobs.listing import list_benchmarks
from batchdock.services.tensorbay.jobs.looking import ask_facts
from batchdock.services.tensorbay.jobs.refs import JobKind, JobRef
from batchdock.services.tensorbay.wire import Wire


async def _benchmarks(wire: Wire, where: Where) -> AsyncIterator[Item]:
    for each in await list_benchmarks(wire):
        yield Item(BENCHMARKS, each.keeper_id, each.name or each.keeper_id, {"name": each.name, "id": each.keeper_id})


async def _benchmark_facts(wire: Wire, item_id: str) -> Facts:
    for each in await list_benchmarks(wire):
        if each.keeper_id == item_id:
            name, number = QT_TRANSLATE_NOOP("service", "Name"), QT_TRANSLATE_NOOP("service", "Id")
            return Facts((Fact("name", each.name, title=name), Fact("benchmarkId", item_id, title=number)))
    raise NotFound(service=wire.service, reason="There is no such benchmark.")


async def _evaluations(wire: Wire, where: Where) -> AsyncIterator[Item]:
    wanted = first(where, "benchmark")
    for each in await list_benchmarks(wire):
        if wanted and each.keeper_id != wanted:
            continue
        async for row in walk(wire, "ListEvaluations", at={"benchmark": each.keeper_id}, key=by("evaluationId")):
            number = optional_text(row.get("evaluationId"))
            if number is not None:
                item_id = JobRef(JobKind.EVALUATION, each.keeper_id, number).job_id
                cells = {"name": each.name, "created": time_of_seconds(row.get("createdAt")), "id": number}
                yield Item(EVALUATIONS, item_id, each.name or number, cells)


async def _evaluation_facts(wire: Wire, item_id: str) -> Facts:
    return await ask_facts(wire, item_id, Known())


BENCHMARKS_KEPT: Kept[Wire] = Kept(items=_benchmarks, facts=_benchmark_facts)
KEPT: Kept[Wire] = Kept(items=_evaluations, facts=_evaluation_facts)
