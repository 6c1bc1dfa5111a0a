"""The question before a job that is there already costs money once more."""

from dataclasses import asdict, replace

from PySide6.QtWidgets import QWidget

from batchdock.core.batch import Content
from batchdock.core.job import Job, JobOptions, RestartOverride
from batchdock.window.context import Context
from batchdock.window.costs.asking import ask_before_start
from batchdock.window.wording import content_word, pictures_text, videos_text


async def may_spend(
    context: Context, job: Job, window: QWidget, *, workflow: str, override: RestartOverride | None = None
) -> bool:
    """Return whether to start a job like this one, with changes as `override` has them; asks where the person wants to
    be asked. `workflow` is the name of its workflow. Raise `BudgetReached`."""
    desk, run = context.desk, context.background.run
    account = next((each for each in desk.accounts.all() if each.account_id == job.account_id), None)
    if account is None or not desk.accounts.capabilities(job.account_id).credits_an_hour:
        return True  # It is free, or nobody knows what it costs.
    definition = await run(desk.jobs.definition(job.key))
    options = JobOptions() if definition is None else definition
    if override is not None:
        options = replace(options, **{name: value for name, value in asdict(override).items() if value is not None})
    count = job.items_total or 0
    estimate = await run(
        desk.costs.estimate(job.account_id, job.workflow_id, job.content, count, options, bytes_total=job.bytes_total)
    )
    judgement = await run(desk.costs.check(job.account_id, estimate, options=options))
    counted = videos_text(count) if job.content is Content.VIDEOS else pictures_text(count)
    return await ask_before_start(
        context,
        account,
        estimate,
        judgement,
        what=counted if count else content_word(job.content),
        workflow=workflow,
        parent=window,
    )
