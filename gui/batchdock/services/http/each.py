"""Doing something to several items, one after the other."""

from collections.abc import Awaitable, Callable, Sequence

from batchdock.core.errors import AccountError, BatchdockError, ConnectionProblem
from batchdock.core.inventory import Done, Failure


async def each_of(item_ids: Sequence[str], do: Callable[[str], Awaitable[Done]]) -> Done:
    """Do it to each. What is refused for all of them is raised; what is refused for some is told.

    Without a line, or with credentials that are refused, the others are not tried.
    """
    done: list[Done] = []
    refused: list[tuple[str, BatchdockError]] = []
    for place, item_id in enumerate(item_ids):
        try:
            done.append(await do(item_id))
        except BatchdockError as error:
            refused.append((item_id, error))
            if isinstance(error, ConnectionProblem | AccountError):
                refused.extend((left, error) for left in item_ids[place + 1 :])
                break
    if refused and not done:
        raise refused[0][1]
    failures = tuple(failure for each in done for failure in each.failures)
    return Done(
        made=tuple(made for each in done for made in each.made),
        failures=(*failures, *(Failure(item_id, reason_of(error)) for item_id, error in refused)),
        said=next((each.said for each in done if each.said), ""),
    )


def reason_of(error: BatchdockError) -> str:
    """Return why something was refused: the service's own words, where it has any."""
    said = error.values.get("reason")
    return said if isinstance(said, str) and said else str(error)
