"""Results as a service hands them out, and how they look when they are saved."""

import csv
import hashlib
import random
from pathlib import Path

from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_contents import Contents
from fakes.roboflow_state import Pile, StoredBatch, archive

ARCHIVES, PICTURES = 20, 25


def export(
    cloud: RoboflowCloud, batch_id: str, *, archives: int = ARCHIVES, pictures: int = PICTURES, plain: int = 0
) -> dict[str, str]:
    """Put a multipart batch there; return the SHA-256 of what is to be saved, by place, without `results.csv`."""
    dice = random.Random(batch_id)
    batch = StoredBatch(batch_id, "Results", "multipart-batch", "archives")
    packed: dict[str, Contents] = {}
    found: dict[str, str] = {}
    for number in range(archives):
        members: dict[str, bytes] = {}
        names = [f"{number:03}-{each:03}.jpg" for each in range(pictures)]
        for name in names:
            members[f"{name}/results.json"] = f'{{"image": "{name}"}}'.encode()
            members[f"{name}/drawn.jpg"] = dice.randbytes(2_000)
            found[f"details/{name}/results.json"] = _hash(members[f"{name}/results.json"])
            found[f"pictures/{name[:-4]}/drawn.jpg"] = _hash(members[f"{name}/drawn.jpg"])
        members["aggregated_results.csv"] = "".join(["image,found\n", *(f"{name},1\n" for name in names)]).encode()
        packed[f"part-{number:03}.tar.gz"] = archive(members)
    if archives:
        batch.parts["predictions"] = Pile("archives", packed, "metadata")
    if plain:
        files = {f"plain {number:04}.jpg": dice.randbytes(3_000) for number in range(plain)}
        batch.parts["plain"] = Pile("images", dict(files))
        found |= {f"files/{name}": _hash(data) for name, data in files.items()}
    cloud.state.batches[batch_id] = batch
    return found


def assert_saved_once(folder: Path, wanted: dict[str, str]) -> None:
    """See that everything is there, byte for byte, once, and nothing else."""
    found = {
        path.relative_to(folder).as_posix(): _hash(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }
    tables = {name: found.pop(name) for name in ("results.csv",) if name in found}
    assert found == wanted
    if tables:
        with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [row["image"] for row in csv.DictReader(file)]
        assert sorted(rows) == sorted(place.split("/")[1] for place in wanted if place.startswith("details/"))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
