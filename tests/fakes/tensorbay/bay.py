"""The servers, their state and their switches.

with TensorBay() as bay:
    bay.url, bay.plain_url                   the API's base with TLS and without; both serve the same
    bay.sextant_url, bay.plain_sextant_url   the evaluations' base
    bay.certificate, bay.context()           whom to trust for it
    bay.key                                  the access key
    bay.state.datasets, .configs, .benchmarks   records by id or name, to be looked at and changed (`records`)
    bay.add_dataset("harbor", versions=4, segments={"train": 5000})
    bay.seen, bay.store_seen                 every request, in order; the store's without the bytes
    bay.fetched, bay.store.put               by checksum: how often got, how often put there
    bay.backend = "s3"                       oss, s3, azure, fps: how files are sent to the store
    bay.finish_jobs()                        what is queued or at work ends

Faults, until they happened `times` times or `heal()` (`trouble`):

    bay.fail("PUT .*/multi/callback", code="InternalServerError", skip=2)
    bay.fail("POST .*/datasets$", after=True)     carried out, the answer lost
    bay.fail("GET", at="store", cut=100)          the answer ends in its middle
    with bay.hold("GET .*/details") as held: …    answered when the test says so
    bay.rewrite("GET .*/segments", lambda asked, said: …)
    bay.expire_links(); bay.link_seconds = 2; bay.store.links_last = 100; bay.expire_policies()
    bay.go_away(); bay.come_back()                the ports are closed and every line cut; back, nothing lost
"""

import secrets
import ssl
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from fakes.serving import bound
from fakes.tensorbay import working
from fakes.tensorbay.asked import Asked
from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.filling import CATALOG, SENSORS, Bytes, Filler, Labelled, filled, usual_label
from fakes.tensorbay.lines import Answer, Lines
from fakes.tensorbay.records import Benchmark, Config, Dataset, Job, Json, new_id
from fakes.tensorbay.refusals import STRANGER, Refused
from fakes.tensorbay.routes import API, SEXTANT, route
from fakes.tensorbay.state import State
from fakes.tensorbay.store import BACKENDS, Store, written
from fakes.tensorbay.trouble import Trouble
from making.certificates import Authority


class TensorBay(Trouble):
    """The servers, their state and their switches. Use it as a context manager."""

    def __init__(self) -> None:
        super().__init__(Store())
        self.key = f"Accesskey-{secrets.token_hex(16)}"
        self.state = State(self.store)
        self.seen: list[Asked] = []
        self.store_seen: list[Asked] = []
        self.unknown: list[str] = []
        """What was said in requests that the contract knows nothing of; there must be nothing in the end."""
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="bay-")
        self._lines: Lines | None = None
        names = ("api", "apis", "store", "stores")
        self._sockets = {name: bound(prompt=True) for name in names}
        self._ports = {name: each.getsockname()[1] for name, each in self._sockets.items()}
        authority = Authority(Path(self._folder.name))
        self.certificate = authority.path
        self._tls = authority.context("127.0.0.1", "localhost")
        self.plain_url, self.plain_sextant_url = self._base("api") + API, self._base("api") + SEXTANT
        self.url, self.sextant_url = self._base("apis") + API, self._base("apis") + SEXTANT

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if self._lines is not None:
                self._lines.stop()
        finally:
            self._lines = None
            for each in self._sockets.values():
                each.close()
            self._folder.cleanup()
        assert kind is not None or not self.unknown, self.unknown

    def context(self) -> ssl.SSLContext:
        """Return what a client needs that trusts the stand-in."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def come_back(self) -> None:
        """Be there (again), on the same ports."""
        served = [(each, name, self._tls if name.endswith("s") else None) for name, each in self._sockets.items()]
        self._lines = Lines(served, self._answer)

    def go_away(self) -> None:
        """Cut every line and close the ports; nobody else gets them meanwhile."""
        assert self._lines is not None
        self._lines.stop()
        self._lines = None
        self._sockets = {name: bound(port, prompt=True) for name, port in self._ports.items()}

    # --- what is there ------------------------------------------------------------------------------------------------

    def add_dataset(
        self,
        name: str,
        *,
        versions: int = 1,
        segments: Mapping[str, int] | None = None,
        fusion: bool = False,
        changed: int = 1,
        body: Bytes | None = None,
        label: Labelled | None = usual_label,
        catalog: Json = CATALOG,
        sensors: Sequence[str] = SENSORS,
        suffix: str = ".jpg",
        tags: bool = True,
        **given: Any,
    ) -> str:
        """Add a dataset with so many files (in fusion: frames) in each segment; return its id.

        Each version after the first gives `changed` files of each segment other bytes, and is tagged `v1`, `v2`, … .
        `body(segment, number, version)` are the bytes of a file, which all differ unless told otherwise;
        `label(segment, number, version)` its label, None for no labels. `given` goes to the record.
        """
        dataset = Dataset(new_id(), name, type=int(fusion), owner=self.state.nickname, **given)
        filler = Filler(self.state.store, dataset, body, label, sensors if fusion else (), suffix)
        filled(dataset, filler, {"train": 10} if segments is None else segments, versions, changed, catalog, tags=tags)
        self.state.datasets[dataset.id] = dataset
        return dataset.id

    def add_config(self, name: str, kind: str = "oss", files: Mapping[str, bytes] | None = None) -> Config:
        """Add a bucket of the person's own, with files in it by path."""
        config = Config(name, kind, "data/", endpoint="https://oss.example", bucket="harbor", files=dict(files or {}))
        config.key_id, config.key_secret = f"LTAI5{secrets.token_hex(6)}", secrets.token_hex(15)
        self.state.configs[name] = config
        return config

    def add_benchmark(self, name: str) -> Benchmark:
        """Add what datasets can be evaluated by."""
        benchmark = Benchmark(new_id(), name)
        self.state.benchmarks[benchmark.id] = benchmark
        return benchmark

    def add_job(self, dataset_id: str, kind: str = working.MERGE, title: str = "dev->main", **given: Any) -> Job:
        """Add a job of a dataset, as it is told of and no more."""
        arguments = {"title": title, "sourceBranchName": "dev", "targetBranchName": "main", "strategy": "skip"}
        job = Job(new_id(), kind, title, given.pop("arguments", arguments), **given)
        self.state.datasets[dataset_id].jobs[job.id] = job
        return job

    def start_jobs(self) -> None:
        """Let all that are queued be at work."""
        for _, job in self._jobs("QUEUING"):
            working.start(job)

    def finish_jobs(self, error: str = "") -> None:
        """Let all that are queued or at work end: well where they can, or with an error."""
        for dataset, job in self._jobs("QUEUING", "PROCESSING"):
            working.finish(self.state, dataset, job, error)

    def dataset(self, name: str) -> Dataset:
        """Return the dataset of a name."""
        found = self.state.named(name)
        assert found is not None, f"There is no {name}."
        return found

    def requests(self, part: str) -> list[Asked]:
        """Return the requests to the API whose `METHOD /path` has this in it."""
        return [each for each in self.seen if part in str(each)]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be seen in any log, file or picture."""
        keys = [each.key_secret for each in self.state.configs.values() if each.key_secret]
        return (self.key, *keys, *self.store.tokens)

    @property
    def fetched(self) -> Counter[str]:
        """How often each file was got from the store, by checksum."""
        return self.store.fetched

    @property
    def backend(self) -> str:
        """How files are sent to the store: oss, s3, azure, fps."""
        return self.store.backend

    @backend.setter
    def backend(self, value: str) -> None:
        assert value in BACKENDS
        self.store.backend = value

    @property
    def link_seconds(self) -> float:
        """How long signed addresses are good."""
        return self.store.link_seconds

    @link_seconds.setter
    def link_seconds(self, value: float) -> None:
        self.store.link_seconds = value

    # --- the servers --------------------------------------------------------------------------------------------------

    def _jobs(self, *states: str) -> list[tuple[Dataset, Job]]:
        datasets = list(self.state.datasets.values())
        return [(each, job) for each in datasets for job in each.jobs.values() if job.status in states]

    def _base(self, name: str) -> str:
        return f"{'https' if name.endswith('s') else 'http'}://127.0.0.1:{self._ports[name]}"

    async def _answer(self, asked: Asked) -> Answer:
        name = asked.at.removesuffix("s")
        with self._lock:
            (self.store_seen if name == "store" else self.seen).append(asked)
        answer = await self._switches[name].around(asked, self._of_store if name == "store" else self._of_api)
        if name == "store":
            asked.body = b""
        return answer

    def _of_store(self, asked: Asked) -> Answer:
        answer = self.store.answer(asked)
        asked.status = answer.status
        return answer

    def _of_api(self, asked: Asked) -> Answer:
        asked.request_id = secrets.token_hex(16)
        try:
            status, said = self._said(asked)
        except Refused as refused:
            status, said = refused.status, {"code": refused.code, "message": refused.message}
        asked.status = status
        return Answer(status, written(said), {"Content-Type": "application/json", "X-Request-Id": asked.request_id})

    def _said(self, asked: Asked) -> tuple[int, Any]:
        found = route(asked)
        if found is None:
            return 404, {"message": "no Route matched with those values"}
        if asked.headers.get("x-token") != self.key:
            raise Refused(STRANGER, "the accesskey is wrong")
        handler, at = found
        links = self._base("stores" if asked.at.endswith("s") else "store")
        call = Call(self.state, asked, at, links)
        said = handler(call)
        if unknown := call.unknown():
            self.unknown.append(f"{asked}: {', '.join(sorted(unknown))}")
        return (201, said.body) if isinstance(said, Created) else (200, said)
