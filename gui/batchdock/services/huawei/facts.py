"""What the service tells of a job, for people: a tree, regions, no secrets (contract §2.2, §3.2, §4.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from batchdock.core.facts import MASKED, Facts, Region, Value
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.telling import Telling, plain_value
from batchdock.services.http.times import time_of
from batchdock.services.huawei.masking import masked
from batchdock.services.huawei.regions import TARGET_ROI, read_regions
from batchdock.services.huawei.titles import TITLES

BROKEN_REGIONS = QT_TRANSLATE_NOOP(
    "service", "The regions can not be read as the service sent them; they are shown as text."
)

_FIRST = (
    "id",
    "name",
    "description",
    "state",
    "status",
    "error",
    "title",
    "service_title",
    "service_name",
    "service_version",
    "company",
    "type",
    "creator",
    "created_at",
    "updated_at",
    "project_id",
    "service_id",
    "release_id",
    "algorithm_publish_id",
    "package_id",
    "edge_pool_id",
    "device_id",
    "resource_order_id",
    "group_name",
    "video_source_name",
    "input",
    "output",
    "hosting_result",
    "schedule_status",
    "timing_status",
    "schedule",
    "timing",
    "config",
    "service_config",
)
"""Who it is, what it is made of, what goes in and out, when, and how; whatever else there is comes after."""

_RUNS_ON_TITLE = QT_TRANSLATE_NOOP("service", "Runs on")
_TIMES = frozenset({"created_at", "updated_at", "create_at", "modify_at", "release_at"})
_RUNS_ON = {"0": "cloud", "1": "edge"}


def read_facts(answer: object) -> Facts:
    """Return what an answer tells. Fields of any type, number and depth are shown; those that are not known too."""
    reading = _Reading(TITLES, _FIRST)
    return replace(reading.facts(masked(answer)), regions=tuple(reading.regions))


class _Reading(Telling):
    """Draws regions besides, and knows times."""

    def __init__(self, titles: Mapping[str, str], first: Sequence[str]) -> None:
        super().__init__(titles, first)
        self.regions: list[Region] = []

    def title(self, name: str, depth: int) -> str:
        return _RUNS_ON_TITLE if name == "type" and depth == 0 else super().title(name, depth)

    def note(self, name: str, value: object) -> None:
        if name != TARGET_ROI or value == MASKED:
            return
        found = read_regions(value)
        if found is None:
            self.notices.append(BROKEN_REGIONS)
        else:
            self.regions.extend(found)

    def value(self, name: str, value: object, depth: int) -> Value:
        if name in _TIMES and isinstance(value, str | int | float):
            return time_of(value) or plain_value(value)
        if name == "type" and depth == 0 and isinstance(value, str):
            return _RUNS_ON.get(value, value)
        return super().value(name, value, depth)
