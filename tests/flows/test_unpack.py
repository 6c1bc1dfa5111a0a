import io
import tarfile
from pathlib import Path

import pytest

from batchdock.core.errors import ArchiveDamaged
from batchdock.flows.results.unpack import members


def archive(path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, data in entries:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def plain(name: str, data: bytes = b"data") -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), data


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_files_come_out_in_order(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.tar.gz", plain("사진.jpg/results.json", b"1"), plain("./b", b"2"))
    assert [(each.parts, each.read()) for each in members(path, "a")] == [
        (("사진.jpg", "results.json"), b"1"),
        (("b",), b"2"),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        plain("../out"),
        plain("a/../../out"),
        plain("/etc/out"),
        plain("C:/out"),
        plain("a\\..\\out"),
        special("link", tarfile.SYMTYPE, "/etc/passwd"),
        special("link", tarfile.LNKTYPE, "ok"),
        special("pipe", tarfile.FIFOTYPE),
        special("device", tarfile.CHRTYPE),
    ],
    ids=lambda entry: entry[0].name + entry[0].type.decode(),
)
def test_nothing_leads_outside(tmp_path: Path, entry: tuple[tarfile.TarInfo, bytes]) -> None:
    path = archive(tmp_path / "a.tar.gz", plain("ok"), entry, plain("later"))
    coming = members(path, "a")
    assert next(coming).parts == ("ok",)
    with pytest.raises(ArchiveDamaged):
        next(coming)


@pytest.mark.parametrize("kept", [0, 1, 40, 200])
def test_an_archive_cut_off_is_said_to_be(tmp_path: Path, kept: int) -> None:
    path = archive(tmp_path / "a.tar.gz", plain("a", bytes(range(256)) * 50), plain("b"))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ArchiveDamaged):
        _ = [each.read() for each in members(path, "a")]


def test_an_archive_that_grows_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("batchdock.flows.results.unpack.GROWTH_FREE", 1000)
    path = archive(tmp_path / "a.tar.gz", plain("zeros", bytes(5_000_000)))
    with pytest.raises(ArchiveDamaged, match="far more in it"):
        list(members(path, "a"))
