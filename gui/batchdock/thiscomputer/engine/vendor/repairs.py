"""Mends known faults of the vendor's engine, each with what is wrong. A test fails when upstream mends one itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy


def repair() -> None:
    """Mend what is known to be broken in roboflow-workflows 0.2.14. Call once, after the engine is imported."""
    _repair_reader_of_qr_codes()
    _repair_numbers_of_tracks()
    _repair_reader_of_outlines()


def _repair_reader_of_qr_codes() -> None:
    """`roboflow_core/qr_code_detector@v1` fails for every picture without a code.

    OpenCV answers None instead of no corners, and the block iterates over them.
    """
    from roboflow_workflows.core_steps.models.third_party.qr_code_detection import v1

    v1.cv2 = _OpenCV


def _repair_numbers_of_tracks() -> None:
    """The blocks `trackers_…@v1` go on counting where the video before ended.

    The trackers count their tracks in the class; `reset` alone sets that back, and nobody calls it.
    """
    from roboflow_workflows.core_steps.trackers.botsort.v1 import BoTSORTBlockV1
    from roboflow_workflows.core_steps.trackers.bytetrack.v1 import ByteTrackBlockV1
    from roboflow_workflows.core_steps.trackers.ocsort.v1 import OCSORTBlockV1
    from roboflow_workflows.core_steps.trackers.sort.v1 import SORTBlockV1

    for block in (BoTSORTBlockV1, ByteTrackBlockV1, OCSORTBlockV1, SORTBlockV1):
        block._create_tracker = _counting_anew(block._create_tracker)


def _repair_reader_of_outlines() -> None:
    """`roboflow_core/roboflow_instance_segmentation_model@v3` asks a package of models whether an answer comes later.

    That package is not installed (ADR 11), and no answer here comes later.
    """
    from roboflow_workflows.core_steps.models.roboflow.instance_segmentation import v3

    v3.get_async_response_future = v3.get_async_response_context_id = _nothing


def _nothing(_: object) -> None:
    return None


def _counting_anew(create: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create)
    def created(*args: Any, **kwargs: Any) -> Any:
        tracker = create(*args, **kwargs)
        tracker.reset()
        return tracker

    return created


class _QRCodeDetector:
    def __init__(self) -> None:
        import cv2

        self._detector = cv2.QRCodeDetector()

    def detectAndDecodeMulti(self, image: Any) -> tuple[bool, Any, Any, Any]:
        found, texts, corners, codes = self._detector.detectAndDecodeMulti(image)
        return found, texts, numpy.empty((0, 4, 2)) if corners is None else corners, codes


class _OpenCV:
    """All of OpenCV that the block uses."""

    QRCodeDetector = _QRCodeDetector
