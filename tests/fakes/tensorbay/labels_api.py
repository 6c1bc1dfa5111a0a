"""Labels, their catalog and their statistics (contract §4.7)."""

from collections import Counter
from dataclasses import replace

from fakes.tensorbay.asked import MOST, Given
from fakes.tensorbay.call import Call
from fakes.tensorbay.records import Content, File, Json
from fakes.tensorbay.refusals import WRONG, Refused, absent
from fakes.tensorbay.state import changing, segment_of

MASKS = ("SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK")
TYPES = (
    *("CLASSIFICATION", "BOX2D", "BOX3D", "POLYGON", "POLYLINE2D", "MULTI_POLYGON", "MULTI_POLYLINE2D", "RLE"),
    *("KEYPOINTS2D", "SENTENCE", *MASKS),
)


def catalog(call: Call) -> Json:
    """GetLabelCatalog."""
    return {"catalog": call.version().catalog}


def put_catalog(call: Call) -> Json:
    """UploadLabelCatalog."""
    call.draft().content.catalog = _of_known_kinds(call.body.of("catalog", dict))
    return {}


def listed(call: Call) -> Json:
    """ListLabel."""
    segment = segment_of(call.version(), call.query.text("segmentName"))

    def row(files: list[File]) -> Json:
        if not files[0].frame_id:
            return {"remotePath": files[0].remote_path, "label": files[0].label}
        frame = [{"sensorName": each.sensor, "remotePath": each.remote_path, "label": each.label} for each in files]
        return {"frameId": files[0].frame_id, "frame": frame}

    return call.listed("labels", segment.rows(), row)


def put(call: Call) -> Json:
    """UploadLabel."""
    return _replaced(call, [call.body])


def put_many(call: Call) -> Json:
    """MultiUploadLabel: all of them or none."""
    return _replaced(call, call.body.objects("objects", MOST))


def statistics(call: Call) -> Json:
    """GetLabelStatistics: null for lists that a kind has not."""
    return {"labelStatistics": statistics_of(call.version())}


def statistics_of(content: Content) -> Json:
    """Return how many labels there are, by kind, category and attribute."""
    quantities: Counter[str] = Counter()
    categories: dict[str, Counter[str]] = {}
    attributes: dict[str, dict[str, Counter[object]]] = {}
    for file in content.files():
        for kind, value in file.label.items():
            for each in value if isinstance(value, list) else [value]:
                if not isinstance(each, dict):
                    continue
                quantities[kind] += 1
                if isinstance(each.get("category"), str):
                    categories.setdefault(kind, Counter())[each["category"]] += 1
                for name, said in (each.get("attributes") or {}).items():
                    said = said if isinstance(said, (str, bool, int, float)) else str(said)
                    attributes.setdefault(kind, {}).setdefault(name, Counter())[said] += 1
    return {
        kind: {
            "quantity": quantity,
            "categories": [
                {"name": name, "quantity": count, "attributes": []}
                for name, count in sorted(categories.get(kind, {}).items())
            ]
            or None,
            "attributes": [
                {"name": name, "enum": [*counts], "quantities": [*counts.values()]}
                for name, counts in sorted(attributes.get(kind, {}).items())
            ]
            or None,
        }
        for kind, quantity in quantities.items()
    }


def label_of(call: Call, path: str, label: Json) -> Json:
    """Return a file's label as it is kept: masks were sent to the store before, and are given paths."""
    found = dict(_of_known_kinds(label))
    for kind in MASKS:
        if kind not in found:
            continue
        mask = Given(found[kind])
        if call.state.store.prefix + mask.named("checksum") not in call.state.store.objects:
            raise Refused(WRONG, "the mask is not in the storage")
        found[kind] = {"remotePath": f"{path.rpartition('.')[0] or path}.png", **mask.values}
        found[kind].pop("url", None)
    return found


def _of_known_kinds(value: Json) -> Json:
    if not set(value) <= set(TYPES):
        raise Refused(WRONG, "a kind of labels is not known")
    return value


def _replaced(call: Call, given: list[Given]) -> Json:
    """Replace all kinds of labels of some files."""
    content = call.draft().content
    segment = segment_of(content, call.body.text("segmentName"))
    by_path = {each.remote_path: place for place, each in segment.files.items()}
    if any(each.named("remotePath") not in by_path for each in given):
        raise absent("data")
    paths = [each.named("remotePath") for each in given]
    labels = [(path, label_of(call, path, each.of("label", dict))) for path, each in zip(paths, given, strict=True)]
    segment = changing(content, segment.name)
    for path, label in labels:
        segment.put(replace(segment.files[by_path[path]], label=label))
    return {}
