"""The adapter to the core: the `Service` of an account at TensorBay."""

from collections.abc import AsyncIterator, Mapping, Sequence

from batchdock.core.account import Account
from batchdock.core.facts import Facts
from batchdock.core.inventory import JOBS, Done, Field, Item, Where
from batchdock.core.job import Job, RestartOverride
from batchdock.services.http.limits import LIMITS, Limits
from batchdock.services.http.patience import Patience
from batchdock.services.http.reading import answered, text
from batchdock.services.tensorbay.capabilities import capabilities_of_tensorbay
from batchdock.services.tensorbay.datasets.adapter import TensorBayDatasets
from batchdock.services.tensorbay.inventory import SHELVES
from batchdock.services.tensorbay.jobs import acting, listing, looking
from batchdock.services.tensorbay.jobs.forms import form_of
from batchdock.services.tensorbay.jobs.known import Known
from batchdock.services.tensorbay.wire import Wire
from batchdock.services.unoffered import Unoffered


class TensorBayService(Unoffered):
    """`core.ports.Service` over the API of datasets. Each method is one call into the module that knows how."""

    name = Wire.service

    def __init__(
        self, account: Account, key: str, *, patience: Patience | None = None, limits: Limits = LIMITS
    ) -> None:
        self.account = account
        self.capabilities = capabilities_of_tensorbay(account)
        self._wire = Wire(account, key, patience=patience, limits=limits)
        self._datasets = TensorBayDatasets(self._wire, account.account_id)
        self._known = Known()

    @property
    def datasets(self) -> TensorBayDatasets:
        """See `Service.datasets`."""
        return self._datasets

    async def check_key(self) -> str:
        """See `Service.check_key`. The cheapest question there is (contract §4.1)."""
        return text(answered(await self._wire.ask("GetUser"), self._wire, "GetUser").get("id"))

    def jobs(self) -> AsyncIterator[Job]:
        """See `Service.jobs`."""
        return listing.list_jobs(self._wire, self.account.account_id, self._known)

    def find_jobs(self, where: Where) -> AsyncIterator[Job]:
        """See `Service.find_jobs`."""
        return listing.find_jobs(self._wire, self.account.account_id, where, self._known)

    async def job(self, job_id: str) -> Job:
        """See `Service.job`."""
        return await looking.ask_job(self._wire, self.account.account_id, job_id, self._known)

    async def facts(self, collection: str, item_id: str) -> Facts:
        """See `Service.facts`."""
        if collection == JOBS:
            return await looking.ask_facts(self._wire, item_id, self._known)
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
            return await acting.act(self._wire, action, item_ids, values, self._known)
        return await SHELVES.act(self._wire, collection, action, item_ids, values)

    async def answers(self, job_id: str) -> dict[str, object]:
        """See `Service.answers`."""
        return await looking.ask_answers(self._wire, job_id)

    async def abort(self, job_id: str) -> None:
        """See `Service.abort`."""
        await acting.command(self._wire, job_id, "stop")

    async def restart(self, job_id: str, override: RestartOverride | None = None) -> None:
        """See `Service.restart`. Nothing of a job can be changed by it."""
        await acting.command(self._wire, job_id, "retry")

    async def close(self) -> None:
        """See `Service.close`."""
        await self._wire.close()
