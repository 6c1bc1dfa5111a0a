"""What this computer computes with, in words for people."""

import platform
import re
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

_NOISE = re.compile(
    r"\((?:R|TM|tm|C)\)|@.*$|\bwith Radeon.*$|\b\d+-Core\b|\bCPU\b|\bProcessor\b|\b\d+(?:th|rd|nd|st) Gen\b"
)


def device_text(processes: int) -> str:
    """Return “AMD EPYC, 2 processes”."""
    return f"{processor_name()}, {processes} process{'' if processes == 1 else 'es'}"


@cache
def processor_name() -> str:
    """Return what the processor is called, without what its maker adds to every name; “this computer” where no name
    can be had.
    """
    with suppress(OSError, subprocess.SubprocessError):
        found = shortened(_told_name())
        if found:
            return found
    return "this computer"


def shortened(name: str) -> str:
    """Return “Intel Core i7-1165G7” for “11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz”."""
    return " ".join(_NOISE.sub(" ", name).split())


def _told_name() -> str:
    if sys.platform == "win32":
        import winreg

        path = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
    if sys.platform == "darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout  # noqa: S603 - fixed
    lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return told.get("model name") or told.get("Model") or platform.processor()
