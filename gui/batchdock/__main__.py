"""One program, four faces: the window, the command line, the local service, and the demo (`--smoke` is one too).

Nothing heavy is imported before it is known which one is wanted: the service starts without Qt, and the window
without the service.
"""

import multiprocessing
import sys
from pathlib import Path

from batchdock import __version__


def main() -> int:
    """Start what the first argument asks for and return the exit code. Files and folders are for the window."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    match arguments:
        case ["--version"]:
            print(f"Batchdock {__version__}")  # noqa: T201  (what was asked for)
            return 0
        case ["--smoke"]:
            from batchdock.smoke import main as smoke

            return smoke()
        case ["serve", *options]:
            from batchdock.thiscomputer.service import main as serve

            return serve(options)
        case ["demo", *options]:
            from batchdock.demo import main as demo

            return demo(options)
        case [first, *_] if not _is_path(first):
            from batchdock.cli import main as command

            return command(arguments)
        case _:
            from batchdock.starting import main as window

            return window([Path(each).absolute() for each in arguments])


def _is_path(argument: str) -> bool:
    """Tell a file or folder from the name of a command: a desktop hands over whole paths, people also what is here."""
    path = Path(argument)
    return path.is_absolute() or ((len(path.parts) > 1 or bool(path.suffix)) and path.exists())


if __name__ == "__main__":
    sys.exit(main())
