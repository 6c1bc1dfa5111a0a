"""The commands that take a job up again."""

from dataclasses import fields, replace

from batchdock.cli.job_options import Given
from batchdock.cli.session import Session
from batchdock.cli.work import known, say_started
from batchdock.core.job import JobOptions, RestartOverride


async def again(session: Session, job_id: str, name: str, given: Given) -> int:
    """Start a new job with the definition of one that is there."""
    jobs = session.desk.jobs
    draft = await jobs.duplicate(await known(session, job_id))
    definition = await jobs.definition(draft.key)
    assert definition is not None
    was = {field.name: getattr(definition, field.name) for field in fields(JobOptions)}
    await jobs.change_draft(draft.key, name or draft.name, replace(JobOptions(**was), **given))
    return await say_started(session, await jobs.start_draft(draft.key))


async def restart(session: Session, job_id: str, given: Given) -> int:
    """Start a job that ended badly once more."""
    key = await known(session, job_id)
    await session.desk.jobs.restart(key, RestartOverride(**given) if given else None)
    (job,) = [each for each in session.desk.jobs.all() if each.key == key]
    return await say_started(session, job)
