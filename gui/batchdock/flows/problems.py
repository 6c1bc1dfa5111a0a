"""Problems: what waits for a person, and disappears when its cause does."""

from batchdock.core.problem import Problem


class Problems:
    """The problems page, without the page."""

    def all(self) -> tuple[Problem, ...]:
        """Return the open problems, newest first. Safe from any thread."""
        raise NotImplementedError

    async def dismiss(self, problem_id: str) -> None:
        """Take a problem off the list for good."""
        raise NotImplementedError

    async def retry(self, problem_id: str) -> None:
        """Try again what went wrong; the problem goes if that works."""
        raise NotImplementedError
