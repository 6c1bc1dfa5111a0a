"""Storage servers of other people, each a process of its own on a free port: moto (S3), Azurite, Google's emulator.

They are installed once a run, from the package indexes; variables may name programs that are there already.
"""

import base64
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

MOTO = "moto[server]>=5.1,<6"
GOOGLE = "gcp-storage-emulator>=2024.8"
AZURITE = "azurite@3"

AZURE_ACCOUNT = "devstoreaccount1"
AZURE_KEY = base64.b64encode(b"a key of this test, and of no account at all....................").decode()

_STARTS_WITHIN = 60.0


def python_program(folder: Path, package: str, program: str, variable: str) -> Path:
    """Return a program from the index of Python packages, in an environment of its own below `folder`."""
    known = os.environ.get(variable)
    if known:
        return Path(known)
    home = folder / program
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", package], check=True)
    return programs / program


def node_program(folder: Path, package: str, program: str, variable: str) -> Path:
    """Return a program from the index of Node packages."""
    known = os.environ.get(variable)
    if known:
        return Path(known)
    folder.mkdir(exist_ok=True)
    subprocess.run(["npm", "install", "--silent", "--prefix", folder, package], check=True)
    return folder / "node_modules" / ".bin" / program


@contextmanager
def moto(program: Path, certificate: Path | None = None) -> Iterator[str]:
    """Serve S3; over https with the file of a certificate and its key."""
    secure: list[str | Path] = ["-s", "-c", certificate, "-k", certificate] if certificate is not None else []
    command = [program, "-H", "127.0.0.1", "-p", "0", *secure]
    with _served(command, r"Running on (https?://127\.0\.0\.1:\d+)", {}) as address:
        yield address


@contextmanager
def azurite(program: Path, folder: Path) -> Iterator[str]:
    """Serve Azure Blob Storage; the address has the account in it."""
    command: list[str | Path] = [
        program,
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        "0",
        "--location",
        folder,
        "--skipApiVersionCheck",
    ]
    extra = {"AZURITE_ACCOUNTS": f"{AZURE_ACCOUNT}:{AZURE_KEY}"}
    with _served([*command, "--disableTelemetry"], r"listens on (http://127\.0\.0\.1:\d+)", extra) as address:
        yield f"{address}/{AZURE_ACCOUNT}"


@contextmanager
def google_emulator(program: Path, port: int) -> Iterator[str]:
    """Serve Google Cloud Storage, from memory."""
    command: list[str | Path] = [program, "start", "--host=127.0.0.1", f"--port={port}", "--in-memory"]
    with _served(command, r"All services (started)", {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _served(command: Sequence[str | Path], ready: str, extra: Mapping[str, str]) -> Iterator[str]:
    process = subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **extra},
    )
    said: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.put(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        lines = []
        while True:
            try:
                lines.append(said.get(timeout=_STARTS_WITHIN))
            except Empty:
                raise AssertionError(f"{command[0]} did not start:\n{''.join(lines)}") from None
            found = re.search(ready, lines[-1])
            if found is not None:
                yield found[1]
                return
    finally:
        process.terminate()
        process.wait(20)
        reader.join(5)
        assert process.stdout is not None
        process.stdout.close()
