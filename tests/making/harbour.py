"""A harbour that is watched by cameras: what a person may have at Huawei Cloud, for looking at."""

import json

from fakes.huawei import HuaweiCloud
from fakes.huawei.kept import Group
from fakes.huawei.records import Task

_CAMERAS = {
    "north": ("gate-north", "gate-north-barrier", "quay-1"),
    "south": ("gate-south", "quay-2", "주차장-남쪽", "停车场 南 (2)"),
    "perimeter": ("fence-east", "fence-west"),
}
_ALGORITHMS = (
    ("Intrusion detection", "c-intrusiondetection-edge", "VIAS", "edge", "service_running"),
    ("Smoke and fire", "c-smoke-fire-cloud", "Argus Vision", "cloud", "service_running"),
    ("Ship intrusion", "ship-intrusion-edge", "VIAS", "edge", "service_deploying"),
    ("越线检测", "c-line-crossing-cloud", "慧眼科技", "cloud", "not_deployed"),
)
_STATES = (
    *("RUNNING", "RUNNING", "RUNNING", "STOPPED", "ABNORMAL", "FAILED", "PENDING", "STOPPING", "FROZEN"),
    *("LACK_OF_RESOURCES", "SUCCEEDED", "UPGRADING", "HIBERNATING"),
)
_ZONES = json.dumps(
    {
        "polygons": [
            {"data": [[120, 90], [860, 70], [1180, 520], [240, 660]]},
            {"data": [[930, 80], [1250, 110], [1230, 320], [980, 300]]},
        ],
        "lines": [{"data": [[80, 600], [620, 420], [1240, 640]]}],
    }
)


def harbour(cloud: HuaweiCloud) -> list[Task]:
    """Fill a cloud with cameras in groups, algorithms, pools, a batch, and jobs in all states; return those of VIAS."""
    groups = {name: _group(cloud, name) for name in _CAMERAS}
    for name, api, company, where, state in _ALGORITHMS:
        cloud.add_algorithms(name=name, api=api, company=company, deploy_type=where, state=state)
    cloud.add_pools(name="edge-harbour", nodes=3)
    cloud.add_pools(name="edge-yard", state="Abnormal")
    batch = cloud.add_batches(name="perimeter-night", title="Intrusion detection", group_names=["north", "perimeter"])[
        0
    ]
    jobs: list[Task] = []
    for number, state in enumerate(_STATES):
        group = list(groups.values())[number % len(groups)]
        title, api, company, where, _ = _ALGORITHMS[number % len(_ALGORITHMS)]
        source = cloud.state.sources[group.source_ids[number % len(group.source_ids)]]
        failed = state in ("FAILED", "ABNORMAL")
        jobs += cloud.add_tasks(
            name=f"{source.name}-{api.split('-')[1]}-{number + 1}",
            state=state,
            title=title,
            service_name=api,
            company=company,
            kind="1" if where == "edge" else "0",
            video_source_name=source.name,
            group_names=[group.name, "watched"],
            group_ids=[group.id],
            batch_id=batch.id if number % 3 else "",
            status="The stream can not be reached." if failed else "",
            error={"code": "ALG.00000001", "message": "cannot open stream"} if failed else None,
            input={"type": "video_source", "data": [{"video_source_id": source.id}]},
            config={"common": {"sensitivity": 0.7, "alarm_interval": 30, "sub_scene": "common", "target_roi": _ZONES}},
        )
    cloud.add_sample()
    for name, state in (("face-canteen", "RUNNING"), ("face-office", "START_FAILED")):
        cloud.add_iva_tasks(name=name, state=state, service_config={"common": {"target_roi": _ZONES}})
    return jobs


def _group(cloud: HuaweiCloud, name: str) -> Group:
    sources = [
        cloud.add_sources(name=camera, level="2" if "west" in camera else "1", tags=[name], latitude="31.23041")[0]
        for camera in _CAMERAS[name]
    ]
    return cloud.add_groups(name=name, source_ids=[source.id for source in sources])[0]
