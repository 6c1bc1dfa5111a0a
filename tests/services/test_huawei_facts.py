"""What is told of a job: a tree with its types, regions, and no secret (contract §2.2, §3.2, §3.3, §4.1)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.core.facts import MASKED, Fact, Facts, RegionShape
from batchdock.services.http.telling import CUT_SHORT
from batchdock.services.huawei.facts import BROKEN_REGIONS, read_facts
from batchdock.services.huawei.masking import masked
from batchdock.services.huawei.regions import read_regions
from fakes.huawei.records import IvaTask
from fakes.huawei.samples import sample


def at(told: Facts, *path: str) -> Fact:
    """Return the fact at a place."""
    facts = told.facts
    for name in path[:-1]:
        facts = next(each for each in facts if each.name == name).below
    return next(each for each in facts if each.name == path[-1])


def every(facts: tuple[Fact, ...]) -> Iterator[Fact]:
    for each in facts:
        yield each
        yield from every(each.below)


def test_the_vendors_sample_as_a_tree_with_its_types() -> None:
    told = read_facts(IvaTask(**sample()).detail("0" * 32))
    assert [each.name for each in told.facts][:4] == ["id", "name", "description", "state"]
    assert at(told, "description").value is None
    assert at(told, "created_at").value == datetime(2020, 9, 10, 6, 56, 56, tzinfo=UTC)
    assert at(told, "edge_pool_id").title == "Edge pool"
    common = {each.name: each.value for each in at(told, "service_config", "common").below}
    assert common["detection_max_size"] == 800
    assert common["face_first_send_threshold"] == 0.0
    assert isinstance(common["face_first_send_threshold"], float)
    assert common["face_repeat_send_mode"] == "PERIOD"
    assert isinstance(common["target_roi"], str)
    assert at(told, "input", "data", "1", "id").value == "5d0b3a52-1f60-4b73-9e2b-1a7a4d11c0aa"
    secret = at(told, "output", "webhook", "headers", "appKey")
    assert (secret.value, secret.masked) == (MASKED, True)
    assert [each.value for each in at(told, "output", "webhook", "data_category").below] == ["FaceImage", "OriginImage"]
    (region,) = told.regions
    assert region.points == ((14, 20), (540, 24), (548, 430), (20, 436))
    assert told.notices == ()


def test_a_detail_of_vias() -> None:
    told = read_facts(
        {
            "id": "a" * 32,
            "type": "1",
            "created_at": "2026-11-22T06:59:33.024Z",
            "updated_at": 1795330773024,
            "error": {"code": "ALG.00001", "message": "cannot open stream"},
            "task_config": "<config><IP>10.0.0.1</IP><PASSWORD>cam-pass</PASSWORD></config>",
            "schedule": {"type": "weekly", "periods": [[{"begin_at": "08:00:00", "end_at": "18:00:00"}]]},
            "steal": False,
            "priority": 1,
            "config": {"common": {"on": True}},
        }
    )
    assert (at(told, "type").title, at(told, "type").value) == ("Runs on", "edge")
    assert at(told, "updated_at").value == at(told, "created_at").value
    assert at(told, "error", "code").value == "ALG.00001"
    assert at(told, "task_config").value == "<config><IP>10.0.0.1</IP><PASSWORD>•••</PASSWORD></config>"
    assert at(told, "schedule", "periods", "1", "1", "end_at").value == "18:00:00"
    assert at(told, "steal").value is False
    assert at(told, "config", "common", "on").value is True
    assert at(told, "priority").title == ""


@pytest.mark.parametrize(
    "secretive",
    [
        {"input": {"vcn": {"username": "ops", "password": "s3cr3t-value"}}},
        {"input": {"data": [{"url": "rtsp://ops:s3cr3t-value@10.0.0.1/live"}]}},
        {"input": {"data": [{"url": "rtsp://ops:a@s3cr3t-value@10.0.0.1/live"}]}},
        {"input": {"data": [{"url": "https://camera.test/x?auth=s3cr3t-value"}]}},
        {"input": {"data": [{"headers": {"X-Camera": "s3cr3t-value"}}]}},
        {"input": {"data": [{"headers": [{"name": "X-Camera", "value": "s3cr3t-value"}]}]}},
        {"input": {"data": [{"headers": ["X-Camera: s3cr3t-value"]}]}},
        {"output": {"webhook": {"headers": {"X-Key": ["s3cr3t-value"]}}}},
        {"output": {"webhook": {"headers": "s3cr3t-value"}}},
        {"output": {"webhook": {"url": "https://hooks.test/x?token=s3cr3t-value"}}},
        {"type_config": "<config><USER>ops</USER><X>s3cr3t-value</X></config>"},
        {"task_config": "<a><vcn_password>s3cr3t-value</vcn_password></a>"},
        {"status": "cannot open rtsp://ops:s3cr3t-value@10.0.0.1/live"},
        {"task": {"output": {"webhook": {"Headers": {"X": "s3cr3t-value"}}}}},
        {"deep": [[[[{"headers": {"X": {"y": "s3cr3t-value"}}}]]]]},
    ],
)
def test_secrets_are_masked_wherever_they_stand(secretive: dict[str, object]) -> None:
    assert "s3cr3t" not in repr(read_facts(secretive))
    assert "s3cr3t" not in repr(masked(secretive))


# --- regions ------------------------------------------------------------------------------------------------------

_TRIANGLE = [[0.1, 0.2], [0.5, 0.2], [0.3, 1]]


def test_polygons_and_lines_as_shares_of_the_frame() -> None:
    roi = {"polygons": [{"name": "gate", "data": _TRIANGLE}], "lines": [{"data": [[0, 0], [1, 1]]}]}
    for value in (roi, json.dumps(roi)):
        polygon, line = read_regions(value) or ()
        assert (polygon.shape, polygon.name, polygon.of_frame) == (RegionShape.POLYGON, "gate", True)
        assert polygon.points == ((0.1, 0.2), (0.5, 0.2), (0.3, 1.0))
        assert (line.shape, line.points, line.of_frame) == (RegionShape.LINE, ((0.0, 0.0), (1.0, 1.0)), True)


def test_regions_are_found_wherever_they_stand() -> None:
    text = json.dumps({"polygons": [{"data": _TRIANGLE}]})
    config = {"common": {"target_roi": text}, "sources": [{"target_roi": text}, {"target_roi": ""}]}
    told = read_facts({"id": "a", "config": config})
    assert len(told.regions) == 2
    assert told.notices == ()
    assert at(told, "config", "common", "target_roi").value == text


@pytest.mark.parametrize(
    "broken",
    [
        '{"polygons":[{"data":[[14,20],[540,24]',
        "gate",
        "[1]",
        '{"circles": []}',
        '{"polygons": {"data": []}}',
        '{"polygons": [{"data": [[1, 2], [3, 4]]}]}',
        '{"polygons": [{"data": [[1, 2], [3, 4], [5]]}]}',
        '{"polygons": [{"data": [[1, 2], [3, 4], ["a", 1]]}]}',
        '{"polygons": [{"data": [[1, 2], [3, 4], [NaN, 1]]}]}',
        '{"lines": [{"data": [[1, 2]]}]}',
        '{"polygons": [7]}',
        "[" * 100_000,
    ],
)
def test_broken_regions_are_shown_as_text_and_said(broken: str) -> None:
    told = read_facts({"config": {"common": {"target_roi": broken, "other": 1}}})
    assert told.regions == ()
    assert told.notices == (BROKEN_REGIONS,)
    shown = at(told, "config", "common", "target_roi").value
    assert isinstance(shown, str)
    assert broken.startswith(shown.rstrip("…"))
    assert at(told, "config", "common", "other").value == 1


# --- anything -----------------------------------------------------------------------------------------------------

_names = st.text(max_size=6) | st.sampled_from(["target_roi", "headers", "config", "created_at", "type", "password"])
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**30, 10**40) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(answer=_anything)
def test_whatever_is_told_can_be_shown(answer: object) -> None:
    for each in every(read_facts(answer).facts):
        assert not (each.below and each.value is not None)
        assert each.value is None or isinstance(each.value, str | int | float | bool | datetime)


def test_more_than_can_be_shown_is_cut_and_said() -> None:
    told = read_facts({"config": {"common": {str(each): each for each in range(100_000)}}})
    assert len(list(every(told.facts))) < 10_000
    assert told.notices == (CUT_SHORT,)
    deep: dict[str, object] = {}
    for _ in range(500):
        deep = {"a": deep}
    assert read_facts({"id": "x", "config": deep}).notices == (CUT_SHORT,)
