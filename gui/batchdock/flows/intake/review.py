"""Looks at a drop: counts while it scans, and says of each file what it is or why it stays out."""

from collections.abc import Callable, Sequence
from pathlib import Path

from batchdock.core.intake import Review


class Intake:
    """Scans and checks what is dropped."""

    async def review(self, paths: Sequence[Path], *, on_update: Callable[[Review], None]) -> None:
        """Look at everything below `paths`. `on_update` is called on the loop's thread, at most ten times a second.

        The first update comes within 0.3 s; the last has `finished`. Cancel the task to stop at once.
        """
        raise NotImplementedError
