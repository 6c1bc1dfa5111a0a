"""What the routes are built on: one object with everything they need."""

from collections.abc import Callable
from dataclasses import dataclass

from batchdock.thiscomputer.conductor.conductor import Conductor
from batchdock.thiscomputer.conductor.unpacker import Unpacker
from batchdock.thiscomputer.server.security import SIGNED, Signer
from batchdock.thiscomputer.store.batches import Batches
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.jobs import Jobs


@dataclass(frozen=True, slots=True)
class Parts:
    """The rooms behind the server. `base_url` is asked late: the port is known after binding."""

    batches: Batches
    jobs: Jobs
    files: FileStore
    conductor: Conductor
    unpacker: Unpacker
    signer: Signer
    base_url: Callable[[], str]

    def signed_url(self, **claim: object) -> str:
        """Return an address that carries its own permission."""
        return f"{self.base_url()}{SIGNED}{self.signer.sign(claim)}"
