"""*Find copies*: the same picture twice, over the whole batch. How they are found is in `copies`."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from batchdock.thiscomputer.engine.picture import Found, Picture
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.workflows.built_in import FRAMES_PER_SECOND
from batchdock.thiscomputer.workflows.parameters import objection, workflow_inputs


class FindCopies:
    """Names for every copy the first picture it is a copy of, in the order of names.

    Outputs: `verdict` (original, exact copy, near copy); `copy_of`, the name of the first picture, or null; `width`,
    `height` in pixels; `file_size` in bytes; `sha256`; `similarity_hash` (16 hex digits, null for a picture without
    any structure); `average_colour` (#rrggbb).
    """

    workflow_id = "find-copies"
    name = "Find copies"
    description = (
        "Finds pictures that are in the batch more than once: the same file, or the same picture at another size or "
        "compression. Good at copies, however many pictures there are; does not find what was cropped, turned, "
        "mirrored or taken a moment later."
    )
    created = "2026-11-22T00:00:00Z"
    outputs = (
        "verdict",
        "copy_of",
        "width",
        "height",
        "file_size",
        "sha256",
        "similarity_hash",
        "average_colour",
    )
    image_outputs: tuple[str, ...] = ()
    enough_side = 256
    usual_fps = FRAMES_PER_SECOND
    only_for: Literal["images", "videos"] | None = "images"
    definition: Final[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(()),
        "steps": [{"type": "batchdock/find_copies@v1", "name": "copies", "image": "$inputs.image"}],
        "outputs": [{"type": "JsonField", "name": name, "selector": f"$steps.copies.{name}"} for name in outputs],
    }

    def check(self, parameters: Mapping[str, object]) -> str | None:
        """Return a sentence that says why a job can not be run with these parameters, or None."""
        return objection((), parameters)

    def look(self, pictures: Sequence[Picture], parameters: Mapping[str, object], draw: Collection[str]) -> list[Found]:
        """Take what the copies of a picture are known by. There is nothing to draw."""
        from batchdock.thiscomputer.workflows.measuring import fingerprint

        return [
            Found(
                {
                    "verdict": "original",
                    "copy_of": None,
                    "width": each.width,
                    "height": each.height,
                    "file_size": None if each.data is None else len(each.data),
                    **fingerprint(each),
                }
            )
            for each in pictures
        ]

    def conclude(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Name the first picture of which each one is a copy."""
        from batchdock.thiscomputer.workflows.copies import with_copies

        for row in with_copies(rows):
            exact, near = (row.outputs.get(each) for each in ("exact_copy_of", "near_copy_of"))
            own = {name: value for name, value in row.outputs.items() if name in self.outputs}
            if exact or near:
                own |= {"verdict": "exact copy" if exact else "near copy", "copy_of": exact or near}
            yield replace(row, outputs=own)
