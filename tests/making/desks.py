"""A desk over a real home folder, and drops to put on it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.intake import Item, Review
from batchdock.core.order import Order
from batchdock.core.ports import KeyStore
from batchdock.flows.desk import Desk
from batchdock.flows.news import Event
from batchdock.keystore.session import SessionKeys
from making.media import code_picture, huge_picture, picture, truncated_picture

PATIENCE = 150.0

GOOD_NAMES = (
    "수확/사진 1.jpg",
    "फ़सल/चित्र 10.jpg",
    "收获/图片2.png",
    "🍎🍏.jpg",
    "two\nlines.jpg",
    "left/same.jpg",
    "right/same.jpg",
)


@asynccontextmanager
async def desk_at(
    home: Path,
    *,
    active: bool = True,
    patience: float | None = None,
    keys: KeyStore | None = None,
    grace_seconds: float = 0.0,
) -> AsyncIterator[tuple[Desk, list[Event]]]:
    """Open a desk and close it, whatever happens; with every event since."""
    desk = await Desk.open(
        home, key_store=keys or SessionKeys(), active=active, patience=patience, grace_seconds=grace_seconds
    )
    events: list[Event] = []
    desk.news.subscribe(events.append)
    try:
        yield desk, events
    finally:
        await desk.close()


async def reviewed(desk: Desk, *paths: Path) -> tuple[Item, ...]:
    """Look at paths and return all items."""
    items: list[Item] = []

    def on_update(review: Review) -> None:
        items.extend(review.fresh)

    await asyncio.wait_for(desk.intake.review(paths, on_update=on_update), PATIENCE)
    return tuple(items)


def order(items: tuple[Item, ...], *, account_id: str = THIS_COMPUTER_ID, workflow_id: str = "read-codes") -> Order:
    """Return an order over items."""
    return Order(account_id=account_id, workflow_id=workflow_id, name="Lot 17", items=items)


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"It did not come true: {what}"
        await asyncio.sleep(0.02)


def good_drop(root: Path) -> Path:
    """Make a folder with pictures whose names are in every script, one of them with a code."""
    for number, name in enumerate(GOOD_NAMES):
        picture(root / name, seed=number, format="PNG" if name.endswith("png") else "JPEG")
    code_picture(root / "code.png", "harvest")
    return root


def bad_drop(root: Path) -> Path:
    """Make a folder in which nothing can be used."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "empty.jpg").write_bytes(b"")
    (root / "text.jpg").write_text("not a picture", encoding="utf-8")
    truncated_picture(root / "cut.jpg")
    huge_picture(root / "huge.png")
    (root / "broken.jpg").symlink_to(root / "nowhere.jpg")
    return root
