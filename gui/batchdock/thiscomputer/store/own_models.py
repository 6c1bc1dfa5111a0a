"""The models that people added: a folder each with the file and what is known of it, there whole or not at all."""

import hashlib
import json
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from batchdock.thiscomputer.engine.own.form import PREFIX, Form, Look, ModelUnfit, OwnModel
from batchdock.thiscomputer.engine.own.joining import pieces

_log = logging.getLogger(__name__)

_MODEL = "model.onnx"
_KNOWN = "model.json"
_UNFINISHED = ".part"
_WORDS = ("title", "named", "any_side")
"""What a form says that makes no difference to what is found."""


class OwnModels:
    """Keeps them in `folder`. Safe from any thread."""

    def __init__(self, folder: Path, admit: Callable[[int], None]) -> None:
        """`admit` refuses more bytes than there is room for."""
        self._folder = folder
        self._admit = admit
        self._lock = Lock()
        for leftover in folder.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(leftover, ignore_errors=True)

    def add(self, path: Path, look: Look, form: Form, name: str) -> OwnModel:
        """Keep a copy of the file that `look` saw; the same again, with the same form, gets the new name.

        Raises `ModelUnfit` where the file has changed since, what `admit` raises, `OSError`.
        """
        model_id = _id(look.digest, form)
        with self._lock:
            folder = self._place(model_id)
            known = self.one(model_id)
            if known is not None and _is_whole(known):
                renamed = replace(known, name=name)
                _write(folder / _KNOWN, _text(renamed))
                return renamed
            created = known.created if known else f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            model = OwnModel(model_id, name, created, form, look.size, look.digest, folder / _MODEL)
            self._admit(look.size)
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{uuid.uuid4().hex}{_UNFINISHED}"
            try:
                unfinished.mkdir()
                _copy(path, unfinished / _MODEL, look.digest)
                _write(unfinished / _KNOWN, _text(model))
                shutil.rmtree(folder, ignore_errors=True)  # it is damaged
                unfinished.replace(folder)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
            _sync(self._folder)
        return model

    def all(self) -> list[OwnModel]:
        """Return every model, the oldest first."""
        found = (self.one(f"{PREFIX}{each.parent.name}") for each in self._folder.glob(f"*/{_KNOWN}"))
        return sorted((each for each in found if each), key=lambda each: (each.created, each.model_id))

    def one(self, model_id: str) -> OwnModel | None:
        """Return the model with this id, or None."""
        if not model_id.startswith(PREFIX) or not model_id.removeprefix(PREFIX).isalnum():
            return None
        folder = self._place(model_id)
        try:
            read = json.loads((folder / _KNOWN).read_text(encoding="utf-8"))
            return OwnModel(**{**read, "form": Form.from_plain(read["form"]), "path": folder / _MODEL})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            _log.warning("What is known of the model %s is damaged", model_id)
            return None

    def named(self, model_ids: Iterable[str]) -> tuple[OwnModel, ...]:
        """Return those of these models that are there."""
        return tuple(found for each in dict.fromkeys(model_ids) if (found := self.one(each)) is not None)

    def remove(self, model_id: str) -> bool:
        """Forget a model; return whether there was one."""
        with self._lock:
            if self.one(model_id) is None:
                return False
            gone = self._folder / f"{uuid.uuid4().hex}{_UNFINISHED}"
            self._place(model_id).replace(gone)
        # Where a worker has the file open, some systems keep it; then it goes at the next start.
        shutil.rmtree(gone, ignore_errors=True)
        return True

    def _place(self, model_id: str) -> Path:
        return self._folder / model_id.removeprefix(PREFIX)


def _id(digest: str, form: Form) -> str:
    said = {name: value for name, value in asdict(form).items() if name not in _WORDS}
    return PREFIX + hashlib.sha256(json.dumps([digest, said]).encode()).hexdigest()[:12]


def _text(model: OwnModel) -> str:
    return json.dumps({name: value for name, value in asdict(model).items() if name != "path"})


def _is_whole(model: OwnModel) -> bool:
    try:
        if model.path.stat().st_size != model.size:
            return False
        with model.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == model.digest
    except OSError:
        return False


def _copy(path: Path, target: Path, digest: str) -> None:
    sum_of_it = hashlib.sha256()
    with target.open("xb") as copy:
        for piece in pieces(path):
            sum_of_it.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    if sum_of_it.hexdigest() != digest:
        raise ModelUnfit("The file has changed since it was looked at. Choose it again.")


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(f".{os.getpid()}.part")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows writes the directory entry with the file
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
