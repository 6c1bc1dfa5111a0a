"""What the engine costs: the same model in a plain loop beside it, time to the first result, memory, the service.

    .venv/bin/python tests/bench/engine.py                     every workflow, 960 pictures each
    .venv/bin/python tests/bench/engine.py --workflow find-objects --pictures 2000 --ceiling --service
    .venv/bin/python tests/bench/engine.py --workflow picture-quality --pictures 10000 --memory
    .venv/bin/python tests/bench/engine.py --growth            a job of 1,000 beside one of 100,000
    .venv/bin/python tests/bench/engine.py --videos            frames a second
    .venv/bin/python tests/bench/engine.py --reference PATH    beside the vendor's `inference` at PATH

Pictures are made from the bundled ones, 640×480, or taken from --folder, where a real corpus may be. Compare ratios:
other work on the computer slows both sides, which is why the plain loop runs before and after. `--ceiling` says what
as many plain loops as there are workers reach together: more than that no engine can.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageEnhance

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.executor import Engine
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.rows import Input
from batchdock.thiscomputer.workflows.built_in import EVERY_FRAME
from bench.plain_loops import Cost, PlainLoops
from bench.through_service import grow, through_service
from bench.vendor_runner import beside_vendor
from making.costs import computing, megabytes
from making.workers import children

BATCH = 16
WORKFLOWS = ("find-objects", "blur-faces", "read-text", "read-codes", "picture-quality", "find-copies")


def pictures(count: int, folder: Path) -> list[Path]:
    """Write JPEGs of 640×480, no two the same."""
    originals = [
        Image.open(path).convert("RGB").resize((640, 480)) for path in sorted(resource("samples").glob("*.jpg"))
    ]
    made = []
    for number in range(count):
        out = io.BytesIO()
        light = 0.7 + 0.6 * (number // len(originals) % 500) / 500
        ImageEnhance.Brightness(originals[number % len(originals)]).enhance(light).save(out, "JPEG", quality=90)
        made.append(folder / f"{number:06d}.jpg")
        made[-1].write_bytes(out.getvalue())
    return made


def batches(paths: Sequence[Path]) -> Iterator[list[Input]]:
    """Yield inputs in batches as the service hands them out."""
    for start in range(0, len(paths), BATCH):
        yield [Input(each.name, each) for each in paths[start : start + BATCH]]


def run(engine: Engine, workflow: str, paths: Sequence[Path]) -> Cost:
    """Return what one run over all pictures costs."""
    workers = children()
    begun, used = time.perf_counter(), computing(workers)
    waiting = [engine.submit(workflow, inputs, Options()) for inputs in batches(paths)]
    failed = sum(row.cause is not None for each in waiting for row in each.result())
    seconds = time.perf_counter() - begun
    if failed:
        print(f"{failed} of {len(paths)} could not be processed")
    return Cost(len(paths) / seconds, (computing(workers) - used) / len(paths) * 1000)


def measure(workflow: str, paths: Sequence[Path], workers: int, *, ceiling: bool) -> None:
    """Print what one workflow costs beside a plain loop."""
    engine = Engine(workers)
    middle = len(paths) // 2
    try:
        begun = time.perf_counter()
        engine.submit(workflow, [Input("first", paths[0])], Options()).result()
        cold = time.perf_counter() - begun
        run(engine, workflow, paths[: BATCH * 4])
        begun = time.perf_counter()
        engine.submit(workflow, [Input("again", paths[-1])], Options()).result()
        warm = time.perf_counter() - begun
        own = children()
        early = megabytes(own)
        with PlainLoops(workflow) as plain:
            plain.warm(paths[0])
            before = plain.run(paths[:middle])
            cost = run(engine, workflow, paths)
            after = plain.run(paths[middle:])
        late = megabytes(own)
    finally:
        engine.close(cancel=False)
    alone = between(before, after)
    print(f"{workflow}: first result after {cold:.2f} s, warm {warm:.3f} s; MB a worker {early} → {late}")
    print(f"    {cost.rate:7.1f} pictures/s, {cost.computing:6.2f} ms of a processor each, {workers} workers")
    print(f"    {alone.rate:7.1f} pictures/s, {alone.computing:6.2f} ms in one plain loop")
    beyond = cost.computing - alone.computing
    print(f"    ratio {cost.rate / alone.rate:.2f}, {beyond:.2f} ms a picture beyond the model", flush=True)
    if ceiling:
        with PlainLoops(workflow, workers) as loops:
            loops.warm(paths[0])
            most = loops.run(paths)
        print(
            f"    {workers} plain loops together: {most.rate:.1f} pictures/s, {most.computing:.2f} ms each; "
            f"no engine can have a ratio above {most.rate / alone.rate:.2f}",
            flush=True,
        )


def between(before: Cost, after: Cost) -> Cost:
    """Return what both runs cost on the whole, where they looked at as many."""
    return Cost(2 / (1 / before.rate + 1 / after.rate), (before.computing + after.computing) / 2)


def watch_memory(workflow: str, paths: Sequence[Path], count: int, workers: int) -> None:
    """Print the memory of the workers while `count` pictures pass."""
    engine = Engine(workers)
    try:
        run(engine, workflow, paths)
        for done in range(0, count, len(paths)):
            print(f"{workflow}: MB a worker after {len(paths) + done} pictures: {megabytes(children())}", flush=True)
            run(engine, workflow, paths)
        print(f"{workflow}: MB a worker after {len(paths) + count} pictures: {megabytes(children())}", flush=True)
    finally:
        engine.close(cancel=False)


def videos(film: Path, workers: int) -> None:
    """Print frames a second, every frame looked at, one video a worker."""
    engine = Engine(workers)
    films = [Input(f"{number}.mp4", film, content="videos") for number in range(workers * 2)]
    try:
        frames(engine, films[:workers])
        with PlainLoops("count-in-video") as plain:
            plain.warm(film)
            before = plain.run([film] * 2)
            begun = time.perf_counter()
            rate = frames(engine, films) / (time.perf_counter() - begun)
            alone = between(before, plain.run([film] * 2))
    finally:
        engine.close(cancel=False)
    print(f"count-in-video: {rate:.1f} frames/s with {workers} workers: found, followed, counted")
    print(f"    {alone.rate:.1f} frames/s in one plain loop that finds only; ratio {rate / alone.rate:.2f}", flush=True)


def frames(engine: Engine, films: Sequence[Input]) -> int:
    """Look at every frame of these videos and return how many there were."""
    every = Options(max_video_fps=EVERY_FRAME)
    waiting = [engine.submit("count-in-video", [each], every) for each in films]
    return sum(len(each.result()) for each in waiting)


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=960)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--workflow", action="append", choices=WORKFLOWS)
    parser.add_argument("--folder", type=Path, help="take the pictures in this folder")
    parser.add_argument("--ceiling", action="store_true", help="also as many plain loops as there are workers")
    parser.add_argument("--service", action="store_true", help="also as a job of the local service, end to end")
    parser.add_argument("--memory", action="store_true", help="only the memory of the workers, over --pictures")
    parser.add_argument("--growth", action="store_true", help="only the cost of a small job beside a large one")
    parser.add_argument("--videos", type=Path, nargs="?", const=resource("samples", "slideshow.mp4"))
    parser.add_argument("--reference", type=Path, help="only beside this executable of the vendor's `inference`")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="batchdock-bench-") as home:
        folder = Path(home)
        if options.growth:
            grow(folder)
            return
        if options.videos:
            videos(options.videos, options.workers)
            return
        few = 1000 if options.memory else options.pictures
        paths = (
            sorted(options.folder.iterdir())[:few] if options.folder else pictures(min(few, options.pictures), folder)
        )
        if options.reference:
            beside_vendor(options.reference, paths, folder)
            return
        for workflow in options.workflow or WORKFLOWS:
            if options.memory:
                watch_memory(workflow, paths, options.pictures, options.workers)
                continue
            some = paths[: max(16, len(paths) // 8)] if workflow == "read-text" else paths
            measure(workflow, some, options.workers, ceiling=options.ceiling)
            if options.service:
                through_service(workflow, some, folder)


if __name__ == "__main__":
    main()
