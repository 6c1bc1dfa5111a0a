"""What people call the services, and what is said of each: the one table of the window that names them."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from batchdock.core.account import Account, ServiceKind
from batchdock.core.text import QT_TRANSLATE_NOOP

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Kind:
    """What is said of a service: English sources in the context "accounts". Names stay as they are.

    `workspace` and `connected` have the name of an account's part of the service as %1, `forgetting` the account's.
    """

    name: str
    icon: str
    about: str
    workspace: str
    connected: str
    forgetting: str


KINDS: dict[ServiceKind, Kind] = {
    ServiceKind.ROBOFLOW: Kind(
        "Roboflow",
        "images",
        QT_TRANSLATE_NOOP("accounts", "Pictures and videos are uploaded, and your workflows run over them."),
        QT_TRANSLATE_NOOP("accounts", "Roboflow workspace “%1”"),
        QT_TRANSLATE_NOOP("accounts", "Connected to workspace “%1”."),
        QT_TRANSLATE_NOOP(
            "accounts",
            "Forget “%1”? Its key is removed from this computer, and uploads to it stop. "
            "Batches and jobs at Roboflow stay there; results you have saved stay here.",
        ),
    ),
    ServiceKind.HUAWEI: Kind(
        "Huawei Cloud",
        "video",
        QT_TRANSLATE_NOOP("accounts", "Video analysis: jobs that run over cameras, in the cloud or at the edge."),
        QT_TRANSLATE_NOOP("accounts", "Huawei Cloud project “%1”"),
        QT_TRANSLATE_NOOP("accounts", "Connected to project “%1”. Its jobs appear in the list."),
        QT_TRANSLATE_NOOP(
            "accounts",
            "Forget “%1”? Its sign-in is removed from this computer. "
            "Jobs at Huawei Cloud go on there; what they have sent stays here.",
        ),
    ),
    ServiceKind.TENSORBAY: Kind(
        "TensorBay",
        "layers",
        QT_TRANSLATE_NOOP("accounts", "Datasets with all their versions and labels: fill them, or take them out."),
        QT_TRANSLATE_NOOP("accounts", "TensorBay user “%1”"),
        QT_TRANSLATE_NOOP("accounts", "Connected as “%1”. The datasets appear in Batches."),
        QT_TRANSLATE_NOOP(
            "accounts",
            "Forget “%1”? Its key is removed from this computer, and what is under way with it stops. "
            "Datasets at TensorBay stay there; what you have taken out stays here.",
        ),
    ),
}
"""The services that can be connected, in the order in which they are offered."""


def service_name(account: Account | None) -> str:
    """Return what people call the service of an account; This computer where there is none."""
    if account is None or account.is_this_computer:
        return _tr("accounts", "This computer")
    return KINDS[account.service].name


def part_of(account: Account) -> str:
    """Return what people call an account's part of its service: the slug of a workspace, the name of a project."""
    return account.setting("project") or account.workspace


def workspace_text(account: Account) -> str:
    """Return where at its service an account is."""
    return _tr("accounts", KINDS[account.service].workspace).replace("%1", part_of(account))


def connected_text(account: Account) -> str:
    """Return that an account works now."""
    return _tr("accounts", KINDS[account.service].connected).replace("%1", part_of(account))


def forgetting_text(account: Account) -> str:
    """Return what is asked before an account is forgotten."""
    return _tr("accounts", KINDS[account.service].forgetting).replace("%1", account.name)
