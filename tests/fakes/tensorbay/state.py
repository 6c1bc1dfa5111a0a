"""The state of the service: what is there, by id, and how what a request names is found in it."""

from dataclasses import dataclass, field

from fakes.tensorbay.asked import Given
from fakes.tensorbay.records import Benchmark, Config, Content, Dataset, Draft, Json, Segment, new_id
from fakes.tensorbay.refusals import WRONG, Refused, absent
from fakes.tensorbay.store import Store


@dataclass
class State:
    """Everything the service knows of one person."""

    store: Store
    user: Json = field(
        default_factory=lambda: {
            **{"id": new_id(), "nickname": "lin", "email": "lin@example.org", "mobile": None, "description": ""},
            "team": {"id": new_id(), "name": "Vision", "email": None, "description": ""},
        }
    )
    datasets: dict[str, Dataset] = field(default_factory=dict)
    configs: dict[str, Config] = field(
        default_factory=lambda: {"graviti": Config("graviti", "oss", "", own=False)},
    )
    benchmarks: dict[str, Benchmark] = field(default_factory=dict)

    @property
    def nickname(self) -> str:
        """What the person is called."""
        return str(self.user["nickname"])

    def named(self, name: str) -> Dataset | None:
        """Return the dataset of a name."""
        return next((each for each in [*self.datasets.values()] if each.name == name and not each.hidden), None)

    def dataset(self, dataset_id: str) -> Dataset:
        """Return a dataset. Raise `Refused`."""
        if dataset_id not in self.datasets:
            raise absent("dataset")
        return self.datasets[dataset_id]

    def config(self, name: str) -> Config:
        """Return a storage config. Raise `Refused`."""
        if name not in self.configs:
            raise absent("storage config")
        return self.configs[name]

    def benchmark(self, benchmark_id: str) -> Benchmark:
        """Return a benchmark. Raise `Refused`."""
        if benchmark_id not in self.benchmarks:
            raise absent("benchmark")
        return self.benchmarks[benchmark_id]


def content_of(dataset: Dataset, given: Given) -> Content:
    """Return the version that a request selects: a draft or a commit, one of them (contract §1.5)."""
    if "draftNumber" in given:
        if "commit" in given:
            raise Refused(WRONG, "draftNumber and commit can not both be given")
        return draft_of(dataset, given).content
    commit = dataset.commit_of(given.text("commit"))
    if commit is None:
        raise absent("commit")
    return commit.content


def draft_of(dataset: Dataset, given: Given) -> Draft:
    """Return the open draft that a request names; what writes takes nothing else."""
    return open_draft(dataset, given.number("draftNumber"))


def open_draft(dataset: Dataset, number: int) -> Draft:
    """Return an open draft by its number."""
    draft = dataset.drafts.get(number)
    if draft is None or draft.status != "OPEN":
        raise absent("draft")
    return draft


def segment_of(content: Content, name: str) -> Segment:
    """Return a segment to be looked at."""
    if name not in content.segments:
        raise absent("segment")
    return content.segments[name]


def changing(content: Content, name: str) -> Segment:
    """Return a segment to be changed."""
    segment_of(content, name)
    return content.changing(name)
