"""What the service does by itself for a dataset: merges and searches (contract §6)."""

from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.records import Dataset, Job, Json, new_id
from fakes.tensorbay.refusals import BROKEN, TAKEN, WRONG, Refused, absent
from fakes.tensorbay.working import MERGE, SEARCH, check

TYPES = (MERGE, SEARCH)
RUNNING = ("QUEUING", "PROCESSING")


def created(call: Call) -> Created:
    """CreateTask."""
    body, dataset = call.body, call.dataset
    title, kind = body.named("title"), body.one_of("jobType", TYPES)
    arguments = body.inner("arguments")
    check(dataset, kind, arguments)
    job = Job(new_id(), kind, title, arguments.values, body.text("description", ""))
    dataset.jobs[job.id] = job
    return Created({"jobId": job.id, "createdAt": job.created})


def listed(call: Call) -> Json:
    """ListTasks: of one type, the newest first."""
    kind, status = call.query.one_of("jobType", TYPES), call.query.text("status", "")
    jobs = [each for each in [*call.dataset.jobs.values()] if each.type == kind and status in ("", each.status)]
    return call.listed("jobs", jobs[::-1], _told)


def shown(call: Call) -> Json:
    """GetTask."""
    return _told(_job(call))


def deleted(call: Call) -> Json:
    """DeleteTask: one that has ended."""
    job = _job(call)
    if job.status in RUNNING:
        raise Refused(WRONG, "the job is not finished")
    del call.dataset.jobs[job.id]
    return {}


def aborted(call: Call) -> Json:
    """StopTask."""
    job = _job(call)
    if job.status not in RUNNING:
        raise Refused(WRONG, "the job is finished")
    job.status, job.finished, job.stopping = "ABORTED", job.created, True
    return {}


def retried(call: Call) -> Json:
    """RetryTask: straight after the abort it fails, as it was seen to (contract §6)."""
    job = _job(call)
    if job.stopping:
        raise Refused(BROKEN, "the job is being aborted")
    if job.status in (*RUNNING, "SUCCESS") or job.type != MERGE:
        raise Refused(WRONG, "the job can not be retried")
    job.status, job.error, job.started, job.finished, job.result = "QUEUING", "", None, None, None
    return {}


def saved(call: Call) -> Created:
    """Make a dataset of what a search has found."""
    job = next(
        (each.jobs[call.at["job"]] for each in [*call.state.datasets.values()] if call.at["job"] in each.jobs), None
    )
    if job is None or job.result is None or job.type != SEARCH:
        raise absent("search result")
    body, found = call.body, call.state.dataset(job.result["searchResultId"])
    name = body.named("datasetName")
    if call.state.named(name) is not None:
        raise Refused(TAKEN, "the dataset name already exists")
    made = Dataset(new_id(), name, body.text("alias", ""), found.type, owner=call.state.nickname)
    made.public = bool(body.of("isPublic", bool, must=False))
    draft = made.new_draft("main", "search result")
    draft.content = found.commits[job.result["searchResultCommitId"]].content.child()
    made.commit(draft, "search result", author=call.state.nickname)
    call.state.datasets[made.id] = made
    return Created({"datasetId": made.id})


def _job(call: Call) -> Job:
    kind = call.query.one_of("jobType", TYPES)
    job = call.dataset.jobs.get(call.at["job"])
    if job is None or job.type != kind:
        raise absent("job")
    return job


def _told(job: Job) -> Json:
    job.stopping = False
    told: Json = {"jobId": job.id, "jobType": job.type, "title": job.title, "description": job.description}
    told |= {"arguments": job.arguments, "createdAt": job.created, "status": job.status, "errorMessage": job.error}
    also = {"startedAt": job.started, "finishedAt": job.finished, "result": job.result}
    return {**told, **{name: value for name, value in also.items() if value is not None}}
