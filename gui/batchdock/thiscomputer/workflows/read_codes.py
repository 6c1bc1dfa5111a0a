"""*Read QR codes and barcodes*."""

from collections.abc import Iterable, Mapping

from batchdock.thiscomputer.engine.rows import Row


class ReadCodes:
    """Finds and reads QR codes, barcodes and other printed codes."""

    workflow_id = "read-codes"
    name = "Read QR codes and barcodes"
    description = "Finds QR codes, barcodes and other printed codes in every picture and reads what they say."
    created = "2026-11-22T00:00:00Z"
    image_outputs = ("output_image",)
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
