"""Jobs as the cloud keeps them: plain records that a test may change while it runs, and how each is on the wire.

`more` lies over what is answered about a record, field by field (`{"input": "not an object"}`); None leaves it out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fakes.huawei.times import epoch_text, iso_millis, iso_seconds

GONE = "(gone)"
"""What a record becomes when it is not there any more."""
Json = dict[str, Any]


@dataclass(kw_only=True)
class Record:
    """What every record has. A state that is on its way to another: `becomes`, after so many more `looks`."""

    id: str
    name: str
    created: datetime
    updated: datetime
    state: str = "RUNNING"
    becomes: str = ""
    looks: int = 0
    more: Json = field(default_factory=dict)

    def laid_over(self, answer: Json) -> Json:
        """Return an answer with `more` over it."""
        if not self.more:
            return answer
        return {name: value for name, value in {**answer, **self.more}.items() if value is not None}


@dataclass(kw_only=True)
class Task(Record):
    """A job of VIAS. `kind` "0" runs in the cloud, "1" at the edge."""

    creator: str = "ops"
    description: str = ""
    service_id: str = ""
    service_name: str = ""
    service_version: str = "1.0.0"
    company: str = "VIAS"
    kind: str = "0"
    title: str = "Intrusion detection"
    video_source_name: str = ""
    group_names: list[str] = field(default_factory=list)
    group_ids: list[str] = field(default_factory=list)
    batch_id: str = ""
    source_data_type: str = "async_task"
    alg_id: str = ""
    algorithm_publish_id: str = ""
    status: str = ""
    error: Json | None = None
    schedule: Json | None = None
    schedule_status: str = ""
    resource_order_id: str = ""
    input: Json = field(default_factory=dict)
    output: Json = field(default_factory=dict)
    config: Json = field(default_factory=lambda: {"common": {}})

    def row(self, version: str) -> Json:
        """Return the job as lists have it, all strings (contract §2.1, §3.1)."""
        shared = {
            "id": self.id,
            "name": self.name,
            "created_at": epoch_text(self.created),
            "state": self.state,
            "video_source_name": self.video_source_name,
            "title": self.title,
            "type": self.kind,
        }
        if version == "v1":
            return self.laid_over({**shared, "company": self.company, "group_name": ",".join(self.group_names)})
        return self.laid_over(
            {**shared, "service_id": self.service_id, "algorithm_publish_id": self.algorithm_publish_id}
        )

    def detail(self, version: str, project_id: str) -> Json:
        """Return the job as it is shown alone, unwrapped (contract §2.2, §3.2)."""
        shown: Json = {
            "id": self.id,
            "name": self.name,
            "creator": self.creator,
            "project_id": project_id,
            "company": self.company,
            "created_at": iso_millis(self.created),
            "updated_at": iso_millis(self.updated),
            "state": self.state,
            "video_source_name": self.video_source_name,
            "input": self.input,
            "output": self.output,
            "config": self.config,
            "title": self.title,
            "type": self.kind,
            "group_name": ",".join(self.group_names),
            "release_id": self.service_id,
            "event_type": "none",
            "priority": 1,
            "steal": False,
        }
        optional = {
            "description": self.description,
            "status": self.status,
            "error": self.error,
            "schedule": self.schedule,
            "schedule_status": self.schedule_status,
            "resource_order_id": self.resource_order_id,
        }
        shown |= {name: value for name, value in optional.items() if value}
        if version != "v1":
            shown |= {"service_id": self.service_id, "algorithm_publish_id": self.algorithm_publish_id}
        return self.laid_over(shown)


@dataclass(kw_only=True)
class IvaTask(Record):
    """A job of an IVA service. `without`: fields that its answer leaves out."""

    service: str
    creator: str = "ops"
    description: str | None = None
    version: str = "3.0"
    title: Json = field(default_factory=lambda: {"zh": "人脸提取（边缘）", "en": "Face extraction (edge)"})
    project_id: str = ""
    edge_pool_id: str = ""
    resource_order_id: str = ""
    status: str = ""
    error: Json | None = None
    input: Json = field(default_factory=dict)
    output: Json = field(default_factory=dict)
    service_config: Json = field(default_factory=lambda: {"common": {}})
    timing: Json | None = None
    without: tuple[str, ...] = ()
    literally: str = ""
    """What is answered for it instead, word for word."""

    def detail(self, project_id: str) -> Json:
        """Return the job, in lists too (contract §4.1)."""
        shown: Json = {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "creator": self.creator,
            "project_id": self.project_id or project_id,
            "service_name": self.service,
            "service_version": self.version,
            "service_title": self.title,
            "created_at": iso_seconds(self.created),
            "updated_at": iso_seconds(self.updated),
            "state": self.state,
            "input": self.input,
            "output": self.output,
            "service_config": self.service_config,
        }
        optional = {
            "edge_pool_id": self.edge_pool_id,
            "resource_order_id": self.resource_order_id,
            "status": self.status,
            "error": self.error,
            "timing": self.timing,
            "timing_status": "ACTIVATED" if self.timing else "",
            "hosting_result": {"video_path": "hosted/"} if "hosting" in self.output else None,
        }
        shown |= {name: value for name, value in optional.items() if value}
        return self.laid_over({name: value for name, value in shown.items() if name not in self.without})
