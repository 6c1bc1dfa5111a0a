"""What the cloud keeps besides jobs: batches, groups of cameras, cameras, algorithms, pools. See `records`."""

from dataclasses import dataclass, field

from fakes.huawei.records import Json, Record
from fakes.huawei.times import epoch


@dataclass(kw_only=True)
class Batch(Record):
    """A batch configuration: an algorithm over many sources, a task each. `counted` is added to the true counts."""

    title: str = "Intrusion detection"
    company: str = "VIAS"
    kind: str = "0"
    service_name: str = ""
    service_version: str = "1.0.0"
    description: str = ""
    schedule: Json | None = None
    output: Json = field(default_factory=dict)
    config: Json = field(default_factory=dict)
    group_names: list[str] = field(default_factory=list)
    source_names: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def row(self, counts: dict[str, int]) -> Json:
        """Return the batch with how many of its tasks are in each state; zeros are left out (contract §3.5)."""
        return self.laid_over(
            {
                "id": self.id,
                "batch_task_name": self.name,
                "alg_name": self.title,
                "company": self.company,
                "type": self.kind,
                "num_task": sum(counts.values()),
                "created_at": epoch(self.created),
                "video_group_name": ",".join(self.group_names),
                "video_source_name": ",".join(self.source_names),
                "batch_task_status_info": counts,
            }
        )


@dataclass(kw_only=True)
class Group(Record):
    """A group of cameras."""

    access_type: str = "cloud"
    kind: str = "url"
    description: str = ""
    source_ids: list[str] = field(default_factory=list)

    def row(self, online: int, offline: int, exception: int, batches: int) -> Json:
        """Return the group with what is known of its sources (contract §3.6)."""
        return self.laid_over(
            {
                "video_group_id": self.id,
                "video_group_name": self.name,
                "access_type": self.access_type,
                "type": self.kind,
                "num_video_source": len(self.source_ids),
                "num_batch_task": batches,
                "group_status": {"num_online": online, "num_offline": offline, "num_exception": exception},
                "create_at": epoch(self.created),
                "modify_at": epoch(self.updated),
            }
        )


@dataclass(kw_only=True)
class Source(Record):
    """A camera. `level`: "1" online, "2" offline, "9" abnormal. `type_config` is XML with credentials in it."""

    access_type: str = "cloud"
    kind: str = "url"
    type_config: str = ""
    stream_path: str = ""
    tags: list[str] = field(default_factory=list)
    latitude: str = ""
    longitude: str = ""
    level: str = "1"
    platform_name: str = ""

    def row(self, groups: list[Json], tasks: int) -> Json:
        """Return the camera, its credentials with it (contract §3.7)."""
        word = {"1": "Online", "2": "Offline", "9": "Abnormal"}[self.level]
        return self.laid_over(
            {
                "video_source_id": self.id,
                "video_source_name": self.name,
                "access_type": self.access_type,
                "type": self.kind,
                "create_at": epoch(self.created),
                "status": {"status": word, "name": word.lower(), "level": self.level},
                "stream_path": self.stream_path,
                "tag": self.tags,
                "num_tasks": tasks,
                "num_service_config_templates": 0,
                "latitude": self.latitude,
                "longitude": self.longitude,
                "video_packages": groups,
                "video_source_quality": [],
                "type_config": self.type_config,
            }
        )


@dataclass(kw_only=True)
class Algorithm(Record):
    """An algorithm that can be deployed; `id` is its service id, `state` its `alg_status`."""

    state: str = "service_running"
    alg_id: str = ""
    api: str = "c-intrusiondetection-cloud"
    kind: str = "partner"
    deploy_type: str = "cloud"
    request_mode: str = "async"
    company: str = "VIAS"
    version: str = "1.0.0"
    tags: list[str] = field(default_factory=list)
    ever_deployed: bool = True
    streams: int = 1

    def row(self) -> Json:
        """Return the algorithm as lists have it (contract §3.8)."""
        return self.laid_over(
            {
                "service_id": self.id,
                "service_name": self.name,
                "alg_id": self.alg_id,
                "alg_status": self.state,
                "alg_class": self.kind,
                "deploy_type": self.deploy_type,
                "request_mode": self.request_mode,
                "function_version": self.version,
                "alg_version": self.version,
                "company": self.company,
                "created_at": epoch(self.created),
                "package_id": "",
                "tags": self.tags,
            }
        )


@dataclass(kw_only=True)
class Pool(Record):
    """A pool of machines at the edge."""

    state: str = "Running"
    description: str = ""
    nodes: int = 1

    def row(self, project_id: str) -> Json:
        """Return the pool as lists have it (contract §3.8)."""
        return self.laid_over(
            {
                "id": self.id,
                "name": self.name,
                "description": self.description,
                "state": self.state,
                "project_id": project_id,
                "workspace_id": "0",
                "created_at": epoch(self.created),
                "updated_at": epoch(self.updated),
            }
        )
