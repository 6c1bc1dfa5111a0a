"""What the set-up installs is exactly pinned, hashed, and says nothing of where it was fetched."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINS = sorted((ROOT / "packaging").glob("requirements*.txt"))


def pinned(path: Path) -> set[str]:
    return {match[1] for match in re.finditer(r"^([a-z0-9-]+)==", path.read_text(), re.MULTILINE)}


def wanted(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~;\[ ]", each, maxsplit=1)[0].lower().replace("_", "-") for each in requirements}


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_every_pin_is_exact_and_hashed_and_names_no_registry(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [each.splitlines()[0] for each in entries if "==" not in each or "--hash=sha256:" not in each] == []


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run = wanted(project["project"]["dependencies"])
    groups = project["dependency-groups"]
    dev = run | wanted([each for name in ("test", "lint", "build") for each in groups[name]])
    run |= wanted(project["project"]["optional-dependencies"]["engine"])
    dev |= run
    assert run <= pinned(ROOT / "packaging" / "requirements.txt")
    assert dev <= pinned(ROOT / "packaging" / "requirements-dev.txt")
    assert dev - pinned(ROOT / "packaging" / "requirements-noqt.txt") == {"pyside6-essentials", "qasync", "pytest-qt"}


def test_the_engine_comes_without_what_it_declares() -> None:
    asked = (ROOT / "packaging" / "requirements-engine.in").read_text()
    listed = pinned(ROOT / "packaging" / "requirements-engine.txt")
    assert listed == {line.split("==")[0] for line in asked.splitlines() if not line.startswith("#")}
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-noqt.txt"):
        everything = pinned(ROOT / "packaging" / file)
        assert not everything & (listed | {"torch", "torchvision", "opencv-python", "inference-models"})


def test_packaging_never_shadows_the_package_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
