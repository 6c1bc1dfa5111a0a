"""How long the event loop stands still while a large collection arrives, is sorted, searched and read again.

    python tests/bench/inventory_gaps.py [how many video sources, else 20,000]

Printed is the longest gap between two beats of a 5 ms heartbeat during each action, in milliseconds, and the most
that the window's thread computed between two: the fake cloud works in the same process, so the rest is its share.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import Qt

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.keystore.session import SessionKeys
from batchdock.window.main_window import MainWindow
from batchdock.window.sidebar import INVENTORY
from fakes.huawei import HuaweiCloud
from making.heartbeat import Heartbeat
from making.huawei import connect_desk

LIMIT_MS = 50
"""What the window's thread may compute in one go."""
SOURCES = "video-sources"


async def measure(name: str, action: Callable[[], object], done: Callable[[], object]) -> float:
    """Do it, wait until it has happened, and print how long the loop stood still."""
    heart = Heartbeat()
    await asyncio.sleep(0.1)
    heart.reset()
    action()
    async with asyncio.timeout(300):
        while not done():
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    heart.stop()
    print(f"{name:<30}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms")
    return heart.computing


async def go_through(window: MainWindow, cloud: HuaweiCloud) -> float:
    account = await window._context.background.run(connect_desk(window.desk, cloud))
    page = window.inventory
    listing, table, model = page.listing, page.listing.table, page.listing.model
    while not page.is_offered:
        await asyncio.sleep(0.01)
    window.go(INVENTORY)

    def read() -> bool:
        return not listing.is_reading and not model.is_arranging

    async with asyncio.timeout(60):
        while not read():
            await asyncio.sleep(0.01)
    worst = [
        await measure("the first page", lambda: page.list.go((account.account_id, SOURCES)), model.rowCount),
        await measure("all the others", lambda: None, read),
    ]
    print(f"{model.rowCount():,} rows")
    for column, name in ((0, "names"), (len(model.columns) - 1, "times")):
        sort = partial(table.sortByColumn, column, Qt.SortOrder.DescendingOrder)
        worst.append(await measure(f"sorted by {name}", sort, read))
    worst.append(await measure("searched", lambda: listing.search("1"), read))
    worst.append(await measure("not searched any more", lambda: listing.search(""), read))
    worst.append(await measure("all selected", table.selectAll, read))
    table.selectRow(3)
    worst.append(await measure("read again", page.refresh, read))
    worst.append(await measure("left for another", lambda: page.list.setCurrentRow(0), read))
    return max(worst)


async def main(count: int, home: Path) -> int:
    with HuaweiCloud() as cloud:
        cloud.add_sources(count)
        async with opened(home, key_store=SessionKeys()) as window:
            window.resize(1280, 820)
            window.show()
            worst = await go_through(window, cloud)
    print(f"longest computing {worst:.1f} ms")
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(loop.run(application, main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, Path(folder))))
