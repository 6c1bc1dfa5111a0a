"""The question before a run of a recipe that costs money."""

from PySide6.QtWidgets import QWidget

from batchdock.core.batch import Content
from batchdock.flows.recipes import Prepared
from batchdock.window.context import Context
from batchdock.window.costs.asking import ask_before_start
from batchdock.window.recipes.words import short_place
from batchdock.window.wording import pictures_text, videos_text


async def may_begin(context: Context, prepared: Prepared, window: QWidget) -> bool:
    """Return whether to begin; asks where the person wants to be asked. Raise `BudgetReached`.

    How many files there are is known of this computer's only: of others it is asked without.
    """
    desk, run, recipe = context.desk, context.background.run, prepared.recipe
    account = next((each for each in desk.accounts.all() if each.account_id == recipe.account_id), None)
    if account is None or not desk.accounts.capabilities(recipe.account_id).credits_an_hour:
        return True  # It is free, or whoever begins it says what keeps the account from being used.
    items = () if prepared.order is None else prepared.order.items
    for content in (Content.IMAGES, Content.VIDEOS):
        meant = [item for item in items if item.content is content]
        if not meant and (items or not recipe.takes(content)):
            continue
        size = sum(item.size for item in meant)
        estimate = await run(
            desk.costs.estimate(
                recipe.account_id, recipe.workflow_id, content, len(meant), recipe.options, bytes_total=size
            )
        )
        judgement = await run(desk.costs.check(recipe.account_id, estimate, options=recipe.options))
        counted = videos_text(len(meant)) if content is Content.VIDEOS else pictures_text(len(meant))
        agreed = await ask_before_start(
            context,
            account,
            estimate,
            judgement,
            what=counted if meant else short_place(recipe),
            workflow=recipe.workflow_id,
            stops_at=None,
            parent=window,
        )
        if not agreed:
            return False
        if not items:
            break  # It is one question, whatever there is.
    return True
