"""The journal: written before anything is asked of a service, read when Batchdock starts again."""

from pathlib import Path

from batchdock.store.bucket_savings import BucketSavings
from batchdock.store.database import Database
from batchdock.store.events import EventRecords
from batchdock.store.files import Files
from batchdock.store.fillings import Fillings
from batchdock.store.heard import Heard
from batchdock.store.jobs import JobRecords
from batchdock.store.measures import Measures
from batchdock.store.queue import QueueRecords
from batchdock.store.recipes import RecipeRecords
from batchdock.store.references import ReferenceSendings
from batchdock.store.savings import Savings
from batchdock.store.sendings import Sendings
from batchdock.store.storages import Storages
from batchdock.store.takings import Takings
from batchdock.store.watched import WatchedRecords

FILE_NAME = "journal.sqlite"


class Journal:
    """Everything remembered about jobs, transfers and dismissed problems.

    Calls block for about a millisecond, unless they say otherwise: those belong into a thread.
    """

    def __init__(self, home: Path) -> None:
        """Open the journal in the folder `home`. Raise `FolderNotWritable` or `MadeByNewerVersion`."""
        self._database = Database(home / FILE_NAME)
        self.set_aside = self._database.set_aside
        """Where a damaged journal was put, if there was one."""
        self.jobs = JobRecords(self._database)
        self.sendings = Sendings(self._database)
        self.files = Files(self._database)
        self.savings = Savings(self._database)
        self.takings = Takings(self._database)
        self.fillings = Fillings(self._database)
        self.references = ReferenceSendings(self._database)
        self.storages = Storages(self._database)
        self.bucket_savings = BucketSavings(self._database)
        self.watched = WatchedRecords(self._database)
        self.recipes = RecipeRecords(self._database)
        self.queue = QueueRecords(self._database)
        self.heard = Heard(self._database)
        self.measures = Measures(self._database)
        self.events = EventRecords(self._database)

    def dismiss(self, problem_id: str) -> None:
        """Remember that somebody does not want to see this problem again."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO dismissed VALUES (?)", (problem_id,))

    def recall(self, problem_id: str) -> None:
        """Forget that a problem was dismissed: it may come back."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM dismissed WHERE problem_id = ?", (problem_id,))

    def is_dismissed(self, problem_id: str) -> bool:
        """Tell whether somebody dismissed this problem."""
        with self._database.reading() as connection:
            return (
                connection.execute("SELECT 1 FROM dismissed WHERE problem_id = ?", (problem_id,)).fetchone() is not None
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()
