"""Where Batchdock keeps what it must remember."""

import os
from pathlib import Path

from platformdirs import user_data_path

from batchdock.core.resources import home_name

HOME_VARIABLE = "BATCHDOCK_HOME"


def default_home() -> Path:
    """Return the folder of this person's Batchdock: `BATCHDOCK_HOME`, else the platform's place for app data."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else user_data_path(home_name(), appauthor=False)
