"""Networks that say what a whole picture shows: one number a class."""

from collections.abc import Sequence

from batchdock.thiscomputer.engine.own.finds import Shares, Wanted, sigmoid, softmax
from batchdock.thiscomputer.engine.own.form import Form
from batchdock.thiscomputer.engine.own.seen import Seen, names_for
from batchdock.thiscomputer.engine.own.sheet import Array, Sheet

_SEVERAL = ("multi-label-classification", "multi_label_classification", "multilabel", "multi-label")


class Classifier:
    """One answer of [1, C]; what is not a share of 1 yet is made one."""

    name = "classifier"

    def told(self, seen: Seen) -> Form | None:
        """See `Family`."""
        if len(seen.answers) != 1:
            return None
        scores = seen.answers[0]
        # Some end in pictures of one pixel.
        if scores.ndim < 2 or scores.shape[0] != 1 or scores.shape[1] < 2 or scores.size != scores.shape[1]:
            return None
        if scores.ndim == 3 and scores.shape[1] > 1:
            return None
        names, named = names_for(seen.said, scores.shape[1])
        several = seen.said.task in _SEVERAL
        lowest, total = float(scores.min()), float(scores.sum())
        ready = lowest >= 0 and (float(scores.max()) <= 1 if several else abs(total - 1) < 0.02)
        traits = (*(("several",) if several else ()), *(("ready",) if ready else ()))
        return Form(
            family=self.name,
            title="Classifier",
            kind="classification",
            class_names=names,
            named=named,
            side=seen.side,
            fit="cover",
            numbers="bytes" if seen.wants_bytes else "unit" if seen.said.ultralytics else "imagenet",
            traits=traits,
        )

    def read(self, form: Form, answers: Sequence[Array], sheet: Sheet, wanted: Wanted) -> Shares:
        """See `Family`."""
        scores = answers[0].reshape(-1)
        if "ready" in form.traits:
            return Shares(scores)
        return Shares(sigmoid(scores) if "several" in form.traits else softmax(scores))
