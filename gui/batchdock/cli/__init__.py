"""The command-line twin: the same flows as the window, with bars on stderr and JSON on stdout."""

from batchdock.cli.app import main

__all__ = ["main"]
