"""The .deb in a Debian that has nothing else: installed, used, upgraded over an older one, removed; and in odd places.

Wants root, debootstrap and a mirror of Debian. `BATCHDOCK_DEB` names a package that is there, otherwise one is built;
`BATCHDOCK_DEBIAN` names a folder that keeps the bare Debian for the next time.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from fakes.roboflow_cloud import RoboflowCloud
from fakes.roboflow_state import StoredJob

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
SUITE = "bookworm"
PERSON = "anna"
MEGABYTES = 1_000_000
KEY = "key-that-no-package-touches-0123456789"
DEFINITION = {
    "type": "simple-image-processing-v1",
    "jobInput": {"type": "staging-batch-input-v1", "batchId": "b-1"},
    "processingSpecification": {"workflowId": "find-things"},
}
UNLOCKED = 'printf "%s" "test-pass" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "$@"'
CONNECT = """
import asyncio, sys
from pathlib import Path
from batchdock.flows.desk import Desk
from batchdock.keystore.system import SystemKeys

async def scenario(home, address, key):
    desk = await Desk.open(Path(home), key_store=SystemKeys(), active=False)
    await desk.accounts.connect_roboflow(key, address=address, name="Cloud")
    await desk.close()

asyncio.run(scenario(*sys.argv[1:3], sys.stdin.read()))
"""
ODD = "/opt/Meine Programme 내 폴더 📷/Batchdock"

pytestmark = [
    pytest.mark.installers,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="packages of Debian"),
]


class Debian:
    """A root of its own, entered with chroot; what is mounted there ends with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mounted: list[Path] = []

    def mount(self, kind: str, place: str, *options: str) -> None:
        """Mount a file system of a kind in it."""
        target = self.root / place.lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", kind, *options, kind, target], check=True)
        self._mounted.append(target)

    def close(self) -> None:
        """Give the mounts back."""
        while self._mounted:
            subprocess.run(["umount", "--lazy", self._mounted.pop()], check=True)

    def run(
        self,
        *command: str,
        user: str = "root",
        home: str = "",
        told: Mapping[str, str] | None = None,
        fails: bool = False,
    ) -> str:
        """Run something in it, with no environment but what is told. Return what it said, on both lines."""
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": home or ("/root" if user == "root" else f"/home/{user}"),
            "DEBIAN_FRONTEND": "noninteractive",
            **(told or {}),
        }
        assigned = [f"{name}={value}" for name, value in environment.items()]
        done = subprocess.run(
            ["chroot", f"--userspec={user}", self.root, "/usr/bin/env", "-i", *assigned, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )
        assert (done.returncode != 0) is fails, f"{command} → {done.returncode}\n{done.stdout[-4000:]}"
        return done.stdout

    def files(self) -> set[str]:
        """Return everything that is there, apart from what is mounted and what apt keeps for itself."""
        passing = ("proc", "dev", "tmp", "run", "var/cache", "var/lib/apt", "var/lib/dpkg", "var/log")
        return {
            str(path)
            for folder, folders, names in os.walk(self.root)
            for path in (Path(folder, name).relative_to(self.root) for name in (*folders, *names))
            if not str(path).startswith(passing)
        }


@pytest.fixture(scope="module")
def package() -> Path:
    if given := os.environ.get("BATCHDOCK_DEB"):
        return Path(given)
    subprocess.run([sys.executable, ROOT / "packaging" / "dev.py", "build", "deb"], check=True)
    [made] = (ROOT / "dist").glob("batchdock_*.deb")
    return made


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Debian]:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.fail("This wants root and debootstrap.")
    kept = os.environ.get("BATCHDOCK_DEBIAN")
    bare = Path(kept) if kept else tmp_path_factory.mktemp("bare")
    if not (bare / "etc" / "os-release").exists():
        # A screen without a desktop; no D-Bus, no drivers for OpenGL, no password store, no fonts but what comes along.
        with_it = "--include=xvfb,xauth,ca-certificates"
        subprocess.run(["debootstrap", "--variant=minbase", with_it, SUITE, bare], check=True)
    root = tmp_path_factory.mktemp("debian") / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", bare, root], check=True)
    made = Debian(root)
    try:
        made.mount("proc", "/proc")
        made.mount("tmpfs", "/dev/shm")
        made.run("useradd", "--create-home", PERSON)
        yield made
    finally:
        made.close()


def older(package: Path, folder: Path) -> Path:
    """Return the same package as an older version of it."""
    unpacked, made = folder / "unpacked", folder / "older.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", package, unpacked], check=True)
    control = unpacked / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 0.0.1~old", control.read_text()))
    (unpacked / "usr" / "lib" / "batchdock" / "of the older one").write_text("gone with it")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", unpacked, made], check=True)
    shutil.rmtree(unpacked)
    return made


def installed(debian: Debian, package: Path) -> None:
    shutil.copyfile(package, debian.root / "tmp" / "batchdock.deb")
    keep = ("--no-install-recommends", "--allow-downgrades")
    debian.run("apt-get", "install", "-y", "-q", *keep, "/tmp/batchdock.deb")


def jobs(debian: Debian) -> str:
    return debian.run("batchdock", "jobs", "--json", user=PERSON)


def test_installed_used_upgraded_and_removed(debian: Debian, package: Path, tmp_path: Path) -> None:
    assert package.stat().st_size <= 90 * MEGABYTES
    debian.run("apt-get", "update", "-q")
    before = debian.files()
    installed(debian, older(package, tmp_path))
    assert (debian.root / "usr/lib/batchdock/of the older one").exists()
    pictures = debian.root / "home" / PERSON / "Pictures 사진"
    shutil.copytree(SAMPLES, pictures)
    said = debian.run(
        *("batchdock", "run", f"/home/{PERSON}/{pictures.name}", "--workflow", "picture-quality"),
        *("--save-to", f"/home/{PERSON}/results"),
        user=PERSON,
    )
    assert "results" in said
    assert list((debian.root / "home" / PERSON / "results").rglob("results.csv"))
    settings = debian.root / "home" / PERSON / ".local/share/Batchdock" / "settings.json"
    settings.write_text('{"pictures/thumbnails-mb": 77}')
    known = jobs(debian)
    assert "picture-quality" in known

    installed(debian, package)
    assert not (debian.root / "usr/lib/batchdock/of the older one").exists()
    assert jobs(debian) == known
    assert settings.read_text() == '{"pictures/thumbnails-mb": 77}'
    assert debian.run("batchdock", "--version", user=PERSON).startswith("Batchdock ")
    brought = sum(
        path.lstat().st_size for path in (debian.root / "usr/lib/batchdock").rglob("*") if not path.is_symlink()
    )
    assert brought <= 300 * MEGABYTES
    # The sample job in the real window on a real screen.
    debian.run("xvfb-run", "-a", "batchdock", "demo", "--close", "--to", f"/home/{PERSON}/demo", user=PERSON)
    assert list((debian.root / "home" / PERSON / "demo").rglob("* done.png"))

    debian.run("apt-get", "purge", "-y", "-q", "batchdock")
    debian.run("apt-get", "autoremove", "--purge", "-y", "-q")
    left = {path for path in debian.files() - before if not path.startswith(f"home/{PERSON}/")}
    assert not left
    assert settings.exists()


@pytest.fixture
def there(debian: Debian, package: Path) -> Debian:
    """Debian with the package in it."""
    if not (debian.root / "usr/bin/batchdock").exists():
        debian.run("apt-get", "update", "-q")
        installed(debian, package)
    return debian


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"LANG": "C"},
        {"LC_ALL": "xx_YY.UTF-8", "LANG": "broken"},
        {"LANG": "ko_KR.UTF-8", "LC_ALL": "ko_KR.UTF-8"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"},
        {"LIBGL_DRIVERS_PATH": "/nowhere", "__EGL_VENDOR_LIBRARY_FILENAMES": "/nowhere"},
    ],
    ids=lambda told: "+".join(told) or "nothing",
)
def test_the_sample_job_where_much_is_missing(there: Debian, told: dict[str, str]) -> None:
    without_a_screen = ("batchdock", "--smoke")
    on_a_real_one = ("xvfb-run", "-a", "batchdock", "demo", "--close", "--to", f"/home/{PERSON}/demo")
    for command in (without_a_screen, on_a_real_one):
        said = there.run(*command, user=PERSON, told=told)
        assert "Done in" in said
        assert "Traceback" not in said


def test_from_a_folder_with_spaces_other_scripts_and_a_picture_that_nobody_can_write(there: Debian) -> None:
    there.run("mkdir", "-p", str(Path(ODD).parent))
    there.run("cp", "-a", "/usr/lib/batchdock", ODD)
    there.run("chmod", "-R", "a-w", ODD)
    assert "Done in" in there.run(f"{ODD}/batchdock", "--smoke", user=PERSON)


def test_a_home_that_is_full_is_said(there: Debian) -> None:
    there.mount("tmpfs", "/home/full", "-o", "size=64k,mode=777")
    (there.root / "home/full/filler").write_bytes(b"x" * 60_000)
    picture = f"/home/{PERSON}/codes.jpg"
    shutil.copyfile(SAMPLES / "codes.jpg", there.root / picture.lstrip("/"))
    said = there.run(
        *("batchdock", "run", picture, "--workflow", "read-codes", "--save-to", "/home/full/results"),
        user=PERSON,
        home="/home/full",
        fails=True,
    )
    assert "Traceback" not in said
    assert "space" in said.lower() or "full" in said.lower(), said


def test_without_a_screen_it_says_so_and_ends(there: Debian) -> None:
    said = there.run("batchdock", user=PERSON, fails=True)
    assert "There is no screen" in said
    assert "Traceback" not in said


def in_a_session(*command: str) -> list[str]:
    """Return the command, run in a desktop session of its own in which the password store is open."""
    return ["dbus-run-session", "--", "sh", "-c", UNLOCKED, "sh", *command]


# The last one: it brings D-Bus and a password store, which the others do without.
def test_a_key_outlives_an_upgrade_and_a_removal(debian: Debian, package: Path, tmp_path: Path) -> None:
    home = debian.root / "home" / PERSON
    debian.run("apt-get", "update", "-q")
    debian.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "gnome-keyring", "dbus", "dbus-daemon")
    installed(debian, older(package, tmp_path))
    with RoboflowCloud(key=KEY) as cloud:
        cloud.state.jobs["j-1"] = StoredJob("j-1", "Night", DEFINITION)
        told = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "PATH": os.environ["PATH"],
            "XDG_CURRENT_DESKTOP": "GNOME",
        }
        own = home / ".local/share/Batchdock"
        subprocess.run(
            in_a_session(sys.executable, "-c", CONNECT, str(own), cloud.url),
            env=told,
            input=KEY,
            text=True,
            check=True,
            timeout=300,
        )
        debian.run("chown", "-R", f"{PERSON}:", f"/home/{PERSON}")

        def listed() -> str:
            before = len(cloud.requests("/jobs"))
            said = debian.run(*in_a_session("batchdock", "jobs", "--account", "Cloud", "--json"), user=PERSON)
            assert len(cloud.requests("/jobs")) > before, "it was not asked"
            return said

        known = listed()
        assert "Night" in known
        installed(debian, package)
        assert listed() == known
        debian.run("apt-get", "purge", "-y", "-q", "batchdock")
        installed(debian, package)
        assert listed() == known
    files = [each for each in home.rglob("*") if each.is_file() and not each.is_symlink()]
    assert any(each.suffix == ".keyring" for each in files)
    for each in files:
        data = each.read_bytes()
        assert KEY.encode() not in data, each
