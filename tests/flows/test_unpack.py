"""What comes out of honest archives, and out of ones that were cut off."""

import io
import tarfile
from pathlib import Path

import pytest

from batchdock.core.errors import ArchiveDamaged
from batchdock.flows.results.inflating import whole
from batchdock.flows.results.unpack import Refused, Unpacked, members
from making import archives

NAMES = {
    "사진.jpg/results.json": b"1",
    "b": b"",
    "a/" * 20 + "c.json": b"2" * 3_000,
    "x" * 90 + "/" + "y" * 90 + ".jpg": bytes(range(256)) * 9_000,
}


def made_by_tarfile(path: Path, mode: str, kind: int) -> Path:
    with tarfile.open(path, mode, format=kind) as tar:  # type: ignore[call-overload]
        for name, data in NAMES.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def unpacked(path: Path) -> dict[str, bytes]:
    found = {}
    for each in members(path, path.name):
        assert isinstance(each, Unpacked)
        found["/".join(each.parts)] = each.read()
    return found


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("kind", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_common_kind_of_tar_is_read(tmp_path: Path, mode: str, kind: int) -> None:
    path = made_by_tarfile(tmp_path / "a.tar", mode, kind)
    assert unpacked(path) == NAMES
    assert list(unpacked(path)) == list(NAMES)
    assert whole(path)
    assert whole(path.read_bytes())


def test_what_is_not_read_is_passed_over(tmp_path: Path) -> None:
    path = made_by_tarfile(tmp_path / "a.tar", "w:gz", tarfile.PAX_FORMAT)
    assert ["/".join(each.parts) for each in members(path, "a") if isinstance(each, Unpacked)] == list(NAMES)


def test_an_old_tar_without_magic_is_read(tmp_path: Path) -> None:
    block = bytearray(archives.entry(b"old.json", b"{}"))
    block[257:265] = bytes(8)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])
    (tmp_path / "a.tar").write_bytes(bytes(block) + bytes(1024))
    assert unpacked(tmp_path / "a.tar") == {"old.json": b"{}"}


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.5, 0.9, 0.99])
def test_an_archive_cut_off_is_said_to_be(tmp_path: Path, mode: str, share: float) -> None:
    path = made_by_tarfile(tmp_path / "a.tar", mode, tarfile.PAX_FORMAT)
    content = path.read_bytes().rstrip(b"\0") if mode == "w" else path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert not whole(path) or not share
    with pytest.raises(ArchiveDamaged):
        unpacked(path)


def test_what_comes_before_the_cut_is_good(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(archives.HOSTILE["truncated"].data)
    coming = members(path, "a")
    first = next(coming)
    assert isinstance(first, Unpacked)
    assert first.read() == b'{"found": 1}'


def test_every_cut_of_a_small_tar_ends_in_words(tmp_path: Path) -> None:
    """No place to cut at makes anything but an end or `ArchiveDamaged`."""
    tar = archives.around(archives.told(b"L", b"n" * 120 + b"\0"), archives.entry(b"n"))
    for cut in range(0, len(tar), 37):
        (tmp_path / "a.tar").write_bytes(tar[:cut])
        try:
            for each in members(tmp_path / "a.tar", "a"):
                assert isinstance(each, Unpacked | Refused)
        except ArchiveDamaged:
            continue
        # A single block of zeros is an end; without it there is none.
        assert cut >= len(tar) - 1024
