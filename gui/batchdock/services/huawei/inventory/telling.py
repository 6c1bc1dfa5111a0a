"""What is told of an item, for people: in an order, and under names, that say something (contract §3.5 to §3.8)."""

from collections.abc import Mapping
from dataclasses import replace

from batchdock.core.facts import Fact, Facts
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry
from batchdock.services.huawei.facts import read_facts

_TITLES = {
    "access_type": QT_TRANSLATE_NOOP("service", "Connected at"),
    "deploy_type": QT_TRANSLATE_NOOP("service", "Runs on"),
    "status": QT_TRANSLATE_NOOP("service", "State"),
    "state": QT_TRANSLATE_NOOP("service", "State"),
    "alg_status": QT_TRANSLATE_NOOP("service", "State"),
    "error_msg": QT_TRANSLATE_NOOP("service", "Trouble"),
    "type": QT_TRANSLATE_NOOP("service", "Kind"),
    "alg_name": QT_TRANSLATE_NOOP("service", "Algorithm"),
    "alg_id": QT_TRANSLATE_NOOP("service", "Id of the algorithm"),
    "alg_version": QT_TRANSLATE_NOOP("service", "Version of the algorithm"),
    "alg_versions": QT_TRANSLATE_NOOP("service", "Versions there are"),
    "function_version": QT_TRANSLATE_NOOP("service", "Version"),
    "alg_class": QT_TRANSLATE_NOOP("service", "Made by"),
    "can_update": QT_TRANSLATE_NOOP("service", "There is a newer version"),
    "new_alg_id": QT_TRANSLATE_NOOP("service", "Id of the newer version"),
    "api": QT_TRANSLATE_NOOP("service", "Name for requests"),
    "request_mode": QT_TRANSLATE_NOOP("service", "It answers"),
    "deployment_constraints": QT_TRANSLATE_NOOP("service", "What it needs"),
    "accelerators": QT_TRANSLATE_NOOP("service", "Accelerators"),
    "cpu_type": QT_TRANSLATE_NOOP("service", "Processor"),
    "input_types": QT_TRANSLATE_NOOP("service", "Inputs"),
    "output_types": QT_TRANSLATE_NOOP("service", "Outputs"),
    "service_config": QT_TRANSLATE_NOOP("service", "Start settings as XML"),
    "service_api_list": QT_TRANSLATE_NOOP("service", "Requests it takes"),
    "release_at": QT_TRANSLATE_NOOP("service", "Released"),
    "release_flag": QT_TRANSLATE_NOOP("service", "Is released"),
    "package_name": QT_TRANSLATE_NOOP("service", "Package"),
    "pool_id": QT_TRANSLATE_NOOP("service", "Edge pool"),
    "tags": QT_TRANSLATE_NOOP("service", "Tags"),
    "tag": QT_TRANSLATE_NOOP("service", "Tags"),
    "num_task": QT_TRANSLATE_NOOP("service", "Jobs"),
    "num_tasks": QT_TRANSLATE_NOOP("service", "Jobs"),
    "num_batch_task": QT_TRANSLATE_NOOP("service", "Batches"),
    "num_video_source": QT_TRANSLATE_NOOP("service", "Video sources"),
    "batch_task_status_info": QT_TRANSLATE_NOOP("service", "Jobs by state"),
    "group_status": QT_TRANSLATE_NOOP("service", "Sources by state"),
    "num_online": QT_TRANSLATE_NOOP("service", "Online"),
    "num_offline": QT_TRANSLATE_NOOP("service", "Offline"),
    "num_exception": QT_TRANSLATE_NOOP("service", "Abnormal"),
    "create_at": QT_TRANSLATE_NOOP("service", "Created"),
    "modify_at": QT_TRANSLATE_NOOP("service", "Changed"),
    "stream_path": QT_TRANSLATE_NOOP("service", "Address of the stream"),
    "latitude": QT_TRANSLATE_NOOP("service", "Latitude"),
    "longitude": QT_TRANSLATE_NOOP("service", "Longitude"),
    "video_packages": QT_TRANSLATE_NOOP("service", "Video groups"),
    "video_group_id": QT_TRANSLATE_NOOP("service", "Id of the group"),
    "video_group_name": QT_TRANSLATE_NOOP("service", "Video groups"),
    "video_source_quality": QT_TRANSLATE_NOOP("service", "Picture problems"),
    "scene_recommend": QT_TRANSLATE_NOOP("service", "Recommended algorithms"),
    "service_config_templates": QT_TRANSLATE_NOOP("service", "Templates"),
    "workspace_id": QT_TRANSLATE_NOOP("service", "Workspace"),
    "nodes": QT_TRANSLATE_NOOP("service", "Edge nodes"),
    "arch": QT_TRANSLATE_NOOP("service", "Processor"),
    "cpu": QT_TRANSLATE_NOOP("service", "Cores"),
    "memory": QT_TRANSLATE_NOOP("service", "Memory"),
}
NAME = QT_TRANSLATE_NOOP("service", "Name")
_FIRST = (
    *("status", "state", "alg_status", "error_msg", "description", "alg_name", "type", "access_type", "deploy_type"),
    *("company", "function_version", "num_task", "num_tasks", "batch_task_status_info", "num_video_source"),
    *(
        "group_status",
        "video_group_name",
        "video_packages",
        "video_source_name",
        "stream_path",
        "tag",
        "tags",
        "pool_id",
    ),
)
_LAST = ("deployment_constraints", "service_api_list")


def tell(answer: Entry, titles: Mapping[str, str]) -> Facts:
    """Return what an answer tells, without secrets. `titles` are names that only mean this in this collection."""
    told = read_facts(answer)
    called = _TITLES | dict(titles)
    places = {name: place for place, name in enumerate(_FIRST)}

    def place_of(fact: Fact) -> int:
        if fact.title == NAME:
            return -1
        return places.get(fact.name, len(places) + (fact.name in _LAST))

    facts = sorted((_called(fact, called) for fact in told.facts), key=place_of)
    return replace(told, facts=tuple(facts))


def _called(fact: Fact, titles: Mapping[str, str]) -> Fact:
    below = tuple([_called(each, titles) for each in fact.below])
    return replace(fact, below=below, title=titles.get(fact.name, fact.title))
