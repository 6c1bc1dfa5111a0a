"""News: what changed, told to whoever subscribed. The window and the command line listen to the same ones."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError
from batchdock.core.job import Job
from batchdock.core.problem import Problem
from batchdock.core.transfer import Transfer

_log = logging.getLogger(__name__)


class Light(StrEnum):
    """How well the service of an account can be reached."""

    OK = "ok"
    SLOW = "slow"
    NO_CONNECTION = "no-connection"
    KEY_REFUSED = "key-refused"


class Network(StrEnum):
    """Whether this computer reaches anything at all."""

    ONLINE = "online"
    OFFLINE = "offline"
    SIGN_IN = "sign-in-needed"


class AwakeState(StrEnum):
    """Whether this computer may fall asleep."""

    IDLE = "idle"
    """Nothing here needs it awake."""
    KEPT = "kept-awake"
    LET_SLEEP = "let-sleep"
    """There is work, but the person lets the computer sleep."""
    NOT_POSSIBLE = "not-possible"
    """There is work, but this desktop has no way to keep the computer awake."""


@dataclass(frozen=True, slots=True)
class JobsChanged:
    """These jobs are new or different."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class JobsRemoved:
    """These jobs are no longer in the list; `keys` are `Job.key`s."""

    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class JobEnded:
    """This job has just ended. Said once for each end."""

    job: Job


@dataclass(frozen=True, slots=True)
class ResultsSaved:
    """The results of these jobs (`Job.key`s) are in `folder` now: so many files, and so many that could not be had.

    `unasked`: nobody waits for it, so somebody has to say it.
    """

    jobs: tuple[tuple[str, str], ...]
    folder: Path
    files: int
    problems: int
    unasked: bool


@dataclass(frozen=True, slots=True)
class ResultsExpire:
    """The results of these jobs, which nobody has saved, will be deleted soon; the first of them first."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class TransfersChanged:
    """These transfers are new or different."""

    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class ProblemsChanged:
    """All problems that are open now."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """All accounts there are now, This computer first."""

    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class WorkflowsChanged:
    """An account has other workflows now; `added` is the id of a new one, empty when some went."""

    account_id: str
    added: str = ""


@dataclass(frozen=True, slots=True)
class LightChanged:
    """The service of this account is reached better or worse than before."""

    account_id: str
    light: Light


@dataclass(frozen=True, slots=True)
class Woke:
    """This computer slept for so many seconds and is awake again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """The network is gone, back, or wants somebody to sign in; `error` has the sentence, None when online."""

    state: Network
    error: BatchdockError | None = None


@dataclass(frozen=True, slots=True)
class AwakeChanged:
    """This computer is kept awake from now on, or no longer."""

    state: AwakeState


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    """These settings of the app are different; `keys` are those of `flows.preferences`."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CostsChanged:
    """What this account has used or may use is different, or what is known of how much its jobs take."""

    account_id: str


@dataclass(frozen=True, slots=True)
class InventoryChanged:
    """Something was done to what is in a collection of this account."""

    account_id: str
    collection: str


@dataclass(frozen=True, slots=True)
class DatasetsChanged:
    """Something was done to a dataset of this account; to the list of them where `dataset_id` is empty."""

    account_id: str
    dataset_id: str = ""


@dataclass(frozen=True, slots=True)
class EventsChanged:
    """A job (`Job.key`) has sent something, what it sent was let go of, or it may send or no longer."""

    key: tuple[str, str]


@dataclass(frozen=True, slots=True)
class RecipesChanged:
    """There are other recipes now, or what they may do by themselves is different."""


@dataclass(frozen=True, slots=True)
class WatchesChanged:
    """It stands differently with what recipes do by themselves."""


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """A newer version of the app was published; `page` (https) tells of it."""

    version: str
    page: str


Event = (
    JobsChanged
    | JobsRemoved
    | JobEnded
    | ResultsSaved
    | ResultsExpire
    | TransfersChanged
    | ProblemsChanged
    | AccountsChanged
    | WorkflowsChanged
    | LightChanged
    | Woke
    | NetworkChanged
    | AwakeChanged
    | PreferencesChanged
    | CostsChanged
    | InventoryChanged
    | DatasetsChanged
    | EventsChanged
    | RecipesChanged
    | WatchesChanged
    | NewerVersion
)
Callback = Callable[[Event], None]


class News:
    """Hands every event to every subscriber, in order, on the publisher's thread.

    A subscriber must return at once (`Inbox.put` does). One that raises is logged and disturbs neither the publisher
    nor the others.
    """

    def __init__(self) -> None:
        self._subscribers: dict[object, Callback] = {}
        self._lock = threading.Lock()

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Tell `callback` every event from now on. Return what ends it; harmless when called twice."""
        ticket = object()
        with self._lock:
            self._subscribers[ticket] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers.pop(ticket, None)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every subscriber."""
        with self._lock:
            callbacks = tuple(self._subscribers.values())
        for callback in callbacks:
            try:
                callback(event)
            except Exception:
                _log.exception("A subscriber could not take %s", type(event).__name__)
