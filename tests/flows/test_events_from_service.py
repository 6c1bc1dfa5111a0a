"""Round the whole way: a job is told where to send, its service sends there, and what it saw is an event here."""

import asyncio
import json
import socket
from pathlib import Path

from batchdock.flows.preferences import HOOKS_PORT
from fakes.huawei import HuaweiCloud
from making.caught import event
from making.desks import desk_at
from making.harbour import harbour
from making.huawei import connect_desk


def test_what_a_job_sees_arrives_where_it_was_told_to_send(home: Path) -> None:
    async def scenario(cloud: HuaweiCloud) -> str:
        async with desk_at(home) as (desk, _):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            await desk.preferences.set(HOOKS_PORT, port)
            account = await connect_desk(desk, cloud)
            (task,) = [each for each in harbour(cloud) if each.state == "ABNORMAL"]
            await desk.jobs.look(account.account_id)
            (job,) = [each for each in desk.jobs.all() if each.job_id == task.id]
            address = await desk.events.catch(job.key)
            headers = f"{address.header_name}: {address.header_value}"
            values = {"webhook_url": address.url, "webhook_headers": headers}
            done = await desk.jobs.act(account.account_id, "change", [job.key], values)
            assert not done.failures
            assert await asyncio.to_thread(cloud.deliver, task, json.loads(event(1, pictures=1))) == 200
            (seen,) = await desk.events.events(job.key)
            assert len(seen.pictures) == 1
            facts = repr(await desk.jobs.facts(job.key))
            assert "/caught" in facts
            assert address.header_value not in facts
            task.output["webhook"]["headers"] = {}
            assert await asyncio.to_thread(cloud.deliver, task, {}) == 401
            return address.header_value

    with HuaweiCloud() as cloud:
        secrets = (asyncio.run(scenario(cloud)), *cloud.secrets)
    for path in home.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in secrets if secret.encode() in content], path
