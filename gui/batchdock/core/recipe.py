"""Recipes: work that is done again and again, over whatever its source has by then."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from batchdock.core.batch import Content
from batchdock.core.bucket import DEFAULT_HOURS, LONGEST_HOURS, SignInWay, Storage, StorageKind
from batchdock.core.job import JobOptions
from batchdock.core.watched import Patterns


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Files and folders of this computer, with all below them that fits the patterns."""

    paths: tuple[Path, ...]
    patterns: Patterns = field(default_factory=Patterns)


@dataclass(frozen=True, slots=True)
class ListSource:
    """A JSON Lines file of references by its path, or by its https address without a signature."""

    place: str


@dataclass(frozen=True, slots=True)
class BucketSource:
    """What matches a pattern in a bucket, by addresses that are signed for `hours`."""

    storage: Storage
    bucket: str
    pattern: str = ""
    hours: int = DEFAULT_HOURS


@dataclass(frozen=True, slots=True)
class QuerySource:
    """What a RoboQL query finds in the library of the account's workspace."""

    query: str


Source = FolderSource | ListSource | BucketSource | QuerySource


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A source, a workflow, how it is to work, and where the results go. It has no secret.

    `content` is IMAGES or VIDEOS where only those are worked on, UNKNOWN for both. Without `save_to` results go where
    those of every job go. `recipe_id` is empty until it was kept.
    """

    name: str
    source: Source
    account_id: str
    workflow_id: str
    options: JobOptions = field(default_factory=JobOptions)
    save_to: Path | None = None
    content: Content = Content.UNKNOWN
    recipe_id: str = ""

    def takes(self, content: Content) -> bool:
        """Tell whether it works on files of this kind."""
        return self.content in (Content.UNKNOWN, content)


def place_of(recipe: Recipe) -> str:
    """Return where a recipe has its files from, as people know it: paths, an address, a query."""
    match recipe.source:
        case FolderSource(paths):
            return ", ".join(map(str, paths))
        case ListSource(place):
            return place
        case BucketSource(storage, bucket, pattern):
            return f"{storage.kind}://{bucket}/{pattern}"
        case QuerySource(query):
            return query


def document_of(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as a JSON object, without its id and its account."""
    usual = asdict(JobOptions())
    options = {name: value for name, value in asdict(recipe.options).items() if value != usual[name]}
    return {
        "name": recipe.name,
        "source": _source_document(recipe.source),
        "workflow": recipe.workflow_id,
        "options": options,
        "content": str(recipe.content),
        "save_to": None if recipe.save_to is None else str(recipe.save_to),
    }


def recipe_of(document: object, account_id: str, recipe_id: str = "") -> Recipe:
    """Undo `document_of`. Raise `ValueError`, with what is wrong, for what is no recipe."""
    told = _object(document, "the recipe")
    save_to = told.get("save_to")
    return Recipe(
        name=_text(told, "name"),
        source=_source(_object(told.get("source"), "source")),
        account_id=account_id,
        workflow_id=_text(told, "workflow"),
        options=_options(_object(told.get("options", {}), "options")),
        save_to=None if save_to is None else Path(_text(told, "save_to")),
        content=_content(told),
        recipe_id=recipe_id,
    )


def _source_document(source: Source) -> dict[str, Any]:
    match source:
        case FolderSource(paths, patterns):
            return {
                "kind": "folder",
                "paths": [str(each) for each in paths],
                "include": list(patterns.include),
                "exclude": list(patterns.exclude),
            }
        case ListSource(place):
            return {"kind": "list", "place": place}
        case BucketSource(storage, bucket, pattern, hours):
            return {
                "kind": "bucket",
                "storage": asdict(storage),
                "bucket": bucket,
                "pattern": pattern,
                "hours": hours,
            }
        case QuerySource(query):
            return {"kind": "query", "query": query}


def _source(told: Mapping[str, Any]) -> Source:
    match told.get("kind"):
        case "folder":
            paths = tuple(map(Path, _texts(told, "paths")))
            if not paths:
                raise ValueError("paths")
            return FolderSource(paths, Patterns(_texts(told, "include"), _texts(told, "exclude")))
        case "list":
            return ListSource(_text(told, "place"))
        case "bucket":
            hours = told.get("hours", DEFAULT_HOURS)
            if type(hours) is not int or not 1 <= hours <= LONGEST_HOURS:
                raise ValueError("hours")
            storage = _storage(_object(told.get("storage"), "storage"))
            return BucketSource(storage, _text(told, "bucket"), _text(told, "pattern", or_empty=True), hours)
        case "query":
            return QuerySource(_text(told, "query"))
    raise ValueError("source")


def _storage(told: Mapping[str, Any]) -> Storage:
    return Storage(
        _text(told, "name"),
        StorageKind(_text(told, "kind")),
        SignInWay(_text(told, "way")),
        *(_text(told, name, or_empty=True) for name in ("where", "region", "endpoint")),
    )


def _options(told: Mapping[str, Any]) -> JobOptions:
    """Return options. Each has the type that its default has, or that its name tells."""
    kinds: dict[str, tuple[type, ...]] = {
        "parameters": (dict,),
        "metadata_mapping": (dict,),
        "keep_images": (bool,),
        "image_outputs": (list, tuple),
        "max_video_fps": (int, float),
        "workers_per_machine": (int,),
        "max_parallel_tasks": (int,),
        "timeout_seconds": (int,),
        "max_failure_rate": (int, float),
    }
    values: dict[str, Any] = {}
    for each in fields(JobOptions):
        value = told.get(each.name)
        if value is None:
            continue
        wanted = kinds.get(each.name, (str,))
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise ValueError(each.name)
        values[each.name] = tuple(str(one) for one in value) if isinstance(value, list | tuple) else value
    return JobOptions(**values)


def _content(told: Mapping[str, Any]) -> Content:
    found = Content(_text(told, "content"))
    if found not in (Content.UNKNOWN, Content.IMAGES, Content.VIDEOS):
        raise ValueError("content")
    return found


def _object(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(name)
    return value


def _text(told: Mapping[str, Any], name: str, *, or_empty: bool = False) -> str:
    value = told.get(name, "" if or_empty else None)
    if not isinstance(value, str) or not (value.strip() or or_empty) or "\x00" in value:
        raise ValueError(name)
    return value


def _texts(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = told.get(name, [])
    if not isinstance(values, list) or not all(
        isinstance(each, str) and each and "\x00" not in each for each in values
    ):
        raise ValueError(name)
    return tuple(values)
