"""What people download: complete, in the vendor's layout, safe to unpack, the same every time."""

import csv
import io
import json
import tarfile
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal

import pytest

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.archives import folder_name
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.results import Archive, write_results
from batchdock.thiscomputer.engine.rows import IMAGE_PLACEHOLDER, Input, Row
from batchdock.thiscomputer.workflows.catalogue import built_in
from making.media import code_picture, picture, truncated_picture

AT = datetime(2026, 11, 22, 4, 5, 6, tzinfo=UTC)
FAILURES = "failed_files_processing_2026_11_22_04_05_06.jsonl"
KEEP = Options(keep_images=True)


def write(
    rows: Iterable[Row],
    folder: Path,
    *,
    workflow: str = "read-codes",
    options: Options = KEEP,
    table_format: Literal["csv", "jsonl"] = "csv",
    content: Literal["images", "videos"] = "images",
) -> list[Archive]:
    """Write results into a new folder."""
    found = built_in(workflow)
    assert found is not None
    folder.mkdir(parents=True, exist_ok=True)
    return write_results(
        rows,
        built_in=found,
        options=options,
        table_format=table_format,
        content=content,
        folder=folder,
        archive_stem="j-1",
        at=AT,
    )


def members(archives: list[Archive], part: str) -> dict[str, bytes]:
    """Return what unpacking all archives of a part gives: name → bytes."""
    found: dict[str, bytes] = {}
    for archive in archives:
        if archive.part == part:
            with tarfile.open(archive.path) as tar:
                for member in tar:
                    assert member.isreg()
                    assert not {"..", "/", ""} & set(PurePosixPath(member.name).parts)
                    file = tar.extractfile(member)
                    assert file is not None
                    assert member.name not in found
                    found[member.name] = file.read()
    return found


def code_row(name: str, **more: object) -> Row:
    """Return a row as `read-codes` makes them."""
    outputs = {"count": 0, "text": "", "codes": [], "predictions": {}, "output_image": IMAGE_PLACEHOLDER}
    return Row(name, outputs | more, {"output_image": b"jpeg of " + name.encode(errors="replace")})


def test_pictures_in_the_layout_of_the_contract(tmp_path: Path) -> None:
    inputs = [
        Input("code.png", code_picture(tmp_path / "in" / "code.png", "한국어, “quoted”")),
        Input("half.jpg", truncated_picture(tmp_path / "in" / "half.jpg")),
        Input("사진 1.jpg", picture(tmp_path / "in" / "사진 1.jpg")),
    ]
    archives = write(process_batch("read-codes", inputs, KEEP), tmp_path / "out")
    assert [(each.path.name, each.part, each.content, each.nested) for each in archives] == [
        ("j-1-predictions-001.tar.gz", "predictions", "archives", "metadata"),
        ("j-1-images-001.tar.gz", "images", "archives", "images"),
    ]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == sorted(each.path.name for each in archives)

    predictions = members(archives, "predictions")
    assert set(predictions) == {
        "code.png/results.json", "사진 1.jpg/results.json", "aggregated_results.csv", FAILURES,
    }  # fmt: skip
    result = json.loads(predictions["code.png/results.json"])
    assert list(result) == ["count", "text", "codes", "predictions", "output_image"]
    assert result["text"] == "한국어, “quoted”"
    assert result["output_image"] == "<deducted_image>"

    first, second = csv.DictReader(io.StringIO(predictions["aggregated_results.csv"].decode()))
    assert list(first) == ["count", "text", "codes", "predictions", "output_image", "image"]
    assert (first["image"], first["count"], first["text"]) == ("code.png", "1", "한국어, “quoted”")
    assert json.loads(first["codes"]) == result["codes"]
    assert json.loads(first["predictions"]) == result["predictions"]
    assert (second["image"], second["count"]) == ("사진 1.jpg", "0")

    assert json.loads(predictions[FAILURES]) == {
        "file_path": "half.jpg",
        "cause": "The file is incomplete: the picture stops half-way.",
    }
    drawn = members(archives, "images")
    assert set(drawn) == {"code.png/output_image.jpg", "사진 1.jpg/output_image.jpg"}
    assert drawn["code.png/output_image.jpg"].startswith(b"\xff\xd8")


def test_json_lines_hold_one_object_a_picture(tmp_path: Path) -> None:
    inputs = [Input(path.name, path) for path in sorted(resource("samples").glob("*.jpg"))]
    options = Options()
    rows = process_batch("picture-quality", inputs, options)
    archives = write(rows, tmp_path, workflow="picture-quality", options=options, table_format="jsonl")
    assert [each.part for each in archives] == ["predictions"]
    lines = members(archives, "predictions")["aggregated_results.jsonl"].decode().splitlines()
    objects = [json.loads(line) for line in lines]
    assert [each["image"] for each in objects] == [each.name for each in inputs]
    assert {each["image"] for each in objects if each["verdict"] != "good"} == {"blurred_clock.jpg"}
    assert FAILURES not in members(archives, "predictions")


def test_copies_are_concluded_over_the_whole_batch(tmp_path: Path) -> None:
    data = picture(tmp_path / "a.jpg", 4).read_bytes()
    rows = process_batch("picture-quality", [Input(name, data=data) for name in "abc"], Options())
    archives = write(rows, tmp_path / "out", workflow="picture-quality")
    found = members(archives, "predictions")
    assert json.loads(found["c/results.json"])["exact_copy_of"] == "a"
    table = list(csv.DictReader(io.StringIO(found["aggregated_results.csv"].decode())))
    assert [row["exact_copy_of"] for row in table] == ["", "a", "a"]


def test_videos_have_a_table_and_a_preview_each(tmp_path: Path) -> None:
    films = [
        Input("a.mp4", resource("samples", "slideshow.mp4"), content="videos"),
        Input("b.mp4", data=b"no video", content="videos"),
        Input("c.mp4", resource("samples", "slideshow.mp4"), content="videos"),
    ]
    rows = process_batch("read-codes", films, KEEP)
    archives = write(rows, tmp_path, content="videos")
    assert [(each.part, each.nested) for each in archives] == [("predictions", "metadata"), ("images", "videos")]
    predictions = members(archives, "predictions")
    assert set(predictions) == {
        "a.mp4/workflow_results_source_0.csv", "c.mp4/workflow_results_source_0.csv", FAILURES,
    }  # fmt: skip
    table = list(csv.DictReader(io.StringIO(predictions["a.mp4/workflow_results_source_0.csv"].decode())))
    assert [row["seconds"] for row in table] == [f"{second}.0" for second in range(18)]
    assert [row["frame"] for row in table] == [str(15 * second) for second in range(18)]
    previews = members(archives, "images")
    assert set(previews) == {
        "a.mp4/source_0_output_output_image_preview.mp4", "c.mp4/source_0_output_output_image_preview.mp4",
    }  # fmt: skip
    assert previews["a.mp4/source_0_output_output_image_preview.mp4"][4:8] == b"ftyp"


def test_incomplete_video_has_both_its_table_and_its_reason(tmp_path: Path) -> None:
    rows = [Row("a.mp4", cause="The video is damaged or incomplete after 0:01; …"), *_frames("a.mp4", 2)]
    predictions = members(write(rows, tmp_path, content="videos", table_format="jsonl"), "predictions")
    assert set(predictions) == {"a.mp4/workflow_results_source_0.jsonl", FAILURES}
    frames = [json.loads(line) for line in predictions["a.mp4/workflow_results_source_0.jsonl"].splitlines()]
    assert [(each["frame"], each["seconds"]) for each in frames] == [(0, 0.0), (1, 1.0)]


def _frames(name: str, count: int) -> list[Row]:
    outputs = code_row(name).outputs
    return [Row(name, outputs, frame=number, seconds=float(number)) for number in range(count)]


def test_only_wanted_pictures_are_packed(tmp_path: Path) -> None:
    rows = [code_row("a.jpg")]
    assert members(write(rows, tmp_path / "1"), "images") == {"a.jpg/output_image.jpg": b"jpeg of a.jpg"}
    assert members(write(rows, tmp_path / "2", options=Options()), "images") == {}
    other = Options(keep_images=True, image_outputs=("crop",))
    assert members(write(rows, tmp_path / "3", options=other), "images") == {}
    several = {"output_image/0": b"first", "output_image/1": b"second", "crop/0": b"x"}
    some = [replace(each, images=several) for each in rows]
    assert members(write(some, tmp_path / "4"), "images") == {
        "a.jpg/output_image/0.jpg": b"first",
        "a.jpg/output_image/1.jpg": b"second",
    }


def test_nothing_processed_still_says_why(tmp_path: Path) -> None:
    rows = [Row(f"{number}.jpg", cause="The file is empty (0 bytes).") for number in range(3)]
    predictions = members(write(rows, tmp_path), "predictions")
    assert set(predictions) == {"aggregated_results.csv", FAILURES}
    assert len(predictions[FAILURES].splitlines()) == 3
    assert predictions["aggregated_results.csv"].decode().splitlines() == [
        "count,text,codes,predictions,output_image,image"
    ]


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "a/b.jpg",
    "a_b.jpg",
    "..",
    ".",
    "",
    "C:evil.jpg",
    "..\\up.jpg",
    "x\0.jpg",
]
HARMLESS = ["two\nlines.jpg", "수확 17.jpg", "😀.jpg", ".hidden.jpg", "a..b.jpg", "x" * 240 + ".jpg", "12:30.jpg"]


def test_no_name_leads_out_of_the_archive(tmp_path: Path) -> None:
    names = sorted([*HOSTILE, *HARMLESS, "half\udcff.jpg"])
    archives = write([code_row(name) for name in names], tmp_path)
    for part, file_name in (("predictions", "results.json"), ("images", "output_image.jpg")):
        found = [name for name in members(archives, part) if name != "aggregated_results.csv"]
        assert len(found) == len(names)
        for name in found:
            folder, _, rest = name.rpartition("/")
            assert rest == file_name
            assert folder not in {"", ".", ".."}
            assert not set(folder) & {"/", "\\", "\0"}
    assert {folder_name(name) for name in HARMLESS} == set(HARMLESS)
    assert len({folder_name(name) for name in names}) == len(names)
    table = csv.DictReader(io.StringIO(members(archives, "predictions")["aggregated_results.csv"].decode()))
    assert [row["image"] for row in table] == [name.replace("\udcff", "?") for name in names]


def test_same_rows_make_the_same_bytes(tmp_path: Path) -> None:
    rows = [code_row(f"{number}.jpg") for number in range(20)] + [Row("z.jpg", cause="Gone.")]
    first, second = (write(rows, tmp_path / folder) for folder in ("1", "2"))
    assert [each.path.read_bytes() for each in first] == [each.path.read_bytes() for each in second]


def test_long_batches_fill_several_archives(tmp_path: Path) -> None:
    archives = write([code_row(f"{number:05}.jpg") for number in range(600)], tmp_path)
    assert [each.path.name for each in archives if each.part == "images"] == [
        "j-1-images-001.tar.gz", "j-1-images-002.tar.gz", "j-1-images-003.tar.gz",
    ]  # fmt: skip
    assert len(members(archives, "images")) == 600
    archives = write([code_row(f"{number:05}.jpg") for number in range(9_000)], tmp_path / "2", options=Options())
    assert len(archives) == 3
    found = members(archives, "predictions")
    assert len(found) == 9_001
    assert len(found["aggregated_results.csv"].splitlines()) == 9_001


def test_rows_are_not_held_in_memory(tmp_path: Path) -> None:
    """Each row carries half a megabyte; together they are far more than may be held."""

    def rows() -> Iterator[Row]:
        for number in range(300):
            row = code_row(f"{number:04}.jpg")
            yield Row(row.name, row.outputs, {"output_image": number.to_bytes(2) * 250_000})

    tracemalloc.start()
    try:
        write(rows(), tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_was_cut_short_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield code_row("a.jpg")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write(rows(), tmp_path)
    assert list(tmp_path.iterdir()) == []
