"""What only this computer answers: how it works, and what it holds. Its own routes, beside the contract's."""

from dataclasses import asdict

from batchdock.core.batch import Content
from batchdock.core.computer import ComputerSettings, Computing, Rate, Storage
from batchdock.core.errors import AlreadyExists, StillUsed
from batchdock.services.http.reading import Entry, answered, count, entry, number, text, word
from batchdock.services.roboflow.reading import listed
from batchdock.services.roboflow.wire import Wire, path, staging

_CLEANING = 300.0
"""Seconds that removing a million files may take."""


async def ask_settings(wire: Wire, workspace: str) -> tuple[ComputerSettings, Computing]:
    """Return how it works, and what does the work at the moment."""
    what = path(workspace, "settings")
    return _settings(answered(await wire.ask("GET", what), wire, what))


async def change_settings(wire: Wire, workspace: str, settings: ComputerSettings) -> tuple[ComputerSettings, Computing]:
    """Work in another way from now on. Raise `BadRequest` for what makes no sense."""
    what = path(workspace, "settings")
    return _settings(answered(await wire.ask_once("PATCH", what, body=asdict(settings)), wire, what))


async def ask_storage(wire: Wire, workspace: str) -> Storage:
    """Return what it holds."""
    what = path(workspace, "storage")
    return _storage(answered(await wire.ask("GET", what), wire, what))


async def ask_rates(wire: Wire, workspace: str) -> tuple[Rate, ...]:
    """Return how fast earlier runs were."""
    what = path(workspace, "rates")
    return tuple([_rate(each) for each in listed(await wire.ask("GET", what), "rates", wire)])


async def remove_batch(wire: Wire, workspace: str, batch_id: str) -> None:
    """Remove a batch, and what is held for it. Raise `NotFound`, and `StillUsed` while a job uses it."""
    try:
        await wire.ask_once("DELETE", staging(workspace, "batches", batch_id), timeout=_CLEANING)
    except AlreadyExists as error:
        raise StillUsed(reason=error.values["reason"], details=error.details) from None


async def clean_up(wire: Wire, workspace: str) -> Storage:
    """Remove what may go; return what is left."""
    what = path(workspace, "storage", "clean-up")
    return _storage(answered(await wire.ask("POST", what, timeout=_CLEANING), wire, what))


def _rate(found: Entry) -> Rate:
    return Rate(
        workflow_id=text(found.get("workflowId")),
        content=word(found.get("content"), Content, Content.UNKNOWN),
        megapixels=number(found.get("megapixels")),
        items_per_second=number(found.get("itemsPerSecond")) or 0.0,
        items=count(found.get("items")) or 0,
    )


def _settings(answer: Entry) -> tuple[ComputerSettings, Computing]:
    found, computing = entry(answer.get("settings")), entry(answer.get("computing"))
    settings = ComputerSettings(
        workers=count(found.get("workers")),
        gentle=found.get("gentle") is True,
        scheduler=text(found.get("scheduler")),
        tls_authority=text(found.get("tls_authority")),
        tls_certificate=text(found.get("tls_certificate")),
        tls_key=text(found.get("tls_key")),
        disk_limit_gb=number(found.get("disk_limit_gb")),
        keep=found.get("keep") is not False,
    )
    device, trouble = text(computing.get("device")), text(computing.get("trouble"))
    return settings, Computing(device, count(computing.get("workers")) or 1, trouble)


def _storage(answer: Entry) -> Storage:
    found = entry(answer.get("storage"))
    held = {name: count(found.get(name)) or 0 for name in ("inputs", "results", "models", "expired", "free")}
    return Storage(**held, limit=count(found.get("limit")))
