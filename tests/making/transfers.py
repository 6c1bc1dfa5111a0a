"""Transfers as the page shows them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from batchdock.core.transfer import Transfer, TransferKind, TransferState

NOW = datetime.now(UTC)


def transfer(number: int = 1, **changes: Any) -> Transfer:
    """Return an upload on its way; `number` names it, and higher ones are older."""
    about: dict[str, Any] = {
        "transfer_id": f"t{number}",
        "kind": TransferKind.SENDING,
        "name": f"Lot {number}",
        "account_id": "a",
        "state": TransferState.MOVING,
        "items_done": 8410,
        "items_total": 12782,
        "bytes_done": 38_100_000_000,
        "bytes_total": 61_200_000_000,
        "started": NOW - timedelta(minutes=number),
        "rate": 18_000_000.0,
        "seconds_left": 1320.0,
    }
    return Transfer(**(about | changes))
