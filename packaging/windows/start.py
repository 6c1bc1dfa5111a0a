"""Where the installed program begins, called by its launchers."""

import os
import sys


def further_processes_are_python() -> None:
    """Name the interpreter that the service and the workers are started with: this process is a launcher of ours."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python", sys._xoptions["program"])  # noqa: PTH118, PTH120, PTH100  (before anything is imported)
    sys.executable = program
    sys._base_executable = program  # type: ignore[attr-defined]  # multiprocessing compares the two


if __name__ == "__main__":
    further_processes_are_python()
    from batchdock.__main__ import main

    sys.exit(main())
