"""The three servers, their state and their switches.

with HuaweiCloud(vias="v2") as cloud:                  "v1": the international flavour
    cloud.iam, cloud.vias, cloud.iva                   addresses, a port each
    cloud.user, .password, .domain, .ak, .sk           who may come in
    cloud.project_id, .project, .region
    cloud.state.tasks, .iva_tasks, .batches, …         records by id, to be looked at and changed (`records`)
    cloud.add_tasks(20_000, state="RUNNING")           a value that can be called is asked with the record's number
    cloud.add_iva_tasks("c-face-edge", 3)
    cloud.state.looks = 2                              STOPPING for two looks, then STOPPED; 0: at once
    cloud.seen                                         every request, in order, with its body
    cloud.secrets                                      what must not be seen anywhere
    cloud.deliver(task, {…})                           post what a job found to its webhook

Faults, until they happened `times` times or `heal()`; `skip` requests that match come through first:

    cloud.fail("GET .*/tasks", code="VIAS.00010001")   the usual status and body of that code, IAM's: code="403"
    cloud.fail("GET .*/tasks", status=503, body="…", headers={…}, at="vias")
    cloud.fail("POST .*", kind=Kind.DROPPED)           carried out, the answer lost (`fakes.faults.Kind`)
    cloud.throttle(after=3, times=2, retry_after=0.1)
    cloud.html_from_proxy(status=200)
    cloud.expire_tokens(); cloud.lock_key(); cloud.lock_user(); cloud.in_arrears(); cloud.clock_off = timedelta(…)
    cloud.go_away(); cloud.come_back()                 the ports are closed and every line cut; back, nothing lost
"""

import json
import secrets
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import httpx
from starlette.types import Receive, Scope, Send

from fakes.faults import Fault, Kind
from fakes.huawei import samples
from fakes.huawei.answers import IAM, IVA, VIAS, refusal_body
from fakes.huawei.gate import Gate, Outer, Seen
from fakes.huawei.iam import Iam
from fakes.huawei.kept import Algorithm, Batch, Group, Pool, Source
from fakes.huawei.records import IvaTask, Task
from fakes.huawei.routes import iam_app, iva_app, vias_app
from fakes.huawei.signing import Signatures
from fakes.huawei.state import State
from fakes.serving import Serving, bound

_HTML = "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>The proxy says no</h1></body></html>"
_API = r".* /v[12]/"


class HuaweiCloud:
    """The servers, their state and their switches. Use it as a context manager."""

    def __init__(
        self, *, vias: str = "v2", region: str = "cn-north-4", iva: tuple[str, ...] = ("c-face-edge",)
    ) -> None:
        self.flavour, self.region, self.project = vias, region, region
        self.user, self.domain = "ops", "AcmeCorp"
        self.password = f"pass-{secrets.token_hex(8)}"
        self.ak, self.sk = secrets.token_hex(10).upper(), secrets.token_hex(20)
        self.state = State(region)
        self.state.iva_services |= set(iva)
        self.project_id = self.state.project_id
        self.seen: list[Seen] = []
        self.people = Iam(self.state, user=self.user, password=self.password, domain=self.domain)
        self.signatures = Signatures()
        self.signatures.secrets[self.ak] = self.sk
        self._mistakes: list[Exception] = []
        apps = {
            IAM: iam_app(self.people, self._mistakes),
            VIAS: vias_app(self.state, vias, self._mistakes),
            IVA: iva_app(self.state, self._mistakes),
        }
        self._outer = {
            family: Outer(family, Gate(family, app, self.state, self.people, self.signatures), self._note, self.state)
            for family, app in apps.items()
        }
        self._lock = threading.Lock()
        self._serving: Serving | None = None
        self._sockets = [bound(prompt=True) for _ in apps]
        self._ports = {each.getsockname()[1]: family for each, family in zip(self._sockets, apps, strict=True)}
        address = {family: f"http://127.0.0.1:{port}" for port, family in self._ports.items()}
        self.iam, self.vias, self.iva = address[IAM], address[VIAS], address[IVA]

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, *_: object) -> None:
        if self._serving is not None:
            self._serving.stop()
            self._serving = None
        for each in self._sockets:
            each.close()
        if self._mistakes:
            raise AssertionError("The stand-in is broken.") from self._mistakes.pop()

    def go_away(self) -> None:
        """Cut every line and close the ports; nobody else gets them meanwhile."""
        assert self._serving is not None
        self._serving.stop()
        self._serving = None
        self._sockets = [bound(port, prompt=True) for port in self._ports]

    def come_back(self) -> None:
        """Be there (again), on the same ports."""
        self._serving = Serving(self._by_port, self._sockets, "huawei-cloud", says_date=False)

    # --- what is there ------------------------------------------------------------------------------------------

    def add_tasks(self, count: int = 1, **given: Any) -> list[Task]:
        """Add jobs of VIAS, the newest last."""
        return [self.state.new(Task, self.state.tasks, **given) for _ in range(count)]

    def add_iva_tasks(self, service: str = "c-face-edge", count: int = 1, **given: Any) -> list[IvaTask]:
        """Add jobs of a service of IVA, which is known from now on."""
        self.state.iva_services.add(service)
        return [self.state.new(IvaTask, self.state.iva_tasks, service=service, **given) for _ in range(count)]

    def add_batches(self, count: int = 1, **given: Any) -> list[Batch]:
        """Add batch configurations; their tasks are those with their `batch_id`."""
        return [self.state.new(Batch, self.state.batches, **given) for _ in range(count)]

    def add_groups(self, count: int = 1, **given: Any) -> list[Group]:
        """Add groups of cameras."""
        return [self.state.new(Group, self.state.groups, **given) for _ in range(count)]

    def add_sources(self, count: int = 1, **given: Any) -> list[Source]:
        """Add cameras."""
        return [self.state.new(Source, self.state.sources, **given) for _ in range(count)]

    def add_algorithms(self, count: int = 1, **given: Any) -> list[Algorithm]:
        """Add algorithms that can be deployed."""
        return [self.state.new(Algorithm, self.state.algorithms, **given) for _ in range(count)]

    def add_pools(self, count: int = 1, **given: Any) -> list[Pool]:
        """Add pools of machines at the edge."""
        return [self.state.new(Pool, self.state.pools, **given) for _ in range(count)]

    def add_sample(self, *, unescaped: bool = False) -> IvaTask:
        """Add the job of the vendor's own page; `unescaped`: shown with the page's broken quotes, word for word."""
        return self.state.new(IvaTask, self.state.iva_tasks, **samples.sample(unescaped=unescaped))

    def add_service(self, name: str, *, subscribed: bool = True) -> None:
        """Let IVA know one more service."""
        self.state.iva_services.add(name)
        (self.state.not_subscribed.discard if subscribed else self.state.not_subscribed.add)(name)

    def requests(self, part: str, family: str = "") -> list[Seen]:
        """Return the requests whose `METHOD /path` has this in it."""
        return [each for each in self.seen if part in str(each) and family in ("", each.family)]

    def token(self) -> str:
        """Give out a token for the project, as if somebody had signed in elsewhere."""
        return self.people.issue(self.project_id)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen in any log, file or picture; webhooks and cameras that are made up have it too."""
        state = self.state
        return (self.password, self.sk, state.hook_secret, state.camera_secret, samples.SECRET, *self.people.tokens)

    def deliver(self, task: Task | IvaTask, event: object) -> int:
        """Send what a job found to its webhook, as the service does; return the status of the answer."""
        hook = task.output["webhook"]
        return httpx.post(hook["url"], headers=hook["headers"], json=event, trust_env=False).status_code

    # --- what goes wrong ----------------------------------------------------------------------------------------

    def fail(
        self,
        pattern: str,
        *,
        code: str = "",
        status: int = 0,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        skip: int = 0,
        at: str = "",
        kind: Kind = Kind.INSTEAD,
        **details: Any,
    ) -> Fault:
        """Switch a fault on; `pattern` is searched in `METHOD /path`. `body`: what becomes JSON, or a text as it is."""
        if not at:
            at = (
                IVA
                if code.startswith("IVA") or "/services/" in pattern
                else IAM
                if code.isdigit() or "/v3" in pattern
                else VIAS
            )
            where = tuple(self._outer)
        else:
            where = (at,)
        usual, said = refusal_body(at, code, status=status)
        body = said if body is None else body
        written = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        given = {"Content-Type": "application/json", **(headers or {})}
        fault = Fault(
            pattern, kind, status=status or usual, body=written, headers=given, times=times, skip=skip, **details
        )
        for each in where:
            self._outer[each].faulty.faults.append(fault)
        return fault

    def heal(self) -> None:
        """Switch everything off that was switched on."""
        for each in self._outer.values():
            each.faulty.faults.clear()
        self.signatures.unlock()
        self.people.locked = self.state.frozen = False
        self.clock_off = timedelta()

    @property
    def clock_off(self) -> timedelta:
        """How far the clock of the cloud is before the true one."""
        return self.state.clock_off

    @clock_off.setter
    def clock_off(self, value: timedelta) -> None:
        self.state.clock_off = value

    def expire_tokens(self, by: str = "gateway") -> None:
        """Let every token given out so far run out; refused by the gateway, or by the "service" itself."""
        self.state.refuses_at = by
        self.people.expire()

    def lock_key(self) -> None:
        """Refuse the access key for five minutes, however good its signatures."""
        self.signatures.lock(self.ak, self.state.now)

    def lock_user(self) -> None:
        """Refuse the user, however good the password."""
        self.people.locked = True

    def in_arrears(self) -> None:
        """Freeze the account: IVA refuses everything, VIAS freezes all jobs and lets nobody start or create any."""
        self.state.frozen = True
        for task in self.state.tasks.values():
            task.state = "FROZEN"

    def throttle(
        self, *, after: int = 0, times: int = 1, retry_after: float | None = None, pattern: str = _API
    ) -> Fault:
        """Answer 429 to some requests of VIAS and IVA, after so many others."""
        headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
        return self.fail(pattern, code="APIGW.0308", headers=headers, times=times, skip=after)

    def html_from_proxy(self, status: int = 502, *, times: int = 1, skip: int = 0, pattern: str = ".*") -> Fault:
        """Let something on the way answer with a page."""
        body = _HTML.format(status=status)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return self.fail(pattern, status=status, body=body, headers=headers, times=times, skip=skip)

    # --- the server ---------------------------------------------------------------------------------------------

    def _note(self, seen: Seen) -> None:
        with self._lock:
            self.seen.append(seen)

    async def _by_port(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._outer[self._ports[scope["server"][1]]](scope, receive, send)
