"""*Count people and vehicles in a video*: who is there, who crosses a line, who is inside an area."""

from collections.abc import Mapping
from typing import ClassVar

from batchdock.thiscomputer.engine.picture import Picture
from batchdock.thiscomputer.engine.vendor.shelf import OBJECTS, object_names
from batchdock.thiscomputer.workflows.by_engine import COUNT, ByEngine, line_width, measure, results, step
from batchdock.thiscomputer.workflows.parameters import Names, Number, Points, workflow_inputs

_LINE = Points("line", "0.5,0 0.5,1", 2, 2)
_AREA = Points("area", "0,0 1,0 1,1 0,1", 3, 50)
_SURE = 0.4


class CountInVideo(ByEngine):
    """Finds with YOLOX-Nano, follows with ByteTrack.

    Outputs for every frame: `count`, how many are to be seen; `in_area`, how many of them inside the area;
    `crossed_in` and `crossed_out`, how many have crossed the line since the video began, towards its left and towards
    its right as one looks from its first point to its second; `predictions`, the boxes with a number that stays
    (`tracker_id`); `output_image`, the frame with boxes, numbers and line drawn in.
    """

    workflow_id = "count-in-video"
    name = "Count people and vehicles in a video"
    description = (
        "Follows people and vehicles through a video, and counts who is there, who crosses a line and who is inside "
        "an area. Good with a camera that stands still; in dense crowds, at night, or where many hide each other, it "
        "loses some and counts others twice."
    )
    created = "2026-11-22T00:00:00Z"
    outputs = ("count", "in_area", "crossed_in", "crossed_out", "predictions", "output_image")
    image_outputs = ("output_image",)
    usual_fps = 10.0
    only_for = "videos"
    parameters = (
        Number("confidence", 0.3, 0, 1),
        Names("classes", object_names, ("person", "bicycle", "car", "motorcycle", "bus", "truck")),
        _LINE,
        _AREA,
        Number("line_width", 2, 1, 100),
    )
    definition: ClassVar[dict[str, object]] = {
        "version": "1.0",
        "inputs": workflow_inputs(parameters),
        "steps": [
            step(
                "roboflow_object_detection_model@v2",
                "detector",
                images="$inputs.image",
                model_id=OBJECTS,
                confidence="$inputs.confidence",
                class_filter="$inputs.classes",
                iou_threshold=0.45,
            ),
            step(
                "trackers_bytetrack@v1",
                "tracker",
                image="$inputs.image",
                detections="$steps.detector.predictions",
                track_activation_threshold=_SURE,
                high_conf_det_threshold=_SURE,
            ),
            step(
                "line_counter@v2",
                "gate",
                image="$inputs.image",
                detections="$steps.tracker.tracked_detections",
                line_segment="$inputs.line",
                triggering_anchor="CENTER",
            ),
            step(
                "time_in_zone@v2",
                "place",
                image="$inputs.image",
                detections="$steps.tracker.tracked_detections",
                zone="$inputs.area",
                triggering_anchor="CENTER",
            ),
            measure("counter", "$steps.tracker.tracked_detections", COUNT),
            measure("place_counter", "$steps.place.timed_detections", COUNT),
            step(
                "bounding_box_visualization@v1",
                "boxes",
                image="$inputs.image",
                predictions="$steps.tracker.tracked_detections",
                thickness="$inputs.line_width",
            ),
            step(
                "label_visualization@v1",
                "labels",
                image="$steps.boxes.image",
                predictions="$steps.tracker.tracked_detections",
                text="Tracker Id",
                text_thickness="$inputs.line_width",
            ),
            step(
                "line_counter_visualization@v1",
                "line",
                image="$steps.labels.image",
                zone="$inputs.line",
                thickness="$inputs.line_width",
                count_in="$steps.gate.count_in",
                count_out="$steps.gate.count_out",
            ),
        ],
        "outputs": results(
            count="counter.output",
            in_area="place_counter.output",
            crossed_in="gate.count_in",
            crossed_out="gate.count_out",
            predictions="tracker.tracked_detections",
            output_image="line.image",
        ),
    }

    def fitted(self, picture: Picture, given: Mapping[str, object]) -> dict[str, object]:
        """Place line and area on frames of this size, and draw lines that can be seen on them."""
        size = picture.width, picture.height
        placed = {each.name: _whole(each.placed(given.get(each.name), *size)) for each in (_LINE, _AREA)}
        return placed | ({} if given.get("line_width") else {"line_width": line_width(picture)})


def _whole(points: list[list[float]] | None) -> list[list[int]] | None:
    return None if points is None else [[round(part) for part in point] for point in points]
