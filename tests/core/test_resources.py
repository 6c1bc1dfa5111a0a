"""What comes with the app is found in a checkout and where it is installed, and each has a home of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from batchdock.core.resources import home_name, resource

ASKS = """
from batchdock.core.resources import home_name, resource
print(home_name(), resource("icons", "box.svg"), sep="\\n")
"""


def test_a_checkout_has_a_home_of_its_own() -> None:
    assert home_name() == "Batchdock from source"
    assert resource("icons", "box.svg").is_file()


def test_an_installed_one_brings_its_files_and_has_the_usual_home(tmp_path: Path) -> None:
    package = tmp_path / "site" / "batchdock"
    (package / "core").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "core" / "__init__.py").touch()
    shutil.copy(Path(sys.modules[home_name.__module__].__file__ or ""), package / "core")
    (package / "resources" / "icons").mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = [sys.executable, "-c", ASKS]
    asked = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert asked.stdout.splitlines() == ["Batchdock", str(package / "resources" / "icons" / "box.svg")]
