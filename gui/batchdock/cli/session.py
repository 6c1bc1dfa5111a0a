"""Runs one command over an open desk, and says in words how it ended."""

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from batchdock.core.account import THIS_COMPUTER_ID, Account
from batchdock.core.errors import BatchdockError, ModelUnfit, WorkflowUnfit
from batchdock.flows.desk import Desk
from batchdock.flows.home import default_home

KEY_VARIABLE = "BATCHDOCK_API_KEY"

DONE, NOT_DONE, USAGE, INTERRUPTED = 0, 1, 2, 130

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

PATIENCE = 300.0
"""A script is not kept waiting for ever: after five minutes of nothing but trouble it is told."""


class UsageProblem(Exception):
    """The command can not be understood: exit code 2 and a sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """What every command takes."""

    home: Path | None = None
    account: str | None = None
    api_url: str | None = None
    as_json: bool = False


@dataclass
class Session:
    """One command at work. Words and bars go to `words` (stderr), what is asked for to stdout."""

    desk: Desk
    account: Account
    as_json: bool
    words: Console
    later: list[str] = field(default_factory=list)
    """What to say about the rest when somebody presses Ctrl-C, or when trouble has lasted too long."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What to add to the JSON when it ends with an error."""

    def say(self, text: str) -> None:
        """Say something on stderr."""
        _sentence(self.words, text)


Work = Callable[[Session], Awaitable[int]]


def carry_out(options: Options, work: Work) -> int:
    """Run `work` over a desk and return the exit code. Never raises, never shows a traceback."""
    logging.getLogger("batchdock").addHandler(logging.NullHandler())
    words = Console(stderr=True)
    later: list[str] = []
    extra: dict[str, Any] = {}
    problem: BatchdockError

    async def session() -> int:
        async with _open(options) as (desk, account):
            return await work(Session(desk, account, options.as_json, words, later, extra))

    try:
        return asyncio.run(session())
    except KeyboardInterrupt:
        _sentence(words, " ".join(("Stopped.", *later)))
        return INTERRUPTED
    except UsageProblem as usage:
        _sentence(words, str(usage))
        return USAGE
    except BatchdockError as error:
        problem = error
    except Exception as error:
        problem = BatchdockError(details=type(error).__name__)
    _sentence(words, " ".join((problem.sentence(), *(later if problem.retryable else ()))))
    if options.as_json:
        put_json({"ok": False, "error": error_as_json(problem), **extra})
    return NOT_DONE


def put_json(document: dict[str, Any]) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=True, indent=2) + "\n")
    sys.stdout.flush()


def error_as_json(error: BatchdockError) -> dict[str, Any]:
    """Return an error as a JSON object: kind, title, message, advice; and every reason where there may be several."""
    several = {"reasons": list(error.reasons)} if isinstance(error, WorkflowUnfit | ModelUnfit) else {}
    return {
        "kind": type(error).__name__,
        "title": error.filled(error.title),
        "message": error.filled(error.message),
        "advice": error.filled(error.advice),
        **several,
    }


@asynccontextmanager
async def _open(options: Options) -> AsyncIterator[tuple[Desk, Account]]:
    key = os.environ.pop(KEY_VARIABLE, "")  # Out of the environment, so that no child inherits it.
    if options.account and options.api_url:
        raise UsageProblem("Give either --account or --api-url, not both.")
    if options.api_url and not key:
        raise UsageProblem(f"--api-url needs the key in the environment variable {KEY_VARIABLE}.")
    # No grace: whoever wrote the command has pressed Return, and nobody looks at a row that counts down.
    home = options.home or default_home()
    desk = await Desk.open(home, active=False, patience=PATIENCE, grace_seconds=0.0)
    try:
        if options.api_url:
            account = desk.accounts.add_session_account(key, options.api_url)
        else:
            account = await desk.accounts.find(options.account or THIS_COMPUTER_ID)
        yield desk, account
    finally:
        await desk.close()


def one_line(text: str) -> str:
    """Return `text` with every control character written out: a file name must not move the cursor."""
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text)


def _sentence(words: Console, text: str) -> None:
    words.print(one_line(text), markup=False, highlight=False, soft_wrap=True)
