"""How much work jobs have had, in seconds over all processes together (contract §4.1, processingTimeoutSeconds)."""

import time
from collections.abc import Collection

from batchdock.thiscomputer.conductor.active import ActiveJob


class Budget:
    """Shares out the time that passes among the jobs whose chunks are with the engine."""

    def __init__(self) -> None:
        self._seen = time.monotonic()

    def share_out(self, flying: Collection[ActiveJob], processes: int) -> None:
        """Count the time since the last call. `flying` has a job as often as it has chunks under way."""
        now = time.monotonic()
        passed, self._seen = now - self._seen, now
        for job in flying:
            job.spent += passed * min(1.0, processes / len(flying))
