"""The same work as a job of the local service: references in, archives out; SQLite, conductor and export included."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import Image

from making.costs import computing, megabytes
from making.local_service import LocalService
from making.workers import children

_REFERENCES = 20_000
_PATIENCE = 7200.0
_SMALL, _LARGE = 1_000, 100_000
_TINY = (64, 48)


@dataclass(frozen=True, slots=True)
class JobCost:
    """What a job cost for each picture, in milliseconds: from its creation to its end, and of the processors."""

    whole: float
    service: float
    workers: float

    def __str__(self) -> str:
        return (
            f"{self.whole:.3f} ms a picture from creation to end ({1000 / self.whole:.1f} pictures/s); "
            f"of a processor {self.service:.3f} ms in the service, {self.workers:.3f} ms in the workers"
        )


def through_service(workflow: str, paths: Sequence[Path], folder: Path) -> None:
    """Print what a job over these pictures costs."""
    with LocalService(folder / f"service-{workflow}") as service:
        job_of(service, "warm", workflow, paths[:64])
        print(f"    as a job: {job_of(service, 'job', workflow, paths)}", flush=True)


def grow(folder: Path) -> None:
    """Print what a job costs for each picture when it is small and when it is large, in turn."""
    tiny = folder / "tiny"
    tiny.mkdir()
    paths = []
    for number in range(_SMALL):
        paths.append(tiny / f"{number}.jpg")
        Image.effect_noise(_TINY, 60 + number % 50).convert("RGB").save(paths[-1], quality=80)
    with LocalService(folder / "service-growth") as service:
        job_of(service, "warm", "picture-quality", paths[:64])
        small = [job_of(service, f"before-{number}", "picture-quality", paths) for number in range(5)]
        large = job_of(service, "large", "picture-quality", paths * (_LARGE // _SMALL))
        small += [job_of(service, f"after-{number}", "picture-quality", paths) for number in range(5)]
        memory = megabytes([service.process.pid, *children(service.process.pid)])
    usual = sorted(small, key=_whole)[len(small) // 2]
    print(f"{_SMALL:,} pictures (median of {len(small)} jobs): {usual}")
    print(f"{_LARGE:,} pictures: {large}")
    print(f"large to small: {large.whole / usual.whole:.2f}; MB of service and workers {memory}", flush=True)


def _whole(cost: JobCost) -> float:
    return cost.whole


def job_of(service: LocalService, job_id: str, workflow: str, paths: Sequence[Path]) -> JobCost:
    """Run a job over these files and return what it cost."""
    names = {f"{number:06d}.jpg": path for number, path in enumerate(paths)}
    for some in _parted(names):
        answer = service.refer(f"pile-{job_id}", some)
        assert answer.status_code == 200, answer.text
    workers = children(service.process.pid)
    own, theirs = computing([service.process.pid]), computing(workers)
    begun = time.perf_counter()
    answer = service.start_job(job_id, f"pile-{job_id}", workflow)
    assert answer.status_code == 200, answer.text
    # Looking often costs the service something, looking seldom makes short jobs longer than they are.
    ended = service.wait(job_id, patience=_PATIENCE, pause=0.02 if len(paths) <= _SMALL else 0.2)
    seconds = time.perf_counter() - begun
    assert ended["lastNotification"]["failed"] == 0, ended
    each = 1000 / len(paths)
    late = children(service.process.pid)
    return JobCost(
        seconds * each,
        (computing([service.process.pid]) - own) * each,
        (computing(late) - theirs) * each,
    )


def _parted(names: Mapping[str, Path]) -> list[dict[str, Path]]:
    rest = iter(names.items())
    return [dict(some) for some in iter(lambda: list(islice(rest, _REFERENCES)), [])]
