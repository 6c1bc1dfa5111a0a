"""The side of a cluster's worker: fetches the files of a batch and runs `process_batch` over them.

Everything that crosses the wire stands here. A `Parcel` carries a batch as bytes that run it where they are opened, so
that the scheduler, which opens what it is sent, needs neither Batchdock nor the same Python.
"""

import hashlib
import http.client
import pickle
import ssl
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from threading import Lock
from typing import cast

import batchdock
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.options import Options, Unwanted
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.vendor.shelf import is_engine_installed

REFUSED = 422
"""The answer for a file that can not be read; its body is the sentence for its row."""

PROGRESS = "batchdock-progress"
"""The topic of Dask's events [task, how much of it is done]."""

_TELLING = 1.0
_PATIENCE = 120.0
_PIECE = 1 << 20

_NOWHERE = cast(Path, PurePosixPath())
"""Where a model is while it travels. A `Path` of this system could not even be opened on another."""

_one_at_a_time = Lock()
_models = Lock()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files are fetched."""

    host: str
    port: int
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Lent:
    """An input whose file can be fetched: everything of it but the file."""

    item: Input
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotFetched:
    """What a worker returns instead of rows when it could not get the files."""

    reason: str


@dataclass(frozen=True, slots=True)
class Build:
    """What has to be the same here and there for the same results."""

    batchdock: str
    python: str
    has_engine: bool

    @classmethod
    def here(cls) -> "Build":
        """Return that of this process."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(batchdock.__version__, python, is_engine_installed())

    def objection(self, answer: object) -> str:
        """Return why a worker that gave this answer can not do this one's work, or an empty text.

        Raises OSError where the answer is that there is none.
        """
        if isinstance(answer, OSError):
            raise answer
        if not isinstance(answer, Build):
            return "there is no Batchdock, or another one."
        if answer.batchdock != self.batchdock:
            return f"there is Batchdock {answer.batchdock}, and {self.batchdock} on this computer."
        if answer.python != self.python:
            return f"there is Python {answer.python}, and {self.python} on this computer."
        if answer.has_engine != self.has_engine:
            return "Batchdock was set up there with other parts than on this computer."
        return ""


class Parcel:
    """A batch as something that, unpickled, is its own rows. `models` are the files of `options.own.models`."""

    def __init__(
        self, workflow_id: str, lent: Sequence[Lent], models: Sequence[Lent], options: Options, desk: Desk
    ) -> None:
        # A folder of this computer is not there, or worse, another one.
        away = replace(options, folder=None)
        if away.own is not None:
            away = replace(away, own=away.own.with_models(replace(each, path=_NOWHERE) for each in away.own.models))
        self._given = (workflow_id, tuple(lent), tuple(models), away, desk)

    def __reduce__(self) -> "tuple[Callable[..., list[Row] | NotFetched], tuple[object, ...]]":
        return process_lent, self._given

    def packed(self) -> bytes:
        """Return it as bytes for `pickle.loads` on the worker."""
        return pickle.dumps(self)


def process_lent(
    workflow_id: str, lent: Sequence[Lent], models: Sequence[Lent], options: Options, desk: Desk
) -> list[Row] | NotFetched:
    """Fetch a batch and process it. Runs in a thread of a Dask worker; no rows come of what nobody wants any more."""
    from distributed import get_worker

    here = Path(get_worker().local_directory)
    look = _Onlooker()
    try:
        with TemporaryDirectory(prefix="batchdock-", dir=here) as folder:
            with closing(_connection(desk)) as connection:
                options = _with_models(options, models, connection, here / "batchdock-models")
                inputs, causes = _fetched(lent, connection, Path(folder), look)
            with _turn(workflow_id, options):
                found = process_batch(workflow_id, inputs, options, look)
    except Unwanted:
        return []
    except (OSError, http.client.HTTPException) as error:  # `process_batch` has words for its own
        return NotFetched(f"{type(error).__name__}: {error}")
    return _in_order(lent, found, causes)


def _with_models(
    options: Options, lent: Sequence[Lent], connection: http.client.HTTPConnection, folder: Path
) -> Options:
    """Return the options with the person's own models where they are on this worker: fetched once, kept by content."""
    if options.own is None or not lent:
        return options
    folder.mkdir(exist_ok=True)
    models = []
    for model, each in zip(options.own.models, lent, strict=True):
        path = folder / f"{model.digest}.onnx"
        with _models:
            if not path.exists():
                partial = path.with_suffix(".part")
                # Where it is gone, there is no file here either, and that is what every picture is told.
                if _fetch(connection, each, partial) is None:
                    if hashlib.sha256(partial.read_bytes()).hexdigest() != model.digest:
                        raise http.client.HTTPException("a model has changed")
                    partial.replace(path)
        models.append(replace(model, path=path))
    return replace(options, own=options.own.with_models(models))


def _turn(workflow_id: str, options: Options) -> AbstractContextManager[object]:
    """Return what to hold while processing: the vendor's engine is not made for several threads of one process."""
    from batchdock.thiscomputer.workflows.by_engine import ByEngine
    from batchdock.thiscomputer.workflows.catalogue import built_in

    by_engine = options.own is not None or isinstance(built_in(workflow_id), ByEngine)
    return _one_at_a_time if by_engine else nullcontext()


def _fetched(
    lent: Sequence[Lent], connection: http.client.HTTPConnection, folder: Path, look: Callable[[float], None]
) -> tuple[list[Input], dict[str, str]]:
    """Return the inputs as files in `folder`, and by name why others can not be read."""
    inputs, causes = [], {}
    for number, each in enumerate(lent):
        look(0.0)
        path = folder / str(number)
        cause = None if each.item.trouble else _fetch(connection, each, path)
        if cause is None:
            inputs.append(replace(each.item, path=path))
        else:
            causes[each.item.name] = cause
    return inputs, causes


def _connection(desk: Desk) -> http.client.HTTPConnection:
    if not desk.encrypted:
        return http.client.HTTPConnection(desk.host, desk.port, timeout=_PATIENCE)
    from distributed import get_worker

    # With the certificate that this worker shows to the scheduler.
    context: ssl.SSLContext = get_worker().security.get_connection_args("worker")["ssl_context"]
    return http.client.HTTPSConnection(desk.host, desk.port, timeout=_PATIENCE, context=context)


def _fetch(connection: http.client.HTTPConnection, lent: Lent, path: Path) -> str | None:
    """Write the file to `path`, or return the sentence why it can not be read."""
    connection.request("GET", f"/{lent.token}")
    with connection.getresponse() as answer:
        if answer.status == REFUSED:
            return answer.read().decode()
        if answer.status != 200:
            raise http.client.HTTPException(f"the answer was {answer.status}")
        with path.open("wb") as file:
            while piece := answer.read(_PIECE):
                file.write(piece)
        if answer.length:
            raise http.client.IncompleteRead(b"")
    return None


def _in_order(lent: Sequence[Lent], rows: Sequence[Row], causes: dict[str, str]) -> list[Row]:
    if not causes:
        return list(rows)
    by_name: dict[str, list[Row]] = {each.item.name: [] for each in lent}
    for row in rows:
        by_name[row.name].append(row)
    for name, cause in causes.items():
        by_name[name].append(Row(name, cause=cause))
    return [row for each in by_name.values() for row in each]


class _Onlooker:
    """Looks whether the cluster still wants the task of this thread, and tells how far it is, once a second at most."""

    def __init__(self) -> None:
        from distributed import get_worker

        self._worker = get_worker()
        self._key = self._worker.get_current_task()
        self._task = self._worker.state.tasks.get(self._key)
        self._told = time.monotonic()

    def __call__(self, progress: float) -> None:
        if self._task is not None and self._task.state == "cancelled":
            raise Unwanted
        if time.monotonic() - self._told >= _TELLING:
            self._told = time.monotonic()
            self._worker.log_event(PROGRESS, [str(self._key), progress])
