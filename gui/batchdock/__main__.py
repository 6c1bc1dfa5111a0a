"""One program, four faces: the window, the command line, the local service, and the demo.

Nothing heavy is imported before it is known which one is wanted: the service starts without Qt, and the window
without the service.
"""

import multiprocessing
import sys


def main() -> int:
    """Start what the first argument asks for and return the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:]
    match arguments[:1]:
        case []:
            from batchdock.app import main as window

            return window()
        case ["serve"]:
            from batchdock.thiscomputer.service import main as serve

            return serve(arguments[1:])
        case ["demo"]:
            from batchdock.demo import main as demo

            return demo(arguments[1:])
        case _:
            from batchdock.cli import main as command

            return command(arguments)


if __name__ == "__main__":
    sys.exit(main())
