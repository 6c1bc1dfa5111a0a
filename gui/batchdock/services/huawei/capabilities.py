"""What an account at Huawei Cloud can do, by what it uses there: known before anything is asked."""

from batchdock.core.account import Account
from batchdock.core.inventory import Action, On
from batchdock.core.ports import Capabilities
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.huawei.inventory.describing import COLLECTIONS
from batchdock.services.huawei.jobs.filters import filters_of
from batchdock.services.huawei.jobs.states import LEAVING
from batchdock.services.huawei.place import place_of

_CREATE = Action(key="create", title=QT_TRANSLATE_NOOP("service", "New job"), on=On.NOTHING, has_form=True)
_CHANGE = Action(
    key="change", title=QT_TRANSLATE_NOOP("service", "Change"), on=On.ONE, has_form=True, not_in_states=LEAVING
)
_DELETE = Action(
    key="delete",
    title=QT_TRANSLATE_NOOP("service", "Delete at the service"),
    on=On.SEVERAL,
    destructive=True,
    question=QT_TRANSLATE_NOOP("service", "Delete “{name}” at the service? It is stopped, and does not come back."),
    not_in_states=LEAVING,
)


def capabilities_of_huawei(account: Account) -> Capabilities:
    """Return what an account can do. Jobs of VIAS v1 can only be looked at and created (contract §2.4)."""
    place = place_of(account)
    can_change = place.vias == "v2" or bool(place.iva)
    return Capabilities(
        can_stop=can_change,
        can_restart=can_change,
        can_restart_changed=False,
        takes_files=False,
        tells_steps=False,
        tells_facts=True,
        sends_events=True,
        job_actions=(_CREATE, _CHANGE, _DELETE) if can_change else (_CREATE,),
        job_filters=filters_of(place),
        collections=COLLECTIONS if place.vias == "v2" else (),
    )
