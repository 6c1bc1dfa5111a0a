"""The supervisor over a tiny service of our own: it comes up, comes back, gives up and goes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from batchdock.core.errors import FolderNotWritable, LocalServiceBusy, LocalServiceStopped
from batchdock.flows.supervisor import LocalService

SERVICE = """
import json, os, pathlib, sys
data = pathlib.Path(sys.argv[sys.argv.index("--data") + 1])
port = sys.argv[sys.argv.index("--port") + 1]
mode = (data / "mode").read_text() if (data / "mode").exists() else ""
with (data / "starts").open("a") as starts:
    starts.write(json.dumps({"pid": os.getpid(), "argv": sys.argv, "env": dict(os.environ)}) + "\\n")
key = sys.stdin.readline().strip()
print("the key is", key, file=sys.stderr, flush=True)
if mode == "dies":
    sys.exit("something is missing")
if mode == "busy":
    print(json.dumps({"error": "busy", "folder": str(data)}), flush=True)
    sys.exit(3)
if mode == "folder":
    print(json.dumps({"error": "folder", "message": "It is full of holes."}), flush=True)
    sys.exit(4)
if mode == "silent":
    sys.stdin.read()
if mode == "chatters":
    print("hello", flush=True)
print(json.dumps({"url": f"http://127.0.0.1:{port if port != '0' else 40123}", "workspace": "this-computer",
                  "key_file": None}), flush=True)
if mode == "floods":
    for line in range(2000):
        print("x" * 100)
        print("y" * 1000, file=sys.stderr)
    sys.stdout.flush()
(data / "key").write_text(key)
if mode == "stubborn":
    import time
    while True:
        time.sleep(1)
sys.stdin.read()
"""


class Place:
    """A data folder with the tiny service beside it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.data.mkdir()
        self._script = folder / "service.py"
        self._script.write_text(SERVICE)

    def service(self, mode: str = "", **options: float) -> LocalService:
        (self.data / "mode").write_text(mode)
        return LocalService(self.data, command=[sys.executable, str(self._script)], **options)

    def starts(self) -> list[dict[str, object]]:
        path = self.data / "starts"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        await asyncio.sleep(0.02)


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{process_id}/status").read_text()


def test_it_comes_up_once_and_ends_with_its_stdin(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCHDOCK_API_KEY", "the-key-of-somebody-else")

    async def scenario() -> None:
        service = place.service()
        first, second = await asyncio.gather(service.start(), service.start())
        assert first == second
        assert (first.url, first.workspace) == ("http://127.0.0.1:40123", "this-computer")
        assert len(first.key) >= 20
        assert first.key not in repr(first)
        process_id = service.process_id
        assert process_id is not None
        told = place.data / "key"
        await until(lambda: told.exists() and told.read_text() == first.key)
        command = Path(f"/proc/{process_id}/cmdline").read_text()
        environment = Path(f"/proc/{process_id}/environ").read_text()
        assert first.key not in command + environment
        assert "the-key-of-somebody-else" not in environment
        await service.stop()
        assert service.process_id is None
        assert not is_running(process_id)
        await service.stop()

    asyncio.run(scenario())
    assert len(place.starts()) == 1
    log = (place.data / "service.log").read_text()
    assert "the key is •••" in log


def test_the_log_stays_small(place: Place) -> None:
    async def scenario() -> None:
        for _ in range(2):
            service = place.service("floods")
            await service.start()
            await until((place.data / "key").exists)
            (place.data / "key").unlink()
            await service.stop()

    asyncio.run(scenario())
    logs = sorted(each.name for each in place.data.glob("service.log*"))
    assert logs == ["service.log", "service.log.1"]
    assert sum(each.stat().st_size for each in place.data.glob("service.log*")) < 3 * 1024 * 1024


def test_it_comes_back_at_the_same_port_with_the_same_key(place: Place) -> None:
    async def scenario() -> None:
        service = place.service()
        before = await service.start()
        for _ in range(2):
            seen = len(place.starts())
            assert service.process_id is not None
            os.kill(service.process_id, signal.SIGKILL)
            while len(place.starts()) == seen:
                await asyncio.sleep(0.02)
            assert await service.start() == before
        await service.stop()

    asyncio.run(scenario())
    ports = [start["argv"][2] for start in place.starts()]  # type: ignore[index]
    assert ports == ["0", "40123", "40123"]


def test_five_quick_deaths_are_enough(place: Place) -> None:
    async def scenario() -> None:
        service = place.service("dies", rest=0.5)
        with pytest.raises(LocalServiceStopped) as caught:
            await service.start()
        assert "something is missing" in caught.value.details
        assert len(place.starts()) == 5
        with pytest.raises(LocalServiceStopped):
            await service.start()
        assert len(place.starts()) == 5
        (place.data / "mode").write_text("")
        await asyncio.sleep(0.6)  # The rest it takes is real time.
        assert (await service.start()).url
        await service.stop()

    asyncio.run(scenario())


def test_another_process_holds_the_folder(place: Place) -> None:
    async def scenario() -> None:
        service = place.service("busy")
        with pytest.raises(LocalServiceBusy) as caught:
            await service.start()
        assert str(place.data) in caught.value.sentence()
        await service.stop()

    asyncio.run(scenario())
    assert len(place.starts()) == 1


def test_a_folder_that_can_not_be_used(place: Place) -> None:
    async def scenario() -> None:
        service = place.service("folder")
        with pytest.raises(FolderNotWritable, match="It is full of holes"):
            await service.start()
        await service.stop()
        beyond = LocalService(place.data / "mode" / "below")
        with pytest.raises(FolderNotWritable, match="Not a directory"):
            await beyond.start()

    asyncio.run(scenario())
    assert len(place.starts()) == 1


@pytest.mark.parametrize("mode", ["silent", "chatters"])
def test_a_child_that_never_says_it_is_ready_is_ended(place: Place, mode: str) -> None:
    async def scenario() -> None:
        service = place.service(mode, ready_within=1.5)
        with pytest.raises(LocalServiceStopped):
            await service.start()
        assert service.process_id is None
        await service.stop()

    asyncio.run(scenario())
    assert not any(is_running(int(str(start["pid"]))) for start in place.starts())


def test_a_stubborn_child_is_killed(place: Place) -> None:
    async def scenario() -> float:
        service = place.service("stubborn")
        await service.start()
        began = time.monotonic()
        await service.stop()
        return time.monotonic() - began

    assert asyncio.run(scenario()) > 4, "it was given the time to end by itself"
    assert not any(is_running(int(str(start["pid"]))) for start in place.starts())


def test_stopping_while_it_starts(place: Place) -> None:
    async def scenario() -> None:
        service = place.service("silent")
        waiting = asyncio.create_task(service.start())
        await until(lambda: bool(place.starts()))
        await service.stop()
        with pytest.raises(LocalServiceStopped):
            await waiting

    asyncio.run(scenario())
    assert not any(is_running(int(str(start["pid"]))) for start in place.starts())


def test_whoever_comes_while_it_stops_or_later_is_refused(place: Place) -> None:
    async def scenario() -> None:
        service = place.service("stubborn")
        await service.start()
        stopping = asyncio.create_task(service.stop())
        await asyncio.sleep(0)
        while not stopping.done():
            with pytest.raises(LocalServiceStopped):
                await service.start()
            await asyncio.wait({stopping}, timeout=1)
        with pytest.raises(LocalServiceStopped, match="Its jobs continue where they were"):
            await service.start()
        await service.stop()

    asyncio.run(scenario())
    (only,) = place.starts()
    assert not is_running(int(str(only["pid"])))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_cancellation_that_comes_with_the_ready_line_is_not_lost(turns: int) -> None:
    async def scenario() -> None:
        service = LocalService(Path("nowhere"))
        stdout = asyncio.StreamReader()

        async def keep() -> None:
            await service._first_line(stdout)
            await asyncio.Event().wait()

        keeping = asyncio.create_task(keep())
        await asyncio.sleep(0)
        stdout.feed_data(b"{}\n")
        for _ in range(turns):
            await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.wait({keeping}, timeout=5)
        assert keeping.cancelled()

    asyncio.run(scenario())


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    async def scenario() -> None:
        service = LocalService(tmp_path, command=[str(tmp_path / "nothing")])
        with pytest.raises(LocalServiceStopped) as caught:
            await service.start()
        assert "No such file" in caught.value.details

    asyncio.run(scenario())


def test_the_child_ends_when_the_parent_is_killed(place: Place) -> None:
    (place.data / "mode").write_text("")
    parent = f"""
import asyncio, sys
from pathlib import Path
from batchdock.flows.supervisor import LocalService

async def scenario():
    service = LocalService(Path({str(place.data)!r}), command=[sys.executable, {str(place._script)!r}])
    await service.start()
    print(service.process_id, flush=True)
    await asyncio.sleep(60)

asyncio.run(scenario())
"""
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    asyncio.run(until(lambda: not is_running(child)))
