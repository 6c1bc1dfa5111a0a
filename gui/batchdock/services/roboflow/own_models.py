"""Models of one's own: looked at, tried on a picture, kept and removed. This computer's own routes."""

import base64
import binascii
from dataclasses import replace
from pathlib import Path

from batchdock.core.computer import Model, ModelAnswers, ModelKind, ModelLook, Trial
from batchdock.core.errors import AlreadyExists, BadRequest, ModelUnfit, StillUsed, UnreadableAnswer
from batchdock.services.http.reading import Entry, answered, count, entry, moment, number, optional_text, text, texts
from batchdock.services.roboflow.reading import listed
from batchdock.services.roboflow.wire import Wire, path

_LOOKING = 150.0
"""Seconds: a model may have a gigabyte, and looking into it starts what runs it."""


async def look(wire: Wire, workspace: str, file: Path) -> ModelLook:
    """Look into a model file, which stays where it is. Raise `ModelUnfit`."""
    found = await _post(wire, path(workspace, "models", "looks"), {"path": str(file)}, "look", file.name)
    look_id, kind = text(found.get("lookId")), _kind(found)
    if not look_id or kind is None:
        raise UnreadableAnswer(service=wire.service, details="models/looks: no look in the answer")
    names = texts(found.get("classNames"))
    return ModelLook(
        look_id=look_id,
        kind=kind,
        family=text(found.get("family")),
        class_count=count(found.get("classCount")) or len(names),
        class_names=names,
        named=found.get("named") is True,
        side=_side(found.get("side")),
        size=count(found.get("bytes")) or 0,
    )


async def try_out(wire: Wire, workspace: str, look_id: str, answers: ModelAnswers, picture: Path) -> Trial:
    """Run a model that was looked at over one picture. Raise `ModelUnfit`, `NotFound` for a look that is over."""
    what = path(workspace, "models", "looks", look_id, "trials")
    found = await _post(wire, what, {"picture": str(picture), **_said(answers)}, "trial", "")
    try:
        drawn = base64.b64decode(text(found.get("picture")), validate=True)
    except binascii.Error:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: the picture is no base64") from None
    return Trial(texts(found.get("findings")), drawn, number(found.get("seconds")) or 0.0)


async def add(wire: Wire, workspace: str, look_id: str, name: str, answers: ModelAnswers) -> Model:
    """Keep a copy of a model that was looked at. Raise `ModelUnfit`, `NotFound` for a look that is over."""
    body = {"lookId": look_id, "name": name, **_said(answers)}
    what = path(workspace, "models")
    model = _model(await _post(wire, what, body, "model", name))
    if model is None:
        raise UnreadableAnswer(service=wire.service, details=f"{what}: no model in the answer")
    return model


async def ask_models(wire: Wire, workspace: str) -> tuple[Model, ...]:
    """Return all models, built-in ones first."""
    found = listed(await wire.ask("GET", path(workspace, "models")), "models", wire)
    models = [each for each in map(_model, found) if each is not None]
    return tuple(sorted(models, key=_own_last))


async def remove(wire: Wire, workspace: str, model_id: str) -> None:
    """Forget a model of one's own. Raise `NotFound`, `StillUsed`."""
    try:
        await wire.ask_once("DELETE", path(workspace, "models", model_id))
    except AlreadyExists as error:
        raise StillUsed(reason=error.values["reason"], details=error.details) from None


async def _post(wire: Wire, what: str, body: dict[str, object], key: str, model: str) -> Entry:
    try:
        # May be repeated: the same model has the same id. One that ends the service is not tried for ever.
        patience = replace(wire.patience, tries=min(3, wire.patience.tries))
        answer = await wire.ask("POST", what, body=body, timeout=_LOOKING, patience=patience)
    except BadRequest as error:
        if error.kind != "model-unfit":
            raise
        raise ModelUnfit(model=model, reasons=error.reasons, details=error.details) from None
    return entry(answered(answer, wire, what).get(key))


def _said(answers: ModelAnswers) -> dict[str, object]:
    said: dict[str, object] = {}
    if answers.class_names:
        said["classNames"] = list(answers.class_names)
    if answers.side is not None:
        said["side"] = list(answers.side)
    return said


def _model(found: Entry) -> Model | None:
    model_id = text(found.get("id"))
    if not model_id:
        return None
    return Model(
        model_id=model_id,
        name=text(found.get("name")) or model_id,
        kind=_kind(found),
        class_names=texts(found.get("classNames")),
        size=count(found.get("bytes")) or 0,
        workflow_id=optional_text(found.get("workflowId")),
        built_in=found.get("builtIn") is True,
        created=moment(found.get("createdAt")),
    )


def _kind(found: Entry) -> ModelKind | None:
    kind = found.get("kind")
    return ModelKind(kind) if kind in {each.value for each in ModelKind} else None


def _side(value: object) -> tuple[int, int] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    width, height = count(value[0]), count(value[1])
    return (width, height) if width and height else None


def _own_last(model: Model) -> bool:
    return not model.built_in
