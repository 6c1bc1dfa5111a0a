"""The vendor's engine on a worker of a cluster finds what it finds here, with the app's models and with one's own."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy
import pytest

from batchdock.core.resources import resource
from batchdock.thiscomputer.engine.batch import process_batch
from batchdock.thiscomputer.engine.cluster import Cluster
from batchdock.thiscomputer.engine.options import Options
from batchdock.thiscomputer.engine.own.look import look_at
from batchdock.thiscomputer.engine.rows import Input, Row
from batchdock.thiscomputer.engine.scheduler import Scheduler
from batchdock.thiscomputer.store.own_models import OwnModels
from batchdock.thiscomputer.workflows.for_models import workflow_for
from making.cluster import DaskCluster
from making.onnx_models import constant

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform == "win32", reason="starts processes as on POSIX")]


def said(rows: Sequence[Row]) -> list[object]:
    """Return what of the rows goes into results."""
    return [(each.name, dict(each.outputs), each.images, each.cause, each.frame, each.seconds) for each in rows]


def test_same_rows_there_as_here(tmp_path: Path) -> None:
    """A worker that imports the vendor's engine, and a video."""
    samples = resource("samples")
    pictures = [Input(each.name, each) for each in sorted(samples.glob("*.jpg"))[:4]]
    films = [Input(each.name, each, content="videos") for each in samples.glob("*.mp4")]
    assert pictures
    assert films
    table = numpy.zeros((1, 6, 84), numpy.float32)
    table[0, :4] = numpy.linspace(1, 60, 84)
    table[0, :, 3] = [32, 32, 32, 16, 0.1, 0.875]
    given = tmp_path / "given.onnx"
    given.write_bytes(constant({"out": table}))
    look = look_at(given)
    form = look.form.answered(("nut", "bolt"), None)
    own = workflow_for(OwnModels(tmp_path / "models", lambda _: None).add(given, look, form, "Bolts"))
    orders = [
        ("find-objects", pictures, Options(keep_images=True)),
        ("count-in-video", films, Options(max_video_fps=2)),
        (own.workflow_id, pictures, Options(own=own)),
        (own.workflow_id, pictures[:1], Options(own=own)),
    ]
    (tmp_path / "cluster").mkdir()
    with DaskCluster(tmp_path / "cluster") as dask:
        worker = dask.add_worker(threads=2)
        cluster = Cluster(Scheduler(dask.address))
        try:
            futures = [cluster.submit(*each) for each in orders]
            there = [said(each.result(120)) for each in futures]
            kept = list((tmp_path / "cluster").rglob("*.onnx"))
        finally:
            cluster.close(cancel=True)
        assert worker.poll() is None
    for rows, order in zip(there, orders, strict=True):
        assert rows == said(process_batch(*order))
    assert [each.read_bytes() for each in kept] == [given.read_bytes()]
