"""Every way to sign in to a storage: what is found, in words, and what is used; never the secret itself in words."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from batchdock.core.bucket import SignInWay, Storage, StorageKind
from batchdock.core.errors import BatchdockError
from batchdock.core.errors.buckets import (
    CanNotSign,
    CredentialsExpired,
    CredentialsMissing,
    CredentialsPartial,
    CredentialsUnreadable,
    ProfileUnknown,
    ProfileUnsupported,
    SignatureTooLong,
)
from batchdock.core.reference import expiry_of
from batchdock.services.buckets.found_azure import read_connection
from batchdock.services.buckets.opening import Openers, pack
from fakes.raw_server import RawRequest, raw_server

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"
AZURE_SECRET = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"

CREDENTIALS = f"""\ufeff[default]
aws_access_key_id = AKIDEFAULT
aws_secret_access_key = {SECRET}

[lab]
aws_access_key_id=AKIDLAB
aws_secret_access_key={SECRET}
aws_session_token={SECRET}/+==
[half]
aws_access_key_id = AKIDHALF
"""
CONFIG = """[default]
region = eu-central-1
[profile lab]
region = auto
endpoint_url = https://acc.r2.cloudflarestorage.com
s3 =
    max_concurrent_requests = 20
[profile sso]
sso_session = corp
sso_account_id = 123456789012
[profile role]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = default
[sso-session corp]
sso_start_url = https://corp.example/start
"""


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """The home folder of somebody who uses the command line of AWS."""
    folder = tmp_path / "person"
    (folder / ".aws").mkdir(parents=True)
    (folder / ".aws" / "credentials").write_text(CREDENTIALS, "utf-8")
    (folder / ".aws" / "config").write_text(CONFIG, "utf-8")
    return folder


def signed(storage: Storage, environment: Mapping[str, str], home: Path, secret: str = "", hours: int = 24) -> str:
    """Return an address that was signed with what a storage has."""

    async def run() -> str:
        service = await Openers(environment, home).open(storage, secret)
        try:
            return (await service.signer("box-1", hours)).address("in/a b.jpg")
        finally:
            await service.close()

    return asyncio.run(run())


def s3(way: SignInWay, where: str = "", **values: str) -> Storage:
    return Storage("Lab", StorageKind.S3, way, where, **values)


def test_what_there_is_is_said_in_words_and_without_secrets(person: Path) -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDENV",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "GOOGLE_APPLICATION_CREDENTIALS": str(person / "gone.json"),
        "AZURE_STORAGE_ACCOUNT": "acc",
        "AZURE_STORAGE_SAS_TOKEN": f"?sv=2022&sig={SECRET}",
    }
    found = asyncio.run(Openers(environment, person).found())
    told = {each.where: (each.way, each.hindrance) for each in found}
    assert told["AWS_ACCESS_KEY_ID in the environment"] == (SignInWay.ENVIRONMENT, "")
    assert told["profile lab in ~/.aws/credentials"] == (SignInWay.PROFILE, "")
    assert "single sign-on" in told["profile sso in ~/.aws/config"][1]
    assert "a role that is taken on" in told["profile role in ~/.aws/config"][1]
    assert "the secret is missing" in told["profile half in ~/.aws/credentials"][1]
    assert told["GOOGLE_APPLICATION_CREDENTIALS in the environment"][1] == "The file is not there."
    assert told["AZURE_STORAGE_SAS_TOKEN in the environment"] == (SignInWay.ENVIRONMENT, "")
    assert SECRET not in repr(found)
    lab = next(each for each in found if each.name == "lab")
    assert (lab.region, lab.endpoint) == ("auto", "https://acc.r2.cloudflarestorage.com")


def test_keys_in_the_environment_with_a_region_and_a_session(person: Path) -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDENV",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "to/ken=",
        "AWS_REGION": "eu-north-1",
    }
    address = signed(s3(SignInWay.ENVIRONMENT), environment, person)
    assert address.startswith("https://box-1.s3.eu-north-1.amazonaws.com/in/a%20b.jpg?X-Amz-Algorithm=")
    assert "AKIDENV%2F" in address
    assert "X-Amz-Security-Token=to%2Fken%3D" in address
    assert SECRET not in address


def test_a_profile_has_its_own_region_address_and_session_whatever_the_environment_says(person: Path) -> None:
    environment = {"AWS_SESSION_TOKEN": "other", "AWS_ENDPOINT_URL": "https://other.example", "AWS_REGION": "x"}
    address = signed(s3(SignInWay.PROFILE, "lab"), environment, person)
    assert address.startswith("https://acc.r2.cloudflarestorage.com/box-1/in/a%20b.jpg?")
    assert "%2Fauto%2Fs3" in address
    assert "X-Amz-Security-Token=wJalr" in address
    default = signed(s3(SignInWay.PROFILE), environment, person)
    assert "AKIDEFAULT" in default
    assert "eu-central-1" in default
    assert "Token" not in default
    named = signed(s3(SignInWay.PROFILE, region="eu-west-3"), environment | {"AWS_PROFILE": "lab"}, person)
    assert "%2Feu-west-3%2Fs3" in named


@pytest.mark.parametrize(
    ("storage", "environment", "expected"),
    [
        (s3(SignInWay.PROFILE, "sso"), {}, ProfileUnsupported),
        (s3(SignInWay.PROFILE, "role"), {}, ProfileUnsupported),
        (s3(SignInWay.PROFILE, "nobody"), {}, ProfileUnknown),
        (s3(SignInWay.PROFILE, "half"), {}, CredentialsPartial),
        (s3(SignInWay.ENVIRONMENT), {}, CredentialsMissing),
        (s3(SignInWay.ENVIRONMENT), {"AWS_SECRET_ACCESS_KEY": SECRET}, CredentialsPartial),
        (s3(SignInWay.TYPED), {}, CredentialsMissing),
        (Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT), {}, CredentialsMissing),
        (Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT), {"AZURE_STORAGE_ACCOUNT": "a"}, CredentialsPartial),
        (Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT), {"AZURE_STORAGE_KEY": SECRET}, CredentialsPartial),
        (
            Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT),
            {"AZURE_STORAGE_ACCOUNT": "a", "AZURE_STORAGE_KEY": f"{SECRET}!"},
            CredentialsUnreadable,
        ),
        (
            Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT),
            {"AZURE_STORAGE_ACCOUNT": "a", "AZURE_STORAGE_SAS_TOKEN": f"se=2026-01-01T00:00:00Z&sig={SECRET}"},
            CredentialsExpired,
        ),
        (Storage("G", StorageKind.GOOGLE, SignInWay.FILE), {}, CredentialsMissing),
    ],
)
def test_what_is_missing_wrong_or_not_supported_is_told_before_anything_is_asked(
    storage: Storage, environment: Mapping[str, str], expected: type[BatchdockError], person: Path
) -> None:
    with pytest.raises(BatchdockError) as raised:
        signed(storage, environment, person)
    assert type(raised.value) is expected
    assert SECRET not in str(raised.value) + repr(raised.value.values)


def test_keys_that_were_typed_and_the_longest_time(person: Path) -> None:
    keys = pack(access="AKIDTYPED", secret=SECRET, token="")
    storage = s3(SignInWay.TYPED, endpoint="http://127.0.0.1:9000/", region="eu-west-1")
    address = signed(storage, {"AWS_SESSION_TOKEN": "stray"}, person, keys)
    assert address.startswith("http://127.0.0.1:9000/box-1/in/a%20b.jpg?")
    assert "AKIDTYPED" in address
    assert "stray" not in address
    with pytest.raises(SignatureTooLong):
        signed(storage, {}, person, keys, hours=169)


def test_the_role_of_a_machine_signs_no_longer_than_it_is_good(person: Path) -> None:
    async def handle(request: RawRequest) -> None:
        if request.line.startswith("PUT /latest/api/token"):
            await request.answer("200 OK", b"session")
        elif request.header("X-aws-ec2-metadata-token") != "session":
            await request.answer("401 Unauthorized")
        elif request.target.endswith("/security-credentials/"):
            await request.answer("200 OK", b"the-role")
        else:
            said = {
                "AccessKeyId": "ASIA",
                "SecretAccessKey": SECRET,
                "Token": "tok",
                "Expiration": "2099-01-01T00:00:00Z",
            }
            await request.answer("200 OK", json.dumps(said | {"Expiration": soon}).encode())

    soon = "2026-11-23T09:00:00Z"

    async def run() -> None:
        async with raw_server(handle) as server:
            openers = Openers({"AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url}, person)
            service = await openers.open(s3(SignInWay.INSTANCE, region="eu-west-1"))
            signer = await service.signer("box-1", 24)
            assert signer.expires.isoformat() == "2026-11-23T09:00:00+00:00"
            assert "ASIA" in signer.address("a.jpg")
            await service.close()

    asyncio.run(run())


def test_a_machine_without_a_role_is_told_of(person: Path) -> None:
    async def run() -> None:
        openers = Openers({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9"}, person)
        service = await openers.open(s3(SignInWay.INSTANCE))
        with pytest.raises(CredentialsMissing):
            await service.signer("box", 24)
        await service.close()

    asyncio.run(run())


def test_a_service_account_of_google_signs_and_gets_a_token_with_its_key(person: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    async def handle(request: RawRequest) -> None:
        if request.target == "/token":
            await request.body()
            await request.answer("200 OK", b'{"access_token": "tok", "expires_in": 3600}')
        elif request.header("Authorization") != "Bearer tok":
            await request.answer("401 Unauthorized")
        else:
            await request.answer("200 OK", b'{"items": [{"name": "in/a.jpg", "size": "5"}], "nextPageToken": "n"}')

    async def run() -> None:
        async with raw_server(handle) as server:
            file = {"type": "service_account", "client_email": "a@p.iam", "private_key": pem, "project_id": "p"}
            path = person / "key.json"
            path.write_text(json.dumps(file | {"token_uri": f"{server.url}/token"}))
            storage = Storage("G", StorageKind.GOOGLE, SignInWay.FILE, str(path), endpoint=server.url)
            service = await Openers({}, person).open(storage)
            page = await service.page("box", "in/")
            assert [each.path for each in page.files] == ["in/a.jpg"]
            assert page.position == "n"
            address = (await service.signer("box", 24)).address("in/ü.jpg")
            assert address.startswith(f"{server.url}/box/in/%C3%BC.jpg?X-Goog-Algorithm=GOOG4-RSA-SHA256&")
            assert expiry_of(address) is not None
            await service.close()

    asyncio.run(run())


def test_the_sign_in_of_gcloud_looks_but_can_not_sign_and_says_what_to_do(person: Path) -> None:
    folder = person / ".config" / "gcloud"
    folder.mkdir(parents=True)
    file = {"type": "authorized_user", "client_id": "i", "client_secret": SECRET, "refresh_token": SECRET}
    (folder / "application_default_credentials.json").write_text(json.dumps(file))
    (found,) = (each for each in asyncio.run(Openers({}, person).found()) if each.kind is StorageKind.GOOGLE)
    assert found.way is SignInWay.USER
    assert "service accounts" in found.hindrance
    with pytest.raises(CanNotSign) as raised:
        signed(Storage("G", StorageKind.GOOGLE, SignInWay.USER), {}, person)
    assert "key of a service account" in str(raised.value)
    assert SECRET not in str(raised.value)


def test_the_metadata_server_of_google_gives_tokens_and_the_project(person: Path) -> None:
    async def handle(request: RawRequest) -> None:
        if request.header("Metadata-Flavor") == "Google":
            token = request.target.endswith("/token")
            await request.answer("200 OK", b'{"access_token": "m", "expires_in": 3599}' if token else b"proj")
        else:
            assert request.header("Authorization") == "Bearer m"
            assert "project=proj" in request.target
            await request.answer("200 OK", b'{"items": [{"name": "box-1"}]}')

    async def run() -> None:
        async with raw_server(handle) as server:
            openers = Openers({"GCE_METADATA_HOST": server.url.removeprefix("http://")}, person)
            service = await openers.open(Storage("G", StorageKind.GOOGLE, SignInWay.INSTANCE, endpoint=server.url))
            assert await service.buckets() == ("box-1",)
            with pytest.raises(CanNotSign):
                await service.signer("box-1", 24)
            await service.close()

    asyncio.run(run())


def test_azure_by_signature_key_and_connection(person: Path) -> None:
    azure = Storage("Z", StorageKind.AZURE, SignInWay.ENVIRONMENT)
    account = {"AZURE_STORAGE_ACCOUNT_NAME": "acc", "AZURE_STORAGE_KEY": AZURE_SECRET}
    sas = "?sv=2022-11-02&se=2099-01-01T00%3A00%3A00Z&sp=rl&sig=abc%3D"
    preferred = signed(azure, account | {"AZURE_STORAGE_SAS_TOKEN": sas}, person)
    assert preferred == f"https://acc.blob.core.windows.net/box-1/in/a%20b.jpg{sas}"
    own = signed(azure, account, person)
    assert "sp=r&" in own
    assert AZURE_SECRET not in own
    typed = Storage("Z", StorageKind.AZURE, SignInWay.TYPED)
    connection = (
        f"DefaultEndpointsProtocol=https;AccountName=acc;AccountKey={AZURE_SECRET};EndpointSuffix=core.windows.net"
    )
    assert signed(typed, {}, person, pack(connection=connection)).startswith("https://acc.blob.core.windows.net/box-1/")
    by_signature = read_connection(
        f"BlobEndpoint=https://z.blob.core.windows.net/;SharedAccessSignature={sas[1:]}", "x"
    )
    assert (by_signature.account, by_signature.sas) == ("z", sas[1:])
    assert AZURE_SECRET not in repr(read_connection(connection, "x"))


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"type": "external_account"}', '{"type": "service_account", "client_email": "a"}']
)
def test_a_file_of_google_that_is_broken_or_of_another_kind_is_told_of(text: str, person: Path) -> None:
    path = person / "key.json"
    path.write_text(text)
    with pytest.raises((CredentialsUnreadable, CredentialsPartial)):
        signed(Storage("G", StorageKind.GOOGLE, SignInWay.FILE, str(path)), {}, person)
    broken = {"type": "service_account", "client_email": "a", "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}"}
    path.write_text(json.dumps(broken))
    with pytest.raises(CredentialsUnreadable) as raised:
        signed(Storage("G", StorageKind.GOOGLE, SignInWay.FILE, str(path)), {}, person)
    assert SECRET not in str(raised.value)
