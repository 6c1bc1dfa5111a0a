"""Tables that are handed on, read back with other people's tools: the same counts, places and words."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from batchdock.core.finding import Box, Cell
from batchdock.flows.results.handing import Form, Spelling
from batchdock.flows.results.handing.excel import MOST_TEXT, ExcelWriter
from making.handing import HOSTILE, NAMES, TAKEN, found, order_at, sight, sights, written

Row = dict[str, Any]


def rows_of(sheet: Any) -> list[Row]:
    """Return the rows of a sheet by its headings."""
    heads, *rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(heads, row, strict=True)) for row in rows]


def read_csv(path: Path, separator: str) -> list[Row]:
    """Return the rows of a .csv, as a program reads it."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel would not know that it is UTF-8"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def given_rows() -> list[tuple[str, str, float, float, float, float, float]]:
    """Return what was given, a finding a row."""
    rows = []
    for each in sights():
        for one in each.findings:
            assert one.box is not None
            assert one.confidence is not None
            box = one.box
            rows.append((each.picture.name, HOSTILE[one.label], one.confidence, box.x, box.y, box.width, box.height))
    return rows


def test_a_table_for_excel_has_typed_cells_and_no_formula(tmp_path: Path) -> None:
    folder = written(order_at(tmp_path, Form.XLSX), sights())
    book = openpyxl.load_workbook(folder / "Lot 17.xlsx")
    assert book.sheetnames == ["Pictures", "Findings", "About"]
    pictures, findings = rows_of(book["Pictures"]), rows_of(book["Findings"])
    assert [row["Picture"] for row in pictures] == list(NAMES)
    assert pictures[0]["Taken"] == TAKEN
    assert (pictures[0]["Folder"], pictures[0]["Width"], pictures[0]["Findings"]) == ("수확", 160, 3)
    assert [pictures[0][name] for name in HOSTILE] == [1, 1, 1, 0]
    assert (pictures[0]["count"], pictures[0]["said"]) == (3, "-@x")
    read = [
        (row["Picture"], row["Class"], *(row[key] for key in ("Confidence", "Left", "Top", "Width", "Height")))
        for row in findings
    ]
    assert read == given_rows()
    assert findings[0]["Text"] == "=1+1"
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "n", "d"}, "text that begins with = would be run"
    sheet = book["Findings"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:K{len(findings) + 1}"
    assert sheet.column_dimensions["A"].width > 30
    assert dict(book["About"].iter_rows(values_only=True)) == {"Results of": "Lot 17", "Shown": "=everything"}


def test_what_one_sheet_can_not_hold_goes_on_the_next(tmp_path: Path) -> None:
    order = order_at(tmp_path, Form.XLSX)
    folder = written(order, sights(), ExcelWriter(order, most_rows=4))
    book = openpyxl.load_workbook(folder / "Lot 17.xlsx")
    assert set(book.sheetnames) == {
        "Pictures",
        "Pictures 2",
        "Findings",
        "Findings 2",
        "Findings 3",
        "Findings 4",
        "About",
    }
    read = [row for name in ("Findings", "Findings 2", "Findings 3", "Findings 4") for row in rows_of(book[name])]
    assert [(row["Picture"], row["Top"]) for row in read] == [(row[0], row[4]) for row in given_rows()]


def test_a_text_that_no_cell_can_hold_is_cut_off_and_named(tmp_path: Path) -> None:
    order = order_at(tmp_path, Form.XLSX)
    long = found(0, 0, 0, Box(1, 2, 3, 4), text="x" * (MOST_TEXT + 1))
    folder = written(order, [sight(0, "long.jpg", [long])])
    text = rows_of(openpyxl.load_workbook(folder / "Lot 17.xlsx")["Findings"])[0]["Text"]
    assert len(text) == MOST_TEXT
    assert [problem.name for problem in order.notes.all()] == ["long.jpg"]


@pytest.mark.parametrize(("separator", "decimal", "between"), [(",", ".", ","), (";", ",", ";"), (",", ",", ";")])
def test_a_csv_is_spelled_as_its_reader_wants_it(tmp_path: Path, separator: str, decimal: str, between: str) -> None:
    folder = written(order_at(tmp_path, Form.CSV, spelling=Spelling(separator, decimal)), sights())
    findings = read_csv(folder / "Lot 17 findings.csv", between)
    numbers = [[float(row[key].replace(decimal, ".")) for key in ("Confidence", "Left", "Top")] for row in findings]
    assert numbers == [list(row[2:5]) for row in given_rows()]
    pictures = read_csv(folder / "Lot 17 pictures.csv", between)
    assert [row["Picture"].removeprefix("'") for row in pictures] == list(NAMES)
    assert pictures[0]["Taken"] == "2024-05-01 12:30:15"


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    folder = written(order_at(tmp_path, Form.CSV), sights())
    cells: list[str] = []
    for path in sorted(folder.glob("*.csv")):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
            cells += row
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=1+1" in cells
    assert "'-@x" in cells
    assert f"'{HOSTILE[1]}" in cells
    assert f"'{NAMES[4]}" in cells


def test_lines_of_json_hold_everything_exactly(tmp_path: Path) -> None:
    folder = written(order_at(tmp_path, Form.JSONL), sights())
    lines = [json.loads(line) for line in (folder / "Lot 17.jsonl").read_bytes().splitlines()]
    assert [line["picture"] for line in lines] == list(NAMES)
    read = [
        (line["picture"], one["class"], one["confidence"], *one["box"]) for line in lines for one in line["findings"]
    ]
    assert read == given_rows()
    assert lines[0]["values"] == {"count": 3.0, "said": "-@x"}
    assert lines[0]["findings"][0]["text"] == "=1+1"


def test_parquet_is_read_by_duckdb(tmp_path: Path) -> None:
    folder = written(order_at(tmp_path, Form.PARQUET), sights())
    place = str(folder / "Lot 17 findings.parquet")
    with duckdb.connect() as base:
        read = base.execute(
            'select picture, "class", confidence, "left", top, width, height from read_parquet(?)', [place]
        ).fetchall()
        pictures = base.execute(
            "select picture, taken, width, findings, count, said, person from read_parquet(?)",
            [str(folder / "Lot 17 pictures.parquet")],
        ).fetchall()
    assert read == given_rows()
    assert pictures[0] == (NAMES[0], TAKEN, 160, 3, "3.0", "-@x", 1)
    assert len(pictures) == len(NAMES)


@pytest.mark.parametrize("form", [Form.XLSX, Form.CSV, Form.JSONL, Form.PARQUET])
def test_what_is_no_number_is_nothing(tmp_path: Path, form: Form) -> None:
    nan, endless = float("nan"), float("inf")
    odd = found(0, 0, -1, Box(nan, endless, 3.0, 4.0), confidence=nan)
    folder = written(order_at(tmp_path, form), [sight(0, "a\udce9.jpg", [odd], cells=[Cell("count", nan)])])
    assert any(folder.iterdir())
    assert_nothing_odd(folder, form)


def assert_nothing_odd(folder: Path, form: Form) -> None:
    """Look for NaN and endless numbers as each form would show them, and that the odd letter is written out."""
    if form is Form.XLSX:
        [row] = rows_of(openpyxl.load_workbook(folder / "Lot 17.xlsx")["Findings"])
        assert (row["Left"], row["Top"], row["Width"], row["Confidence"]) == (None, None, 3, None)
        assert row["Picture"] == r"a\udce9.jpg"
    elif form is Form.PARQUET:
        with duckdb.connect() as base:
            place = str(folder / "Lot 17 findings.parquet")
            one = base.execute('select picture, "left", top, confidence from read_parquet(?)', [place]).fetchone()
        assert one == (r"a\udce9.jpg", None, None, None)
    else:
        texts = [path.read_text("utf-8-sig") for path in folder.iterdir()]
        assert not [text for text in texts if "nan" in text.lower() or "inf" in text.lower().replace("findings", "")]
        assert any("udce9" in text for text in texts)


def test_frames_have_their_video_frame_and_second(tmp_path: Path) -> None:
    frames = [sight(n, "drive/one.mp4", [found(n, n, 0, Box(1, 2, 3, 4))], frame=n * 25, taken=None) for n in range(3)]
    folder = written(order_at(tmp_path, Form.XLSX, of_videos=True), frames)
    book = openpyxl.load_workbook(folder / "Lot 17.xlsx")
    assert book.sheetnames == ["Frames", "Findings", "About"]
    read = [(row["Video"], row["Frame"], row["Second"]) for row in rows_of(book["Frames"])]
    assert read == [("drive/one.mp4", 0, 0), ("drive/one.mp4", 25, 1), ("drive/one.mp4", 50, 2)]


def test_headings_are_in_the_persons_language_and_classes_are_not(tmp_path: Path) -> None:
    words = {"Picture": "사진", "Class": "클래스", "Findings": "발견"}
    folder = written(order_at(tmp_path, Form.XLSX, translate=lambda text: words.get(text, text)), sights())
    book = openpyxl.load_workbook(folder / "Lot 17.xlsx")
    heads = next(book["발견"].iter_rows(values_only=True))
    assert heads[:2] == ("사진", "클래스")
    assert {row["클래스"] for row in rows_of(book["발견"])} == set(HOSTILE)


def test_columns_with_the_same_name_are_told_apart_in_parquet(tmp_path: Path) -> None:
    labels: Sequence[str] = ("width", "Width", "count")
    order = order_at(tmp_path, Form.PARQUET, labels=labels)
    folder = written(order, [sight(0, "a.jpg", [found(0, 0, 1, Box(1, 2, 3, 4))], cells=[Cell("count", 7.0)])])
    with duckdb.connect() as base:
        answer = base.execute("select * from read_parquet(?)", [str(folder / "Lot 17 pictures.parquet")])
        names = [column[0] for column in answer.description or ()]
        row = dict(zip(names, answer.fetchone() or (), strict=True))
    assert len({name.casefold() for name in names}) == len(names)
    assert (row["width"], row["width 2"], row["Width 3"], row["count"], row["count 2"]) == (160, 0, 1, 0, "7.0")
