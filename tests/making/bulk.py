"""A client for bytes against a server that says what it is told to."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

from batchdock.services.http.answer import Answer
from batchdock.services.http.bulk import Bulk
from batchdock.services.http.limits import Limits
from fakes.raw_server import Handle, RawRequest, RawServer, raw_server
from making.bodies import Held, Zeros

QUICK = Limits(connect=0.5, silence=0.4, answer=0.4, answer_bytes=1_000_000, error_bytes=10_000)
MEGABYTES = 1_000_000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Work = Callable[[Bulk, RawServer], Awaitable[None]]


def meeting(handle: Handle, work: Work, limits: Limits = QUICK) -> None:
    """Do the work against a server, and look whether anything is left open (a warning fails the test)."""

    async def scenario() -> None:
        async with raw_server(handle) as server:
            bulk = Bulk("Roboflow", limits)
            try:
                await work(bulk, server)
            finally:
                await bulk.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())
    gc.collect()


async def put(bulk: Bulk, server: RawServer, body: Held | Zeros) -> Answer:
    """Send a body with a PUT."""
    return await bulk.send("PUT", f"{server.url}/file", body, what="PUT /file")


async def took_all(request: RawRequest) -> None:
    """Answer as a storage does that is content."""
    await request.body()
    await request.say(OK)
