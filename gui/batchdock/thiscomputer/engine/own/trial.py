"""Tries a model file on one picture. For a process of its own."""

import io
import time
from pathlib import Path

import numpy
from PIL import Image

from batchdock.thiscomputer.engine.drawing import Outline, drawn
from batchdock.thiscomputer.engine.opening import read_picture_bytes
from batchdock.thiscomputer.engine.own.families import family
from batchdock.thiscomputer.engine.own.finds import Finds, Shares, Wanted
from batchdock.thiscomputer.engine.own.form import Form, ModelUnfit
from batchdock.thiscomputer.engine.own.known import Loaded
from batchdock.thiscomputer.engine.own.look import told
from batchdock.thiscomputer.engine.own.network import Network
from batchdock.thiscomputer.engine.own.tried import Tried
from batchdock.thiscomputer.engine.picture import NotProcessable
from batchdock.thiscomputer.engine.reading import open_picture
from batchdock.thiscomputer.engine.rows import Input

_SHOWN_SIDE = 1280
_FINDINGS = 100
_GUESSES = 5


def try_on(path: Path, names: tuple[str, ...], side: tuple[int, int] | None, picture: Path) -> Tried:
    """Run the model file over a picture. Raises `ModelUnfit`."""
    try:
        image = open_picture(read_picture_bytes(Input(picture.name, picture))).image
    except NotProcessable as problem:
        raise ModelUnfit(f"The picture “{picture.name}” can not be used for the trial. {problem}") from problem
    network = Network(path)
    form = told(network, side).answered(names, side)
    pixels = numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1])
    began = time.perf_counter()
    found = Loaded(network, form, family(form.family)).look(pixels, Wanted())
    seconds = time.perf_counter() - began
    if isinstance(found, Shares):
        return Tried(_guesses(found, form), _jpeg(image), seconds)
    labels = [_line(form, int(kind), score) for kind, score in zip(found.classes, found.scores, strict=True)]
    return Tried(tuple(labels[:_FINDINGS]), _jpeg(drawn(image, _outlines(found, labels))), seconds)


def _guesses(found: Shares, form: Form) -> tuple[str, ...]:
    order = numpy.argsort(-found.scores, kind="stable")[:_GUESSES]
    return tuple(_line(form, int(each), found.scores[each]) for each in order)


def _line(form: Form, kind: int, score: float) -> str:
    name = form.name_of(kind) if form.named else f"class {form.name_of(kind)}"
    return f"{name} {score:.0%}".replace("%", " %")


def _outlines(found: Finds, labels: list[str]) -> list[Outline]:
    shapes = []
    for number, (left, top, right, bottom) in enumerate(found.corners.round().astype(int).tolist()):
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        if found.outlines is not None:
            corners = [(int(x), int(y)) for x, y in found.outlines[number]]
        shapes.append(Outline(corners, labels[number], str(number + 1)))
    return shapes


def _jpeg(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()
