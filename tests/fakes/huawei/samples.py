"""The job on the vendor's page about one job (contract §4.1), with its concrete values."""

import json
from datetime import UTC, datetime
from typing import Any

SAMPLE_ID = "8d7c029b01c64abf9630f40b7dbfb067"
SAMPLE_PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
"""The project in the answer, which is not the one that was asked."""
SECRET = "sample-webhook-secret"
_ROI = {"polygons": [{"data": [[14, 20], [540, 24], [548, 430], [20, 436]]}]}
_MARK = "@target_roi@"


def sample(*, unescaped: bool = False) -> dict[str, Any]:
    """Return the fields of that job; it has no service_name and no service_title."""
    fields: dict[str, Any] = {
        "id": SAMPLE_ID,
        "name": "face-gate",
        "service": "c-face-edge",
        "version": "3.0",
        "state": "RUNNING",
        "description": None,
        "project_id": SAMPLE_PROJECT,
        "created": datetime(2020, 9, 10, 6, 56, 56, tzinfo=UTC),
        "updated": datetime(2020, 9, 10, 7, 1, 43, tzinfo=UTC),
        "edge_pool_id": "edgestreampool3f7a91c2",
        "input": {"type": "edgecamera", "data": [{"id": "5d0b3a52-1f60-4b73-9e2b-1a7a4d11c0aa"}]},
        "output": {
            "webhook": {
                "url": "https://hooks.example/faces",
                "headers": {"appId": "1", "appKey": SECRET},
                "data_category": ["FaceImage", "OriginImage"],
            }
        },
        "service_config": {"common": {**_COMMON, "target_roi": json.dumps(_ROI, separators=(",", ":"))}},
        "without": ("service_name", "service_title"),
    }
    if unescaped:
        fields["literally"] = _literally(fields)
    return fields


def _literally(fields: dict[str, Any]) -> str:
    """Return the answer as the page prints it: the quotes inside `target_roi` are not escaped."""
    shown = {
        **{name: fields[name] for name in ("id", "name", "description", "state", "input", "output", "edge_pool_id")},
        "project_id": SAMPLE_PROJECT,
        "service_version": fields["version"],
        "created_at": "2020-09-10T06:56:56Z",
        "updated_at": "2020-09-10T07:01:43Z",
        "service_config": {"common": {**_COMMON, "target_roi": _MARK}},
    }
    return json.dumps(shown, indent=2).replace(_MARK, json.dumps(_ROI, separators=(",", ":")))


_COMMON: dict[str, Any] = {
    "detection_max_size": 800,
    "detection_min_size": 120,
    "origin_image_send_sw": 0,
    "face_first_send_threshold": 0.0,
    "face_must_send_sw": 0,
    "face_repeat_send_sw": 1,
    "face_repeat_send_mode": "PERIOD",
    "face_repeat_send_step": 1,
    "face_repeat_send_interval": 1,
    "image_compression_ratio": 90,
}
