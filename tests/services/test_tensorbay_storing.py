"""Bytes at TensorBay's object store, and how they become files of a draft."""

import hashlib
import random
import re
from collections.abc import Iterator

import pytest

from batchdock.core.datasets.data import Arrived, Data
from batchdock.core.datasets.dataset import Version
from batchdock.core.datasets.port import DatasetService
from batchdock.core.errors import BatchdockError
from batchdock.services.tensorbay.service import TensorBayService
from fakes.tensorbay import TensorBay
from making.bodies import Held
from making.tensorbay import run

NAMES = ("a.jpg", "ü/名前 1.png", 'odd;"name"\r\n.bin', "x" * 300 + ".jpg", "no type")


@pytest.fixture
def bay() -> Iterator[TensorBay]:
    with TensorBay() as bay:
        yield bay


def sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def drafted(bay: TensorBay, segment: str = "train") -> tuple[str, int]:
    """Return a dataset and an open draft of it with a segment."""
    dataset_id = bay.add_dataset("harbor", versions=1, segments={segment: 1})
    return dataset_id, bay.state.datasets[dataset_id].new_draft("main", "more").number


async def listed(service: DatasetService, dataset_id: str, draft: int, segment: str) -> dict[str, Data]:
    rows = service.data(dataset_id, Version(draft=draft), segment)
    return {each.remote_path: each async for each in rows}


def asked(bay: TensorBay, pattern: str) -> int:
    return sum(bool(re.search(pattern, f"{each.method} {each.path}")) for each in bay.seen)


def keyless(bay: TensorBay) -> bool:
    """Tell whether the key went to the API only."""
    sent = [f"{each.path} {dict(each.headers)} {each.query}" for each in bay.store_seen]
    return not any(bay.key in each or "x-token" in each.lower() for each in sent)


@pytest.mark.parametrize("backend", ["oss", "s3", "azure", "fps"])
def test_each_form_of_store_takes_files_with_any_name(bay: TensorBay, backend: str) -> None:
    bay.backend = backend
    dataset_id, draft = drafted(bay, "a#b?c")
    files = {name: random.Random(name).randbytes(3_000 + len(name)) for name in NAMES}

    async def work(service: TensorBayService) -> None:
        datasets = service.datasets
        for name, data in files.items():
            await datasets.upload(dataset_id, draft, "a#b?c", Held(name, data, piece=1000), sha1(data))
        arrived = [Arrived(f"deep/{place}", sha1(data), len(data)) for place, data in enumerate(files.values())]
        await datasets.register(dataset_id, draft, "a#b?c", arrived)
        there = await listed(datasets, dataset_id, draft, "a#b?c")
        assert {path: each.checksum for path, each in there.items() if path.startswith("deep/")} == {
            each.remote_path: each.checksum for each in arrived
        }
        for place, data in enumerate(files.values()):
            url = await datasets.url_of(dataset_id, Version(draft=draft), "a#b?c", f"deep/{place}")
            async with datasets.receive(url) as incoming:
                assert b"".join([piece async for piece in incoming.pieces()]) == data

    run(bay, work)
    # One policy for all of them.
    assert asked(bay, "GET .*/policies") == 1
    assert keyless(bay)


def test_a_form_that_oss_stumbles_over_is_sent_once_more_with_a_name(bay: TensorBay) -> None:
    dataset_id, draft = drafted(bay)
    bay.store.malformed = 1

    async def work(service: TensorBayService) -> None:
        await service.datasets.upload(dataset_id, draft, "train", Held("a.jpg", b"bytes"), sha1(b"bytes"))

    run(bay, work)
    assert bay.store.put[sha1(b"bytes")] == 1
    assert len([each for each in bay.store_seen if each.method == "POST"]) == 2


def test_a_policy_the_store_refuses_is_asked_for_anew(bay: TensorBay) -> None:
    dataset_id, draft = drafted(bay)

    async def work(service: TensorBayService) -> None:
        datasets = service.datasets
        await datasets.upload(dataset_id, draft, "train", Held("a.jpg", b"one"), sha1(b"one"))
        bay.expire_policies()
        await datasets.upload(dataset_id, draft, "train", Held("b.jpg", b"two"), sha1(b"two"))

    run(bay, work)
    assert asked(bay, "GET .*/policies") == 2
    assert bay.store.put[sha1(b"two")] == 1
    assert keyless(bay)


def test_a_store_that_refuses_fresh_policies_too_is_said_without_secrets(bay: TensorBay) -> None:
    dataset_id, draft = drafted(bay)
    bay.fail("POST", at="store", status=403, times=2)

    async def work(service: TensorBayService) -> None:
        with pytest.raises(BatchdockError) as caught:
            await service.datasets.upload(dataset_id, draft, "train", Held("a.jpg", b"one"), sha1(b"one"))
        said = f"{caught.value!r} {caught.value.sentence()} {caught.value.details}"
        assert not any(token in said for token in (*bay.store.tokens, bay.key))
        await service.datasets.upload(dataset_id, draft, "train", Held("a.jpg", b"one"), sha1(b"one"))

    run(bay, work)
    assert bay.store.put[sha1(b"one")] == 1


def test_many_are_made_known_fifty_at_a_time_and_the_same_again_changes_nothing(bay: TensorBay) -> None:
    dataset_id, draft = drafted(bay)
    data = b"the same bytes"
    arrived = [Arrived(f"{number:03}.jpg", sha1(data), len(data)) for number in range(130)]

    async def work(service: TensorBayService) -> None:
        datasets = service.datasets
        await datasets.upload(dataset_id, draft, "train", Held("a.jpg", data), sha1(data))
        await datasets.register(dataset_id, draft, "train", arrived)
        before = await listed(datasets, dataset_id, draft, "train")
        await datasets.register(dataset_id, draft, "train", arrived)
        assert await listed(datasets, dataset_id, draft, "train") == before
        assert len(before) == 131

    run(bay, work)
    assert asked(bay, "PUT .*/multi/callback") == 6


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "text",
        {"result": None, "extra": None, "expireAt": None},
        {"result": [], "extra": {"host": 7, "objectPrefix": []}, "expireAt": "soon"},
        {"result": {}, "extra": {"host": "file:///etc/passwd", "objectPrefix": "x/"}},
        {"result": {}, "extra": {"host": "http://", "objectPrefix": "x/"}},
        {"result": {"token": {"a": 1}}, "extra": {"host": "not an address", "objectPrefix": "x/"}, "expireAt": 1e300},
    ],
)
def test_whatever_a_policy_says_is_an_error_people_can_read(bay: TensorBay, answer: object) -> None:
    dataset_id, draft = drafted(bay)
    bay.rewrite("GET .*/policies", lambda _asked, _said: answer)

    async def work(service: TensorBayService) -> None:
        with pytest.raises(BatchdockError):
            await service.datasets.upload(dataset_id, draft, "train", Held("a.jpg", b"one"), sha1(b"one"))

    run(bay, work)
    assert not bay.store_seen
