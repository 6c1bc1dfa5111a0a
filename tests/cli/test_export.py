"""Handing results on from the command line: of a folder, and of a job."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from making.media import code_picture, picture
from making.results import results_folder

COMMAND = (sys.executable, "-m", "batchdock")


def ran(*arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and check its exit code."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=150
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    return done


def rows_of(path: Path, separator: str = ",") -> list[dict[str, str]]:
    """Return the rows of a .csv."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_a_folder_of_results_is_handed_on(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "수확", originals=tmp_path / "originals")
    (tmp_path / "originals" / "card" / "IMG_0003.jpg").unlink()
    options = ("--class", "car", "--least", "0.3", "--share", "with-findings", "--originals", tmp_path / "originals")
    forms = ("--as", "csv", "--as", "by-class", "--decimal-comma")
    done = ran("export", folder, "--to", tmp_path / "out", "--name", "Cars", *forms, *options, "--json")
    told = json.loads(done.stdout)
    rows = rows_of(tmp_path / "out" / "Cars" / "수확 findings.csv", ";")
    assert told["ok"] is True
    assert told["exported"]["folder"] == str(tmp_path / "out" / "Cars")
    assert told["exported"]["findings"] == len(rows) > 0
    assert {row["Class"] for row in rows} == {"car"}
    assert all(float(row["Confidence"].replace(",", ".")) >= 0.3 for row in rows)
    assert "card/IMG_0003.jpg" in {row["Picture"] for row in rows}
    assert [each["file"] for each in told["problems"]] == ["card/IMG_0003.jpg"], "it can not be copied"
    again = ran("export", folder, "--to", tmp_path / "out", "--name", "Cars", "--as", "jsonl")
    assert again.stdout.strip() == str(tmp_path / "out" / "Cars 2")
    assert "Pictures: 12. Findings: 36." in " ".join(again.stderr.split())


def test_what_can_not_be_meant_is_refused(tmp_path: Path) -> None:
    folder = results_folder(tmp_path / "Lot 17")
    there = ("export", folder, "--to", tmp_path / "out")
    unknown = ran(*there, "--as", "csv", "--class", "carr", code=2)
    assert "No such class: carr. These results have:" in " ".join(unknown.stderr.split())
    assert "--least is more than --most" in ran(*there, "--as", "csv", "--least", "0.9", "--most", "0.1", code=2).stderr
    assert "pdf" in ran(*there, "--as", "pdf", code=2).stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = ran("export", tmp_path / "empty", "--to", tmp_path / "out", "--as", "csv", "--json", code=1)
    assert json.loads(done.stdout)["error"]["kind"] == "ResultsUnreadable"


def test_a_job_is_handed_on_by_its_id(tmp_path: Path) -> None:
    code_picture(tmp_path / "drop" / "code.png", "=1+1")
    picture(tmp_path / "drop" / "밭" / "a.jpg")
    home = ("--home", tmp_path / "home")
    saved = ran("run", tmp_path / "drop", "--workflow", "read-codes", "--save-to", tmp_path / "saved", "--json", *home)
    [job] = json.loads(saved.stdout)["jobs"]
    done = ran("export", job["job"]["job"], "--as", "csv", "--as", "coco", "--to", tmp_path / "out", "--json", *home)
    folder = Path(json.loads(done.stdout)["exported"]["folder"])
    [row] = rows_of(folder / "drop findings.csv")
    assert (row["Picture"], row["Kind"], row["Text"]) == ("code.png", "code", "'=1+1")
    assert [row["Picture"] for row in rows_of(folder / "drop pictures.csv")] == ["code.png", "밭/a.jpg"]
    coco = json.loads((folder / "COCO" / "annotations.json").read_bytes())
    assert (len(coco["images"]), len(coco["annotations"])) == (2, 1)
