"""One batch of inputs through one workflow: the function that every executor runs.

The service imports this module to hand it to its workers; what decodes and measures is imported by the process that
does the work.
"""

from collections.abc import Sequence
from functools import partial

from batchdock.thiscomputer.engine.options import Look, Options, unwatched
from batchdock.thiscomputer.engine.rows import Input, Row


def process_batch(workflow_id: str, inputs: Sequence[Input], options: Options, look: Look = unwatched) -> list[Row]:
    """Return at least one row for every input, in the order of the inputs.

    An input that can not be processed gives a row with a cause; of a video that is damaged later on, the good frames
    come first. Raises `LookupError` for an unknown workflow, `Unwanted` where `look` did, and nothing else.
    """
    from batchdock.thiscomputer.engine.processing import rows_of
    from batchdock.thiscomputer.workflows.catalogue import built_in

    workflow = built_in(workflow_id)
    if workflow is None:
        raise LookupError(f"There is no built-in workflow “{workflow_id}”.")
    rows: list[Row] = []
    for number, each in enumerate(inputs):
        look(number / len(inputs))
        rows += rows_of(each, workflow, options, partial(_look_from, look, number, len(inputs)))
    return rows


def _look_from(look: Look, before: int, of: int, part: float) -> None:
    look((before + part) / of)
