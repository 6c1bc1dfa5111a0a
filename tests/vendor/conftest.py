"""The vendor's client, installed once; `BATCHDOCK_INFERENCE_CLI` may name an `inference` that is there already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from making.vendor_client import PACKAGE


@pytest.fixture(scope="session")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vendor's client."""
    known = os.environ.get("BATCHDOCK_INFERENCE_CLI")
    if known:
        return Path(known)
    home = tmp_path_factory.mktemp("client") / "venv"
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return programs / "inference"
