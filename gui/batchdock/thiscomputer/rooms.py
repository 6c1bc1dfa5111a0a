"""Everything behind the server, built by hand and shut in order."""

from collections.abc import Callable
from pathlib import Path

from batchdock.thiscomputer.conductor.conductor import Conductor
from batchdock.thiscomputer.conductor.unpacker import Unpacker
from batchdock.thiscomputer.engine.executor import Engine
from batchdock.thiscomputer.server.parts import Parts
from batchdock.thiscomputer.server.security import Signer
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.database import Database
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.work import Work


class Rooms:
    """The store, the engine and the threads between them. `data` is owned by this process alone.

    Raises OSError, `StorageProblem` or sqlite3.Error when the folder can not be used.
    """

    def __init__(self, data: Path, *, workers: int | None = None) -> None:
        self._files = FileStore(data)
        self._files.prepare()
        self._database = Database(data / "known.sqlite")
        self._batches = Batches(self._database)
        self._jobs = Jobs(self._database)
        engine = Engine(workers)
        self._conductor = Conductor(self._batches, self._jobs, Work(self._database), self._files, engine, data)
        self._unpacker = Unpacker(self._batches, self._files, data, self._conductor.wake)

    def parts(self, base_url: Callable[[], str]) -> Parts:
        """Return what the routes need."""
        return Parts(
            batches=self._batches,
            jobs=self._jobs,
            files=self._files,
            conductor=self._conductor,
            unpacker=self._unpacker,
            signer=Signer(),
            base_url=base_url,
        )

    def open(self) -> None:
        """Take up the work that an earlier process left."""
        self._conductor.start()
        self._unpacker.start()

    def close(self) -> None:
        """Stop working; everything goes on at the next `open` of another process."""
        self._conductor.close()
        self._unpacker.close()
        self._database.close()
