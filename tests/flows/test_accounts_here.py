"""The account *This computer*, with the real local service behind it."""

import asyncio
import os
import signal
from pathlib import Path

from batchdock.core.account import THIS_COMPUTER_ID
from batchdock.flows.accounts import Accounts
from batchdock.flows.news import News
from batchdock.flows.supervisor import LocalService
from batchdock.keystore.session import SessionKeys
from batchdock.store.accounts import AccountsFile


def test_this_computer_starts_on_demand_and_survives_its_service(tmp_path: Path) -> None:
    async def scenario() -> None:
        local = LocalService(tmp_path / "pc")
        book = AccountsFile(tmp_path / "accounts.json")
        accounts = Accounts(book=book, keys=SessionKeys(), local=local, news=News())
        await accounts.open()
        assert local.process_id is None
        service = await accounts.service(THIS_COMPUTER_ID)
        process_id = local.process_id
        assert process_id is not None
        assert await service.check_key() == service.account.workspace
        assert {"read-codes", "picture-quality"} <= {each.workflow_id for each in await service.workflows()}
        assert service.capabilities.file_references

        os.kill(process_id, signal.SIGKILL)
        assert await accounts.service(THIS_COMPUTER_ID) is service
        assert [each async for each in service.batches()] == []
        assert local.process_id != process_id
        await accounts.close()
        assert local.process_id is None

    asyncio.run(scenario())
