"""How often a service is asked how its jobs are, and about which of them in detail: rules only, no clock, no I/O."""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    LocalServiceProblem,
    ProxyRefused,
    ServiceError,
    SignInNeeded,
)
from batchdock.flows.jobs.board import JobKey
from batchdock.flows.patience import pause_after

HERE, HERE_UNSEEN = 1.0, 5.0
"""Seconds between two rounds at This computer while something moves, on screen and not: asking it costs nothing."""
WATCHED, STEADY, BACKGROUND, IDLE = 5.0, 15.0, 60.0, 300.0
QUIET = 3600.0
"""Seconds without any change and without anybody there, after which nothing is expected to happen soon."""
LONGEST_ASKED = 3600.0
"""No service can keep the app silent for longer."""
TROUBLE_IS_SAID = 5
"""After so many tries in a row, half a minute, people are told of trouble that may pass by itself."""
AT_ONCE, SOON = 1.0, 3.0
"""At least so many seconds lie between two rounds when somebody looks at another job, and when others scroll by."""
REQUESTS_A_SECOND = 2.5
"""On the average of many rounds: a round that needs many requests is followed by a longer pause."""
IN_DETAIL = 10
"""So many jobs are asked about in detail in a round, besides those that must be."""


class Attention(StrEnum):
    """What the person does with the window, as far as that matters for how fresh it has to be."""

    FRONT = "front"
    """It is on screen, and being used."""
    BACKGROUND = "background"
    """It is hidden, minimised, or behind another program."""
    IDLE = "idle"
    """Nobody has touched it for an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides how soon an account is asked again.

    `moving`: one of its jobs does. `watched`: one that moves is looked at, on screen, or waited for. `here`: it is This
    computer. `quiet`: seconds since anything changed or anybody did anything. `requests`: of the last round.
    """

    attention: Attention
    moving: bool
    watched: bool
    here: bool
    quiet: float
    requests: int


def pause_between(now: Circumstances) -> float:
    """Return the seconds until the next round."""
    if not now.moving:
        if now.attention is Attention.IDLE or now.quiet > QUIET:
            return IDLE
        pause = STEADY if now.attention is Attention.FRONT else BACKGROUND
    elif now.here:
        return HERE if now.attention is Attention.FRONT else HERE_UNSEEN
    elif now.attention is not Attention.FRONT:
        pause = BACKGROUND
    else:
        pause = WATCHED if now.watched else STEADY
    return max(pause, now.requests / REQUESTS_A_SECOND)


def pause_after_trouble(tries: int, error: BatchdockError) -> float:
    """Return the seconds until the next round, after `tries` in a row that came to nothing."""
    asked = asked_pause(error)
    return pause_after(tries) if asked is None else asked


def asked_pause(error: BatchdockError) -> float | None:
    """Return for how many seconds the service does not want to be asked (`Retry-After`), None where it did not say."""
    asked = error.retry_after if isinstance(error, ServiceError) else None
    return None if asked is None else min(max(0.0, asked), LONGEST_ASKED)


def is_said(error: BatchdockError, tries: int) -> bool:
    """Tell whether trouble with an account is put among the problems, after `tries` in a row that came to nothing.

    Of a line that is down the account's light tells enough; that something in between wants a person it can not tell.
    """
    if isinstance(error, ConnectionProblem) and error.retryable:
        return isinstance(error, ProxyRefused | SignInNeeded) and tries >= TROUBLE_IS_SAID
    return not error.retryable or isinstance(error, LocalServiceProblem) or tries >= TROUBLE_IS_SAID


def in_detail(
    moving: Collection[JobKey],
    must: Iterable[JobKey],
    in_view: Collection[JobKey],
    asked: Mapping[JobKey, float],
    most: int = IN_DETAIL,
) -> list[JobKey]:
    """Return the jobs to ask about in detail: those that must be, then those on screen, then the others in turn.

    `asked` is when each was asked about last; who waits longest comes first.
    """
    first = [key for key in dict.fromkeys(must) if key in moving]
    turn = heapq.nsmallest(
        most + len(first), moving, key=lambda key: (key not in in_view, asked.get(key, float("-inf")))
    )
    return first + [key for key in turn if key not in first][:most]
