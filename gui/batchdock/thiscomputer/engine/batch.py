"""One batch of inputs through one workflow: the function that every executor runs.

The service imports this module to hand it to its workers; what decodes and measures is imported by the process that
does the work.
"""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter

from batchdock.thiscomputer.engine.options import Look, Options, unwatched
from batchdock.thiscomputer.engine.rows import Input, Row


def process_batch(workflow_id: str, inputs: Sequence[Input], options: Options, look: Look = unwatched) -> list[Row]:
    """Return at least one row for every input, in the order of the inputs.

    An input that can not be processed gives a row with a cause; of a video that is damaged later on, the good frames
    come first. Raises `LookupError` for an unknown workflow, `Unwanted` where `look` did, and nothing else.
    """
    from batchdock.thiscomputer.engine.processing import picture_rows, video_rows
    from batchdock.thiscomputer.workflows.catalogue import built_in

    workflow = options.own or built_in(workflow_id)
    if workflow is None:
        raise LookupError(f"There is no built-in workflow “{workflow_id}”.")
    rows: list[Row] = []
    done = 0
    for (content, values, trouble), some in groupby(inputs, attrgetter("content", "values", "trouble")):
        group = list(some)
        objection = trouble or (values and workflow.check(options.with_values(values).parameters))
        if objection:
            rows += [Row(each.name, cause=str(objection)) for each in group]
        elif content == "videos":
            for number, each in enumerate(group, start=done):
                rows += video_rows(each, workflow, options, partial(_look_from, look, number, 1, len(inputs)))
        else:
            given = options.with_values(values) if values else options
            rows += picture_rows(group, workflow, given, partial(_look_from, look, done, len(group), len(inputs)))
        done += len(group)
    return rows


def _look_from(look: Look, before: int, these: int, of: int, part: float) -> None:
    look((before + these * part) / of)
