"""LibreOffice opens the table for Excel and reads the same counts, places and words. Wants `soffice`: `-m vendor`."""

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from batchdock.flows.results.handing import Form
from making.handing import HOSTILE, NAMES, order_at, sights, written

pytestmark = [
    pytest.mark.vendor,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]

_ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Comma, double quotes, UTF-8; every sheet into a file of its own."""


def test_libreoffice_reads_the_table(tmp_path: Path) -> None:
    given = sights()
    folder = written(order_at(tmp_path, Form.XLSX), given)
    out = tmp_path / "out"
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--convert-to", _ALL_SHEETS]
    subprocess.run([*command, "--outdir", out, folder / "Lot 17.xlsx"], check=True, capture_output=True, timeout=120)

    def rows(sheet: str) -> list[dict[str, str]]:
        with (out / f"Lot 17-{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    assert [row["Picture"] for row in rows("Pictures")] == list(NAMES)
    read = [
        (row["Picture"], row["Class"], float(row["Confidence"]), float(row["Left"]), float(row["Top"]))
        for row in rows("Findings")
    ]
    wanted = [
        (each.picture.name, HOSTILE[one.label], one.confidence, one.box.x, one.box.y)
        for each in given
        for one in each.findings
        if one.box is not None
    ]
    assert read == wanted
    assert rows("Findings")[0]["Text"] == "=1+1", "it would be 2 if it were run"
