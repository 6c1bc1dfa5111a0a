"""Reads what a job was created from, out of the echo in its metadata (contract §4.1, §4.2, §4.7)."""

from dataclasses import replace

from batchdock.core.batch import Content
from batchdock.core.job import JobDefinition
from batchdock.services.http.reading import Entry, count, entry, number, optional_text, text, texts


def read_definition(job: Entry) -> JobDefinition | None:
    """Return the definition of a job, with what restarts have changed of it; None where it can not be told.

    That is so for kinds that run no workflow over a batch, and where the echo names neither of the two.
    """
    found = entry(job.get("jobDefinition"))
    content = read_content(found)
    where, what = entry(found.get("jobInput")), entry(found.get("processingSpecification"))
    batch_id, workflow_id = text(where.get("batchId")), text(what.get("workflowId"))
    if content is Content.UNKNOWN or not batch_id or not workflow_id:
        return None
    mapping = entry(what.get("imagesMetadataInputsMapping"))
    definition = JobDefinition(
        content=content,
        batch_id=batch_id,
        workflow_id=workflow_id,
        part=optional_text(where.get("partName")),
        metadata_part=optional_text(where.get("imagesMetadataPart")),
        parameters=entry(what.get("workflowParameters")),
        image_input=optional_text(what.get("imageInputName")),
        keep_images=what.get("persistImagesOutputs") is True,
        image_outputs=texts(what.get("imagesOutputsToBePersisted")),
        table_format=optional_text(what.get("aggregationFormat")),
        max_video_fps=_positive(what.get("maxVideoFPS")),
        metadata_mapping={name: text(key) for name, key in mapping.items() if text(key)},
        backend=optional_text(found.get("inferenceBackend")),
        notifications_url=optional_text(found.get("notificationsURL")),
    )
    definition = _changed(definition, found)
    for override in overrides(job):
        definition = _changed(definition, override)
    return definition


def read_content(definition: Entry) -> Content:
    """Return what kind of files a job works on."""
    kind = text(definition.get("type")).lower()
    if "video" in kind:
        return Content.VIDEOS
    return Content.IMAGES if "image" in kind else Content.UNKNOWN


def read_machine(job: Entry) -> str:
    """Return the kind of machine that a job runs on by now, empty where nobody said."""
    wanted = [entry(job.get("jobDefinition")), *overrides(job)]
    named = (text(entry(each.get("computeConfiguration")).get("machineType")).strip().lower() for each in wanted)
    return next((each for each in reversed([*named]) if each), "")


def overrides(job: Entry) -> list[Entry]:
    """Return what the restarts of a job have changed, oldest first."""
    found = job.get("restartParametersOverride")
    found = found if isinstance(found, list) else [found]
    return [each for each in found if isinstance(each, dict)]


def _changed(definition: JobDefinition, found: Entry) -> JobDefinition:
    """Return the definition with those of the fields that a restart may change too."""
    compute = entry(found.get("computeConfiguration"))
    rate = number(found.get("maxImageFailureRate"))
    return replace(
        definition,
        machine=optional_text(compute.get("machineType")) or definition.machine,
        workers_per_machine=_count(compute.get("workersPerMachine")) or definition.workers_per_machine,
        max_parallel_tasks=_count(found.get("maxParallelTasks")) or definition.max_parallel_tasks,
        timeout_seconds=_count(found.get("processingTimeoutSeconds")) or definition.timeout_seconds,
        max_failure_rate=rate if rate is not None and 0 <= rate <= 1 else definition.max_failure_rate,
    )


def _count(value: object) -> int | None:
    """Return a number of at least one."""
    return count(value) or None


def _positive(value: object) -> float | None:
    found = number(value)
    return found if found is not None and found > 0 else None
