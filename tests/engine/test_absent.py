"""The stand-in for what is not installed: there while the engine is imported, and at no other time."""

import importlib.util
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from batchdock.thiscomputer.engine.vendor.absent import PACKAGES, UNTIL, VERSION, absent_packages


def run(code: str, *places: Path) -> str:
    """Run code in a fresh interpreter, with `places` searched for modules first; return what it prints."""
    paths = "".join(f"sys.path.insert(0, {str(each)!r});" for each in places)
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys;{paths}\n{code}"], capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_it_is_made_for_the_installed_version_and_has_not_run_out() -> None:
    assert version("roboflow-workflows") == VERSION
    assert datetime.now(UTC).date() <= UNTIL, "Look whether the engine still imports torch at its top."


def test_nothing_stood_in_for_is_listed_without_need() -> None:
    """Every package is imported by the engine: a list that only grows hides what is missing."""
    code = (
        "import builtins, sys\n"
        "from batchdock.thiscomputer.engine.vendor import absent\n"
        "asked, usual = set(), absent._Finder.find_spec\n"
        "def find(self, name, path, target=None):\n"
        "    asked.add(name.partition('.')[0])\n"
        "    return usual(self, name, path, target)\n"
        "absent._Finder.find_spec = find\n"
        "from batchdock.thiscomputer.engine.vendor.prepared import prepare\n"
        "prepare()\n"
        "print(*sorted(set(absent.PACKAGES) - asked))\n"
    )
    missing = {each for each in PACKAGES if importlib.util.find_spec(each) is None}
    assert set(run(code).split()) == set(PACKAGES) - missing


def test_modules_classes_and_calls_are_there_while_importing() -> None:
    with absent_packages():
        import torch  # type: ignore[import-not-found]
        from torch.nn.functional import interpolate  # type: ignore[import-not-found]

        kernel = torch.tensor([1.0]).reshape(1)
        assert torch.Tensor is torch.Tensor
        assert not isinstance(1, torch.Tensor)
        assert torch.Tensor | None
    for call in (torch.tensor, interpolate, kernel.cuda):
        with pytest.raises(ModuleNotFoundError, match="“torch” is needed for this and is not installed"):
            call()


def test_afterwards_nobody_believes_that_it_is_installed() -> None:
    with absent_packages():
        import torch  # noqa: F401
    assert importlib.util.find_spec("torch") is None
    assert not {"torch", "twilio"} & set(sys.modules)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("torch")


def test_it_steps_aside_for_what_is_installed(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("real = True\n")
    code = (
        "from batchdock.thiscomputer.engine.vendor.absent import absent_packages\n"
        "with absent_packages():\n"
        "    import torch, torchvision\n"
        "    print(torch.real, torchvision.ops)\n"
        "    try: import torch.nn\n"
        "    except ModuleNotFoundError: print('as it is')\n"
        "import torch; print(torch.real)\n"
    )
    said = run(code, tmp_path)
    assert said.startswith("True <class ")
    assert said.endswith("as it is\nTrue")
