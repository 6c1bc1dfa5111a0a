"""What a job may cost, in time and in credits; what it did; and what a person lets an account spend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from batchdock.core.batch import Content

HEAD_ROOM = 1.5
"""How much more machine time than expected a limit should have. A service divides it over the chunks of the job
(contract §1.7, §9.3), and chunks are not alike: with less, the longest are cut off although the whole would fit."""

_HOUR = 3600.0


class Basis(StrEnum):
    """What an estimate rests on."""

    TRIAL = "trial"
    """A try of the same workflow on a few of these files."""
    HISTORY = "history"
    """Earlier jobs of the same workflow at the same account."""
    RATES = "rates"
    """What this computer measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job will take: from the lower to the higher end, in seconds by the clock and in credits.

    `credits` is None where nothing costs anything. `machine_seconds` is the time of all machines together. The sending
    of files is not in it.
    """

    seconds: tuple[float, float]
    machine_seconds: tuple[float, float]
    credits: tuple[float, float] | None
    basis: Basis
    measured_on: int
    """How many files the measurement had."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a person lets an account spend in a calendar month, in credits; None means no such limit.

    Past `soft` the app asks before it starts something; it starts nothing that may go past `hard`. Below `ask_above`
    credits a start is not asked about otherwise.
    """

    soft: float | None = None
    hard: float | None = None
    ask_above: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one run of a job took, by the service's own times.

    `machine` is empty where nothing costs. `variant` is a digest of the options that change how long an item takes,
    beside `fps` (of videos). `items` were processed; 0 where the run tells nothing of what others take. `at_once`
    machines worked at the same time; 0 where nobody knows. `started` and `ended` are of the processing, in seconds
    since 1970. `machine_seconds` is the time of all machines together, and `startup` how much of it each task spent
    before its first item, None where nobody knows. `credits` is an estimate too, never a bill.
    """

    account_id: str
    job_id: str
    workflow_id: str
    content: Content
    machine: str = ""
    fps: float | None = None
    variant: str = ""
    items: int
    tasks: int = 1
    at_once: int = 1
    started: float
    ended: float
    machine_seconds: float
    startup: float | None = None
    credits: float = 0.0
    trial: bool = False


def machine_of(machine: str | None, prices: Mapping[str, float]) -> str:
    """Return the kind of machine that does the work: the one asked for, else what the service takes by itself.

    Empty where nothing costs. `prices` are of `Capabilities.credits_an_hour`.
    """
    return machine if machine is not None and machine in prices else next(iter(prices), "")


def price_of(machine: str | None, prices: Mapping[str, float]) -> float:
    """Return the credits that an hour of this kind of machine costs; 0 where nothing does."""
    return prices.get(machine_of(machine, prices), 0.0)


def credits_for(seconds: float, credits_an_hour: float) -> float:
    """Return what so much machine time costs, about (contract §1.7)."""
    return seconds / _HOUR * credits_an_hour


def seconds_for(credits: float, credits_an_hour: float) -> int:
    """Return the machine time, of all machines together, that so many credits pay for: a job's `timeout_seconds`.

    The price is above 0: no time follows from money where nothing costs.
    """
    return int(credits / credits_an_hour * _HOUR)


def with_head_room(estimate: Estimate) -> float:
    """Return the machine time a limit should have at least: below, chunks may be cut off before they are done."""
    return estimate.machine_seconds[1] * HEAD_ROOM


def together(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """Return what several jobs take that are started at once; None where one of them is not known, or there is none.

    By the clock they may run side by side or one after the other.
    """
    known = [each for each in estimates if each is not None]
    if not known or len(known) < len(estimates):
        return None
    costly = [each.credits for each in known if each.credits is not None]
    return Estimate(
        seconds=(max(each.seconds[0] for each in known), sum(each.seconds[1] for each in known)),
        machine_seconds=_sum([each.machine_seconds for each in known]),
        credits=_sum(costly) if costly else None,
        basis=known[0].basis,
        measured_on=sum(each.measured_on for each in known),
    )


def _sum(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(each[0] for each in ranges), sum(each[1] for each in ranges)
