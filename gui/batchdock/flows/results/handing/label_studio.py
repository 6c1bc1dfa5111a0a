"""Label Studio: tasks with what was found as predictions, to be looked over, and the labelling interface that fits."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from batchdock.core.colours import rgb_of
from batchdock.core.finding import Finding, Keypoints, Shape
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.results.handing.datasets import NO_SIZE, OUTSIDE, DataSet, JsonList
from batchdock.flows.results.handing.geometry import box_of, clipped, clipped_polygon, polygons_of
from batchdock.flows.results.handing.sizes import Size
from batchdock.flows.results.handing.values import number_of, text_of, xml_text
from batchdock.flows.results.handing.wishes import Form
from batchdock.flows.results.handing.writer import Order, Sight

_TASKS, _INTERFACE = "tasks.json", "labelling interface.xml"
_NOWHERE = QT_TRANSLATE_NOOP("handing", "Left out a finding that says neither where nor what it is.")
_READ = (Shape.TEXT, Shape.CODE)

Results = list[dict[str, Any]]


class LabelStudioWriter:
    """Writes `Label Studio/tasks.json` and the interface. Places are percents of the picture there."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._set = DataSet(order, Form.LABEL_STUDIO, "Label Studio", flat=False)
        self._tasks = JsonList(self._set.made(_TASKS), "[")
        self._places: dict[str, None] = {}
        """The names of keypoints, as they were met."""

    def write(self, sights: Sequence[Sight]) -> None:
        """Append the pictures as tasks."""
        tasks = []
        for sight in sights:
            if sight.picture.problem:
                continue
            if sight.size is None:
                self._set.note(sight, NO_SIZE)
                continue
            stem, extension = self._set.name(sight)
            name = f"{stem}{extension}"
            self._set.copy(sight, "images", name)
            results: Results = []
            for found in sight.findings:
                given = self._results(found, sight.size)
                if not given:
                    self._set.note(sight, OUTSIDE if box_of(found) is not None else _NOWHERE)
                results += given
            best = max((each.confidence for each in sight.findings if each.confidence is not None), default=None)
            prediction: dict[str, Any] = {"model_version": "Batchdock", "result": results}
            if (score := number_of(best)) is not None:
                prediction["score"] = score
            # Where Label Studio looks for files of its own computer.
            data = {"image": f"/data/local-files/?d={quote(f'images/{name}')}", "name": text_of(sight.picture.name)}
            tasks.append({"data": data, "predictions": [prediction]})
        self._tasks.add(tasks)

    def finish(self) -> Sequence[str]:
        """Close the list, and write the interface with all classes in their colours."""
        self._tasks.end("]\n")
        self._set.made(_INTERFACE).write_text(self._interface(), encoding="utf-8", newline="\n")
        return [f"{self._set.title}/{_TASKS}", f"{self._set.title}/{_INTERFACE}"]

    def close(self) -> None:
        """Let go of the file."""
        self._tasks.close()

    def _results(self, found: Finding, size: Size) -> Results:
        """Return what is said of one finding; nothing where nothing of it lies in the picture."""
        # As it stands in the interface, or it would not be found there.
        label = xml_text(self._set.classes.names[self._set.classes.number(found)])
        whole: dict[str, Any] = {"id": f"f{found.number}", "to_name": "image"}
        if (score := number_of(found.confidence)) is not None:
            whole["score"] = score
        if found.shape is Shape.CLASS:
            return [whole | {"type": "choices", "from_name": "class", "value": {"choices": [label]}}]
        whole |= {"original_width": size[0], "original_height": size[1], "image_rotation": 0}
        if isinstance(found.outline, Keypoints):
            return self._keypoints(found.outline, size, whole)
        results: Results = []
        shapes = (clipped_polygon(points, size) for points in polygons_of(found, size))
        polygons = [points for points in shapes if len(points) >= 3]
        for number, points in enumerate(polygons):
            value = {"points": [[_part(x, size[0]), _part(y, size[1])] for x, y in points], "polygonlabels": [label]}
            own = {"id": f"f{found.number}-{number}", "type": "polygonlabels", "from_name": "outline", "value": value}
            results.append(whole | own)
        if not results:
            results = _box(found, size, label, whole)
        if found.shape in _READ and found.text:
            # Said of the same region, where there is one: it has its id and its place.
            region: dict[str, Any] = results[0] if results else {"id": whole["id"], "value": {}}
            value = {key: each for key, each in region["value"].items() if not key.endswith("labels")}
            value["text"] = [text_of(found.text)]
            results.append(whole | {"id": region["id"], "type": "textarea", "from_name": "text", "value": value})
        return results

    def _keypoints(self, outline: Keypoints, size: Size, whole: dict[str, Any]) -> Results:
        results: Results = []
        for number, each in enumerate(outline.points):
            if not (0 <= each.x <= size[0] and 0 <= each.y <= size[1]):
                continue
            name = xml_text(each.name)
            self._places[name] = None
            value = {"x": _part(each.x, size[0]), "y": _part(each.y, size[1]), "width": 0.5, "keypointlabels": [name]}
            own = {"id": f"{whole['id']}-{number}", "type": "keypointlabels", "from_name": "place", "value": value}
            results.append(whole | own)
        return results

    def _interface(self) -> str:
        names = [xml_text(name) for name in self._set.classes.names]
        labels = "".join(
            f"    <Label value={quoteattr(name)} background={quoteattr(f'#{bytes(rgb_of(number)).hex()}')}/>\n"
            for number, name in enumerate(names)
        )
        places = "".join(f"    <Label value={quoteattr(name)}/>\n" for name in self._places)
        choices = "".join(f"    <Choice value={quoteattr(name)}/>\n" for name in names)
        return (
            '<View>\n  <Image name="image" value="$image" zoom="true"/>\n'
            f'  <RectangleLabels name="label" toName="image">\n{labels}  </RectangleLabels>\n'
            f'  <PolygonLabels name="outline" toName="image">\n{labels}  </PolygonLabels>\n'
            + (f'  <KeyPointLabels name="place" toName="image">\n{places}  </KeyPointLabels>\n' if places else "")
            + f'  <Choices name="class" toName="image" choice="multiple">\n{choices}  </Choices>\n'
            '  <TextArea name="text" toName="image" perRegion="true" editable="true"/>\n</View>\n'
        )


def _box(found: Finding, size: Size, label: str, whole: dict[str, Any]) -> Results:
    box = box_of(found)
    part = clipped(box, size) if box is not None else None
    if part is None:
        return []
    value = {
        "x": _part(part.x, size[0]),
        "y": _part(part.y, size[1]),
        "width": _part(part.width, size[0]),
        "height": _part(part.height, size[1]),
        "rotation": 0,
        "rectanglelabels": [label],
    }
    return [whole | {"type": "rectanglelabels", "from_name": "label", "value": value}]


def _part(length: float, of: int) -> float:
    return round(100 * length / of, 5)
