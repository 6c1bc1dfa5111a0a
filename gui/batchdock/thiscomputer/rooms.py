"""Everything behind the server, built by hand and shut in order."""

from collections.abc import Callable
from pathlib import Path

from batchdock.thiscomputer.conductor.conductor import Conductor
from batchdock.thiscomputer.conductor.fetcher import Fetcher
from batchdock.thiscomputer.conductor.fetching import Fetching, Rules
from batchdock.thiscomputer.conductor.notifier import Notifier
from batchdock.thiscomputer.conductor.speed import Speed
from batchdock.thiscomputer.conductor.sweeper import Sweeper
from batchdock.thiscomputer.conductor.unpacker import Unpacker
from batchdock.thiscomputer.engine.apart import Apart
from batchdock.thiscomputer.engine.computing import Computing
from batchdock.thiscomputer.server.account import PUBLISHABLE_KEY
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.security import Signer
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.clock import Clock
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.fetches import Fetches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.own_models import OwnModels
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows
from batchdock.thiscomputer.store.rates import Rates
from batchdock.thiscomputer.store.references import References
from batchdock.thiscomputer.store.room import Room
from batchdock.thiscomputer.store.settings import SettingsFile
from batchdock.thiscomputer.store.storage import Storage
from batchdock.thiscomputer.store.webhooks import Webhooks
from batchdock.thiscomputer.store.work import Work


class Rooms:
    """The store, the engine and the threads between them. `data` is owned by this process alone.

    Raises OSError, `StorageProblem` or sqlite3.Error when the folder can not be used.
    """

    def __init__(self, data: Path, rules: Rules) -> None:
        """`rules` are those by which files are fetched from addresses."""
        self._database = Database(data / "known.sqlite")
        self._batches = Batches(self._database)
        self._jobs = Jobs(self._database)
        self._apart = Apart()
        self._models = OwnModels(data / "models", self._admit)
        self._workflows = OwnWorkflows(data / "workflows", self._models)
        self._settings = SettingsFile(data / "settings.json")
        room = Room(data, lambda: self._settings.current.disk_limit_gb)
        self._files = FileStore(data, References(self._database), room)
        self._files.prepare()
        self._computing = Computing(self._settings.current)
        self._settings.on_change(self._computing.adopt)
        work = Work(self._database)
        self._rates = Rates(self._database)
        self._speed = Speed(self._rates, self._computing)
        self._notifier = Notifier(Webhooks(self._database), key=PUBLISHABLE_KEY)
        self._conductor = Conductor(
            self._batches, self._jobs, work, self._files, self._computing, self._workflows, self._speed, data
        )
        self._conductor.on_over(self._notifier.wake)
        self._unpacker = Unpacker(self._batches, self._files, data, self._on_unpacked)
        self._fetcher = Fetcher(Fetches(self._database), self._files, Fetching(rules), self._on_unpacked)
        self._storage = Storage(self._database, self._files, room, lambda: self._settings.current.keep)
        self._sweeper = Sweeper(self._storage, self._files, Clock(self._database))
        self._settings.on_change(lambda _: self._sweeper.wake())

    def _admit(self, more: int) -> None:
        self._files.admit(more)

    def parts(self, base_url: Callable[[], str]) -> Parts:
        """Return what the routes need."""
        return Parts(
            batches=self._batches,
            jobs=self._jobs,
            files=self._files,
            conductor=self._conductor,
            unpacker=self._unpacker,
            fetcher=self._fetcher,
            notifier=self._notifier,
            workflows=self._workflows,
            models=self._models,
            apart=self._apart,
            settings=self._settings,
            storage=self._storage,
            rates=self._rates,
            speed=self._speed,
            computing=self._computing,
            signer=Signer(),
            base_url=base_url,
        )

    def _on_unpacked(self) -> None:
        self._conductor.wake()
        self._notifier.wake()

    def open(self) -> None:
        """Take up the work that an earlier process left."""
        self._conductor.start()
        self._unpacker.start()
        self._fetcher.start()
        self._notifier.start()
        self._sweeper.start()

    def close(self) -> None:
        """Stop working; everything goes on at the next `open` of another process."""
        self._apart.close()
        self._conductor.close()
        self._unpacker.close()
        self._fetcher.close()
        self._notifier.close()
        self._sweeper.close()
        self._database.close()
