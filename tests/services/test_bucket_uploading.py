"""What is read of a file while it is saved into a bucket."""

import asyncio
from pathlib import Path

import pytest

from batchdock.core.errors import FileUnreadable
from batchdock.services.buckets.uploading import pieces_of

COUNT = 9 * 1024 * 1024


def test_a_file_comes_whole_in_pieces(tmp_path: Path) -> None:
    data = bytes(range(256)) * (COUNT // 256) + b"end"
    (tmp_path / "a").write_bytes(data)

    async def scenario() -> list[bytes]:
        return [piece async for piece in pieces_of(tmp_path / "a")]

    pieces = asyncio.run(scenario())
    assert len(pieces) > 1
    assert b"".join(pieces) == data


@pytest.mark.parametrize("what", ["replaced", "longer", "deleted"])
def test_a_file_that_is_changed_meanwhile_is_refused_and_not_mixed(tmp_path: Path, what: str) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1" * COUNT)

    async def scenario() -> None:
        async for _ in pieces_of(file):
            if what == "replaced":
                (tmp_path / "b").write_bytes(b"2" * COUNT)
                (tmp_path / "b").replace(file)
            elif what == "longer":
                with file.open("ab") as opened:
                    opened.write(b"2")
            else:
                file.unlink(missing_ok=True)

    with pytest.raises(FileUnreadable, match="can not be read"):
        asyncio.run(scenario())
