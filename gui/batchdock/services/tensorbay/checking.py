"""Checks a key by a real call, and finds out whose it is."""

from dataclasses import replace

from batchdock.core.account import Account
from batchdock.core.errors import UnreadableAnswer
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.patience import Patience
from batchdock.services.http.reading import answered, entry, text
from batchdock.services.tensorbay.wire import Wire

_PATIENCE = Patience(tries=2, longest_request=5.0)
_LIMITS = replace(LIMITS, connect=10.0, silence=20.0, answer=40.0)
"""Somebody waits, with a dialog open."""
_LONGEST = 120


async def check(account: Account, key: str) -> Account:
    """Ask who the key's user is (contract §4.1); return the account with what was found, named after them.

    Raise `AccountKeyRefused`, `MaybeClosed` and other `ConnectionProblem`s, `ServiceError`.
    """
    wire = Wire(account, key, patience=_PATIENCE, limits=_LIMITS)
    try:
        user = answered(await wire.ask("GetUser"), wire, "GetUser")
    finally:
        await wire.close()
    nickname, team = text(user.get("nickname")), text(entry(user.get("team")).get("name"))
    user_id = text(user.get("id")) or text(user.get("email")) or nickname
    if not user_id:
        raise UnreadableAnswer(service=Wire.service, details="GetUser: no user in the answer")
    called = (f"{nickname or user_id} ({team})" if team else nickname or user_id)[:_LONGEST]
    return replace(
        account,
        name=account.name or f"{Wire.service} {called}",
        workspace=user_id,
        settings=tuple((dict(account.settings) | {"project": called}).items()),
    )
