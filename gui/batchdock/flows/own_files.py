"""Reads what people bring for this computer: Workflow JSON, and lists of names. Blocks; run it in a thread."""

import json
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from batchdock.core.errors import (
    BrokenJson,
    FileUnreadable,
    InputError,
    NamesUnfit,
    NotAWorkflow,
    TooLargeForAWorkflow,
)
from batchdock.flows.intake.names import printable

WORKFLOW_ENDINGS = frozenset({".json"})
MODEL_ENDINGS = frozenset({".onnx"})
READ_AT_MOST = 50
"""Of so many files in one drop each is read to see whether it is a workflow. More than that are somebody's labels."""

WORKFLOW_BYTES = 4_000_000
"""The service takes a little more."""
NAMES_BYTES = 4_000_000
PICTURE_BYTES = 200_000_000
NAME_CHARACTERS = 120
DESCRIPTION_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A definition from a file, under the name it has in there or that of the file."""

    name: str
    description: str = ""
    definition: dict[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Sorted:
    """What some files are; `strangers` are called like workflows and are none."""

    workflows: tuple[Path, ...]
    models: tuple[Path, ...]
    folders: tuple[Path, ...]
    strangers: tuple[Path, ...]


def sort_files(paths: Sequence[Path]) -> Sorted:
    """Tell workflows and models by what is in them, and folders that are only called so. Never raises."""
    folders = [path for path in paths if _is_folder(path)]
    files = [path for path in paths if path not in folders]
    models = [path for path in files if path.suffix.lower() in MODEL_ENDINGS]
    others = [path for path in files if path.suffix.lower() not in MODEL_ENDINGS]
    workflows = [path for path in others[:READ_AT_MOST] if _is_workflow(path)]
    strangers = [path for path in others if path not in workflows]
    return Sorted(tuple(workflows), tuple(models), tuple(folders), tuple(strangers))


def read_workflow(path: Path) -> WorkflowFile:
    """Read a Workflow JSON. Raise `NotAWorkflow` (`BrokenJson`, `TooLargeForAWorkflow`) and `FileUnreadable`."""
    name = printable(path.name)
    content = _content(path, WORKFLOW_BYTES)
    if len(content) > WORKFLOW_BYTES:
        raise _too_large(name, path.stat().st_size)
    return _read(content, name, printable(path.stem))


def read_pasted_workflow(text: str, name: str) -> WorkflowFile:
    """Read a Workflow JSON that is no file; `name` is what people call it. Raise `NotAWorkflow`."""
    content = text.encode("utf-8", "replace")
    if len(content) > WORKFLOW_BYTES:
        raise _too_large(name, len(content))
    return _read(content, name, name)


def read_names(path: Path, count: int) -> tuple[str, ...]:
    """Read the names of `count` classes (0: any number): one a line, or the `names` of a YAML.

    Raise `NamesUnfit`, `FileUnreadable`.
    """
    content = _content(path, NAMES_BYTES)[:NAMES_BYTES]
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    names = _yaml_names(text) if path.suffix.lower() in (".yaml", ".yml") else names_in_lines(text)
    if not names or len(names) != (count or len(names)):
        raise NamesUnfit(name=printable(path.name), found=len(names), wanted=count)
    return names


def read_picture(path: Path) -> bytes:
    """Return the bytes of a picture, of a very large one the beginning. Raise `FileUnreadable`."""
    return _content(path, PICTURE_BYTES)


def names_in_lines(text: str) -> tuple[str, ...]:
    """Return one name a line, without numbers, commas and quotes around them, and without empty lines."""
    return tuple(name for line in text.splitlines() if (name := _bare(line)))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_workflow(path: Path) -> bool:
    try:
        read_workflow(path)
    except InputError:
        return False
    return True


def _content(path: Path, most: int) -> bytes:
    """Return the bytes of a file; of one that is larger, one byte more than `most`."""
    try:
        # Asked first: opening a pipe would wait for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileUnreadable(name=printable(path.name), reason="It is not a file.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise FileUnreadable(name=printable(path.name), reason=error.strerror or "–") from error


def _too_large(name: str, size: int) -> TooLargeForAWorkflow:
    return TooLargeForAWorkflow(name=name, size=f"{size:,}", limit=f"{WORKFLOW_BYTES:,}")


def _read(content: bytes, name: str, usual: str) -> WorkflowFile:
    """Read a bare definition, or one in a wrapper as editor, API and exports of Roboflow have it."""
    for wrapper in _wrappers(_json(content, name)):
        definition = _definition(wrapper)
        if definition is not None:
            said, about = wrapper.get("name"), wrapper.get("description")
            called = said.strip() if isinstance(said, str) else ""
            return WorkflowFile(
                (called or usual)[:NAME_CHARACTERS],
                about.strip()[:DESCRIPTION_CHARACTERS] if isinstance(about, str) else "",
                definition,
            )
    raise NotAWorkflow(name=name)


def _json(content: bytes, name: str) -> Any:
    try:
        found = json.loads(content, parse_constant=_refuse)
        # Half a character (a lone surrogate) could not be sent on.
        return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise BrokenJson(name=name, line=error.lineno) from None
    except UnicodeDecodeError as error:
        raise BrokenJson(name=name, line=content[: error.start].count(b"\n") + 1) from None
    except (ValueError, RecursionError):
        raise NotAWorkflow(name=name) from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _wrappers(document: Any) -> list[dict[str, Any]]:
    """Return the objects that may hold a definition, the outermost first."""
    found = [document] if isinstance(document, dict) else []
    found += [each for key in ("workflow", "config") if found and isinstance(each := found[0].get(key), dict)]
    return found


def _definition(wrapper: dict[str, Any]) -> dict[str, object] | None:
    """Return what is a definition by its shape: `wrapper` itself, or its `specification` or `config` (JSON in JSON)."""
    config = wrapper.get("config")
    if isinstance(config, str):
        try:
            config = json.loads(config)
        except (ValueError, RecursionError):
            config = None
    inner = config.get("specification") if isinstance(config, dict) else None
    for each in (wrapper, wrapper.get("specification"), wrapper.get("definition"), inner, config):
        if isinstance(each, dict) and all(isinstance(each.get(key), list) for key in ("inputs", "steps", "outputs")):
            return each
    return None


_BLOCK = re.compile(r"^names\s*:[ \t]*(?:#.*)?$")
_INLINE = re.compile(r"^names\s*:\s*[\[{](.*?)[\]}]", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^\s*(?:-|[\w\"']+\s*:)\s+(.*)$")


def _yaml_names(text: str) -> tuple[str, ...]:
    """Return the list or map called `names`, as data sets of YOLO have it. The rest of the file is not read."""
    inline = _INLINE.search(text)
    if inline is not None:
        parts = (each.partition(":")[2] or each for each in inline.group(1).replace("\n", " ").split(","))
        return tuple(name for each in parts if (name := _bare(each)))
    lines = iter(text.splitlines())
    if not any(_BLOCK.match(line) for line in lines):
        return ()
    names = []
    for line in lines:
        entry = _ENTRY.match(line)
        if entry is not None and (line[0].isspace() or line[0] == "-"):
            names.append(_bare(entry.group(1).partition(" #")[0]))
        elif line.strip() and not line.lstrip().startswith("#"):
            break
    return tuple(names)


def _bare(text: str) -> str:
    return text.strip().rstrip(",").strip().strip("\"'").strip()
