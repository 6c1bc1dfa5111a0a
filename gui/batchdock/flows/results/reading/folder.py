"""Reads a folder of results into an index."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from batchdock.core.errors import ResultsUnreadable
from batchdock.flows.results.reading.collecting import Collector
from batchdock.flows.results.reading.known import Known
from batchdock.flows.results.reading.naming import safe
from batchdock.flows.results.reading.recognising import Recogniser
from batchdock.flows.results.reading.row import Row
from batchdock.flows.results.reading.tables import Single, Table, name_of_single, outputs_of_texts_in
from batchdock.flows.results.reading.troubles import Troubles
from batchdock.flows.results.reading.unprocessed import unprocessed
from batchdock.flows.results.reading.walking import Found, Walk, is_ours, within
from batchdock.store.findings.writing import NONE, IndexWriter

Heard = Callable[[int, int], None]
"""Bytes that are read, and bytes in all."""

_CHUNK_PICTURES = 100_000
_CHUNK_FINDINGS = 300_000
_CHUNK_CELLS = 1_000_000
_CHUNK_BYTES = 64 * 1024 * 1024
_OFTEN = 0.1
"""Seconds from one word of progress to the next."""


def unfinished(index: Path, process: int) -> Path:
    """Return the folder in which a process makes an index, until it is complete."""
    return index.with_name(f"{index.name}.{process}")


def read_results(folder: Path, index: Path, heard: Heard) -> None:
    """Read what is in `folder`, and below, into a new index. Blocks; needs the same memory for any number of rows.

    `index` is complete when this returns, and not there when it raises. Raises `ResultsUnreadable`, `OSError`.
    """
    making = unfinished(index, os.getpid())
    making.mkdir(parents=True)
    writer = IndexWriter(making / "index", making / "spilled")
    try:
        _Reading(folder, writer, heard).read()
        (making / "index").replace(index)
    finally:
        writer.close()
        shutil.rmtree(making, ignore_errors=True)


class _Reading:
    def __init__(self, folder: Path, writer: IndexWriter, heard: Heard) -> None:
        self._folder = folder
        self._writer = writer
        self._heard = heard
        self._troubles = Troubles()
        self._into = Collector(self._troubles)
        self._recogniser = Recogniser(self._into)
        self._known = Known()
        self._sources: list[tuple[str, int, float]] = []
        self._done = self._total = 0
        self._spoken = 0.0

    def read(self) -> None:
        walk = Walk(self._folder)
        found = walk.find_tables()
        self._read_known(found)
        rest = walk.find_rest(self._known.__contains__)
        self._read_known(rest)
        if not self._known:
            self._read_others(found.other_tables + rest.other_tables, Table)
        if not self._known:
            self._read_others(found.other_singles + rest.other_singles, Single)
        for name, reason in unprocessed(self._folder, found, rest, self._troubles):
            self._add_unprocessed(name, reason)
        drawn = found.drawn + rest.drawn
        if not self._known:
            self._add_drawn(drawn)
        self._write()
        if not self._writer.pictures:
            raise ResultsUnreadable(name=self._folder.name)
        self._writer.draw([_meant(path) for path in drawn])
        self._heard(self._total, self._total)
        into = self._into
        self._writer.finish(into.labels, list(into.outputs), self._sources, self._troubles.all())

    def _read_known(self, found: Found) -> None:
        for name, reason in found.unseen:
            self._troubles.add(name, reason)
        self._total += sum(map(self._size, found.tables))
        for path in found.tables:
            self._read_file(path, Table, known=True)
        singles = [path for path in found.singles if name_of_single(path) not in self._known]
        self._total += sum(map(self._size, singles))
        self._judge(singles)
        for path in singles:
            self._read_file(path, Single, known=True)
        self._known.settle()

    def _judge(self, singles: list[str]) -> None:
        names = outputs_of_texts_in(self._folder, singles)
        self._into.of_texts = {self._into.output(name) for name in names}

    def _read_others(self, paths: list[str], reader: type[Table | Single]) -> None:
        self._total += sum(map(self._size, paths))
        if reader is Single:
            self._judge(paths)
        for path in paths:
            self._read_file(path, reader, known=False)
        self._known.settle()

    def _read_file(self, path: str, reader: type[Table | Single], *, known: bool) -> None:
        try:
            table = reader(self._folder, path, self._troubles, known=known)
            if table.is_of_results:
                self._read_rows(table)
        except OSError as error:
            if not error.filename:
                raise  # of the index: the disk may be full
            self._troubles.add(path, f"The computer answered: {error.strerror}")
        self._done += self._size(path)

    def _read_rows(self, table: Table | Single) -> None:
        source = len(self._sources)
        self._sources.append(table.source)
        if isinstance(table, Table):
            self._into.of_texts = {self._into.output(name) for name in table.outputs_of_texts}
        path, known, take = table.source[0], self._known, self._recogniser.take
        # Within one table a name may come twice, and frames of a video have all the same; another table says it again.
        others = bool(known)
        twice = written_at = 0
        for count, (row, done) in enumerate(table.rows(source)):
            if others and row.name in known:
                twice += 1
                continue
            known.add(row.name)
            take(row)
            if not count & 0xFF:
                if self._is_full(done - written_at):
                    self._write()
                    written_at = done
                self._say(done)
        if twice:
            self._troubles.add(path, f"Rows about pictures that another table tells of, left out: {twice:,}.")
        if isinstance(table, Table):
            known.settle()

    def _add_unprocessed(self, name: str, reason: str) -> None:
        if name in self._known:
            self._troubles.add(name, reason)
            return
        self._into.chunk.pictures.problem[len(self._into.chunk.pictures.name)] = reason
        self._into.add_picture(Row(name, {}, NONE), NONE, NONE)
        self._known.add(name)
        self._known.settle()

    def _add_drawn(self, drawn: list[str]) -> None:
        """Where there is nothing but drawn pictures, show these."""
        for path in drawn:
            name, _, _ = _meant(path)
            if is_ours(path) and name not in self._known:
                self._known.add(name)
                self._known.settle()
                self._into.add_picture(Row(safe(name), {}, NONE), NONE, NONE)

    def _is_full(self, read: int) -> bool:
        chunk = self._into.chunk
        return (
            len(chunk.pictures.name) >= _CHUNK_PICTURES
            or len(chunk.findings.x) >= _CHUNK_FINDINGS
            or len(chunk.cells.value) >= _CHUNK_CELLS
            or read >= _CHUNK_BYTES
        )

    def _write(self) -> None:
        chunk = self._into.chunk
        for place in self._writer.add(chunk):
            self._troubles.add(chunk.pictures.name[place], "A finding lies outside of the picture.")
        self._into.begin()

    def _say(self, done: int) -> None:
        now = time.monotonic()
        if now - self._spoken >= _OFTEN:
            self._spoken = now
            self._heard(self._done + done, max(self._total, self._done + done))

    def _size(self, path: str) -> int:
        try:
            return (self._folder / path).stat().st_size
        except OSError:
            return 0


def _meant(path: str) -> tuple[str, str, str]:
    """Return the picture that a drawn one may belong to, the one it belongs to if it is in a list, and its path."""
    below = path.rpartition("/")[0]
    return within(below), within(below.rpartition("/")[0]), path
