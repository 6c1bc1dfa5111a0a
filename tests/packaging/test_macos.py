"""What of the disk image for macOS can be tried elsewhere: what is signed, and in which order."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

from building import macos  # noqa: E402


def test_all_that_runs_is_signed_the_innermost_first(tmp_path: Path) -> None:
    app = tmp_path / "Batchdock.app"
    one, several = b"\xcf\xfa\xed\xfe rest", b"\xca\xfe\xba\xbe rest"
    inside = {
        "Contents/MacOS/batchdock": one,
        "Contents/Frameworks/libpython3.13.dylib": one,
        "Contents/Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": several,
        "Contents/Frameworks/numpy/_core/_simd.so": one,
        "Contents/Resources/licence.txt": b"Copyright",
        "Contents/Resources/empty": b"",
    }
    for place, content in inside.items():
        (app / place).parent.mkdir(parents=True, exist_ok=True)
        (app / place).write_bytes(content)
    (app / "Contents/Resources/QtCore").symlink_to(app / "Contents/Frameworks/libpython3.13.dylib")
    found = [each.relative_to(app).as_posix() for each in macos.machine_code(app)]
    assert found == [
        "Contents/Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore",
        "Contents/Frameworks/numpy/_core/_simd.so",
        "Contents/Frameworks/libpython3.13.dylib",
    ]
