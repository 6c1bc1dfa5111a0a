"""Looks into a model file: what it is, what it takes, what its answers mean. For a process of its own."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy

from batchdock.thiscomputer.engine.own.families import FAMILIES
from batchdock.thiscomputer.engine.own.form import Form, Look, ModelUnfit
from batchdock.thiscomputer.engine.own.joining import pieces
from batchdock.thiscomputer.engine.own.metadata import Said, read_metadata
from batchdock.thiscomputer.engine.own.network import Network, shapes
from batchdock.thiscomputer.engine.own.seen import Seen
from batchdock.thiscomputer.engine.own.sheet import Array, Pixels

_OTHER_TASKS = {
    "pose": "finds the joints of bodies",
    "obb": "finds rotated boxes",
    "semantic": "colours every pixel",
    "depth": "tells distances",
}
_USUAL_SIDES = (640, 224, 512, 416, 384, 800, 1024)
"""What is tried where a network takes any size and does not say which is best."""


def look_at(path: Path, side: tuple[int, int] | None = None) -> Look:
    """Return what the file is, at the size `side` where it takes any. Raises `ModelUnfit`."""
    network = Network(path)
    form = told(network, side)
    size, digest = 0, hashlib.sha256()
    for piece in pieces(path):
        size += len(piece)
        digest.update(piece)
    return Look(form, size, digest.hexdigest())


def told(network: Network, side: tuple[int, int] | None = None) -> Form:
    """Return how to work with a network. Raises `ModelUnfit`."""
    said = read_metadata(network.metadata)
    if doing := _OTHER_TASKS.get(said.task):
        raise ModelUnfit(
            f"The model {doing} (“{said.task}”), and only models that find, outline or sort things run here. "
            "Use one of those."
        )
    asked, answers = _answers(network, said, side)
    network.check_promises(answers)
    seen = Seen(network.output_names, answers, said, asked.side, network.wants_bytes, network.is_told_size)
    form = next((form for each in FAMILIES if (form := each.told(seen)) is not None), None)
    if form is None:
        raise ModelUnfit(
            f"What the model answers is of no kind that is known here: {shapes(network.output_names, answers)}. "
            "Known are YOLO, YOLOX, DETR, RT-DETR, D-FINE, RF-DETR and classifiers. Export it as one of these."
        )
    return replace(form, any_side=None in network.side)


def _answers(network: Network, said: Said, side: tuple[int, int] | None) -> tuple[Form, list[Array]]:
    """Return what the network answers to noise, at the first size that it takes."""
    fixed = network.side
    wanted = [side] if side else [said.side] if said.side else [(each, each) for each in _USUAL_SIDES]
    for each in wanted:
        size = (fixed[0] or each[0], fixed[1] or each[1])
        form = Form("", "", "object-detection", (), False, size, fit="stretch")
        try:
            return form, network.ask(_noise(size), form)[1]
        except ModelUnfit as unfit:
            trouble = unfit
            if None not in fixed:
                break
    raise trouble


def _noise(side: tuple[int, int]) -> Pixels:
    """Return always the same picture of many colours."""
    coarse = numpy.random.default_rng(7).integers(0, 256, (side[1] // 8 + 1, side[0] // 8 + 1, 3), numpy.uint8)
    return numpy.ascontiguousarray(coarse.repeat(8, 0).repeat(8, 1)[: side[1], : side[0]])
