"""What `dev.py build` runs, in the environment it has made."""

import argparse
import sys

from building import DIST, ROOT, NotBuilt, check_changelog, linux, macos, version, windows, write_sums
from building.freezing import freeze
from building.licences import NotAllowed
from building.video import NotDistributable

TARGETS = {
    "frozen": freeze,
    "deb": linux.deb,
    "rpm": linux.rpm,
    "run": linux.unpacking_itself,
    "windows": windows.installer,
    "macos": macos.image,
}


def main() -> int:
    """Build, and list what there is to give on. Return the exit code."""
    parser = argparse.ArgumentParser(prog="dev.py build", description="Builds what people install.")
    parser.add_argument("target", choices=TARGETS, nargs="?", default="frozen")
    options = parser.parse_args()
    try:
        check_changelog((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version())
        made = TARGETS[options.target]()
    except (NotBuilt, NotDistributable, NotAllowed) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{made}\n{write_sums(DIST)}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
