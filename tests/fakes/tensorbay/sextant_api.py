"""Benchmarks and evaluations, under a prefix of their own (contract §4.11)."""

import time

from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.records import Json, new_id
from fakes.tensorbay.refusals import absent


def benchmarks(call: Call) -> Json:
    """ListBenchmarks."""
    rows = [*call.state.benchmarks.values()]
    return call.listed("benchmarks", rows, lambda each: {"name": each.name, "benchmarkId": each.id})


def evaluations(call: Call) -> Json:
    """ListEvaluations."""
    rows = [*call.state.benchmark(call.at["benchmark"]).evaluations.items()]
    return call.listed("evaluations", rows, lambda each: {"evaluationId": each[0], "createdAt": each[1][0]})


def create_evaluation(call: Call) -> Created:
    """CreateEvaluation."""
    benchmark, body = call.state.benchmark(call.at["benchmark"]), call.body
    dataset, commit = call.state.dataset(body.text("datasetId")), body.text("commitId")
    if commit not in dataset.commits:
        raise absent("commit")
    evaluation = new_id()
    result = {"result": {"categories": {"ship": {"ap": 0.5, "recall": [0.1, 0.2]}}, "overall": {"mAP": 0.25}}}
    benchmark.evaluations[evaluation] = (int(time.time()), dataset.id, commit, result)
    return Created({"evaluationId": evaluation})


def result(call: Call) -> Json:
    """GetEvaluationResult."""
    found = call.state.benchmark(call.at["benchmark"]).evaluations.get(call.at["evaluation"])
    if found is None:
        raise absent("evaluation")
    said: Json = found[3]
    return said
