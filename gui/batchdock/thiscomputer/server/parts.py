"""What the routes are built on: one object with everything they need."""

from collections.abc import Callable
from dataclasses import dataclass

from batchdock.thiscomputer.conductor.conductor import Conductor
from batchdock.thiscomputer.conductor.fetcher import Fetcher
from batchdock.thiscomputer.conductor.notifier import Notifier
from batchdock.thiscomputer.conductor.speed import Speed
from batchdock.thiscomputer.conductor.unpacker import Unpacker
from batchdock.thiscomputer.engine.apart import Apart
from batchdock.thiscomputer.engine.compute import Compute
from batchdock.thiscomputer.server.security import SIGNED, Signer
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import Jobs
from batchdock.thiscomputer.store.own_models import OwnModels
from batchdock.thiscomputer.store.own_workflows import OwnWorkflows
from batchdock.thiscomputer.store.rates import Rates
from batchdock.thiscomputer.store.settings import SettingsFile
from batchdock.thiscomputer.store.storage import Storage


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms behind the server. `base_url` is asked late: the port is known after binding."""

    batches: Batches
    jobs: Jobs
    files: FileStore
    conductor: Conductor
    unpacker: Unpacker
    fetcher: Fetcher
    notifier: Notifier
    workflows: OwnWorkflows
    models: OwnModels
    apart: Apart
    settings: SettingsFile
    storage: Storage
    rates: Rates
    speed: Speed
    computing: Compute
    signer: Signer
    base_url: Callable[[], str]

    def signed_url(self, **claim: object) -> str:
        """Return an address that carries its own permission."""
        return f"{self.base_url()}{SIGNED}{self.signer.sign(claim)}"
