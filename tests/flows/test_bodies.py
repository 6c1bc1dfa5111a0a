"""What is streamed: tars that hold what they should, files that change, vanish or hang while they are read."""

import asyncio
import errno
import hashlib
import io
import os
import sys
import tarfile
import time
from contextlib import aclosing
from pathlib import Path

import pytest

from batchdock.core.errors import FileUnreadable, SourceGone
from batchdock.flows.transfers.bodies import READ_BYTES, Sized, file_body, sized, tar_body
from batchdock.flows.transfers.pace import SpeedLimit
from batchdock.flows.transfers.sources import FileChanged, source_error
from batchdock.store import FileRow
from making.sendings import file_rows, shown_row, streamed

NAMES = ("사진 1.jpg", "चित्र.jpg", "图片2.png", "🍎🍏.jpg", "é.jpg", "plain.jpg", "x" * 96 + ".jpg")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_a_tar_holds_every_file_under_its_wire_name(tmp_path: Path) -> None:
    contents = {name: bytes([number]) * (number * 700_001) for number, name in enumerate(NAMES)}
    rows = file_rows(tmp_path, contents)
    found, lost = sized(rows)
    body = tar_body(found, shown_row())
    data = streamed(body)
    assert (lost, len(data)) == ([], body.size)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as tar:
        members = {info.name: tar.extractfile(info) for info in tar}
        assert {name: member.read() for name, member in members.items() if member is not None} == contents
    assert body.digests == {row.number: sha(contents[row.wire]) for row in rows}
    assert body.handed_over
    assert streamed(tar_body(found, shown_row())) == data


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, READ_BYTES - 1, READ_BYTES, READ_BYTES + 1, 3 * READ_BYTES])
def test_the_length_is_known_beforehand_whatever_the_size(tmp_path: Path, size: int) -> None:
    rows = file_rows(tmp_path, {"a.jpg": os.urandom(size), "b.jpg": b"end"})
    found, _ = sized(rows)
    tar, single = tar_body(found, shown_row()), file_body(rows[0], shown_row())
    data = streamed(tar)
    assert len(data) == tar.size
    assert len(data) % tarfile.BLOCKSIZE == 0
    assert streamed(single) == rows[0].path.read_bytes()
    assert (single.size, single.digests[0]) == (size, tar.digests[0])


def test_sizes_beyond_eight_gigabytes_are_right() -> None:
    member = tarfile.TarInfo("사진.jpg")
    member.size = 9 * 1024**3 + 5
    row = FileRow(0, "사진.jpg", "x", Path("/x"), member.size, 0.0)
    head = member.tobuf(tarfile.PAX_FORMAT)
    assert tarfile.TarInfo.frombuf(head[:512], "utf-8", "strict").type == tarfile.XHDTYPE
    body = tar_body([Sized(row, member.size, 0.0, head)], shown_row())
    assert body.size == len(head) + member.size + 507 + 1024
    assert body.size % 512 == 0


def test_a_file_goes_over_as_it_is_now(tmp_path: Path) -> None:
    (row,) = file_rows(tmp_path, {"a.jpg": b"before"})
    row.path.write_bytes(b"after the scan")
    body = file_body(row, shown_row())
    assert streamed(body) == b"after the scan"
    assert body.digests == {0: sha(b"after the scan")}
    assert (body.files[0].size, body.files[0].row.size) == (14, 6)


def test_a_file_that_changes_while_it_is_read_breaks_the_try_before_its_end(tmp_path: Path) -> None:
    rows = file_rows(tmp_path, {"a.jpg": b"a" * READ_BYTES * 5, "b.jpg": b"b" * 10})
    found, _ = sized(rows)
    shown = shown_row()
    body = tar_body(found, shown)

    async def scenario() -> int:
        given = 0
        async with aclosing(body.open()) as pieces:
            async for piece in pieces:
                given += len(piece)
                if given < 2 * READ_BYTES:
                    with rows[0].path.open("ab") as file:
                        file.write(b"more")
        return given

    with pytest.raises(FileChanged):
        asyncio.run(scenario())
    assert body.broken is not None
    assert body.broken[0] is rows[0]
    assert not body.handed_over
    assert shown.meter.bytes_done > 0
    body.take_back()
    assert shown.meter.bytes_done == 0


def test_one_that_became_shorter_is_noticed(tmp_path: Path) -> None:
    (row,) = file_rows(tmp_path, {"a.mp4": b"a" * READ_BYTES * 3})
    body = file_body(row, shown_row())
    row.path.write_bytes(b"a" * READ_BYTES)
    with pytest.raises(FileChanged):
        streamed(body)


def test_only_the_contents_are_counted_and_never_more_than_there_is(tmp_path: Path) -> None:
    rows = file_rows(tmp_path, {f"{number}.jpg": b"x" * 100 for number in range(50)})
    shown = shown_row()
    streamed(tar_body(sized(rows)[0], shown))
    assert shown.meter.bytes_done == 5000


def test_files_that_vanished_are_named_and_folders_that_did_are_waited_for(tmp_path: Path) -> None:
    rows = file_rows(tmp_path / "drive" / "lot", {"a.jpg": b"a", "b.jpg": b"b"})
    rows[0].path.unlink()
    found, lost = sized(rows)
    assert [each.row for each in found] == [rows[1]]
    assert [(row, error.values["reason"]) for row, error in lost] == [(rows[0], "The file is not there any more.")]
    (tmp_path / "drive").rename(tmp_path / "elsewhere")
    with pytest.raises(SourceGone) as caught:
        sized(rows)
    assert caught.value.values["folder"] == tmp_path / "drive"
    with pytest.raises(SourceGone):
        file_body(rows[1], shown_row())


@pytest.mark.parametrize("name", ["EIO", "ENOTCONN", "ESTALE", "ENODEV", "EHOSTDOWN", "ETIMEDOUT"])
def test_a_drive_that_does_not_answer_is_gone_for_now(tmp_path: Path, name: str) -> None:
    error = source_error(tmp_path / "a.jpg", OSError(getattr(errno, name), "x"))
    assert isinstance(error, SourceGone)
    assert error.values["folder"] == tmp_path


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    error = source_error(tmp_path / "a.jpg", PermissionError(13, "Permission denied"))
    assert isinstance(error, FileUnreadable)
    assert "permission" in error.sentence()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a named pipe")
def test_stopping_does_not_wait_for_a_read_that_hangs(tmp_path: Path) -> None:
    """A pipe nobody writes into stands for a share that has gone: opening it blocks for ever."""
    os.mkfifo(tmp_path / "pipe")
    row = FileRow(0, "a.mp4", "a.mp4", tmp_path / "pipe", READ_BYTES * 3, 0.0)
    body = tar_body([Sized(row, READ_BYTES * 3, 0.0, b"h" * 512)], shown_row())

    async def read() -> None:
        async with aclosing(body.open()) as pieces:
            async for _ in pieces:
                pass

    async def scenario() -> float:
        reading = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        began = time.monotonic()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return time.monotonic() - began

    assert asyncio.run(scenario()) < 2
    # Let the thread go: it is a daemon, but this process has other tests to run.
    os.close(os.open(tmp_path / "pipe", os.O_WRONLY))


def test_a_speed_limit_lets_bytes_through_in_small_parts(tmp_path: Path) -> None:
    (row,) = file_rows(tmp_path, {"a.jpg": b"x" * 300_000})
    speed = SpeedLimit()
    speed.bytes_a_second = 1_000_000.0
    body = file_body(row, shown_row(speed=speed))

    async def scenario() -> list[int]:
        async with aclosing(body.open()) as pieces:
            return [len(piece) async for piece in pieces]

    began = time.monotonic()
    sizes = asyncio.run(scenario())
    assert sizes == [100_000] * 3
    assert time.monotonic() - began >= 0.2
