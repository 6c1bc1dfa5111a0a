"""No credentials, no token, no webhook header and no password of a camera in any file, log line, error or event."""

import asyncio
import logging
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from batchdock.core.credentials import Credentials, secrets_of
from batchdock.core.errors import BatchdockError
from batchdock.core.inventory import JOBS
from batchdock.flows.desk import Desk
from batchdock.flows.news import ProblemsChanged
from fakes.huawei import HuaweiCloud
from making.desks import desk_at, until
from making.huawei import access_key_of, connect_desk, password_of, token_of

HEADER = "h00k-header-9876"
CAMERA = "c4mera-pass-9876"
TYPED = "typed-pass-9876"
STREAM = f"rtsp://viewer:{CAMERA}@10.0.0.7/1"

WAYS: tuple[Callable[[HuaweiCloud], Credentials], ...] = (password_of, access_key_of, token_of)


@pytest.mark.parametrize("way", WAYS)
def test_a_session_with_trouble_leaves_no_secret_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, way: Callable[[HuaweiCloud], Credentials]
) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    with HuaweiCloud() as cloud:
        credentials = way(cloud)
        asyncio.run(session(cloud, credentials, tmp_path / "home", texts))
        secrets = [*secrets_of(credentials), *cloud.people.tokens, HEADER, CAMERA, TYPED]
        signatures = [each.headers.get("authorization", "") for each in cloud.seen]
    secrets += [found.group() for each in signatures if (found := re.search("[0-9a-f]{64}", each))]
    texts.append("\n".join(f"{each.getMessage()} {each.args} {each.exc_text}" for each in caplog.records))
    said = "\n".join(texts)
    assert "echoed" in said
    assert "Done(" in said
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written
    for secret in secrets:
        for form in {secret, quote(secret, safe=""), quote(secret)}:
            assert form not in said
            assert [path for path, content in written.items() if form.encode() in content] == []


async def session(cloud: HuaweiCloud, credentials: Credentials, home: Path, texts: list[str]) -> None:
    """Do everything once that carries a secret, with the service repeating what it can."""
    secret = secrets_of(credentials)[0]
    webhook = {"webhook": {"url": f"https://hooks.example/x?key={HEADER}", "headers": {"appId": HEADER}}}
    vcn = {
        "type": "vcn",
        "data": [{"device_id": "1"}],
        "vcn": {"ip": "10.0.0.1", "port": 1, "username": "u", "password": CAMERA},
    }
    cloud.add_tasks(2, input=vcn, output=webhook, status=f"cannot open {STREAM}")
    cloud.add_iva_tasks("c-face-edge", 1, input={"type": "url", "data": [{"url": STREAM}]}, output=webhook)
    cloud.add_sources(2, kind="vcn", stream_path=STREAM, type_config=f"<vcn><password>{CAMERA}</password></vcn>")

    async with desk_at(home) as (desk, events):
        echo = f"echoed {secret} {quote(secret)} X-Auth-Token: {secret}"
        cloud.fail("GET .*/tasks", status=403, body={"error_code": "IVA.0009", "error_msg": echo, "detail": echo})
        texts.append(await told(connect_desk(desk, cloud, credentials)))
        account_id = (await connect_desk(desk, cloud, credentials)).account_id
        await until(lambda: len(desk.jobs.all()) == 3, "the jobs are listed")
        for job in desk.jobs.all():
            texts.append(f"{job!r} {await desk.jobs.facts(job.key)!r} {await desk.jobs.answers(job.key)!r}")
            texts.append(repr(await desk.jobs.form(account_id, "change", job.key)))
        await look_at_everything(desk, account_id, texts)
        await change(desk, cloud, account_id, texts)
        texts.append(await trouble(desk, cloud, account_id))
        texts.extend(map(repr, events))
        for event in events:
            if isinstance(event, ProblemsChanged):
                texts.extend(shown(each.error) for each in event.problems)


async def look_at_everything(desk: Desk, account_id: str, texts: list[str]) -> None:
    for collection in desk.inventory.collections(account_id):
        async for page in desk.inventory.items(account_id, collection.key):
            told = [await desk.inventory.facts(account_id, collection.key, each.item_id) for each in page]
            texts += [repr(page), repr(told)]


async def change(desk: Desk, cloud: HuaweiCloud, account_id: str, texts: list[str]) -> None:
    """Create a job with secrets in it; the service refuses it and repeats them, and then takes it."""
    values = {
        "where": "c-face-edge",
        "name": "gate",
        "service_version": "3.0",
        "edge_pool_id": "0" * 32,
        "input_type": "vcn",
        "input": f"{'1' * 20}#{'a' * 32}",
        "vcn_ip": "10.0.0.8",
        "vcn_port": "9900",
        "vcn_username": "viewer",
        "vcn_password": TYPED,
        "webhook_url": "https://hooks.example/y",
        "webhook_headers": f"appId: {TYPED}",
    }
    echo = f"echoed {TYPED} rtsp://viewer:{TYPED}@10.0.0.8/1"
    cloud.fail("POST .*/tasks", status=400, body={"error_code": "IVA.0004", "error_msg": echo})
    texts.append(await told(desk.jobs.act(account_id, "create", [], values)))
    texts.append(await told(desk.jobs.act(account_id, "create", [], values)))


async def trouble(desk: Desk, cloud: HuaweiCloud, account_id: str) -> str:
    """Let the credentials be refused in the middle."""
    cloud.expire_tokens()
    cloud.lock_key()
    cloud.lock_user()
    return await told(desk.inventory.form(account_id, JOBS, "change", desk.jobs.all()[0].job_id))


async def told(asking: object) -> str:
    """Return everything an error could show to anyone, or what came instead."""
    try:
        return repr(await asking)  # type: ignore[misc]
    except BatchdockError as error:
        return shown(error)


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
