"""How long the event loop stands still while a large drop goes through the side sheet.

    python tests/bench/sheet_gaps.py [how many pictures, else 100000]

Printed is, for counting, the closer look and leaving out near copies, the longest gap between two beats of a 5 ms
heartbeat, and the most that the window's thread computed between two (the rest is waiting for a core, or for Python's
lock).
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.keystore.session import SessionKeys
from bench.intake import make_pictures
from making.heartbeat import Heartbeat

LIMIT_MS = 50
"""What the window's thread may compute in one go."""


async def play(count: int, home: Path) -> int:
    heart = Heartbeat()
    worst = 0.0

    async def measure(name: str, action: Callable[[], object], until: Callable[[], bool]) -> None:
        nonlocal worst
        heart.reset()
        action()
        async with asyncio.timeout(600):
            while not until():
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        worst = max(worst, heart.computing)
        print(f"{name:<24}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms")

    make_pictures(home / "pictures", count)
    async with opened(home / "home", key_store=SessionKeys()) as window:
        window.resize(1400, 900)
        window.show()
        keep()
        await asyncio.sleep(1.0)
        window.add_paths([home / "pictures"])
        sheet = window.sheet
        assert sheet is not None
        closer = sheet.files.closer
        await measure("count", lambda: None, lambda: not sheet.is_counting())
        await measure("look closer", sheet.files.look_closer.click, closer.keep_best.isVisible)
        await measure("keep the best of each", closer.keep_best.click, lambda: sheet.files.ready.text() == "1 ready")
        await measure("keep all", closer.keep_all.click, lambda: sheet.files.ready.text() != "1 ready")
        sheet.close()
    return 0 if worst < LIMIT_MS else 1


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        return loop.run(application, play(count, Path(home)))


if __name__ == "__main__":
    sys.exit(main())
