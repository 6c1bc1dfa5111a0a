"""The disk image for macOS, made on macOS only. Never tried: there was no such computer (packaging/macos/README.md)."""

import os
import plistlib
import shutil
import sys
import sysconfig
from pathlib import Path

from building import BUILD, DIST, ROOT, NotBuilt, icon, run, tell_where_published, version
from building.freezing import freeze

MACOS = ROOT / "packaging" / "macos"
WORK = BUILD / "macos"
APP = BUILD / "frozen" / "Batchdock.app"
_MACHINE_CODE = frozenset((b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"))
"""How programs and libraries begin: of one kind of processor, of several."""
ICON_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def image() -> Path:
    """Freeze the app, sign it where there is an identity, and make the disk image; notarise where there is a profile.

    Raise `NotBuilt`, `NotDistributable`, `NotAllowed`.
    """
    if sys.platform != "darwin":
        raise NotBuilt("The disk image can only be made on macOS: its Python and its tools are nowhere else.")
    from building import licences, video  # what is in the bundle is a copy, and needs the same care

    WORK.mkdir(parents=True, exist_ok=True)
    icon.write(WORK / "batchdock.icns", ICON_SIZES)
    tree = freeze()
    site = Path(sysconfig.get_path("purelib"))
    video.replace(APP)
    video.check(APP)
    tell_where_published(APP)
    licences.generate(APP, site, licences.frozen_modules(tree / "batchdock"))
    _say_version(APP / "Contents" / "Info.plist")
    identity = os.environ.get("BATCHDOCK_APPLE_IDENTITY", "-")
    _sign(APP, identity)
    target = DIST / f"batchdock-{version()}-macos-{os.uname().machine}.dmg"
    staged = WORK / "image"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    shutil.copytree(APP, staged / APP.name, symlinks=True)
    (staged / "Applications").symlink_to("/Applications")
    target.unlink(missing_ok=True)
    run(["hdiutil", "create", "-volname", "Batchdock", "-srcfolder", staged, "-format", "ULFO", target])
    if identity != "-":
        run(["codesign", "--sign", identity, "--timestamp", target])
    if profile := os.environ.get("BATCHDOCK_APPLE_PROFILE"):
        run(["xcrun", "notarytool", "submit", target, "--keychain-profile", profile, "--wait"])
        run(["xcrun", "stapler", "staple", target])
    return target


def _sign(app: Path, identity: str) -> None:
    """Sign what runs, then the whole: `-` is a signature of nobody, which Apple silicon wants at least."""
    options = ["--force", "--options", "runtime", "--entitlements", str(MACOS / "entitlements.plist")]
    options += ["--sign", identity]
    if identity != "-":
        options.append("--timestamp")
    for each in machine_code(app):
        run(["codesign", *options, each])
    run(["codesign", *options, app])
    run(["codesign", "--verify", "--deep", "--strict", app])


def machine_code(app: Path) -> list[Path]:
    """Return what has to be signed by itself, the innermost first: Qt's libraries are frameworks, without an ending."""
    files = sorted(each for each in app.rglob("*") if each.is_file() and not each.is_symlink())
    found = []
    for each in files:
        with each.open("rb") as file:
            if file.read(4) in _MACHINE_CODE and each.parent != app / "Contents" / "MacOS":
                found.append(each)
    return sorted(found, key=lambda each: -len(each.parts))


def _say_version(path: Path) -> None:
    told = plistlib.loads(path.read_bytes())
    told["CFBundleShortVersionString"] = told["CFBundleVersion"] = version()
    path.write_bytes(plistlib.dumps(told))
