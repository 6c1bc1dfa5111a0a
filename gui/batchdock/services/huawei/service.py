"""The adapter to the core: the `Service` of an account at Huawei Cloud."""

from collections.abc import AsyncIterator, Mapping, Sequence

from batchdock.core.account import Account
from batchdock.core.credentials import read_credentials
from batchdock.core.facts import Facts
from batchdock.core.inventory import JOBS, Done, Field, Item, Where
from batchdock.core.job import Job, RestartOverride
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.huawei.capabilities import capabilities_of_huawei
from batchdock.services.huawei.inventory import SHELVES
from batchdock.services.huawei.jobs import acting, listing, looking
from batchdock.services.huawei.jobs.forms import form_of
from batchdock.services.huawei.place import place_of
from batchdock.services.huawei.wire import Wire
from batchdock.services.unoffered import Unoffered


class HuaweiService(Unoffered):
    """`core.ports.Service` over VIAS and IVA. Each method is one call into the module that knows how.

    `key` is what `core.credentials.written` wrote; anything else raises `ValueError`.
    """

    name = Wire.service

    def __init__(
        self, account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS
    ) -> None:
        self.account = account
        self.capabilities = capabilities_of_huawei(account)
        self._wire = Wire(
            place_of(account),
            read_credentials(key),
            account_name=account.name,
            patience=patience or Patience(),
            limits=limits,
        )

    async def check_key(self) -> str:
        """See `Service.check_key`. Each list is asked for a job or a few, to see that it may be."""
        return await looking.check(self._wire)

    def jobs(self) -> AsyncIterator[Job]:
        """See `Service.jobs`. When one list can not be read, the others are, and then that is raised."""
        return listing.list_jobs(self._wire, self.account.account_id)

    def find_jobs(self, where: Where) -> AsyncIterator[Job]:
        """See `Service.find_jobs`. Raises `BadRequest` for values that can not be asked for, before anything is."""
        return listing.find_jobs(self._wire, self.account.account_id, where)

    async def job(self, job_id: str) -> Job:
        """See `Service.job`."""
        return await looking.ask_job(self._wire, self.account.account_id, job_id)

    async def facts(self, collection: str, item_id: str) -> Facts:
        """See `Service.facts`."""
        if collection == JOBS:
            return await looking.ask_facts(self._wire, item_id)
        return await SHELVES.facts(self._wire, collection, item_id)

    def items(self, collection: str, where: Where) -> AsyncIterator[Item]:
        """See `Service.items`."""
        return SHELVES.items(self._wire, collection, where)

    async def form(self, collection: str, action: str, item_id: str = "") -> tuple[Field, ...]:
        """See `Service.form`."""
        if collection == JOBS:
            return await form_of(self._wire, action, item_id)
        return await SHELVES.form(self._wire, collection, action, item_id)

    async def act(self, collection: str, action: str, item_ids: Sequence[str], values: Mapping[str, object]) -> Done:
        """See `Service.act`."""
        if collection == JOBS:
            return await acting.act(self._wire, action, item_ids, values)
        return await SHELVES.act(self._wire, collection, action, item_ids, values)

    async def answers(self, job_id: str) -> dict[str, object]:
        """See `Service.answers`."""
        return await looking.ask_answers(self._wire, job_id)

    async def abort(self, job_id: str) -> None:
        """See `Service.abort`. A refusal is raised as it is: nothing is asked twice."""
        await acting.command(self._wire, job_id, "stop")

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """See `Service.restart`. Nothing of a job can be changed by it."""
        await acting.command(self._wire, job_id, "start")

    async def close(self) -> None:
        """See `Service.close`."""
        await self._wire.close()
