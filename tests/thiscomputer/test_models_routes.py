"""Models of one's own over HTTP: looked at, tried, kept, used, removed.

The service looks into models in processes of its own, as it does for people: about a second each.
"""

import base64
import json
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy
import pytest
from PIL import Image

from batchdock.core.resources import resource
from making.local_service import LocalService
from making.onnx_models import Value, constant, real_yolov8

MODELS = "/this-computer/models"
WORKFLOWS = "/this-computer/workflows"
CELLS = 84

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 14), reason="the engine has no wheels for it")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    with LocalService(tmp_path_factory.mktemp("service") / "data") as running:
        yield running


def detector(certain: float = 0.875, **more: Any) -> bytes:
    """Return a network of two classes that sees the second one in the middle of everything."""
    table = numpy.zeros((1, 6, CELLS), numpy.float32)
    table[0, :4] = numpy.linspace(1, 60, CELLS)
    table[0, :, 3] = [32, 32, 32, 16, 0.1, certain]
    return constant({"out": table}, **more)


def look(service: LocalService, path: Path, data: bytes | None = None) -> httpx.Response:
    """Let the service look into a file, that is written first."""
    if data is not None:
        path.write_bytes(data)
    return service.ask("POST", f"{MODELS}/looks", json={"path": str(path)})


def looked(service: LocalService, path: Path, data: bytes) -> str:
    """Return the id of a look."""
    answer = look(service, path, data)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["look"]["lookId"])


def add(service: LocalService, look_id: str, name: str = "Bolts", **said: object) -> httpx.Response:
    """Keep a model."""
    return service.ask("POST", MODELS, json={"lookId": look_id, "name": name, **said})


def own(service: LocalService) -> list[dict[str, Any]]:
    """Return the models that did not come with the app."""
    return [each for each in service.ask("GET", MODELS).json()["models"] if not each["builtIn"]]


def test_what_came_with_the_app(service: LocalService) -> None:
    models = service.ask("GET", MODELS).json()["models"]
    assert [each["id"] for each in models[:3]] == ["coco/yolox-nano", "faces/centerface", "pp_ocr/tiny-tiny"]
    assert [each["workflowId"] for each in models[:3]] == ["find-objects", "blur-faces", "read-text"]
    assert models[0]["classNames"][16] == "dog"
    assert all(each["bytes"] > 3_000_000 and each["builtIn"] for each in models[:3])
    assert service.ask("DELETE", f"{MODELS}/coco/yolox-nano").status_code == 404


@pytest.mark.long
def test_from_the_first_look_to_the_last(service: LocalService, folder: Path) -> None:
    """A real network: looked at, tried, kept, run over a picture by its workflow, and removed."""
    answer = look(service, folder / "dogs.onnx", real_yolov8({"imgsz": "[416, 416]"}))
    seen = answer.json()["look"]
    look_id = seen.pop("lookId")
    assert seen == {
        "kind": "object-detection",
        "family": "YOLOv8, YOLO11 or YOLO12",
        "classCount": 80,
        "classNames": [str(each) for each in range(80)],
        "named": False,
        "side": [416, 416],
        "bytes": (folder / "dogs.onnx").stat().st_size,
    }
    names = [f"kind {each}" for each in range(80)]
    names[16] = "dog"
    picture = resource("samples", "dogs.jpg")
    tried = service.ask(
        "POST", f"{MODELS}/looks/{look_id}/trials", json={"picture": str(picture), "classNames": names}
    ).json()["trial"]
    assert [each.split()[0] for each in tried["findings"]] == ["dog", "dog"]
    assert max(Image.open(BytesIO(base64.b64decode(tried["picture"]))).size) <= 1280
    assert tried["seconds"] > 0
    assert own(service) == []

    kept = add(service, look_id, "My  dogs", classNames=names).json()["model"]
    assert (kept["name"], kept["kind"], kept["classNames"]) == ("My dogs", "object-detection", names)
    assert own(service) == [kept]
    workflow = service.ask("GET", f"{WORKFLOWS}/{kept['workflowId']}").json()["workflow"]
    assert (workflow["name"], workflow["builtIn"]) == ("My dogs", False)
    specification = json.loads(workflow["config"])["specification"]
    assert [each["name"] for each in specification["outputs"]] == ["count", "names", "predictions", "output_image"]
    (folder / "dogs.onnx").unlink()  # it was copied

    service.upload("dogs", "dogs.jpg", picture.read_bytes())
    service.start_job("j-dogs", "dogs", kept["workflowId"], specification={"persistImagesOutputs": True})
    refused = service.ask("DELETE", f"{MODELS}/{kept['id']}")
    assert refused.status_code == 409
    assert "“j-dogs” uses the model “My dogs”" in refused.json()["error"]["message"]
    assert service.ask("DELETE", f"{WORKFLOWS}/{kept['workflowId']}").status_code == 409
    service.stop()
    service.start()  # it is still there, and the job goes on
    assert service.wait("j-dogs")["status"] == "completed"
    results = dict(service.results("j-dogs"))
    assert json.loads(results["dogs.jpg/results.json"])["names"] == ["dog", "dog"]
    assert results["dogs.jpg/output_image.jpg"].startswith(b"\xff\xd8")

    assert service.ask("DELETE", f"{MODELS}/{kept['id'].replace('/', '%2F')}").status_code == 200
    assert own(service) == []
    assert service.ask("GET", f"{WORKFLOWS}/{kept['workflowId']}").status_code == 404
    again = service.start_job("j-again", "dogs", kept["workflowId"])
    assert again.status_code == 404
    assert list((service.data / "models").iterdir()) == []


def test_the_same_again_is_the_same(service: LocalService, folder: Path) -> None:
    first = add(service, looked(service, folder / "a.onnx", detector()), "Bolts", classNames=["bolt ", "nut"]).json()
    assert first["model"]["classNames"] == ["bolt", "nut"]
    second = add(service, looked(service, folder / "b.onnx", detector()), "Nuts", classNames=["bolt", "nut"]).json()
    assert (first["model"]["id"], first["model"]["workflowId"]) == (
        second["model"]["id"],
        second["model"]["workflowId"],
    )
    assert [each["name"] for each in own(service)] == ["Nuts"]
    assert service.ask("GET", f"{WORKFLOWS}/{first['model']['workflowId']}").json()["workflow"]["name"] == "Nuts"
    other = add(service, looked(service, folder / "a.onnx", detector()), "Nuts", classNames=["nut", "bolt"]).json()
    assert other["model"]["id"] != first["model"]["id"]
    for each in own(service):
        assert service.ask("DELETE", f"{MODELS}/{each['id']}").status_code == 200
    assert service.ask("DELETE", f"{MODELS}/{first['model']['id']}").status_code == 404


def test_a_model_of_any_size_takes_the_one_that_is_said(service: LocalService, folder: Path) -> None:
    answer = look(service, folder / "any.onnx", detector(picture=Value("images", (1, 3, "height", "width"))))
    assert answer.status_code == 400, "its answer is that of 64 × 64, so a look at 640 can not know it"
    said = detector(picture=Value("images", (1, 3, "height", "width")), metadata={"imgsz": "[64, 64]"})
    seen = look(service, folder / "any.onnx", said).json()["look"]
    assert seen["side"] is None
    trial = {"picture": str(resource("samples", "cat.jpg")), "side": [96, 96]}
    assert service.ask("POST", f"{MODELS}/looks/{seen['lookId']}/trials", json=trial).status_code == 400
    assert add(service, seen["lookId"], side=[96, 96]).status_code == 400
    kept = add(service, seen["lookId"], side=[64, 64])
    assert kept.status_code == 200
    service.ask("DELETE", f"{MODELS}/{kept.json()['model']['id']}")


def test_what_is_wrong_with_a_model_is_told_with_reasons(service: LocalService, folder: Path) -> None:
    refused = look(service, folder / "text.onnx", b"no model").json()["error"]
    assert refused["type"] == "model-unfit"
    assert refused["reasons"] == [
        "This is not an ONNX model. Export the model as ONNX (.onnx) and add that file.",
    ]
    assert refused["message"] == refused["reasons"][0]
    look_id = looked(service, folder / "a.onnx", detector())
    few = add(service, look_id, classNames=["bolt"]).json()["error"]
    assert few["reasons"] == [
        "The model has 2 classes, and 1 name was given. Give one name for each class, in the order of its training."
    ]
    size = add(service, look_id, side=[640, 640]).json()["error"]
    assert size["reasons"] == ["The model takes pictures of 64 × 64 pixels and of no other size."]
    (folder / "odd.jpg").write_bytes(b"no picture")
    trial = service.ask("POST", f"{MODELS}/looks/{look_id}/trials", json={"picture": str(folder / "odd.jpg")})
    assert trial.json()["error"]["reasons"][0].startswith("The picture “odd.jpg” can not be used for the trial.")
    (folder / "a.onnx").write_bytes(detector(0.5))
    changed = add(service, look_id).json()["error"]
    assert changed["reasons"] == ["The file has changed since it was looked at. Choose it again."]
    assert own(service) == []
    assert not list((service.data / "models").iterdir())
    assert "Traceback" not in service.log()


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("/looks", {}),
        ("/looks", {"path": 7}),
        ("/looks", {"path": "model.onnx"}),
        ("/looks", {"path": "/a\0b"}),
        ("/looks", {"path": "/a\ud800b"}),
        ("/looks", []),
        ("", {"lookId": "LOOK"}),
        ("", {"lookId": "LOOK", "name": " "}),
        ("", {"lookId": "LOOK", "name": "a", "classNames": "bolt"}),
        ("", {"lookId": "LOOK", "name": "a", "classNames": [1, 2]}),
        ("", {"lookId": "LOOK", "name": "a", "classNames": ["a", " "]}),
        ("", {"lookId": "LOOK", "name": "a", "side": 64}),
        ("", {"lookId": "LOOK", "name": "a", "side": [64, "64"]}),
        ("", {"lookId": "LOOK", "name": "a", "side": [1, 100_000]}),
        ("/looks/LOOK/trials", {}),
        ("/looks/LOOK/trials", {"picture": "cat.jpg"}),
    ],
)
def test_bodies_that_make_no_sense(service: LocalService, folder: Path, where: str, body: object) -> None:
    look_id = looked(service, folder / "a.onnx", detector()) if "LOOK" in f"{where}{body}" else ""
    text = json.dumps(body).replace("LOOK", look_id)
    answer = service.ask("POST", f"{MODELS}{where.replace('LOOK', look_id)}", content=text.encode())
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_names_in_half_letters(service: LocalService, folder: Path) -> None:
    look_id = looked(service, folder / "a.onnx", detector())
    body = json.dumps({"lookId": look_id, "name": "a\ud800", "classNames": ["b\ud800\n", "c"]})
    kept = service.ask("POST", MODELS, content=body.encode()).json()["model"]
    assert (kept["name"], kept["classNames"]) == ("a?", ["b?", "c"])
    assert service.ask("DELETE", f"{MODELS}/{kept['id']}").status_code == 200


def test_there_has_to_be_room(service: LocalService, folder: Path) -> None:
    look_id = looked(service, folder / "a.onnx", detector())
    settings = "/this-computer/settings"
    assert service.ask("PATCH", settings, json={"disk_limit_gb": 1e-6}).status_code == 200
    refused = add(service, look_id)
    assert service.ask("PATCH", settings, json={"disk_limit_gb": None}).status_code == 200
    assert refused.status_code == 507
    assert (own(service), list((service.data / "models").glob("*"))) == ([], [])


def test_looks_that_are_over(service: LocalService) -> None:
    assert add(service, "no-such").status_code == 404
    body = {"picture": str(resource("samples", "cat.jpg"))}
    assert service.ask("POST", f"{MODELS}/looks/no-such/trials", json=body).status_code == 404


@pytest.mark.parametrize("digest", ["..", "%2e%2e", "abc", "../../known.sqlite", "*"])
def test_ids_that_are_none(service: LocalService, digest: str) -> None:
    assert service.ask("DELETE", f"{MODELS}/own/{digest}").status_code in {404, 405}
    assert (service.data / "known.sqlite").exists()


def test_what_was_cut_off_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    """A folder that was being filled when the service was killed goes at the next start; a damaged one is no model."""
    data = tmp_path / "data"
    with LocalService(data) as service:
        kept = add(service, looked(service, folder / "a.onnx", detector())).json()["model"]
        service.kill()
        (data / "models" / "abc.part").mkdir()
        (data / "models" / "abc.part" / "model.onnx").write_bytes(b"half")
        service.start()
        assert [each["id"] for each in own(service)] == [kept["id"]]
        assert {each.name for each in (data / "models").iterdir()} == {kept["id"].removeprefix("own/")}
        known = data / kept["id"].replace("own/", "models/") / "model.json"
        known.write_text(known.read_text()[:-9])
        assert own(service) == []
        again = add(service, looked(service, folder / "a.onnx", detector())).json()["model"]
        assert again["id"] == kept["id"]
        assert own(service) == [again]


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_pipe_is_no_model(service: LocalService, folder: Path) -> None:
    os.mkfifo(folder / "pipe.onnx")
    answer = look(service, folder / "pipe.onnx")
    assert answer.json()["error"]["reasons"] == ["This is not an ordinary file."]


# --- workflows ----------------------------------------------------------------------------------------------------


def test_a_workflow_that_names_a_model(service: LocalService, folder: Path) -> None:
    kept = add(service, looked(service, folder / "a.onnx", detector()), classNames=["bolt", "nut"]).json()["model"]
    step = {
        "type": "roboflow_core/roboflow_object_detection_model@v2",
        "name": "finder",
        "images": "$inputs.image",
        "model_id": kept["id"],
    }
    specification = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowImage", "name": "image"}],
        "steps": [step],
        "outputs": [{"type": "JsonField", "name": "found", "selector": "$steps.finder.predictions"}],
    }
    before = service.ask("GET", WORKFLOWS).json()["workflows"]
    wrapped = {"workflow": {"name": "Cloud's", "config": json.dumps({"specification": specification})}}
    checked = service.ask("POST", WORKFLOWS, json={"name": "Mine", "specification": wrapped, "check": True})
    assert checked.status_code == 200
    assert json.loads(checked.json()["workflow"]["config"])["specification"] == specification
    assert service.ask("GET", WORKFLOWS).json()["workflows"] == before

    unfit = {**specification, "steps": [step | {"model_id": "team/a/1"}, step | {"name": "other", "type": "no/such"}]}
    refused = service.ask("POST", WORKFLOWS, json={"name": "Mine", "specification": unfit, "check": True}).json()
    assert refused["error"]["type"] == "workflow-unfit"
    first, second = refused["error"]["reasons"]
    assert first.startswith("The step “finder” can not run. The model “team/a/1” is not on this computer. These are: ")
    assert first.endswith(f"{kept['id']} (“Bolts”).")
    assert second == "The step “other” is a block that this computer does not know: no/such."
    assert service.ask("DELETE", f"{MODELS}/{kept['id']}").status_code == 200
