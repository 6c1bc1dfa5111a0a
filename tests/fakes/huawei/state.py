"""Everything in the project, and how the cloud behaves."""

import hashlib
import itertools
import secrets
import threading
import uuid
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from fakes.huawei.kept import Algorithm, Batch, Group, Pool, Source
from fakes.huawei.records import GONE, IvaTask, Record, Task

_R = TypeVar("_R", bound=Record)


class State:
    """Records by id, newest last, and switches.

    `looks`: how often somebody looks before a start, stop or deletion has come to its end; 0: at once.
    `iva_services`: what IVA knows; those in `not_subscribed` are refused. `frozen`: the account is in arrears.
    `refuses_at`: "gateway" (APIG) or "service" words a token that has run out.
    """

    def __init__(self, region: str) -> None:
        self.project_id = hashlib.md5(region.encode()).hexdigest()
        self.projects: dict[str, str] = {self.project_id: region}
        self.tasks: dict[str, Task] = {}
        self.iva_tasks: dict[str, IvaTask] = {}
        self.batches: dict[str, Batch] = {}
        self.groups: dict[str, Group] = {}
        self.sources: dict[str, Source] = {}
        self.algorithms: dict[str, Algorithm] = {}
        self.pools: dict[str, Pool] = {}
        self.iva_services: set[str] = {"c-face-edge"}
        self.not_subscribed: set[str] = set()
        self.frozen = False
        self.looks = 0
        self.refuses_at = "gateway"
        self.clock_off = timedelta()
        self.hook_secret, self.camera_secret = f"hook-{secrets.token_hex(8)}", f"camera-{secrets.token_hex(8)}"
        self._numbers = itertools.count(1)
        self._moving: list[tuple[dict[str, Any], Record]] = []
        self._lock = threading.Lock()
        self._began = self.now - timedelta(days=2)

    @property
    def now(self) -> datetime:
        """What the clock of the cloud says."""
        return datetime.now(UTC) + self.clock_off

    def new(self, kind: type[_R], container: dict[str, _R], /, **given: Any) -> _R:
        """Add one record; what is not given is made up. A value that can be called is asked with the number."""
        number = next(self._numbers)
        made = self._made_up(kind, number)
        made |= {name: value(number) if callable(value) else value for name, value in given.items()}
        unknown = made.keys() - {each.name for each in fields(kind)}
        assert not unknown, f"{kind.__name__} has no {', '.join(sorted(unknown))}."
        record = kind(**made)
        container[record.id] = record
        return record

    def _made_up(self, kind: type[Record], number: int) -> dict[str, Any]:
        time = self._began + timedelta(seconds=number)
        hexed = hashlib.md5(f"{kind.__name__} {number}".encode()).hexdigest()
        made: dict[str, Any] = {"id": hexed, "name": f"{kind.__name__.lower()}-{number:05d}"}
        made |= {"created": time, "updated": time}
        if kind in (Task, IvaTask):
            made["name"] = f"job-{number:05d}"
        if kind in (Group, Source, Algorithm):
            made["id"] = _uuid(hexed)
        if kind is Task:
            made |= {
                "service_id": _uuid("service"),
                "service_name": "c-intrusiondetection-cloud",
                "algorithm_publish_id": _uuid("publish"),
                "alg_id": _uuid("algorithm"),
                "video_source_name": f"camera-{number:05d}",
                "input": {"type": "video_source", "data": [{"video_source_id": _uuid(f"source {hexed}")}]},
                "output": self._output(),
            }
        if kind is IvaTask:
            made |= {
                "input": {"type": "edgecamera", "data": [{"id": _uuid(hexed)}]},
                "output": self._output(),
                "edge_pool_id": hashlib.md5(b"pool").hexdigest(),
            }
        if kind is Source:
            login = f"<USER_NAME>admin</USER_NAME><PASSWORD>{self.camera_secret}</PASSWORD>"
            made |= {
                "kind": "vcn",
                "type_config": f"<type>VCN</type><config><IP>192.0.2.{number % 250}</IP>{login}</config>",
                "stream_path": f"rtsp://admin:{self.camera_secret}@192.0.2.{number % 250}/live",
            }
        if kind is Algorithm:
            made["alg_id"] = _uuid(f"algorithm {hexed}")
        return made

    def _output(self) -> dict[str, Any]:
        return {"webhook": {"url": "https://hooks.example/x", "headers": {"appId": "1", "appKey": self.hook_secret}}}

    def move(self, container: dict[str, Any], record: Record, meanwhile: str, becomes: str) -> None:
        """Send a record to another state: at once, or after `looks` more looks."""
        record.updated = self.now
        if not self.looks:
            self._arrive(container, record, becomes)
            return
        record.state, record.becomes, record.looks = meanwhile, becomes, self.looks
        with self._lock:
            self._moving = [(where, each) for where, each in self._moving if each is not record]
            self._moving.append((container, record))

    def looked(self, container: dict[str, Any], only: str | None = None) -> None:
        """Note that somebody looks at a list, or at one record in it: what is on its way goes on."""
        with self._lock:
            for entry in list(self._moving):
                where, record = entry
                if where is not container or (only is not None and record.id != only):
                    continue
                if record.looks > 0:
                    record.looks -= 1
                    continue
                self._moving.remove(entry)
                self._arrive(where, record, record.becomes)

    def _arrive(self, container: dict[str, Any], record: Record, becomes: str) -> None:
        record.state, record.becomes = becomes, ""
        if becomes == GONE:
            container.pop(record.id, None)

    def groups_of(self, source_id: str) -> Iterable[Group]:
        """Return the groups that have a source."""
        return (group for group in list(self.groups.values()) if source_id in group.source_ids)


def _uuid(text: str) -> str:
    """Return an id in the form of services and algorithms, always the same for the same text."""
    return str(uuid.UUID(hashlib.md5(text.encode()).hexdigest(), version=4))
