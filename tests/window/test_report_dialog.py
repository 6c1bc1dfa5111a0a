"""Reporting a problem: every page is seen, some are left out, and the rest is saved where the person says."""

import zipfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from batchdock.window.diagnostics import ReportDialog
from batchdock.window.main_window import MainWindow


def test_a_report_is_read_thinned_and_saved(window: MainWindow, play: Any, eventually: Any, tmp_path: Path) -> None:
    window.actions_["report"].trigger()
    (dialog,) = window.findChildren(ReportDialog)
    assert not dialog.save_button.isEnabled()

    async def scenario() -> None:
        await eventually(dialog.save_button.isEnabled)
        names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
        assert names[0] == "about.txt"
        assert "logs-batchdock.log" not in names, "A window of a test writes no log."
        assert "Screens: " in dialog.text.toPlainText()
        dialog.list.setCurrentRow(names.index("services.txt"))
        assert dialog.text.toPlainText().startswith("this-computer: ")
        dialog.list.item(names.index("packages.txt")).setCheckState(Qt.CheckState.Unchecked)
        target = tmp_path / "report.zip"
        await dialog.save_to(target)
        assert str(target) in dialog.outcome.text()
        with zipfile.ZipFile(target) as archive:
            assert archive.namelist() == [each for each in names if each != "packages.txt"]
        await dialog.save_to(tmp_path / "not there" / "report.zip")
        assert dialog.outcome.text().startswith("Nothing can be saved in")
        for row in range(dialog.list.count()):
            dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
        assert not dialog.save_button.isEnabled()

    play(scenario())
    dialog.close()
