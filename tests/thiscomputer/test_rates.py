"""How fast jobs go: measured over a moving window, said while it is known, kept for later runs."""

import math
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batchdock.thiscomputer.conductor.measuring import WINDOW, Meter
from batchdock.thiscomputer.engine.device import processor_name, shortened
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.rates import Rate, Rates
from making.local_service import LocalService, poll
from making.media import code_picture, picture, video

PIECE = 16


def test_nothing_is_said_before_there_is_something_to_say() -> None:
    meter = Meter(100, None, 0.0)
    assert meter.read(5.0) == (None, None)
    meter.add(PIECE, 5.0)
    assert meter.read(5.0) == (None, None)
    meter.add(PIECE, 5.5)
    assert meter.read(5.5) == (None, None)
    meter.add(PIECE, 9.0)
    rate, left = meter.read(9.0)
    assert rate == pytest.approx(8.0)  # 32 in the four seconds since the first were done: starting up is no part of it
    assert left == pytest.approx(52 / 8.0)


def test_earlier_runs_tell_the_time_left_before_the_first_item_is_done() -> None:
    meter = Meter(100, 20.0, 0.0)
    assert meter.read(1.0) == (None, 5.0)
    meter.add(PIECE, 2.0)
    assert meter.read(2.0) == (None, 84 / 20)
    meter.add(PIECE, 5.0)
    rate, left = meter.read(5.0)
    assert rate == pytest.approx(16 / 3)
    assert left == pytest.approx(68 / (16 / 3))


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    meter = Meter(100_000, None, 0.0)
    for second in range(60):
        meter.add(10, float(second))
    for second in range(60, 60 + int(WINDOW) + 1):
        meter.add(40, float(second))
    rate, _ = meter.read(60 + WINDOW)
    assert rate == pytest.approx(40)
    assert meter.whole == pytest.approx((600 + 31 * 40) / 90)


def test_a_job_that_stands_still_gets_slower_and_slower() -> None:
    meter = Meter(1000, None, 0.0)
    for second in range(11):
        meter.add(10, float(second))
    rates = [meter.read(now)[0] or 0.0 for now in (10.0, 11.0, 20.0, 100.0, 1000.0)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(10)
    assert rates[-1] < 1
    lefts = [meter.read(now)[1] or 0.0 for now in (10.0, 100.0, 1000.0)]
    assert lefts == sorted(lefts)


def test_videos_count_by_part() -> None:
    meter = Meter(4, None, 0.0)
    meter.look(0.0, 1.0)  # nothing has begun
    meter.look(0.2, 2.0)
    meter.look(0.4, 4.0)
    rate, left = meter.read(4.0)
    assert rate == pytest.approx(0.1)
    assert left == pytest.approx(3.6 / 0.1)
    meter.add(1.0, 10.0, under_way=0.5)
    meter.look(0.5, 10.0)
    rate, left = meter.read(10.0)
    assert rate == pytest.approx(1.3 / 8)
    assert left == pytest.approx(2.5 / (1.3 / 8))


def test_whatever_comes_nothing_is_negative_and_nothing_endless() -> None:
    rng = random.Random(7)
    for _ in range(200):
        meter = Meter(rng.uniform(0, 50), rng.choice([None, 0.001, 1e6]), 0.0)
        now = 0.0
        for _ in range(rng.randrange(40)):
            now += rng.choice([0.0, 0.001, 1.0, 100.0])
            if rng.random() < 0.5:
                meter.add(rng.uniform(0, 5), now, under_way=rng.choice([0.0, 0.7]))
            else:
                meter.look(rng.uniform(0, 2), now)  # also less than before: a worker died
            rate, left = meter.read(now + rng.choice([0.0, 50.0]))
            assert rate is None or (rate > 0 and math.isfinite(rate))
            assert left is None or (left >= 0 and math.isfinite(left))
            for value in (meter.whole, *(meter.lesson or ())):
                assert value is None or (value > 0 and math.isfinite(value))


def test_a_lesson_leaves_out_what_it_takes_to_get_going_where_that_can_be_told() -> None:
    long = Meter(1000, None, 0.0)
    long.add(PIECE, 8.0, pixels=PIECE * 307_200, pictures=PIECE)
    for second in range(1, 11):
        long.add(PIECE, 8.0 + second, pixels=PIECE * 307_200, pictures=PIECE)
    assert long.lesson == (160.0, 10.0)
    assert long.megapixels == 0.3
    short = Meter(20, None, 0.0)
    short.add(4, 8.0)
    short.add(16, 8.1)
    assert short.lesson == pytest.approx((16, 0.1)) or short.lesson == (20.0, 8.1)
    together = Meter(1000, None, 0.0)
    together.add(PIECE, 1.0, shared=True)
    together.add(PIECE, 2.0)
    assert together.lesson is None


def test_rates_are_a_mean_in_which_later_runs_weigh_more(tmp_path: Path) -> None:
    database = Database(tmp_path / "known.sqlite")
    rates = Rates(database)
    rates.note("w", "images", 0.3, "A", items=100, seconds=100)
    assert rates.usual("w", "images", "A") == pytest.approx(1.0)
    rates.note("w", "images", 0.3, "A", items=100, seconds=50)
    assert rates.usual("w", "images", "A") == pytest.approx(200 / 150)
    for _ in range(5):
        rates.note("w", "images", 0.3, "A", items=2000, seconds=200)
    assert rates.usual("w", "images", "A") == pytest.approx(10, rel=0.05)
    assert (rates.usual("w", "images", "B"), rates.usual("w", "videos", "A"), rates.usual("x", "images", "A")) == (
        None,
        None,
        None,
    )
    rates.note("w", "images", 0.3, "B", items=10, seconds=1000)
    rates.note("w", "images", None, "B", items=10, seconds=100)
    (unknown, known) = rates.all("A")
    assert unknown == Rate("w", "images", None, 0.1, 10)
    assert known.megapixels == 0.3
    assert known.items_per_second == pytest.approx(10, rel=0.05)
    assert rates.all("B")[1].items_per_second == pytest.approx(0.01)
    with database.reading() as db:
        assert db.execute("SELECT count(*), max(items) FROM rates").fetchone()[:] <= (3, 4100)
    database.close()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", "Intel Core i7-1165G7"),
        ("AMD Ryzen 7 5800X 8-Core Processor", "AMD Ryzen 7 5800X"),
        ("AMD Ryzen 5 5600U with Radeon Graphics", "AMD Ryzen 5 5600U"),
        ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "Intel Xeon E5-2680 v4"),
        ("Apple M2", "Apple M2"),
        ("Raspberry Pi 4 Model B Rev 1.4", "Raspberry Pi 4 Model B Rev 1.4"),
    ],
)
def test_processors_are_called_as_people_call_them(told: str, name: str) -> None:
    assert shortened(told) == name
    assert processor_name()


# --- the whole service ------------------------------------------------------------------------------------------


def _rates(service: LocalService) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.ask("GET", "/this-computer/rates").json()["rates"]
    return found


@pytest.mark.long
def test_a_job_says_how_fast_it_goes_and_the_next_one_knows_it(service: LocalService, tmp_path: Path) -> None:
    paths = {f"{number:04}.png": code_picture(tmp_path / "code.png", "x" * 300) for number in range(2000)}
    assert service.refer("speedy", paths).status_code == 200
    service.start_job("speedy-1", "speedy", "read-codes", specification={"persistImagesOutputs": True})
    running = service.wait("speedy-1", lambda job: bool(job["lastNotification"].get("rate")) or job["isTerminal"])
    told = running["lastNotification"]
    assert told["rate"] > 0
    assert told["device"].endswith(("process", "processes"))
    if not running["isTerminal"]:
        assert told["secondsLeft"] > 0
    assert service.jobs("/speedy-1/abort", "POST").status_code == 200
    stopped = service.job("speedy-1")["lastNotification"]
    assert (stopped["rate"] > 0, stopped["device"], stopped.get("secondsLeft")) == (True, told["device"], None)

    (of_stopped,) = [each for each in _rates(service) if each["workflowId"] == "read-codes"]
    few = {name: paths[name] for name in list(paths)[:50]}
    service.refer("few", few)
    service.start_job("few", "few", "read-codes")
    ended = service.wait("few")["lastNotification"]
    assert (ended["type"], ended["rate"] > 0, ended["device"]) == ("finished", True, told["device"])
    (rate,) = [each for each in _rates(service) if each["workflowId"] == "read-codes"]
    assert (rate["content"], rate["items"] >= of_stopped["items"] + 34, rate["itemsPerSecond"] > 0) == (
        "images",
        True,
        True,
    )
    assert 0 < rate["megapixels"] < 1

    service.start_job("speedy-2", "speedy", "read-codes", specification={"persistImagesOutputs": True})
    first = service.wait("speedy-2", lambda job: "secondsLeft" in job["lastNotification"] or job["isTerminal"])
    second = poll(lambda: service.job("speedy-2")["lastNotification"], lambda told: told.get("secondsLeft") is not None)
    assert (first["isTerminal"], second["secondsLeft"] > 0, second["rate"]) == (False, True, None)
    service.jobs("/speedy-2/abort", "POST")


def test_videos_have_a_rate_too(service: LocalService, tmp_path: Path) -> None:
    paths = {f"{number}.mp4": video(tmp_path / f"{number}.mp4", frames=30) for number in range(3)}
    service.refer("films", paths, kind="video")
    service.start_job(
        "films",
        "films",
        "read-codes",
        type="simple-video-processing-v1",
        specification={"maxVideoFPS": 5},
    )
    ended = service.wait("films")["lastNotification"]
    assert (ended["processed"], ended["rate"] > 0) == (3, True)
    (rate,) = [each for each in _rates(service) if each["content"] == "videos"]
    assert rate["megapixels"] is None


def test_rates_live_on_with_the_store(tmp_path: Path) -> None:
    with LocalService(tmp_path / "data") as service:
        service.refer("b", {"a.jpg": picture(tmp_path / "a.jpg")})
        service.start_job("j", "b")
        service.wait("j")
        before = _rates(service)
        assert before
        service.stop()
        with closing(sqlite3.connect(service.data / "known.sqlite")) as db, db:
            db.execute("UPDATE rates SET device = 'another computer'")
        service.start()
        assert _rates(service) == before
