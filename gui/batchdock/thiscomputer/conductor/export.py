"""The export stage: rows become archives, archives become a batch."""

import shutil
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from batchdock.thiscomputer.conductor.active import ActiveJob
from batchdock.thiscomputer.conductor.speed import Speed
from batchdock.thiscomputer.conductor.wording import things
from batchdock.thiscomputer.engine.results import Archive, write_results
from batchdock.thiscomputer.engine.rows import Row
from batchdock.thiscomputer.store.files import FileStore
from batchdock.thiscomputer.store.records import Arrival, BatchRecord, PartRecord
from batchdock.thiscomputer.store.work import WHOLE, StoredRow, Work

_NOTE_EVERY = 0.5
_DESCRIPTIONS = {
    "predictions": "What was found, one folder a picture, and one table of everything.",
    "images": "The pictures with what was found drawn in.",
}


class Stopped(Exception):
    """The person stopped the job, or the service is closing."""


def export(job: ActiveJob, work: Work, files: FileStore, speed: Speed) -> None:
    """Pack the results of a job and end it. Raise `Stopped`, `OSError`, `BatchdockError`, `Refusal` without room.

    Nothing is visible before the last transaction; an export that was cut short is simply done again.
    """
    total, failed = job.counts()
    task_id = work.start_export(job.job_id, total)
    folder = files.make_work_folder()
    try:
        with closing(_rows(job, work, files, speed, task_id, total)) as rows:
            archives = write_results(
                rows,
                built_in=job.definition.workflow,
                options=job.definition.options,
                table_format=job.definition.table_format,
                content=job.definition.content,
                folder=folder,
                archive_stem=job.job_id,
            )
        _finish(job, work, files, task_id, archives, total, failed, speed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _finish(
    job: ActiveJob,
    work: Work,
    files: FileStore,
    task_id: str,
    archives: list[Archive],
    total: int,
    failed: int,
    speed: Speed,
) -> None:
    sizes = {archive.path: archive.path.stat().st_size for archive in archives}
    files.admit_written(sum(sizes.values()), instead_of=work.outlived(job.job_id, failed=failed))
    kept: list[str] = []
    try:
        arrivals = []
        parts: dict[str, PartRecord] = {}
        for archive in archives:
            if job.stopping.is_set():
                raise Stopped
            kept.append(files.keep_file(archive.path))
            arrival = Arrival(
                archive.path.name,
                archive.content,
                sizes[archive.path],
                time.time(),
                file_id=kept[-1],
                nested=archive.nested,
            )
            arrivals.append((archive.part, arrival))
            description = _DESCRIPTIONS.get(archive.part, "")
            parts[archive.part] = PartRecord(archive.part, archive.content, archive.nested, description)
        batch_id = work.output_name(job.job_id)
        batch = BatchRecord(0, batch_id, job.name, "multipart-batch", "archives", job.job_id, time.time())
        notification: dict[str, object] = {
            "type": "finished",
            "message": _message(job, total, failed, work.count_partial(job.job_id)),
            "resultsBatches": [batch_id],
            "processed": total - failed,
            "failed": failed,
            "total": total,
            **speed.whole(job.job_id),
        }
        unneeded = work.finish(job.job_id, task_id, batch, parts.values(), arrivals, notification)
    finally:
        files.let_go(kept)
    files.remove(unneeded)


def _message(job: ActiveJob, total: int, failed: int, in_part: int) -> str:
    content = job.definition.content
    why = " The time limit of the job was reached." if job.is_out_of_time else ""
    if in_part == total:
        return f"{things(content, total)} processed in part.{why}"
    if in_part:
        rest = f"; {failed - in_part} could not be" if failed > in_part else ""
        return f"{total - failed} of {things(content, total)} processed, {in_part} more in part{rest}.{why}"
    if failed:
        return f"{total - failed} of {things(content, total)} processed; {failed} could not be.{why}"
    return f"{things(content, total)} processed."


def _rows(
    job: ActiveJob, work: Work, files: FileStore, speed: Speed, task_id: str, total: int
) -> Generator[Row, None, None]:
    noted = time.monotonic()
    seen = 0
    last = None
    with closing(work.rows(job.job_id)) as stored:
        for row in stored:
            if job.stopping.is_set():
                raise Stopped
            if row.name != last:
                seen, last = seen + 1, row.name
            if time.monotonic() - noted > _NOTE_EVERY:
                files.admit(0)
                speed.pack(job.job_id, seen)
                work.note_export(job.job_id, task_id, seen, total)
                noted = time.monotonic()
            yield _row(row, files)


def _row(row: StoredRow, files: FileStore) -> Row:
    videos = {
        output: files.path(place[0])
        for output, place in row.images.items()
        if row.frame != WHOLE and _is_whole(files, *place)
    }
    return Row(
        name=row.name,
        outputs=row.outputs,
        images={
            output: _cut(files.path(place[0]), place[1], place[2])
            for output, place in row.images.items()
            if output not in videos
        },
        files=videos,
        cause=row.cause,
        frame=None if row.frame == WHOLE else row.frame,
        seconds=row.seconds,
    )


def _is_whole(files: FileStore, file_id: str, offset: int, length: int) -> bool:
    return offset == 0 and files.path(file_id).stat().st_size == length


def _cut(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
