"""The settings of this computer, over HTTP and in their file."""

from pathlib import Path

import pytest

from batchdock.thiscomputer.refusal import Refusal
from batchdock.thiscomputer.store.settings import Settings, SettingsFile


def test_a_change_is_kept_and_told(tmp_path: Path) -> None:
    told: list[Settings] = []
    file = SettingsFile(tmp_path / "settings.json")
    file.on_change(told.append)
    file.change({"gentle": True, "disk_limit_gb": 2.5})
    assert told == [Settings(gentle=True, disk_limit_gb=2.5)]
    assert SettingsFile(tmp_path / "settings.json").current == told[0]


@pytest.mark.parametrize(
    "change",
    [{"colour": 1}, {"workers": 0}, {"workers": True}, {"gentle": "yes"}, {"disk_limit_gb": -1}, {"scheduler": "x"}],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(tmp_path: Path, change: dict[str, object]) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    with pytest.raises(Refusal):
        file.change(change)
    assert file.current == Settings()
    assert not (tmp_path / "settings.json").exists()


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    assert SettingsFile(tmp_path / "settings.json").current == Settings()
