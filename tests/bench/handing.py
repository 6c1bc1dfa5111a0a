"""What handing on costs: each form alone, from opened results to the finished folder, through the desk.

    python tests/bench/handing.py [pictures, else 100000] [findings each, else 5] [forms, else all without pictures]

Printed are seconds, those in which this process worked, the size of what was written, and the most memory that this
process has had so far. The results are made by a process of their own, which needs much.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from batchdock.core.finding import Filter
from batchdock.flows.results.handing import PICTURES, Form, Wishes
from making.desks import desk_at
from making.results import results_folder


def unheard(_done: int, _of: int) -> None:
    """Reading is not what is measured."""


async def measure(root: Path, pictures: int, each: int, forms: list[Form]) -> None:
    """Hand on the same results in one form after the other, and then in all of them at once."""
    drawn = bool(set(forms) & PICTURES)
    originals = root / "originals" if drawn else None
    folder = root / "Lot 17"
    make = {"pictures": pictures, "each": each, "originals": originals}
    making = multiprocessing.get_context("spawn").Process(target=results_folder, args=(folder,), kwargs=make)
    making.start()
    making.join()
    async with desk_at(root / "home", active=False) as (desk, _):
        opened = await desk.results.open_folder(folder, unheard)
        if originals is not None:
            await opened.reconnect(originals)
        selection = await opened.select(Filter())
        print(f"{pictures:,} pictures, {selection.findings:,} findings; memory {memory():.0f} MB")
        for wanted in [frozenset({form}) for form in forms] + [frozenset(forms)] * (len(forms) > 1):
            begun, worked = time.perf_counter(), time.process_time()
            handed = await desk.handing.hand_on(opened, selection, Wishes(forms=wanted), root / "to")
            took, worked = time.perf_counter() - begun, time.process_time() - worked
            size = sum(path.stat().st_size for path in handed.folder.rglob("*") if path.is_file())
            name = next(iter(wanted)).value if len(wanted) == 1 else "all at once"
            print(
                f"{name:14} {took:7.1f} s {worked:7.1f} s {size / 1e6:8.1f} MB   memory {memory():.0f} MB", flush=True
            )
        await opened.close()


def memory() -> float:
    """Return the most memory this process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=int, nargs="?", default=100_000)
    parser.add_argument("each", type=int, nargs="?", default=5)
    usual = [form for form in Form if form not in PICTURES]
    parser.add_argument("forms", type=Form, nargs="*", default=usual)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(measure(Path(scratch), given.pictures, given.each, given.forms))
