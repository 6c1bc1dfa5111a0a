"""Checks by real calls what a person has said of an account, and finds what they left out."""

from dataclasses import replace

from batchdock.core.account import Account
from batchdock.core.credentials import Credentials, Password
from batchdock.core.errors import ProjectUnknown
from batchdock.services.http.limits import LIMITS
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.jobs import looking
from batchdock.services.huawei.place import place_of
from batchdock.services.huawei.wire import Wire

_PATIENCE = Patience(tries=2, longest_request=5.0)
_LIMITS = replace(LIMITS, connect=10.0, silence=20.0, answer=40.0)
"""Somebody waits, with a dialog open."""


async def check(account: Account, credentials: Credentials) -> Account:
    """Sign in, find the project, and ask each family that is used for one job; return the account with its project.

    Raise what is wrong with the first that has something wrong: host, certificate, clock, sign-in, project, permission.
    """
    place = place_of(account)
    if not isinstance(credentials, Password):
        # Whoever signs in with a password is told by that whether the project is theirs. Others have to look.
        place = replace(place, project_id="", project=place.project_id or place.project)
    wire = Wire(place, credentials, account_name=account.name or place.region, patience=_PATIENCE, limits=_LIMITS)
    try:
        await wire.sign_in()
        await looking.check(wire)
    except ProjectUnknown as error:
        named = account.setting("project") or str(error.values.get("project", ""))
        raise ProjectUnknown(**(error.values | {"project": named}), details=error.details) from None
    finally:
        await wire.close()
    found = {"project_id": wire.place.project_id, "project": wire.place.project}
    return replace(
        account,
        name=account.name or f"{wire.service} {wire.place.project}",
        workspace=wire.place.project_id,
        settings=tuple((dict(account.settings) | found).items()),
    )
