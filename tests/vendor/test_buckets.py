"""Buckets against servers of other people: moto for S3, Azurite, and an emulator of Google Cloud Storage."""

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.core.bucket import Glob, SignInWay, Storage, StorageKind
from batchdock.core.errors import BatchdockError
from batchdock.core.errors.buckets import (
    BucketProblem,
    BucketsNotListed,
    CredentialsRefused,
    NoSuchBucket,
    PrefixForbidden,
)
from batchdock.core.job import JobOptions
from batchdock.core.states import JobState
from batchdock.flows.references import JobWish
from batchdock.services.buckets.azure import Azure
from batchdock.services.buckets.google import Google
from batchdock.services.buckets.opening import Openers
from batchdock.services.buckets.port import AzureKeys, BucketService, GoogleKey, S3Keys, S3Place
from batchdock.services.buckets.s3 import S3
from batchdock.services.http.answer import Answer
from fakes.raw_server import RawRequest, raw_server
from making.certificates import Authority
from making.desks import desk_at
from making.media import picture
from making.storage_servers import (
    AZURE_ACCOUNT,
    AZURE_KEY,
    AZURITE,
    GOOGLE,
    MOTO,
    azurite,
    google_emulator,
    moto,
    node_program,
    python_program,
)

pytestmark = [pytest.mark.vendor, pytest.mark.timeout(900)]

PATHS = [
    "a.jpg",
    "in/a.jpg",
    "in/deep/er/a b.jpg",
    "in/2024-01/x.mp4",
    "in/2024-02/x.mp4",
    "in/2025-01/x.mp4",
    "in/ü/日本 %20+.jpg",
    "in/#?&=.jpg",
    "odd//twice.jpg",
    "/leading.jpg",
]
PATTERNS = {
    "**/*.jpg": [each for each in PATHS if each.endswith(".jpg")],
    "in/2024-*/x.mp4": ["in/2024-01/x.mp4", "in/2024-02/x.mp4"],
    "in/202[5-9]-0?/*": ["in/2025-01/x.mp4"],
    "in/deep/": ["in/deep/er/a b.jpg"],
    "none/**": [],
}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that they are installed in."""
    return tmp_path_factory.mktemp("storage")


@pytest.fixture(scope="session")
def moto_program(programs: Path) -> Path:
    """S3."""
    return python_program(programs, MOTO, "moto_server", "BATCHDOCK_MOTO")


@pytest.fixture
def s3_address(moto_program: Path) -> Iterator[str]:
    """A server with the bucket `box-1`."""
    with moto(moto_program) as address:
        assert httpx.put(f"{address}/box-1").status_code == 200
        yield address


def s3(address: str, keys: S3Keys | None = None, region: str = "us-east-1") -> BucketService:
    async def give() -> S3Keys:
        return keys or S3Keys("AKIDEXAMPLE", "secret")

    return S3("S3", give, S3Place(region, address))


async def all_of(service: BucketService, pattern: str) -> list[str]:
    """Return what matches, three at a time."""
    glob, position, found = Glob(pattern), "", list[str]()
    while True:
        page = await service.page("box-1", glob.prefix, position=position, most=3)
        assert len(page.files) <= 3
        found += [each.path for each in page.files if glob.matches(each.path)]
        position = page.position
        if not position:
            return found


async def held_to_it(service: BucketService, tmp_path: Path) -> None:
    """Save, list, browse, match, sign and fetch."""
    file = tmp_path / "file.jpg"
    file.write_bytes(b"some bytes" * 500)
    for path in PATHS:
        await service.put("box-1", path, file)
    for pattern, expected in PATTERNS.items():
        assert sorted(await all_of(service, pattern)) == sorted(expected), pattern
    top = await service.page("box-1", "", folders=True)
    assert set(top.folders) == {"/", "in/", "odd/"}
    assert [each.path for each in top.files] == ["a.jpg"]
    assert top.files[0].size == 5000
    signer = await service.signer("box-1", 24)
    async with httpx.AsyncClient() as anybody:
        for path in PATHS:
            answer = await anybody.get(signer.address(path))
            assert (answer.status_code, len(answer.content)) == (200, 5000), path
    with pytest.raises(NoSuchBucket):
        await service.page("no-box-here", "")


def test_s3_lists_matches_signs_and_saves(s3_address: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        service = s3(s3_address)
        try:
            assert await service.buckets() == ("box-1",)
            await held_to_it(service, tmp_path)
        finally:
            await service.close()

    asyncio.run(scenario())


def test_s3_takes_a_large_file_in_parts_and_those_that_are_there_stay(s3_address: str, tmp_path: Path) -> None:
    file = tmp_path / "large.bin"
    with file.open("wb") as opened:
        for number in range(100):
            opened.write(bytes([number]) * 1024 * 1024)
    name = "in/large 日本 +.bin"

    async def sent_by(service: S3, *, most: int) -> int:
        """Return how many parts were sent, until it was done or the line was cut after the `most`-th."""
        ask, sent = service._ask, 0

        async def counting(method: str, *given: Any, **named: Any) -> Answer:
            nonlocal sent
            if method == "PUT":
                if sent == most:
                    raise asyncio.CancelledError
                sent += 1
            return await ask(method, *given, **named)

        service._ask = counting  # type: ignore[method-assign]
        with suppress(asyncio.CancelledError):
            await service.put("box-1", name, file)
        await service.close()
        return sent

    async def scenario() -> None:
        first, second, looking = (s3(s3_address) for _ in range(3))
        assert isinstance(first, S3)
        assert isinstance(second, S3)
        assert await sent_by(first, most=3) == 3
        assert (await looking.page("box-1", "in/")).files == ()
        assert await sent_by(second, most=99) == 4, "of seven"
        assert [(each.path, each.size) for each in (await looking.page("box-1", "in/")).files] == [
            (name, file.stat().st_size)
        ]
        signer = await looking.signer("box-1", 1)
        assert httpx.get(signer.address(name), timeout=60).content == file.read_bytes()
        await looking.close()

    asyncio.run(scenario())


def test_s3_that_looks_at_keys_refuses_wrong_ones_and_forbidden_folders(s3_address: str) -> None:
    """moto knows users and what they may do; from then on it looks at keys and signatures."""

    def iam(**values: str) -> str:
        headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request, Signature=x"}
        return httpx.post(s3_address, data={"Version": "2010-05-08", **values}, headers=headers).text

    iam(Action="CreateUser", UserName="looker")
    made = iam(Action="CreateAccessKey", UserName="looker")
    access = made.partition("<AccessKeyId>")[2].partition("<")[0]
    secret = made.partition("<SecretAccessKey>")[2].partition("<")[0]
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam(Action="PutUserPolicy", UserName="looker", PolicyName="p", PolicyDocument=policy)
    assert httpx.post(f"{s3_address}/moto-api/reset-auth", content=b"0").status_code == 200

    async def error_of(keys: S3Keys, *, listing: bool = False) -> type[BatchdockError]:
        service = s3(s3_address, keys)
        with pytest.raises(BatchdockError) as raised:
            # Not "in/": moto 5.2 undoes %2F before it looks at the signature, which the vendor does not.
            await (service.buckets() if listing else service.page("box-1", "in"))
        await service.close()
        return type(raised.value)

    async def scenario() -> None:
        assert await error_of(S3Keys("AKIANOBODYKNOWSME000", "x")) is CredentialsRefused
        assert await error_of(S3Keys(access, "wrong")) is CredentialsRefused
        assert await error_of(S3Keys(access, secret)) is PrefixForbidden
        assert await error_of(S3Keys(access, "wrong"), listing=True) is CredentialsRefused
        service = s3(s3_address, S3Keys(access, secret))
        assert await service.buckets() == ("box-1",)
        await service.close()

    asyncio.run(scenario())


def test_azure_with_a_key_and_with_a_signature(programs: Path, tmp_path: Path) -> None:
    program = node_program(programs / "node", AZURITE, "azurite-blob", "BATCHDOCK_AZURITE")

    async def scenario(address: str) -> None:
        keys = AzureKeys(AZURE_ACCOUNT, AZURE_KEY, endpoint=address)
        by_key = Azure("Azure", keys)
        try:
            await by_key._ask("PUT", "/box-1", [("restype", "container")])
            assert await by_key.buckets() == ("box-1",)
            await held_to_it(by_key, tmp_path)
            signed = (await by_key.signer("box-1", 1)).address("in/a.jpg").partition("?")[2]
        finally:
            await by_key.close()
        # A signature for one file may read that, and look into nothing.
        by_signature = Azure("Azure", AzureKeys(AZURE_ACCOUNT, sas=signed, endpoint=address))
        signer = await by_signature.signer("box-1", 24)
        assert httpx.get(signer.address("in/a.jpg")).status_code == 200
        for keys, expected in (
            (AzureKeys(AZURE_ACCOUNT, sas=signed, endpoint=address), (PrefixForbidden, CredentialsRefused)),
            # Azure itself says that it is the key; Azurite, that it is not allowed.
            (
                AzureKeys(AZURE_ACCOUNT, AZURE_KEY[::-1].strip("=") + "==", endpoint=address),
                (PrefixForbidden, CredentialsRefused),
            ),
        ):
            service = Azure("Azure", keys)
            with pytest.raises(BucketProblem) as raised:
                await service.page("box-1", "")
            assert isinstance(raised.value, expected), raised.value
            await service.close()
        await by_signature.close()

    folder = tmp_path / "azurite"
    folder.mkdir()
    with azurite(program, folder) as address:
        asyncio.run(scenario(address))


def test_google_lists_and_matches(programs: Path, tmp_path: Path) -> None:
    program = python_program(programs, GOOGLE, "gcp-storage-emulator", "BATCHDOCK_GCS")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    async def tokens(request: RawRequest) -> None:
        await request.body()
        await request.answer("200 OK", b'{"access_token": "t", "expires_in": 3600}')

    async def scenario(address: str) -> None:
        assert httpx.post(f"{address}/storage/v1/b?project=p", json={"name": "box-1"}).status_code == 200
        async with raw_server(tokens) as server:
            access = GoogleKey("a@p.iam", pem, f"{server.url}/token")
            service = Google("Google", access, base=address, project="p")
            try:
                assert await service.buckets() == ("box-1",)
                file = tmp_path / "file.jpg"
                file.write_bytes(b"some bytes" * 500)
                ordinary = [each for each in PATHS if "//" not in each and not each.startswith("/")]
                for path in ordinary:
                    await service.put("box-1", path, file)
                for pattern, expected in PATTERNS.items():
                    glob = Glob(pattern)
                    found = [each.path for each in (await service.page("box-1", glob.prefix)).files]
                    wanted = [each for each in expected if each in ordinary]
                    assert sorted(filter(glob.matches, found)) == sorted(wanted), pattern
                assert (await service.page("box-1", "", folders=True)).folders == ("in/",)
                with pytest.raises(BucketsNotListed):
                    await Google("Google", access, base=address).buckets()
            finally:
                await service.close()

    with google_emulator(program, port) as address:
        asyncio.run(scenario(address))


def test_a_folder_of_results_is_saved_back_with_all_below_it(s3_address: str, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    (folder / "drawn").mkdir(parents=True)
    for name in ("results.csv", "drawn/a.jpg", "drawn/b.jpg"):
        (folder / name).write_bytes(b"12345")

    async def scenario() -> None:
        async with desk_at(home, active=False) as (desk, _):
            storage = Storage("S3", StorageKind.S3, SignInWay.TYPED, endpoint=s3_address)
            await desk.buckets.storages.connect(storage, access="AKIDEXAMPLE", secret="secret")
            save = partial(desk.buckets.saving.save, storage, "box-1", folder=folder, account_id=THIS_COMPUTER_ID)
            assert await save("/of 2026/") == "s3://box-1/of 2026/results"
            assert await save("of 2026") == "s3://box-1/of 2026/results (2)"
            assert (await desk.buckets.browse(storage, "box-1", "of 2026/")).folders == (
                "of 2026/results (2)/",
                "of 2026/results/",
            )
            assert await save("") == "s3://box-1/results"
            top = await desk.buckets.browse(storage, "box-1", "results/")
            assert (top.folders, [each.path for each in top.files]) == (("results/drawn/",), ["results/results.csv"])
            with pytest.raises(NoSuchBucket):
                await desk.buckets.saving.save(storage, "no-box-here", "", folder, account_id=THIS_COMPUTER_ID)

    asyncio.run(scenario())


def test_this_computer_fetches_what_was_signed_and_has_no_credential(
    moto_program: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    drawn = picture(tmp_path / "a.jpg", 1, (32, 32))

    async def scenario(address: str) -> None:
        keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
        storage = Storage("S3", StorageKind.S3, SignInWay.ENVIRONMENT, endpoint=address)
        async with desk_at(home) as (desk, _):
            openers = Openers(keys, tmp_path)
            desk.buckets._openers = desk.buckets.storages._openers = openers
            service = await openers.open(storage)
            trusted = ssl.create_default_context(cafile=str(authority.path))
            assert httpx.put(f"{address}/box-1", verify=trusted).status_code == 200
            await asyncio.gather(*(service.put("box-1", f"cam{n % 4}/img-{n // 4}.jpg", drawn) for n in range(40)))
            await service.close()
            counted = await desk.buckets.count(storage, "box-1", "cam[0-2]/**/*.jpg")
            wish = JobWish(workflow_id="picture-quality", options=JobOptions(table_format="csv"))
            (sending,) = await desk.buckets.send(THIS_COMPUTER_ID, counted, "From S3", job=wish)
            carried = await desk.references.carry(sending)
            assert (carried.handed.count, carried.handed.lost) == (30, 0)
            assert carried.job is not None
            assert (await desk.jobs.ended(carried.job.key)).state is JobState.DONE

    with moto(moto_program, authority.signed("localhost", "127.0.0.1")) as address:
        monkeypatch.setenv("BATCHDOCK_FETCH_ALSO", address.removeprefix("https://"))
        asyncio.run(scenario(address))
