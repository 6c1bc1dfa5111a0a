import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    HostNotFound,
    NoNetwork,
    ProxyRefused,
    ServiceTrouble,
    SignInNeeded,
)
from batchdock.flows import connectivity
from batchdock.flows.clocks import Clocks, SleepWatch
from batchdock.flows.connectivity import Connectivity
from batchdock.flows.news import Event, Light, LightChanged, Network, NetworkChanged, News, Woke
from batchdock.flows.patience import Patience
from batchdock.flows.reach import reach
from making.desks import until

LONG = 300.0
TICK = 2.0


@dataclass
class Hands:
    """The hands of three clocks, which the test moves."""

    wall: float = 1e9
    steady: float = 5e3
    boot: float = 9e3

    def clocks(self, *, boot: bool = True) -> Clocks:
        return Clocks(lambda: self.wall, lambda: self.steady, (lambda: self.boot) if boot else None)

    def go(self, *, wall: float, steady: float, boot: float) -> None:
        self.wall, self.steady, self.boot = self.wall + wall, self.steady + steady, self.boot + boot


@pytest.mark.parametrize(
    ("what", "boot", "wall", "steady", "slept"),
    [
        ("two quiet seconds", 2.0, 2.0, 2.0, 0.0),
        ("a busy machine", 9.0, 9.0, 9.0, 0.0),
        ("a night, on Linux and macOS", 28_802.0, 28_802.0, 2.0, 28_800.0),
        ("a night with a wrong clock set right after it", 28_802.0, 5.0, 2.0, 28_800.0),
        ("a person sets the clock forward", 2.0, 3_602.0, 2.0, 0.0),
        ("a person sets the clock back", 2.0, -3_600.0, 2.0, 0.0),
        ("this program alone was stopped", 62.0, 62.0, 62.0, 60.0),
    ],
)
def test_three_clocks_tell_sleep_from_a_clock_that_was_set(
    what: str, boot: float, wall: float, steady: float, slept: float
) -> None:
    hands = Hands()
    watch = SleepWatch(hands.clocks(), TICK)
    hands.go(wall=wall, steady=steady, boot=boot)
    assert watch.slept() == pytest.approx(slept), what
    hands.go(wall=TICK, steady=TICK, boot=TICK)
    assert watch.slept() == 0.0, "It is told once."


@pytest.mark.parametrize(
    ("what", "wall", "steady", "slept"),
    [
        ("a night, on Windows", 28_802.0, 28_802.0, 28_800.0),
        ("a person sets the clock forward", 3_602.0, 2.0, 0.0),
        ("a person sets the clock back", -3_600.0, 2.0, 0.0),
    ],
)
def test_without_a_clock_of_its_own_a_late_look_tells_sleep(
    what: str, wall: float, steady: float, slept: float
) -> None:
    hands = Hands()
    watch = SleepWatch(hands.clocks(boot=False), TICK)
    hands.go(wall=wall, steady=steady, boot=0.0)
    assert watch.slept() == pytest.approx(slept), what


def test_the_real_clocks_agree_while_nobody_sleeps() -> None:
    watch = SleepWatch(Clocks(), TICK)
    assert watch.slept() == 0.0


@dataclass
class Net:
    """What a look at each address finds; none is asked twice at a time."""

    found: dict[str, BatchdockError | None] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)

    def look(self, address: str) -> BatchdockError | None:
        self.looks.append(address)
        return self.found.get(address)


@asynccontextmanager
async def watching(
    addresses: Mapping[str, str | tuple[str, ...]],
    look: Callable[[str], BatchdockError | None] = reach,
    clocks: Clocks | None = None,
) -> AsyncIterator[tuple[Connectivity, list[Event], News]]:
    news = News()
    events: list[Event] = []
    news.subscribe(events.append)

    def hosts() -> dict[str, tuple[str, ...]]:
        return {name: (found,) if isinstance(found, str) else found for name, found in addresses.items()}

    watched = Connectivity(news, hosts, clocks=clocks, tick=0.01, look_every=0.02, look=look)
    watched.start()
    try:
        yield watched, events, news
    finally:
        await watched.close()


def pausing(watched: Connectivity, error: BatchdockError | None = None) -> asyncio.Task[None]:
    return asyncio.create_task(watched.pause(LONG, error))


def states(events: list[Event]) -> list[Network]:
    return [event.state for event in events if isinstance(event, NetworkChanged)]


def is_looking() -> bool:
    return any(task.get_name() == "look at the network" for task in asyncio.all_tasks())


def test_waking_up_ends_every_pause() -> None:
    async def scenario() -> None:
        hands = Hands()
        async with watching({}, clocks=hands.clocks()) as (watched, events, _):
            pauses = [pausing(watched), pausing(watched, NoNetwork()), pausing(watched, ServiceTrouble())]
            await asyncio.sleep(0)
            hands.go(wall=600.0, steady=0.0, boot=600.0)
            async with asyncio.timeout(LONG / 10):
                await asyncio.gather(*pauses)
            assert [event.seconds for event in events if isinstance(event, Woke)] == [600.0]

    asyncio.run(scenario())


def test_a_pause_that_nothing_ends_takes_its_time_and_leaves_nothing() -> None:
    async def scenario() -> None:
        async with watching({}) as (watched, events, _):
            began = asyncio.get_running_loop().time()
            await watched.pause(0.05, NoNetwork())
            assert asyncio.get_running_loop().time() - began >= 0.045
            cancelled = pausing(watched)
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.gather(cancelled, return_exceptions=True)
            assert cancelled.cancelled()
            assert events == []

    asyncio.run(scenario())


class Service:
    """A port on which something listens, or not."""

    def __init__(self) -> None:
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port = chosen.getsockname()[1]
        self._listening: socket.socket | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def come(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))

    def go(self) -> None:
        assert self._listening is not None
        self._listening.close()


def test_a_service_that_goes_and_comes_back_ends_the_pauses() -> None:
    async def scenario() -> None:
        service = Service()
        service.come()
        async with watching({"one": service.address}) as (watched, events, _):
            service.go()
            waits = pausing(watched, ConnectionProblem(host="127.0.0.1"))
            asked_to_wait = pausing(watched, ServiceTrouble(retry_after=LONG))
            await until(lambda: states(events) == [Network.OFFLINE], "it is seen that the service is gone")
            assert not waits.done()
            service.come()
            async with asyncio.timeout(LONG / 10):
                await waits
            assert states(events) == [Network.OFFLINE, Network.ONLINE]
            assert not asked_to_wait.done(), "Who was asked to wait keeps waiting."
            asked_to_wait.cancel()
            # And again, on the same port.
            service.go()
            waits = pausing(watched, ConnectionProblem(host="127.0.0.1"))
            await until(lambda: watched.state is Network.OFFLINE, "it is seen again")
            service.come()
            await waits
            service.go()

    asyncio.run(scenario())


def test_a_service_that_is_there_and_drops_connections_is_not_asked_faster() -> None:
    async def scenario() -> None:
        net = Net()
        async with watching({"one": "https://one.example"}, net.look) as (watched, events, _):
            waits = pausing(watched, ConnectionProblem(host="one.example"))
            await until(lambda: len(net.looks) > 4, "it looks")
            assert not waits.done()
            assert states(events) == []
            waits.cancel()
            await asyncio.gather(waits, return_exceptions=True)
            await until(lambda: not is_looking(), "nobody waits, so nobody looks")

    asyncio.run(scenario())


def test_one_service_that_is_gone_is_not_the_network() -> None:
    async def scenario() -> None:
        net = Net({"https://one.example": HostNotFound(host="one.example")})
        addresses = {"one": "https://one.example", "two": "https://two.example"}
        async with watching(addresses, net.look) as (watched, events, _):
            waits = pausing(watched, HostNotFound(host="one.example"))
            await until(lambda: len(net.looks) > 6, "it looks")
            assert states(events) == []
            net.found.clear()
            async with asyncio.timeout(LONG / 10):
                await waits

    asyncio.run(scenario())


def test_an_account_with_several_hosts_is_looked_for_at_each() -> None:
    async def scenario() -> None:
        net = Net({"https://one.example": HostNotFound(host="one.example")})
        hosts = {"both": ("https://one.example", "https://two.example")}
        async with watching(hosts, net.look) as (watched, events, _):
            waits = pausing(watched, HostNotFound(host="one.example"))
            await until(lambda: set(net.looks) == set(hosts["both"]), "it looks at both")
            net.found.clear()
            async with asyncio.timeout(LONG / 10):
                await waits
            assert states(events) == []

    asyncio.run(scenario())


def test_the_light_of_an_account_is_enough_to_look_and_the_sentence_says_what_it_is() -> None:
    async def scenario() -> None:
        net = Net({"https://one.example": NoNetwork(host="one.example")})
        async with watching({"one": "https://one.example"}, net.look) as (watched, events, news):
            news.publish(LightChanged("this-computer", Light.NO_CONNECTION))
            assert not is_looking(), "The service of this computer needs no network."
            news.publish(LightChanged("one", Light.NO_CONNECTION))
            await until(lambda: watched.state is Network.OFFLINE, "it is seen")
            told = next(event for event in events if isinstance(event, NetworkChanged))
            assert isinstance(told.error, NoNetwork)
            assert told.error.sentence().startswith("No internet.")
            net.found.clear()
            await until(lambda: watched.state is Network.ONLINE, "it is back")
            news.publish(LightChanged("one", Light.OK))

    asyncio.run(scenario())


def test_a_network_that_wants_a_sign_in_is_tried_often_and_forgotten_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connectivity, "SIGN_IN_PAUSE", 0.05)

    async def scenario() -> None:
        hands = Hands()
        address = {"one": "https://one.example"}
        async with watching(address, Net().look, hands.clocks()) as (watched, events, news):
            async with asyncio.timeout(LONG / 10):
                await watched.pause(LONG, SignInNeeded(host="one.example"))
            assert states(events) == [Network.SIGN_IN]
            told = next(event for event in events if isinstance(event, NetworkChanged))
            assert told.error is not None
            assert "sign in" in told.error.sentence()
            news.publish(LightChanged("one", Light.OK))
            assert watched.state is Network.ONLINE
            await watched.pause(LONG, SignInNeeded(host="one.example"))
            hands.go(wall=60.0, steady=60.0, boot=60.0)
            await until(lambda: watched.state is Network.ONLINE, "nobody needs it any more")

    asyncio.run(scenario())


def test_a_silent_name_server_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectivity, "LOOK_SECONDS", 0.05)
    silence = threading.Event()

    def look(address: str) -> BatchdockError | None:
        silence.wait(LONG)
        return None

    async def scenario() -> None:
        async with watching({"one": "https://one.example"}, look) as (watched, _, _news):
            waits = pausing(watched, NoNetwork())
            await until(lambda: watched.state is Network.OFFLINE, "no answer is an answer")
            waits.cancel()

    try:
        asyncio.run(scenario())
    finally:
        silence.set()


def test_patience_spends_its_pauses_here() -> None:
    async def scenario() -> None:
        hands = Hands()
        tries = 0

        async def work() -> str:
            nonlocal tries
            tries += 1
            if tries == 1:
                raise ServiceTrouble(retry_after=LONG)
            return "done"

        async with watching({}, clocks=hands.clocks()) as (watched, _, _news):
            kept = asyncio.create_task(Patience(pause=watched.pause).keep(work))
            await until(lambda: tries == 1, "the first try")
            hands.go(wall=600.0, steady=0.0, boot=600.0)
            async with asyncio.timeout(LONG / 10):
                assert await kept == "done"

    asyncio.run(scenario())


def test_a_look_says_what_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert reach(f"http://127.0.0.1:{port}/and/more?key=secret") is None
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert reach("https://api.example.invalid") is None, "The proxy is the way, and finds the name."
    gone = reach(f"http://127.0.0.1:{port}")
    assert type(gone) is ConnectionProblem
    assert isinstance(reach("https://api.example.invalid"), ProxyRefused | NoNetwork)
    monkeypatch.delenv("https_proxy")
    unknown = reach("https://api.example.invalid")
    assert isinstance(unknown, HostNotFound | NoNetwork)
    assert unknown.values["host"] == "api.example.invalid"
    assert isinstance(reach("http://127.0.0.1:99999"), ConnectionProblem)
