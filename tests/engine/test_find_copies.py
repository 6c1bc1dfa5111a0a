"""Find copies: every picture that is there twice names the first one, over the whole batch."""

import io

import pytest
from PIL import Image

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.workflows.catalogue import built_in

SAMPLES = sorted(resource("samples").glob("*.jpg"))


def find(inputs: list[Input]) -> dict[str, Row]:
    """Run the workflow and conclude it."""
    workflow = built_in("find-copies")
    assert workflow is not None
    rows = list(workflow.conclude(process_batch("find-copies", inputs, Options())))
    assert all(set(row.outputs) == set(workflow.outputs) for row in rows if row.cause is None)
    return {row.name: row for row in rows}


def smaller(name: str, factor: float, quality: int) -> bytes:
    """Return a bundled picture at another size and compression."""
    image = Image.open(resource("samples", name)).convert("RGB")
    out = io.BytesIO()
    size = round(image.width * factor), round(image.height * factor)
    image.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_every_copy_of_every_sample_is_found() -> None:
    originals = [Input(f"a {path.name}", path) for path in SAMPLES]
    exact = [Input(f"b {path.name}", path) for path in SAMPLES]
    near = [Input(f"c {path.name}", data=smaller(path.name, 0.6, 70)) for path in SAMPLES]
    rows = find([*originals, *exact, *near])
    for path in SAMPLES:
        assert rows[f"a {path.name}"].outputs["verdict"] == "original"
        assert rows[f"a {path.name}"].outputs["copy_of"] is None
        for letter, verdict in (("b", "exact copy"), ("c", "near copy")):
            copy = rows[f"{letter} {path.name}"].outputs
            assert (copy["verdict"], copy["copy_of"]) == (verdict, f"a {path.name}")


def test_a_large_copy_is_known_although_it_is_looked_at_small() -> None:
    rows = find([Input("a", resource("samples", "mountain.jpg")), Input("b", data=smaller("mountain.jpg", 3.5, 90))])
    assert rows["b"].outputs["copy_of"] == "a"
    assert (rows["b"].outputs["width"], rows["b"].outputs["height"]) == (4480, 3360)


def test_a_file_that_can_not_be_read_stays_what_it_is() -> None:
    rows = find([Input("a", data=b"nothing"), Input("b", resource("samples", "cat.jpg"))])
    assert rows["a"].cause is not None
    assert rows["b"].outputs["verdict"] == "original"


@pytest.mark.parametrize("name", ["astronaut.jpg", "cat.jpg"])
def test_the_size_of_the_file_is_told(name: str) -> None:
    [row] = find([Input(name, resource("samples", name))]).values()
    assert row.outputs["file_size"] == resource("samples", name).stat().st_size
