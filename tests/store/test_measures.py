"""What jobs took stays in the journal, run by run."""

from dataclasses import replace
from pathlib import Path

from batchdock.core.batch import Content
from batchdock.core.costs import Measure
from batchdock.store import Journal

_MEASURE = Measure(
    account_id="acme",
    job_id="j-1",
    workflow_id="count",
    content=Content.VIDEOS,
    machine="gpu",
    fps=0.5,
    variant="v",
    items=20,
    tasks=3,
    at_once=2,
    started=100.5,
    ended=200.25,
    machine_seconds=150.125,
    startup=12.5,
    credits=0.1,
    trial=True,
)


def test_a_measure_comes_back_as_it_was_also_after_a_restart(tmp_path: Path) -> None:
    bare = replace(_MEASURE, job_id="j-2", fps=None, startup=None, trial=False, started=1.0)
    journal = Journal(tmp_path)
    journal.measures.put([_MEASURE, bare])
    journal.close()
    journal = Journal(tmp_path)
    assert journal.measures.runs("acme", "j-1") == [_MEASURE]
    assert journal.measures.runs("acme", "j-2") == [bare]
    assert journal.measures.keys() == {("acme", "j-1"), ("acme", "j-2")}
    journal.close()


def test_each_run_of_a_job_counts_and_the_same_run_counts_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    second = replace(_MEASURE, started=300.0, ended=400.0)
    journal.measures.put([_MEASURE])
    journal.measures.put([second, replace(_MEASURE, credits=0.2)])
    assert journal.measures.runs("acme", "j-1") == [replace(_MEASURE, credits=0.2), second]
    assert journal.measures.since(200.25) == [replace(_MEASURE, credits=0.2), second]
    assert journal.measures.since(200.5) == [second]
    journal.close()


def test_only_jobs_of_the_same_kind_that_tell_something_are_alike_the_latest_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    later = replace(_MEASURE, job_id="later", ended=500.0)
    others = [
        replace(_MEASURE, job_id="other-account", account_id="b"),
        replace(_MEASURE, job_id="other-workflow", workflow_id="w"),
        replace(_MEASURE, job_id="other-content", content=Content.IMAGES),
        replace(_MEASURE, job_id="other-machine", machine="cpu"),
        replace(_MEASURE, job_id="nothing", items=0),
    ]
    journal.measures.put([*others, _MEASURE, later])
    assert journal.measures.alike("acme", "count", Content.VIDEOS, "gpu", 9) == [later, _MEASURE]
    assert journal.measures.alike("acme", "count", Content.VIDEOS, "gpu", 1) == [later]
    journal.close()
