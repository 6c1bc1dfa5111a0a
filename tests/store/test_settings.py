import json
from pathlib import Path

import pytest

from batchdock.core.errors import FolderNotWritable
from batchdock.store import Settings


def test_only_what_differs_is_kept(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.set("name", "수확", default="")
    settings.set("other", 5, default=5)
    assert json.loads((tmp_path / "settings.json").read_text(encoding="utf-8")) == {"name": "수확"}
    assert Settings(tmp_path).get("name") == "수확"
    settings.set("name", "", default="")
    assert json.loads((tmp_path / "settings.json").read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00"])
def test_an_unreadable_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text, encoding="utf-8")
    assert Settings(tmp_path).get("name", "default") == "default"


def test_a_change_leaves_nothing_else_behind(tmp_path: Path) -> None:
    Settings(tmp_path / "new").set("a", 1)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["settings.json"]


def test_a_home_that_can_not_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(FolderNotWritable):
        Settings(tmp_path / "home").set("a", 1)
