"""`--look-closer` as people run it."""

import json
import subprocess
import sys
from pathlib import Path

from making.media import scene


def test_damage_inside_is_left_out_and_near_copies_are_named(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    scene(1).save(drop / "a.jpg")
    scene(1).resize((320, 240)).save(drop / "b.jpg")
    scene(2).save(drop / "c.jpg")
    whole = bytearray((drop / "c.jpg").read_bytes())
    whole[20_000:24_096] = bytes(4096)
    (drop / "c.jpg").write_bytes(whole)
    command = [sys.executable, "-m", "batchdock", "ingest", str(drop), "--look-closer", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=150, check=True)
    told = json.loads(done.stdout)
    assert [(each["file"], each["finding"]) for each in told["left_out"]] == [("c.jpg", "damaged")]
    assert "Looks almost the same as a.jpg: b.jpg" in done.stderr
    assert [batch["batch"] for batch in told["batches"]] != []
