"""Turns what the services say of a task into a job of the table (contract §2.1, §2.2, §3.1, §3.2, §4.1)."""

from batchdock.core.batch import Content
from batchdock.core.job import Job
from batchdock.services.http.reading import Entry, entry, optional_text, text, texts
from batchdock.services.http.times import time_of
from batchdock.services.huawei.jobs.states import state_of
from batchdock.services.huawei.jobs.tasks import BETWEEN, Tasks
from batchdock.services.huawei.masking import plain

_RUNS_ON = {"0": "cloud", "1": "edge", "cloud": "cloud", "edge": "edge"}
_MOST_SOURCES = 3


def unwrapped(answer: Entry) -> Entry:
    """Return the task of an answer, which one document shows inside a "task" (contract §4.1)."""
    inner = entry(answer.get("task"))
    return inner if inner and "id" not in answer else answer


def read_job(task: Entry, account_id: str, tasks: Tasks) -> Job | None:
    """Return a job as far as a row or a detail tells of it; None for what has no usable id."""
    task_id = optional_text(task.get("id"))
    if task_id is None or not task_id.isprintable() or BETWEEN in task_id:
        return None
    word = text(task.get("state")).strip()
    state = state_of(word)
    updated = time_of(task.get("updated_at"))
    error = message_of(task)
    return Job(
        account_id=account_id,
        job_id=tasks.job_id(task_id),
        name=text(task.get("name")) or task_id,
        state=state,
        content=Content.VIDEOS if text(entry(task.get("input")).get("type")) == "obs" else Content.STREAM,
        created=time_of(task.get("created_at")),
        last_news=updated,
        ended=updated if state.is_terminal else None,
        message=error,
        service_word=word,
        machine=text(task.get("edge_pool_id")),
        video_source=_source(task),
        algorithm=_algorithm(task, tasks),
        vendor=text(task.get("company")),
        runs_on=_runs_on(task, tasks),
        groups=_groups(task.get("group_name")),
    )


def message_of(task: Entry) -> str:
    """Return what the service says about a task that has trouble: its error, else its detailed status."""
    error = task.get("error")
    if isinstance(error, str) and error.strip():
        return plain(error)
    code, message = (text(entry(error).get(key)).strip() for key in ("code", "message"))
    said = f"{message} ({code})" if message and code else message or code
    return plain(said or text(task.get("status")).strip())


def _algorithm(task: Entry, tasks: Tasks) -> str:
    titles = entry(task.get("service_title"))
    return (
        text(task.get("title"))
        or text(titles.get("en"))
        or text(titles.get("zh"))
        or text(task.get("service_name"))
        or tasks.service
    )


def _runs_on(task: Entry, tasks: Tasks) -> str:
    """Return "cloud" or "edge": told in either spelling, or by the name of the service, or by an edge pool."""
    told = _RUNS_ON.get(text(task.get("type")).strip().lower())
    if told is not None:
        return told
    service = text(task.get("service_name")) or tasks.service
    for place in ("edge", "cloud"):
        if service.endswith(f"-{place}"):
            return place
    return "edge" if optional_text(task.get("edge_pool_id")) else ""


def _groups(value: object) -> tuple[str, ...]:
    some = value.split(",") if isinstance(value, str) else texts(value)
    return tuple(dict.fromkeys(each.strip() for each in some if each.strip()))


def _source(task: Entry) -> str:
    """Return the name of the video source, or what the inputs are."""
    told = text(task.get("video_source_name"))
    data = entry(task.get("input")).get("data")
    if told or not isinstance(data, list):
        return told
    names = [_source_of(each) for each in data[:_MOST_SOURCES] if isinstance(each, dict)]
    return ", ".join(each for each in names if each) + (" …" if len(data) > _MOST_SOURCES else "")


def _source_of(data: Entry) -> str:
    keys = ("url", "id", "device_id", "video_source_id", "stream_name")
    found = next((text(data.get(key)) for key in keys if text(data.get(key))), "")
    if found:
        return plain(found)
    return "/".join(part for part in (text(data.get("bucket")), text(data.get("path")).strip("/")) if part)
