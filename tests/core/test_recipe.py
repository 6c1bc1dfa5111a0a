"""A recipe is the same after it was written down, and what is none is told by what does not fit."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchdock.core.batch import Content
from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.core.job import JobOptions
from batchdock.core.recipe import (
    BucketSource,
    FolderSource,
    ListSource,
    QuerySource,
    Recipe,
    Source,
    document_of,
    recipe_of,
)
from batchdock.core.watched import Patterns

STORAGE = Storage("field", StorageKind.S3, SignInWay.PROFILE, "lab", "eu-north-1", "https://s3.example.org")
FOLDERS = FolderSource((Path("/ 수확/lot"), Path("/b")), Patterns(("*.jpg",), ("old/*",)))
SOURCES = (
    FOLDERS,
    ListSource("https://example.org/list.jsonl"),
    BucketSource(STORAGE, "b", "x/**", 3),
    QuerySource("a"),
)
OPTIONS = JobOptions(
    parameters={"confidence": 0.4, "classes": ["a"]},
    keep_images=True,
    image_outputs=("drawn",),
    table_format="csv",
    workers_per_machine=2,
    max_failure_rate=0.5,
    max_video_fps=4,
    metadata_mapping={"lot": "lot"},
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_a_recipe_is_the_same_after_it_was_written_down(source: Source) -> None:
    recipe = Recipe(
        name="Lot “17” 🍎",
        source=source,
        account_id="a",
        workflow_id="read-codes",
        options=OPTIONS,
        save_to=Path("/results"),
        content=Content.IMAGES,
        recipe_id="r",
    )
    for each in (recipe, replace(recipe, save_to=None, content=Content.UNKNOWN, options=JobOptions())):
        assert recipe_of(json.loads(json.dumps(document_of(each))), "a", "r") == each


BREAKS: dict[str, dict[str, Any]] = {
    "name": {"name": " "},
    "workflow": {"workflow": 7},
    "source": {"source": {"kind": "camera"}},
    "paths": {"source": {"kind": "folder", "paths": []}},
    "include": {"source": {"kind": "folder", "paths": ["/a"], "include": "*.jpg"}},
    "hours": {"source": {"kind": "bucket", "storage": {}, "bucket": "b", "hours": 10**6}},
    "place": {"source": {"kind": "list", "place": "a\x00b"}},
    "keep_images": {"options": {"keep_images": "yes"}},
    "workers_per_machine": {"options": {"workers_per_machine": True}},
    "content": {"content": "stream"},
    "save_to": {"save_to": ""},
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_does_not_fit_is_named(name: str) -> None:
    good = document_of(Recipe(name="a", source=FOLDERS, account_id="a", workflow_id="w"))
    assert recipe_of(good, "a").name == "a"
    with pytest.raises(ValueError, match=name):
        recipe_of({**good, **BREAKS[name]}, "a")
