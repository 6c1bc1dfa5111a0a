"""The key store over a real Secret Service: gnome-keyring on a D-Bus session of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KEY = "a-key-that-must-not-be-found-한"
PACKAGES = {"dbus-run-session": "dbus", "gnome-keyring-daemon": "gnome-keyring"}

UNLOCKED = 'printf "%s" "test-pass" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"'
LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; "$@"'

SAVE = f"""
from batchdock.keystore.system import SystemKeys
keys = SystemKeys()
assert keys.load() == {{}}, keys.load()
keys.save({{"roboflow-a": {KEY!r}, "roboflow-b": "second"}})
print(keys.name)
"""
LOAD = """
import sys
from batchdock.keystore.system import SystemKeys
print(ascii(SystemKeys().load()))
"""
STATE = """
import asyncio, time
from pathlib import Path
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import News
from batchdock.flows.supervisor import LocalService
from batchdock.keystore.system import SystemKeys
from batchdock.store.accounts import AccountsFile

async def scenario():
    accounts = Accounts(book=AccountsFile(Path("accounts.json")), keys=SystemKeys(), local=LocalService(Path("pc")),
                        news=News(), patience=5)
    began = time.monotonic()
    state = await accounts.keystore_state()
    print(state.usable, type(state.error).__name__, state.name)
    assert time.monotonic() - began < 20, "as long as D-Bus itself waits"

asyncio.run(scenario())
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    assert not missing, f"This test needs a Secret Service. Install it: apt-get install {' '.join(missing)}"
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / ".local" / "share").mkdir(parents=True)
    return tmp_path


def run(home: Path, session: str | None, *programs: str) -> str:
    """Run the programs one after another, each a process of its own, in one desktop session. Return what they say."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "DISPLAY", "WAYLAND"))},
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CURRENT_DESKTOP": "GNOME",
    }
    command = ["sh", "-c", 'for each; do "$PYTHON" -c "$each" || exit 1; done', "sh", *programs]
    if session is not None:
        command = ["dbus-run-session", "--", "sh", "-c", session, "sh", *command]
    else:
        environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home}/nobody-listens"
    environment["PYTHON"] = sys.executable
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_keys_are_kept_for_the_next_program(home: Path) -> None:
    said = run(home, UNLOCKED, SAVE, LOAD, STATE)
    assert said.splitlines() == [
        "your password store",
        ascii({"roboflow-a": KEY, "roboflow-b": "second"}),
        "True NoneType your password store",
    ]


def test_no_file_has_the_key_in_plain_text(home: Path) -> None:
    run(home, UNLOCKED, SAVE)
    files = [each for each in home.rglob("*") if each.is_file()]
    assert any(each.suffix == ".keyring" for each in files)
    for each in files:
        assert KEY.encode() not in each.read_bytes()
        assert KEY.encode("ascii", "backslashreplace") not in each.read_bytes()


def test_a_locked_store_is_silent_and_not_waited_for(home: Path) -> None:
    run(home, UNLOCKED, SAVE)
    assert run(home, LOCKED, STATE).startswith("False KeystoreSilent")


def test_no_session_means_no_store(home: Path) -> None:
    assert run(home, None, STATE).startswith("False NoKeystore")


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_store_that_keeps_nothing_is_none(home: Path, backend: str) -> None:
    said = run(home, None, f"import os; os.environ['PYTHON_KEYRING_BACKEND'] = {backend!r}\n{STATE}")
    assert said.startswith("False NoKeystore")


def test_a_store_that_writes_plain_files_is_refused(home: Path) -> None:
    # What `keyrings.alt` is like, under its name: PlaintextKeyring has a priority, so keyring would take it.
    package = home / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        """
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 0.5
    def get_password(self, service, username):
        raise AssertionError("asked")
    def set_password(self, service, username, password):
        raise AssertionError("given a key")
"""
    )
    setting = "import os, sys; sys.path.insert(0, '.')\n"
    setting += "os.environ['PYTHON_KEYRING_BACKEND'] = 'keyrings.alt.file.PlaintextKeyring'\n"
    assert run(home, None, setting + STATE).startswith("False NoKeystore")
