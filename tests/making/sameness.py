"""One job run in many ways: with few workers and many, killed in the middle, stopped and started again."""

import io
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from batchdock.core.resources import resource
from making.local_service import LocalService, poll
from making.media import scene, video

_WHEN = re.compile(r"(failed_files_processing)_[\d_]+\.jsonl")


@dataclass(frozen=True, slots=True)
class Same:
    """A job that is to have the same results however it is run. `kind` is image or video."""

    workflow: str
    paths: Mapping[str, Path]
    kind: str = "image"
    specification: Mapping[str, Any] = field(default_factory=dict)

    def results(
        self, data: Path, *, workers: int = 2, kills: int = 0, stops: int = 0, seed: int = 0
    ) -> dict[str, bytes]:
        """Run it over a service of its own, which is killed and which is told to stop, at moments by `seed`.

        Return every file of every archive, and the archives themselves where nothing in them tells the time.
        """
        dice = random.Random(seed)
        upsets = ["kill"] * kills + ["stop"] * stops
        dice.shuffle(upsets)
        moments = sorted(dice.uniform(0, 0.9) for _ in upsets)
        with LocalService(data) as service:
            assert service.ask("PATCH", "/this-computer/settings", json={"workers": workers}).status_code == 200
            assert service.refer("pile", self.paths, kind=self.kind).status_code == 200
            kind = "simple-video-processing-v1" if self.kind == "video" else "simple-image-processing-v1"
            keep = {"persistImagesOutputs": True, **self.specification}
            assert service.start_job("job", "pile", self.workflow, type=kind, specification=keep).is_success
            for upset, moment in zip(upsets, moments, strict=True):
                reached = service.wait("job", partial(_has_come_to, moment))
                assert not reached["isTerminal"], "it was over before it could be upset"
                time.sleep(dice.uniform(0, 0.2))  # this is no wait: it is the random moment
                _upset(service, upset)
            assert service.wait("job", patience=300)["error"] is False
            return _files(service)


def photographs(folder: Path, count: int) -> dict[str, Path]:
    """Write pictures cut out of real ones, all different, with people, dogs, print and codes in them."""
    dice = random.Random(1)
    names = ("astronaut.jpg", "dogs.jpg", "codes.jpg", "photographer.jpg", "coffee.jpg", "cat.jpg", "living_room.jpg")
    found = {}
    for number in range(count):
        with Image.open(resource("samples", names[number % len(names)])) as image:
            image.thumbnail((480, 480))
            left, top = dice.randrange(40), dice.randrange(40)
            cut = image.convert("RGB").crop((left, top, image.width, image.height))
        found[f"{number:03}.jpg"] = folder / f"{number:03}.jpg"
        cut.save(found[f"{number:03}.jpg"], quality=90)
    return found


def scenes(folder: Path, count: int) -> dict[str, Path]:
    """Write small pictures that differ, but for a few copies, and one file that is no picture."""
    found = {}
    for number in range(count):
        path = found[f"{number:03}.png"] = folder / f"{number:03}.png"
        data = io.BytesIO()
        scene(number // 2 if number % 10 == 1 else number, (160, 120)).save(data, "PNG")
        path.write_bytes(data.getvalue())
    found["bad.png"] = folder / "bad.png"
    found["bad.png"].write_text("no picture")
    return found


def films(folder: Path, count: int) -> dict[str, Path]:
    """Write short videos."""
    return {f"{n}.mp4": video(folder / f"{n}.mp4", 40 + n, 10, (320, 240)) for n in range(count)}


def _has_come_to(progress: float, job: dict[str, Any]) -> bool:
    return bool(job["isTerminal"] or job["progress"] >= progress)


def _upset(service: LocalService, upset: str) -> None:
    if upset == "kill":
        service.kill()
        service.start()
        return
    assert service.jobs("/job/abort", "POST").is_success
    poll(lambda: service.job("job"), lambda job: bool(job["isTerminal"]))
    assert service.jobs("/job/restart", "POST").is_success


def _files(service: LocalService) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name, data in service.results("job"):
        plain = _WHEN.sub(r"\1.jsonl", name)
        assert plain not in found, f"{name} is there twice"
        found[plain] = data
    if "failed_files_processing.jsonl" in found:
        return found
    for part in ("predictions", "images"):
        listed = service.staging("/job-export/list", params={"partName": part}).json().get("filesMetadata", [])
        found |= {each["fileName"]: service.plain("GET", each["downloadURL"]).content for each in listed}
    return found
