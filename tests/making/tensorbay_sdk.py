"""The vendor's own SDK for TensorBay, in an environment and processes of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from fakes.tensorbay import TensorBay

SDK = "tensorbay==1.24.2"
NEEDS = (
    *("numpy", "numpy-quaternion", "requests", "requests-toolbelt", "click", "filelock", "filetype", "pyyaml"),
    *("tqdm", "ulid-py", "typing-extensions", "attrs", "pillow", "more-itertools"),
)
"""What the SDK imports, at its newest: what it pins has no wheels any more."""
_PROGRAM = Path(__file__).parent.parent / "vendor" / "tensorbay_sdk.py"


def installed(home: Path) -> Path:
    """Install the SDK, without what it pins, into an environment of its own; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    found = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([found, "-m", "pip", "install", "--quiet", "--no-deps", SDK], check=True)
    subprocess.run([found, "-m", "pip", "install", "--quiet", *NEEDS], check=True)
    return found


class Sdk:
    """The SDK in a process of its own, aimed at the stand-in with TLS."""

    def __init__(self, python: Path, bay: TensorBay, folder: Path, key: str = "") -> None:
        self._python, self._bay, self._folder, self._key = python, bay, folder, key or bay.key

    def __call__(self, *steps: tuple[Any, ...]) -> list[Any]:
        """Carry steps out, `(name, *arguments)` each, and return what each said."""
        host = self._bay.url.partition("gatewayv2")[0]
        given = {"url": host, "key": self._key, "steps": [(name, arguments) for name, *arguments in steps]}
        trust = {"REQUESTS_CA_BUNDLE": str(self._bay.certificate)}
        done = subprocess.run(
            [self._python, _PROGRAM],
            input=json.dumps(given),
            env={**os.environ, **trust, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        said: list[Any] = json.loads(done.stdout)
        return said
