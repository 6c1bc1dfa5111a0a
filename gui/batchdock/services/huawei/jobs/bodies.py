"""Makes requests of the values of a form (contract §3.3, §3.4, §4.3, §4.4)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from batchdock.core.errors import NotAskedFor
from batchdock.services.http.reading import Entry, entry, text
from batchdock.services.huawei.jobs.inputs import read_inputs, refuse_hidden, restored
from batchdock.services.huawei.jobs.tasks import Tasks
from batchdock.services.huawei.wire import Family

Values = Mapping[str, object]

_VCN = ("ip", "port", "username", "password")
_WITH_CATEGORIES = ("webhook", "dis", "obs")
_MOST_HEADERS = 10


def create_body(values: Values, tasks: Tasks, version: str, service: str) -> dict[str, Any]:
    """Return the body for a new job. Raise `NotAskedFor` for what the service is known to refuse."""
    inputs, outputs = _input({}, values, service), output_of({}, values, tasks, service)
    if not inputs.get("data"):
        raise NotAskedFor(service=service, reason="The job has no input.")
    if not outputs:
        raise NotAskedFor(service=service, reason="The results of the job go nowhere.")
    if "webhook" in outputs and not outputs["webhook"].get("headers"):
        raise NotAskedFor(service=service, reason="An address to send results to needs a header, one at least.")
    if tasks.is_at_edge and not values.get("edge_pool_id"):
        raise NotAskedFor(service=service, reason="A service that runs at the edge needs an edge pool.")
    body: dict[str, Any] = {"name": values.get("name"), "input": inputs, "output": outputs}
    if version:
        body["service_version"] = version
    for key in ("description", "edge_pool_id", "resource_order_id", "is_saved_as_template"):
        if values.get(key) and (key != "is_saved_as_template" or tasks.family is Family.VIAS):
            body[key] = values[key]
    body |= free_of({}, values, tasks)
    refuse_hidden(body, service)
    return body


def change_body(task: Entry, values: Values, tasks: Tasks, service: str) -> dict[str, Any]:
    """Return the body for changes to a job that is `task` now. VIAS has to be told name, input and output anew."""
    body: dict[str, Any] = {}
    for key in ("name", "description"):
        if key in values:
            body[key] = values[key] or ""
    inputs = _input(entry(task.get("input")), values, service)
    outputs = output_of(entry(task.get("output")), values, tasks, service)
    if not outputs:
        raise NotAskedFor(service=service, reason="The results of the job go nowhere.")
    if tasks.family is Family.VIAS:
        body = {"name": task.get("name"), "input": inputs, "output": outputs, **body}
    else:
        body |= {"input": inputs} if inputs != task.get("input") else {}
        body |= {"output": outputs} if outputs != task.get("output") else {}
    body |= free_of(task, values, tasks)
    refuse_hidden(body, service)
    return body


def headers_of(typed: str, service: str) -> dict[str, str]:
    """Read headers: `Name: value`, several with semicolons or line breaks between, or a JSON object of them."""
    found: dict[str, str] = {}
    try:
        read = json.loads(typed)
    except (ValueError, RecursionError):
        read = None
    if isinstance(read, dict):
        found = {str(name): str(value) for name, value in read.items()}
    else:
        for each in filter(str.strip, re.split(r"[;\r\n]+", typed)):
            name, colon, value = each.partition(":")
            if not colon or not name.strip():
                raise NotAskedFor(service=service, reason="Headers are written as Name: value.")
            found[name.strip()] = value.strip()
    if len(found) > _MOST_HEADERS:
        raise NotAskedFor(service=service, reason=f"The service takes at most {_MOST_HEADERS} headers.")
    return found


def free_of(task: Entry, values: Values, tasks: Tasks) -> dict[str, Any]:
    """Return schedule and settings under the names of the family."""
    iva = tasks.family is Family.IVA
    names = {"schedule": "timing" if iva else "schedule", "config": "service_config" if iva else "config"}
    return {
        name: restored(values[key] or {}, task.get(name))
        for key, name in names.items()
        if key in values and (values[key] or task.get(name))
    }


def _input(now: Entry, values: Values, service: str) -> dict[str, Any]:
    """Return the input: what it is now, with what was filled in over it."""
    kind, sources, typed = values.get("input_type"), values.get("video_sources"), values.get("input")
    found = dict(now)
    if kind:
        found["type"] = kind
    if isinstance(typed, str) and typed.strip():
        found["data"] = read_inputs(typed, text(found.get("type")), now.get("data"), service)
    elif isinstance(sources, tuple | list) and sources:
        found["data"] = [{"video_source_id": each} for each in sources]
    elif kind and now and kind != now.get("type"):
        raise NotAskedFor(service=service, reason="Another kind of input was chosen, but no input of that kind.")
    vcn = {name: values[f"vcn_{name}"] for name in _VCN if values.get(f"vcn_{name}")}
    if "port" in vcn:
        vcn["port"] = int(str(vcn["port"]))
    if vcn and found.get("type") != "vcn":
        raise NotAskedFor(service=service, reason="A video cloud node was given, but another kind of input.")
    if vcn:
        found["vcn"] = {**entry(now.get("vcn")), **vcn}
    if sources and found.get("type") not in (None, "video_source"):
        raise NotAskedFor(service=service, reason="Video sources were chosen, but another kind of input.")
    return found


def output_of(now: Entry, values: Values, tasks: Tasks, service: str) -> dict[str, Any]:
    """Return the outputs: what they are now, with what was filled in over them; what was emptied is taken out."""
    found: dict[str, Any] = {name: dict(each) if isinstance(each, dict) else each for name, each in now.items()}

    def put(output: str, name: str, key: str) -> None:
        if key in values:
            there = entry(found.get(output))
            found[output] = {**there, name: restored(values[key], there.get(name))}
            if not values[key]:
                found.pop(output)

    put("webhook", "url", "webhook_url")
    headers = values.get("webhook_headers")
    if isinstance(headers, str) and headers.strip():
        if "webhook" not in found:
            raise NotAskedFor(service=service, reason="Headers were given, but no address to send results to.")
        found["webhook"]["headers"] = headers_of(headers, service)
    put("dis", "stream_name", "dis_stream")
    put("obs", "bucket", "obs_bucket")
    if "obs" in found and "obs_path" in values:
        found["obs"]["path"] = values["obs_path"] or ""
    if tasks.family is Family.VIAS and "event_center" in values:
        found["event_center"] = bool(values["event_center"])
    if tasks.family is Family.IVA:
        put("localpath", "mount_source_path", "localpath")
        if "hosting" in values:
            found["hosting"] = restored(values["hosting"] or {}, now.get("hosting"))
    categories = values.get("data_category")
    if isinstance(categories, tuple | list):
        for name in _WITH_CATEGORIES:
            if isinstance(found.get(name), dict):
                found[name]["data_category"] = list(categories)
    return {name: each for name, each in found.items() if each not in (None, {}, False)}
