"""Keeps this computer from falling asleep while files move or jobs work on it."""

import asyncio
import logging
import threading
from collections.abc import Callable

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.states import JobState
from batchdock.core.transfer import TransferState
from batchdock.flows.news import AwakeChanged, AwakeState, Event, JobsChanged, JobsRemoved, News, TransfersChanged

_log = logging.getLogger(__name__)

SETTING = "keep-awake"
ANSWER_SECONDS = 10.0
"""A desktop that does not answer for so long has no way to keep the computer awake."""
LINGER_SECONDS = 20.0
"""Between two files, or two tries, the computer must not fall asleep."""

_MOVING = (TransferState.LISTING, TransferState.MOVING, TransferState.CHECKING)
_WORKING = (JobState.STARTING, JobState.RUNNING, JobState.FINISHING)


class Awake:
    """Follows the news on the flows' loop. What the desktop is asked happens in a thread: it may never answer."""

    def __init__(self, news: News, *, allowed: bool = True, linger: float = LINGER_SECONDS) -> None:
        """`allowed` is the setting; `let_sleep` changes it until the program ends."""
        self._news, self._linger = news, linger
        self._allowed = allowed
        self._busy: set[object] = set()
        self._holds = False
        self._hand: _Hand | None = None
        self._calm: asyncio.TimerHandle | None = None
        self._state = AwakeState.IDLE
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def state(self) -> AwakeState:
        """What is done about sleep now. Safe from any thread."""
        return self._state

    def start(self) -> None:
        """Follow the news from now on. Call on the flows' loop."""
        self._loop = asyncio.get_running_loop()
        self._unsubscribe = self._news.subscribe(self._on_news)

    async def let_sleep(self, let: bool) -> None:
        """Let the computer fall asleep although there is work, or keep it awake again."""
        self._allowed = not let
        self._decide()

    async def close(self) -> None:
        """Let the computer sleep."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._calm is not None:
            self._calm.cancel()
        if self._hand is not None:
            self._hand.let_go()
            await asyncio.to_thread(self._hand.join, 2.0)
            self._hand = None

    def _on_news(self, event: Event) -> None:
        assert self._loop is not None
        if isinstance(event, TransfersChanged | JobsChanged | JobsRemoved):
            self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        match event:
            case TransfersChanged(transfers):
                for transfer in transfers:
                    self._note(transfer.transfer_id, transfer.state in _MOVING)
            case JobsChanged(jobs):
                for job in jobs:
                    self._note(job.key, job.account_id == THIS_COMPUTER_ID and job.state in _WORKING)
            case JobsRemoved(keys):
                self._busy.difference_update(keys)
        if self._busy:
            if self._calm is not None:
                self._calm.cancel()
                self._calm = None
            self._holds = True
        elif self._holds and self._calm is None:
            assert self._loop is not None
            self._calm = self._loop.call_later(self._linger, self._calm_down)
        self._decide()

    def _note(self, what: object, busy: bool) -> None:
        if busy:
            self._busy.add(what)
        else:
            self._busy.discard(what)

    def _calm_down(self) -> None:
        self._calm = None
        self._holds = False
        self._decide()

    def _decide(self) -> None:
        if self._holds and self._allowed:
            if self._hand is None and self._loop is not None:
                self._hand = _Hand(self._loop, self._on_answer)
                self._hand.start()
                self._loop.call_later(ANSWER_SECONDS, self._hand.give_up)
            return
        if self._hand is not None:
            self._hand.let_go()
            self._hand = None
        self._show(AwakeState.LET_SLEEP if self._holds else AwakeState.IDLE)

    def _on_answer(self, hand: "_Hand", works: bool) -> None:
        if hand is self._hand:
            self._show(AwakeState.KEPT if works else AwakeState.NOT_POSSIBLE)

    def _show(self, state: AwakeState) -> None:
        if state is not self._state:
            self._state = state
            _log.info("Sleep of this computer: %s", state)
            self._news.publish(AwakeChanged(state))


class _Hand(threading.Thread):
    """Enters the mode, waits, and leaves it: what wakepy does must happen in one thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_answer: Callable[["_Hand", bool], None]) -> None:
        # A daemon, so that a desktop that never answers can not keep the program from ending.
        super().__init__(name="keep awake", daemon=True)
        self._loop, self._on_answer = loop, on_answer
        self._over = threading.Event()
        self._answered = False

    def run(self) -> None:
        try:
            # Here and not above: it takes a tenth of a second that no start of the program needs to wait for.
            from wakepy import keep

            with keep.running(on_fail="pass") as mode:
                self._answer(mode.active)
                if mode.active:
                    self._over.wait()
        except Exception as error:
            _log.info("This computer can not be kept awake: %s", type(error).__name__)
            self._answer(False)

    def let_go(self) -> None:
        """Leave the mode soon."""
        self._over.set()

    def give_up(self) -> None:
        """Count a missing answer as a no; one that comes later still counts."""
        if not self._answered:
            self._on_answer(self, False)

    def _answer(self, works: bool) -> None:
        self._answered = True
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._on_answer, self, works)
