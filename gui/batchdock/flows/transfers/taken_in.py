"""Looks into what a service said, unasked, of files that it has not taken in.

Anybody may say so; so it is told only of batches that were sent from here, and only when the service, asked, has fewer
files than were sent. One after another, so that many such news make few requests.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass

from batchdock.core.account import Account
from batchdock.core.errors import BatchdockError, FilesNotTakenIn, NotFound
from batchdock.core.hint import IngestHint
from batchdock.core.problem import FileFailure
from batchdock.core.transfer import Transfer, TransferState
from batchdock.flows.accounts import Accounts
from batchdock.flows.intake.names import printable
from batchdock.flows.problems import Problems
from batchdock.store import Journal


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was sent into a batch from here, in one go: files, or references to them."""

    transfer_id: str
    name: str
    files: int
    job: tuple[str, str] | None


_WAITING = 100
"""More are passed over: whoever sends looks for what is missing as well."""
_NAMED = 1_000


class TakenIn:
    """Makes problems of hints, where there is something in them. On the loop of the flows."""

    def __init__(self, accounts: Accounts, journal: Journal, problems: Problems) -> None:
        self._accounts, self._journal, self._problems = accounts, journal, problems
        self._waiting: list[tuple[Account, IngestHint]] = []
        self._files: dict[str, dict[str, str]] = {}
        self._told: dict[str, str] = {}
        self._worker: asyncio.Task[None] | None = None

    def look_into(self, account: Account, hint: IngestHint) -> None:
        """Find out about a hint, soon."""
        about_failures = hint.failed or hint.reason
        known = self._problem_id(account, hint) in self._files
        if not (about_failures or known) or len(self._waiting) >= _WAITING:
            return
        self._waiting.append((account, hint))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="files taken in")

    def arrived(self, transfers: Iterable[Transfer]) -> None:
        """Take what was said off the list, where all of it has arrived after all."""
        for transfer in transfers:
            problem_id = self._told.pop(transfer.transfer_id, None) if transfer.state is TransferState.DONE else None
            if problem_id is not None:
                self._settle(problem_id)

    async def close(self) -> None:
        """Look no more."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            account, hint = self._waiting.pop(0)
            # Without an answer nothing is known, and nothing is said.
            with contextlib.suppress(BatchdockError):
                await self._find_out(account, hint)

    async def _find_out(self, account: Account, hint: IngestHint) -> None:
        sent = await asyncio.to_thread(self._sent, account, hint.batch_id)
        if not sent:
            return
        total = sum(each.files for each in sent)
        try:
            count = await (await self._accounts.service(account.account_id)).count(hint.batch_id)
        except NotFound:
            count = 0
        problem_id = self._problem_id(account, hint)
        if count >= total:
            self._settle(problem_id)
            return
        files = self._files.setdefault(problem_id, {})
        for each in hint.failed[: _NAMED - len(files)]:
            files[await asyncio.to_thread(self._original, account, hint, each.name)] = each.cause
        self._report(problem_id, account, sent[-1], hint.reason or hint.failed[0].cause, count, total)

    def _sent(self, account: Account, batch_id: str) -> list[_Sent]:
        """Return what is on its way into a batch from here. Blocks."""
        sendings = self._journal.sendings
        files = [
            _Sent(
                each.transfer_id,
                each.batch_name,
                each.files - len(sendings.lost(each.number)),
                None if each.job_id is None else (account.account_id, each.job_id),
            )
            for each in sendings.of_batch(account.account_id, batch_id)
        ]
        references = [
            _Sent(each.transfer_id, each.name, each.files, None)
            for each in self._journal.references.of_batch(account.account_id, batch_id)
        ]
        return files + references

    def _report(self, problem_id: str, account: Account, sent: _Sent, reason: str, count: int, total: int) -> None:
        files = tuple(FileFailure(name, cause) for name, cause in self._files[problem_id].items())
        error = FilesNotTakenIn(
            service=account.name, name=sent.name, reason=reason, count=f"{count:,}", total=f"{total:,}"
        )
        self._told[sent.transfer_id] = problem_id
        self._problems.report(problem_id, sent.name, error, files=files, job=sent.job)

    def _settle(self, problem_id: str) -> None:
        self._files.pop(problem_id, None)
        self._problems.settle(problem_id)

    def _original(self, account: Account, hint: IngestHint, wire: str) -> str:
        """Return what people know a file by."""
        return printable(self._journal.sendings.original(account.account_id, hint.batch_id, wire) or wire)

    @staticmethod
    def _problem_id(account: Account, hint: IngestHint) -> str:
        return f"ingest:{account.account_id}:{hint.batch_id}"
