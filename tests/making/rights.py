"""The rights of anybody: an administrator may read everything, and a test about closed files would see nothing."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

_READING_EVERYTHING = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_PR_CAPBSET_DROP = 24
PATIENCE = 120.0
_CHILD = """
import faulthandler, os, sys, pytest
faulthandler.dump_traceback_later(float(sys.argv[1]), exit=True, file=os.dup(2))
sys.exit(pytest.main(sys.argv[2:]))
"""
"""Says where it stands, on the way out as well, when it does not end in time."""


def may_read_everything() -> bool:
    """Tell whether this process reads files whatever their permissions say."""
    if sys.platform != "linux":
        return hasattr(os, "geteuid") and os.geteuid() == 0
    (line,) = (
        each for each in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if each.startswith("CapEff")
    )
    return any(int(line.split()[1], 16) >> capability & 1 for capability in _READING_EVERYTHING)


def like_anybody() -> None:
    """Give up the right to read everything; for `preexec_fn`, it holds in the program that begins then."""
    if may_read_everything():
        libc = ctypes.CDLL(None)
        for capability in _READING_EVERYTHING:
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def ran_like_anybody(request: pytest.FixtureRequest) -> bool:
    """Where this process may read everything, run the test that asks in a child that may not, and return True.

    Else return False: the test does its work here.
    """
    if not may_read_everything():
        return False
    command = [sys.executable, "-c", _CHILD, str(PATIENCE), "-p", "no:cacheprovider", "-q", request.node.nodeid]
    done = subprocess.run(
        command,
        cwd=request.config.rootpath,
        capture_output=True,
        text=True,
        timeout=PATIENCE + 30,
        preexec_fn=like_anybody,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    return True
