"""The demo, as the README has it run: a process of its own, off screen, the samples in, tables and pictures out."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage


def test_the_demo_shows_every_step_and_leaves_right_results(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "batchdock", "demo", "--to", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (folder,) = tmp_path.iterdir()
    assert str(folder) in done.stdout
    pictures = sorted(folder.glob("*.png"))
    assert [picture.stem.split(" ", 1)[1] for picture in pictures] == [
        "empty window",
        "review",
        "progress",
        "done",
        "results",
        "drawn picture",
        "saved",
        "transfers",
    ]
    # A window that did not paint is one colour.
    for picture in pictures:
        image = QImage(str(picture))
        colours = {image.pixel(x, y) for x in range(0, image.width(), 40) for y in range(0, image.height(), 40)}
        assert len(colours) > 3, picture.name
    with (folder / "results" / "samples" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["image"]: row for row in csv.DictReader(file)}
    assert len(rows) == 12
    assert rows["codes.jpg"]["count"] == "3"
    assert set(rows["codes.jpg"]["text"].split("\n")) == {
        "https://example.com/asset/0042",
        "4006381333931",
        "PALLET-0099812",
    }
    assert all(row["count"] == "0" for name, row in rows.items() if name != "codes.jpg")


def test_the_smoke_test_does_the_same_and_leaves_nothing(tmp_path: Path) -> None:
    scratch, person = tmp_path / "scratch", tmp_path / "the person's own"
    scratch.mkdir()
    person.mkdir()
    left_out = ("BATCHDOCK_HOME", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_DATA_HOME", "XDG_PICTURES_DIR")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [sys.executable, "-m", "batchdock", "--smoke"],
        env={**environment, "TMPDIR": str(scratch), "HOME": str(person)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Done: “samples”, “samples (videos)”" in done.stdout
    assert 'Saved "results/samples/results.csv": 12 rows; in codes.jpg: ' in done.stdout
    assert "PALLET-0099812" in done.stdout
    assert not [*person.rglob("*")]
    assert not [*scratch.glob("batchdock-*")]


def test_a_smoke_test_without_qt_says_so(tmp_path: Path) -> None:
    package = tmp_path / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file')")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "batchdock", "--smoke"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The smoke test failed. ImportError: libEGL.so.1")
    assert "Traceback" not in done.stderr


def test_a_smoke_test_that_hangs_ends_with_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from batchdock.smoke import main; sys.exit(main(limit=1.0))"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "The smoke test failed. It did not end within 1 s." in done.stderr


def test_a_demo_that_can_not_write_says_so(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")
    done = subprocess.run(
        [sys.executable, "-m", "batchdock", "demo", "--to", str(taken)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Nothing can be saved in" in done.stderr
    assert "Traceback" not in done.stderr
