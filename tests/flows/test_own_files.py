"""What people bring as workflows and as lists of names: read in every wrapper, refused in one sentence."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdock.core.errors import BrokenJson, FileUnreadable, InputError, NamesUnfit, NotAWorkflow, TooLargeForAWorkflow
from batchdock.flows.own_files import (
    READ_AT_MOST,
    WORKFLOW_BYTES,
    names_in_lines,
    read_names,
    read_workflow,
    sort_files,
)
from making.workflows import CUT, written

WRAPPERS: dict[str, Any] = {
    "bare": CUT,
    "specification": {"specification": CUT},
    "definition": {"definition": CUT, "id": 5},
    "answer of the API": {"workflow": {"name": "Night", "config": json.dumps({"specification": CUT})}, "status": "ok"},
    "saved workflow": {"name": "Night", "description": " Cuts. ", "config": json.dumps(CUT)},
    "config as object": {"config": {"specification": CUT}, "name": " Night "},
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_definition_is_found_in_every_wrapper(wrapper: str, tmp_path: Path) -> None:
    read = read_workflow(written(tmp_path / "부두 7.json", WRAPPERS[wrapper]))
    assert read.definition == CUT
    assert read.name == ("Night" if "Night" in json.dumps(WRAPPERS[wrapper]) else "부두 7")
    assert read.description == ("Cuts." if wrapper == "saved workflow" else "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_editors_write(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**CUT, "notes": "수확"}, ensure_ascii=False), encoding=encoding)
    assert read_workflow(tmp_path / "a.json").definition["notes"] == "수확"


def test_half_a_character_is_replaced_since_it_could_not_be_sent_on(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({**CUT, "notes": "a\ud800b"}), encoding="ascii")
    assert read_workflow(tmp_path / "a.json").definition["notes"] == "a?b"


NO_WORKFLOW: dict[str, tuple[bytes, type[InputError], str]] = {
    "COCO": (json.dumps({"images": [], "annotations": [], "categories": []}).encode(), NotAWorkflow, "other things"),
    "a list": (b"[1, 2]", NotAWorkflow, "other things"),
    "a number": (b"5", NotAWorkflow, "other things"),
    "nesting": (b"[" * 100_000, NotAWorkflow, "other things"),
    "no JSON": (b'{\n"a": 1,\n}', BrokenJson, "in line 3"),
    "empty": (b"", BrokenJson, "in line 1"),
    "not UTF-8": (b'{"a": 1,\n"b": "\xff\xfe\xfa"}', BrokenJson, "in line 2"),
    "a picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF", BrokenJson, "in line 1"),
    "not a number": (json.dumps({**CUT, "x": float("nan")}).encode(), NotAWorkflow, "other things"),
}


@pytest.mark.parametrize("what", NO_WORKFLOW)
def test_what_is_no_workflow_is_one_sentence_and_stays_as_it_is(what: str, tmp_path: Path) -> None:
    content, kind, words = NO_WORKFLOW[what]
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(kind) as refused:
        read_workflow(path)
    assert "“a.json” is not a workflow" in refused.value.sentence()
    assert words in refused.value.sentence()
    assert path.read_bytes() == content


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(TooLargeForAWorkflow, match="It has 100,000,000 bytes; a workflow has 4,000,000 at most"):
        read_workflow(tmp_path / "a.json")


def test_the_largest_workflow_is_read(tmp_path: Path) -> None:
    document = {**CUT, "notes": ""}
    document["notes"] = "n" * (WORKFLOW_BYTES - len(json.dumps(document)))
    path = written(tmp_path / "a.json", document)
    assert path.stat().st_size == WORKFLOW_BYTES
    assert read_workflow(path).name == "a"


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes there")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("pipe.json", "gone.json"):
        with pytest.raises(FileUnreadable):
            read_workflow(tmp_path / name)


@given(
    st.binary(max_size=300) | st.recursive(st.none() | st.text(), lambda s: st.lists(s)).map(json.dumps).map(str.encode)
)
def test_any_bytes_are_a_workflow_or_an_error_of_ours(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_workflow(path)


def test_files_are_sorted_by_what_they_are(tmp_path: Path) -> None:
    workflow = written(tmp_path / "w.JSON", CUT)
    labels = written(tmp_path / "labels.json", {"shapes": []})
    (tmp_path / "m.onnx").write_bytes(b"any")
    (tmp_path / "folder.json").mkdir()
    found = sort_files([workflow, labels, tmp_path / "m.onnx", tmp_path / "folder.json", tmp_path / "gone.json"])
    assert found.workflows == (workflow,)
    assert found.models == (tmp_path / "m.onnx",)
    assert found.folders == (tmp_path / "folder.json",)
    assert found.strangers == (labels, tmp_path / "gone.json")


def test_of_very_many_files_not_all_are_read(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{number}.json", CUT) for number in range(READ_AT_MOST + 5)]
    found = sort_files(paths)
    assert (len(found.workflows), len(found.strangers)) == (READ_AT_MOST, 5)


# --- lists of names -----------------------------------------------------------------------------------------------

NAMES = ("crane", "small boat", "컨테이너")
LISTS = {
    "a.txt": "crane\nsmall boat\n\n컨테이너\n",
    "b.txt": '"crane",\r\n"small boat",\r\n"컨테이너"\r\n',
    "c.names": "crane \n small boat\n컨테이너",
    "d.yaml": "path: ../data\nnc: 3\nnames: [crane, 'small boat', \"컨테이너\"]\n",
    "e.yaml": "train: a\nnames:\n  0: crane\n  1: small boat # the little ones\n  2: '컨테이너'\n\ndownload: x\n",
    "f.yml": "names:\n- crane\n- small boat\n- 컨테이너\nnc: 3\n",
    "g.yaml": "names: {0: crane, 1: small boat, 2: 컨테이너}\n",
    "h.yaml": "names:\n  # in their order\n  - crane\n  - small boat\n  - 컨테이너\n",
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_names_as_trainers_write_them(name: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(LISTS[name].encode(encoding))
    assert read_names(tmp_path / name, 3) == NAMES


def test_a_list_of_another_length_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("crane\nboat\n")
    with pytest.raises(NamesUnfit, match=r"Names in it: 2\. Classes of the model: 80\."):
        read_names(tmp_path / "a.txt", 80)
    (tmp_path / "a.yaml").write_text("nc: 3\n")
    with pytest.raises(NamesUnfit, match="Names in it: 0"):
        read_names(tmp_path / "a.yaml", 80)


def test_where_nobody_knows_how_many_any_list_that_is_one_will_do(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("crane\nboat\n")
    assert read_names(tmp_path / "a.txt", 0) == ("crane", "boat")
    (tmp_path / "a.txt").write_text("\n")
    with pytest.raises(NamesUnfit):
        read_names(tmp_path / "a.txt", 0)


def test_pasted_lines_are_names() -> None:
    assert names_in_lines(' crane\n"boat",\n\n') == ("crane", "boat")
