"""The document of the wire, and the wire: each route in it, and no answer that it does not know."""

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import EngineEvent, NonFatalError, ScenarioFinished
from schemathesis.openapi import from_dict

from batchdock.thiscomputer.conductor.fetching import Rules
from batchdock.thiscomputer.rooms import Rooms
from batchdock.thiscomputer.server.app import all_routes
from batchdock.thiscomputer.server.openapi.document import document
from making.local_service import LocalService, tar_of
from making.media import picture_bytes

_CONFIG: dict[str, Any] = {
    "phases": {"examples": {"enabled": False}, "stateful": {"enabled": False}},
    "generation": {"max-examples": 10, "deterministic": True, "database": "none"},
    "checks": {
        # Either of two keys is enough, and schemathesis takes that for a key that is not looked at. Whether a request
        # that is right does something goes by what is there, which the document can not say.
        name: {"enabled": False}
        for name in ("ignored_auth", "positive_data_acceptance", "use_after_free", "ensure_resource_availability")
    },
}
_AS_THEY_ARE = {"scheduler", "disk_limit_gb", "workers"}
"""Settings that send the service to look for a cluster, leave it no room, or have it start hundreds of processes."""


def _documented() -> set[tuple[str, str]]:
    paths: dict[str, dict[str, object]] = document()["paths"]  # type: ignore[assignment]
    return {(method.upper(), path) for path, operations in paths.items() for method in operations}


def test_every_route_is_in_the_document_and_the_reverse(tmp_path: Path) -> None:
    rooms = Rooms(tmp_path, Rules())
    routes = all_routes(rooms.parts(lambda: "http://127.0.0.1:1"))
    served = {(method, route.path) for route in routes for method in route.methods or () if method != "HEAD"}
    assert served == _documented()


def test_the_document_is_shown_and_names_each_part_of_an_address(service: LocalService) -> None:
    shown = service.ask("GET", "/openapi.json").json()
    assert shown == document()
    jsonschema_rs.meta.validate(shown["components"]["schemas"]["Refusal"])
    for path, operations in shown["paths"].items():
        for operation in operations.values():
            named = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path
    assert service.plain("GET", f"{service.url}/openapi.json").status_code == 401


@pytest.mark.long
def test_no_answer_that_is_not_in_the_document(service: LocalService) -> None:
    """Takes long because every operation is asked dozens of things."""
    for number in range(3):
        service.upload("b1", f"{number}.jpg", picture_bytes(number))
    service.upload_tar("b2", tar_of((f"{number}.jpg", picture_bytes(number)) for number in range(3)))
    service.start_job("j1", "b1")
    service.wait("j1")
    config = SchemathesisConfig.from_dict(_CONFIG)
    headers = {"Authorization": f"Bearer {service.key}"}
    config.projects.default.update(headers=headers, base_url=service.url)
    schema = from_dict(_harmless(service.ask("GET", "/openapi.json").json()), config=config)
    events = list(from_schema(schema).execute())
    asked = [each for each in events if isinstance(each, ScenarioFinished)]
    assert {each.label for each in asked} == {f"{method} {path}" for method, path in _documented()}
    assert sum(len(each.recorder.interactions) for each in asked) > 1000
    bad = [_words(each) for each in events if _is_bad(each)]
    assert not bad, "\n\n".join(bad)


def _harmless(shown: Any) -> Any:
    """Return the document without what is better left as it is."""
    change = shown["paths"]["/{workspace}/settings"]["patch"]["requestBody"]["content"]["application/json"]
    for each in _AS_THEY_ARE:
        del change["schema"]["properties"][each]
    return shown


def _is_bad(event: EngineEvent) -> bool:
    failed = isinstance(event, ScenarioFinished) and event.status not in (Status.SUCCESS, Status.SKIP)
    return failed or isinstance(event, NonFatalError)


def _words(event: EngineEvent) -> str:
    if isinstance(event, NonFatalError):
        return f"{event.label}: {event.value!r}"
    assert isinstance(event, ScenarioFinished)
    failures = [check.failure_info for checks in event.recorder.checks.values() for check in checks]
    return "\n".join(f"{event.label}: {each.failure}\n{each.code_sample}" for each in failures if each)
