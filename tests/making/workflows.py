"""Workflow definitions of one's own, as people bring them."""

import json
from pathlib import Path
from typing import Any

CUT: dict[str, Any] = {
    "version": "1.0",
    "inputs": [
        {"type": "WorkflowImage", "name": "photo"},
        {"type": "WorkflowParameter", "name": "sure", "default_value": 0.5},
        {"type": "WorkflowParameter", "name": "loud", "default_value": False},
    ],
    "steps": [
        {
            "type": "roboflow_core/roboflow_object_detection_model@v2",
            "name": "finder",
            "images": "$inputs.photo",
            "model_id": "coco/yolox-nano",
            "confidence": "$inputs.sure",
        }
    ],
    "outputs": [{"type": "JsonField", "name": "found", "selector": "$steps.finder.predictions"}],
}
"""Runs here."""

UNFIT: dict[str, Any] = {
    **CUT,
    "steps": [
        {**CUT["steps"][0], "model_id": "team/bolts/3"},
        {"type": "team/own_block@v1", "name": "mine"},
    ],
}
"""Can not run here, for two reasons."""


def written(path: Path, document: object) -> Path:
    """Write a document as JSON and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path
