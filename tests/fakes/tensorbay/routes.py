"""Which request is which operation (contract §7); what is not here is answered by the gateway."""

from fakes.tensorbay import (
    data_api,
    datasets_api,
    diffs_api,
    history_api,
    jobs_api,
    labels_api,
    notes_api,
    segments_api,
    sextant_api,
    storage_api,
    uploads_api,
)
from fakes.tensorbay.asked import Asked
from fakes.tensorbay.call import Handler

API = "/gatewayv2/tensorbay-open-api"
SEXTANT = "/gatewayv2/apps-sextant"

_DATASET: dict[str, Handler] = {
    "GET": datasets_api.shown,
    "PATCH": datasets_api.updated,
    "DELETE": datasets_api.deleted,
}
_ROUTES: dict[str, dict[str, Handler]] = {
    "users": {"GET": datasets_api.user},
    "datasets": {"GET": datasets_api.listed, "POST": datasets_api.created},
    "datasets/{dataset}": _DATASET,
    "searchResults/{job}/datasets": {"POST": jobs_api.saved},
    "storage-configs": {"GET": storage_api.listed},
    "auth-storage-configs": {"GET": storage_api.authorised},
    "storage-configs/oss": {"POST": storage_api.created},
    "storage-configs/s3": {"POST": storage_api.created},
    "storage-configs/azure": {"POST": storage_api.created},
    "storage-configs/local": {"POST": storage_api.created},
    "storage-configs/{config}": {"DELETE": storage_api.deleted},
    "cloud/{config}/files": {"GET": storage_api.files},
    "cloud/{config}/files/urls": {"GET": storage_api.file_url},
}
_IN_SEXTANT: dict[str, dict[str, Handler]] = {
    "benchmarks": {"GET": sextant_api.benchmarks},
    "benchmarks/{benchmark}/evaluations": {
        "GET": sextant_api.evaluations,
        "POST": sextant_api.create_evaluation,
    },
    "benchmarks/{benchmark}/evaluations/{evaluation}/results": {"GET": sextant_api.result},
}
_IN_DATASET: dict[str, dict[str, Handler]] = {
    "branches": {
        "GET": history_api.branches,
        "POST": history_api.create_branch,
        "DELETE": history_api.delete_branch,
    },
    "tags": {"GET": history_api.tags, "POST": history_api.create_tag, "DELETE": history_api.delete_tag},
    "commits": {"GET": history_api.commits, "POST": history_api.commit},
    "drafts": {"GET": history_api.drafts, "POST": history_api.create_draft},
    "drafts/{draft}": {"PATCH": history_api.update_draft},
    "segments": {"GET": segments_api.listed, "POST": segments_api.posted, "DELETE": segments_api.deleted},
    "sensors": {"GET": segments_api.sensors, "POST": segments_api.put_sensor, "DELETE": segments_api.delete_sensor},
    "data": {"GET": data_api.listed, "POST": data_api.operated, "DELETE": data_api.deleted},
    "data/details": {"GET": data_api.details},
    "data/urls": {"GET": data_api.urls},
    "datas/urls": {"GET": data_api.url},
    "masks/urls": {"GET": data_api.masks},
    "total-size": {"GET": data_api.total_size},
    "frames": {"DELETE": data_api.delete_frame},
    "policies": {"GET": uploads_api.policy},
    "callback": {"PUT": uploads_api.one_arrived},
    "multi/callback": {"PUT": uploads_api.arrived},
    "multi/cloud-callback": {"PUT": uploads_api.from_cloud},
    "labels": {"GET": labels_api.listed, "PUT": labels_api.put},
    "multi/data/labels": {"PUT": labels_api.put_many},
    "labels/catalogs": {"GET": labels_api.catalog, "PUT": labels_api.put_catalog},
    "labels/statistics": {"GET": labels_api.statistics},
    "notes": {"GET": notes_api.shown, "PATCH": notes_api.updated},
    "diffs/{basehead}": {"GET": diffs_api.whole},
    "diffs/{basehead}/segments": {"GET": diffs_api.segments},
    "diffs/{basehead}/segments/{segment}": {"GET": diffs_api.segment},
    "diffs/{basehead}/segments/{segment}/data": {"GET": diffs_api.data},
    "jobs": {"GET": jobs_api.listed, "POST": jobs_api.created},
    "jobs/{job}": {"GET": jobs_api.shown, "DELETE": jobs_api.deleted},
    "jobs/{job}/abort": {"POST": jobs_api.aborted},
    "jobs/{job}/retry": {"POST": jobs_api.retried},
}


def _tables() -> dict[tuple[str, int], list[tuple[list[str], dict[str, Handler]]]]:
    """Return the routes by family and number of parts."""
    every = [(f"{API}/v1/{path}", handlers) for path, handlers in _ROUTES.items()]
    every += [(f"{API}/v1/datasets/{{dataset}}/{path}", handlers) for path, handlers in _IN_DATASET.items()]
    every += [(f"{SEXTANT}/v1/{path}", handlers) for path, handlers in _IN_SEXTANT.items()]
    found: dict[tuple[str, int], list[tuple[list[str], dict[str, Handler]]]] = {}
    for path, handlers in every:
        parts = path.split("/")[1:]
        found.setdefault((parts[1], len(parts)), []).append((parts, handlers))
    return found


_TABLES = _tables()


def route(asked: Asked) -> tuple[Handler, dict[str, str]] | None:
    """Return what answers a request, and the values of its path."""
    parts = asked.parts
    for template, handlers in _TABLES.get((parts[1] if len(parts) > 1 else "", len(parts)), ()):
        if all(want == part or want.startswith("{") for want, part in zip(template, parts, strict=True)):
            handler = handlers.get(asked.method)
            if handler is None:
                continue
            named = zip(template, parts, strict=True)
            return handler, {want[1:-1]: part for want, part in named if want.startswith("{")}
    return None
