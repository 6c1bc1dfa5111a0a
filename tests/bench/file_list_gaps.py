"""How long the event loop stands still while a person looks through a batch of very many files.

    python tests/bench/file_list_gaps.py [how many files, else 100,000]

Printed is when the first rows were there, the longest gap between two beats of a 5 ms heartbeat during each action, the
most that the window's thread computed between two, and how much memory the list takes. The cloud is another process.
"""

import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from batchdock.app import make_application, opened
from batchdock.bridge import loop
from batchdock.bridge.garbage import keep
from batchdock.keystore.session import SessionKeys
from batchdock.window.sidebar import Page, Place
from fakes.roboflow_cloud import RoboflowCloud
from making.heartbeat import Heartbeat


def serve(count: int, end: Connection) -> None:
    """Be a cloud with one batch until the other end says something."""
    with RoboflowCloud() as cloud:
        cloud.state.page = 1_000
        files = {f"Lot 17 - north field - {number:06}.txt": b"text" for number in range(count)}
        cloud.stage("lot", dict(files), content="metadata")
        end.send((cloud.url, cloud.key))
        end.recv()


def megabytes() -> float:
    """Return the memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


async def measure(url: str, key: str, count: int) -> None:
    """Look through the list and print."""
    heart = Heartbeat()

    def tell(what: str) -> None:
        print(f"{what:<50}{heart.longest:8.1f} ms, computing {heart.computing:6.1f} ms")
        heart.reset()

    with tempfile.TemporaryDirectory() as home:
        async with opened(Path(home), key_store=SessionKeys()) as window:
            window.resize(1280, 820)
            window.show()
            accounts = window.desk.accounts
            await window._context.background.run(accounts.connect_roboflow(key, address=url))
            await asyncio.sleep(2)
            keep()
            before = megabytes()
            browser, began = window.batches.browser, time.monotonic()
            heart.reset()
            window.go(Place(Page.BATCHES))
            while not browser.entries():
                await asyncio.sleep(0.005)
            tell(f"first rows after {1000 * (time.monotonic() - began):.0f} ms")
            while browser._model.total < count:
                await asyncio.sleep(0.005)
            tell(f"their number after {1000 * (time.monotonic() - began):.0f} ms")
            bar, began = browser.table.verticalScrollBar(), time.monotonic()
            for step in range(400):
                bar.setValue(bar.maximum() * step // 400)
                await asyncio.sleep(0.02)
            tell("scrolling through all of it")
            bar.setValue(bar.maximum())
            while browser._model.come < count:
                await asyncio.sleep(0.005)
            tell(f"all of it here after {time.monotonic() - began:.1f} s")
            for step in range(400):
                bar.setValue(bar.maximum() * (step * 37 % 400) // 400)
                await asyncio.sleep(0.02)
            tell("jumping about in it")
            for text in ("field", "099", "no such file", ""):
                browser.search.setText(text)
                browser.search.tell()
                await asyncio.sleep(0.5)
                tell(f"searching “{text}”: {browser.table.model().rowCount():,} rows")
            QTest.keyClick(browser.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            await asyncio.sleep(0.3)
            tell("ticking all")
            browser._choices()
            tell("naming them")
            print(f"memory: {megabytes() - before:.0f} MB more than before, {megabytes():.0f} MB in all")


def main() -> None:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    here, there = multiprocessing.get_context("spawn").Pipe()
    cloud = multiprocessing.get_context("spawn").Process(target=serve, args=(count, there))
    cloud.start()
    try:
        application = make_application()
        url, key = here.recv()
        turning = loop.new_loop(application)
        asyncio.set_event_loop(turning)
        turning.run_until_complete(measure(url, key, count))
    finally:
        here.send("end")
        cloud.join()


if __name__ == "__main__":
    main()
