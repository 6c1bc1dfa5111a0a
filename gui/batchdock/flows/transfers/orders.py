"""Writes a sending down, before the first request."""

import asyncio
import secrets
from datetime import UTC, datetime

from batchdock.flows.intake.names import printable
from batchdock.flows.intake.plan import Plan
from batchdock.store import Journal, Sending


async def begin_sending(
    journal: Journal, plan: Plan, *, account_id: str, batch_id: str, batch_name: str, job_id: str | None = None
) -> Sending:
    """Return the journalled sending of a plan. A million files take some seconds, in a thread."""
    return await asyncio.to_thread(
        journal.sendings.begin,
        transfer_id=f"t-{secrets.token_hex(6)}",
        account_id=account_id,
        batch_id=batch_id,
        batch_name=printable(batch_name),
        content=plan.content,
        way=plan.way,
        started=datetime.now(UTC),
        job_id=job_id,
        files=plan.files,
        pieces=plan.pieces,
    )
