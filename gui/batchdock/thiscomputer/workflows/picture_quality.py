"""*Picture quality*."""

from collections.abc import Iterable, Mapping

from batchdock.thiscomputer.engine.rows import Row


class PictureQuality:
    """Measures every picture, and finds copies."""

    workflow_id = "picture-quality"
    name = "Picture quality"
    description = "Measures size, sharpness and exposure of every picture, and finds copies."
    created = "2026-11-22T00:00:00Z"
    image_outputs = ()
    definition: dict[str, object] = {  # noqa: RUF012
        "version": "1.0",
        "inputs": [{"type": "InferenceImage", "name": "image"}],
        "steps": [],
        "outputs": [],
    }

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        return None

    def conclude(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Every picture stands for itself: nothing to add."""
        return rows
