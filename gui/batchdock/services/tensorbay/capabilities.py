"""What the service can do (contract §6, §7)."""

from batchdock.core.account import Account
from batchdock.core.ports import Capabilities
from batchdock.services.tensorbay.inventory import COLLECTIONS
from batchdock.services.tensorbay.jobs.describing import JOB_ACTIONS, JOB_FILTERS, MERGES, OF_DATASETS

_ALL = Capabilities(
    costs_money=False,
    can_restart_changed=False,
    takes_files=False,
    tells_steps=False,
    tells_facts=True,
    job_actions=JOB_ACTIONS,
    job_filters=JOB_FILTERS,
    collections=COLLECTIONS,
    keeps_datasets=True,
    stops_only=OF_DATASETS,
    restarts_only=MERGES,
    unverified=frozenset({"stop", "restart"}),
)


def capabilities_of_tensorbay(_account: Account) -> Capabilities:
    """Return what an account can do: the same for all."""
    return _ALL
