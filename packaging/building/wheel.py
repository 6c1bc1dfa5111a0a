"""The app's own wheel, made of this checkout: what every package carries is installed from it."""

import shutil
import sys
from pathlib import Path

from building import BUILD, ROOT, NotBuilt, moment, run


def make() -> Path:
    """Return the wheel, made anew and, of the same sources, the same each time. Raise `NotBuilt`."""
    folder = BUILD / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    same = {"SOURCE_DATE_EPOCH": str(moment()), "PYTHONHASHSEED": "0"}
    run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT], environment=same)
    made = [*folder.glob("*.whl")]
    if len(made) != 1:
        raise NotBuilt(f"One wheel was to be in {folder}, and there are {len(made)}.")
    return made[0]
