"""Storage configs, and the credentials of those that are buckets of one's own (contract §4.9)."""

import re
from collections.abc import AsyncIterator, Mapping
from functools import partial

from batchdock.core.datasets.pattern import exact
from batchdock.core.errors import (
    BatchdockError,
    ConnectionProblem,
    NotAskedFor,
    NotFound,
    ServiceTrouble,
    UnreadableAnswer,
)
from batchdock.core.facts import MASKED, Facts
from batchdock.core.inventory import Done, Field, FieldKind, Item, Where
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, optional_text, text
from batchdock.services.kept import Kept, Values
from batchdock.services.tensorbay.datasets.creating import make_named
from batchdock.services.tensorbay.datasets.walking import by, walk
from batchdock.services.tensorbay.inventory.describing import CREDENTIALS, STORAGES
from batchdock.services.tensorbay.inventory.where import first
from batchdock.services.tensorbay.telling import tell
from batchdock.services.tensorbay.wire import Wire

_TITLES = {
    "name": QT_TRANSLATE_NOOP("service", "Name"),
    "type": QT_TRANSLATE_NOOP("service", "Kind"),
    "filePath": QT_TRANSLATE_NOOP("service", "Path"),
    "isGravitiStorage": QT_TRANSLATE_NOOP("service", "Of the service"),
    "bucketName": QT_TRANSLATE_NOOP("service", "Bucket"),
    "endpoint": QT_TRANSLATE_NOOP("service", "Endpoint"),
    "accesskeyId": QT_TRANSLATE_NOOP("service", "Access key"),
}
_OTHER_NAME = QT_TRANSLATE_NOOP("errors", "The name that was typed is another one.")
_NOT_GIVEN = QT_TRANSLATE_NOOP("errors", "Something that is needed is not filled in.")

_NAME = Field(key="name", title=_TITLES["name"], required=True)
_PATH = Field(
    key="filePath",
    title=_TITLES["filePath"],
    required=True,
    hint=QT_TRANSLATE_NOOP("service", "Files of datasets lie below it."),
)
_ENDPOINT = Field(key="endpoint", title=_TITLES["endpoint"], required=True)
_KEY = (
    Field(
        key="accesskeyId",
        title=QT_TRANSLATE_NOOP("service", "Access key ID"),
        kind=FieldKind.SECRET,
        required=True,
        hint=QT_TRANSLATE_NOOP("service", "It goes to the service once, and is kept nowhere here."),
    ),
    Field(
        key="accesskeySecret",
        title=QT_TRANSLATE_NOOP("service", "Access key secret"),
        kind=FieldKind.SECRET,
        required=True,
        hint=QT_TRANSLATE_NOOP("service", "It goes to the service once, and is kept nowhere here."),
    ),
)
_BUCKET = (
    _NAME,
    _PATH,
    _ENDPOINT,
    Field(key="bucketName", title=_TITLES["bucketName"], required=True),
    *_KEY,
)
_FORMS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "create-oss": ("CreateStorageConfigOSS", _BUCKET),
    "create-s3": ("CreateStorageConfigS3", _BUCKET),
    "create-azure": (
        "CreateStorageConfigAzure",
        (
            _NAME,
            _PATH,
            Field(key="containerName", title=QT_TRANSLATE_NOOP("service", "Container"), required=True),
            Field(
                key="accountType",
                title=QT_TRANSLATE_NOOP("service", "Azure of"),
                kind=FieldKind.CHOICE,
                required=True,
                choices=(
                    ("China", QT_TRANSLATE_NOOP("service", "China")),
                    ("Global", QT_TRANSLATE_NOOP("service", "The rest of the world")),
                ),
                value="Global",
            ),
            Field(
                key="accesskeyId",
                title=QT_TRANSLATE_NOOP("service", "Name of the storage account"),
                kind=FieldKind.SECRET,
                required=True,
            ),
            Field(
                key="accesskeySecret",
                title=QT_TRANSLATE_NOOP("service", "Key of the storage account"),
                kind=FieldKind.SECRET,
                required=True,
                hint=_KEY[1].hint,
            ),
        ),
    ),
    "create-local": (
        "CreateStorageConfigLocalFs",
        (
            _NAME,
            _PATH,
            Field(
                key="endpoint",
                title=_TITLES["endpoint"],
                required=True,
                hint=QT_TRANSLATE_NOOP("service", "The address of the server, as in http://host:9000."),
            ),
        ),
    ),
}
"""By action: the operation, and its fields, whose keys are the names on the wire."""


async def _storages(wire: Wire, where: Where) -> AsyncIterator[Item]:
    async for row, name in _rows(wire, "ListStorageConfigs", first(where, "name")):
        own = row.get("isGravitiStorage")
        cells = {
            "name": name,
            "kind": text(row.get("type")),
            "path": text(row.get("filePath")),
            "own": not own if isinstance(own, bool) else None,
        }
        yield Item(STORAGES, name, name, cells)


async def _credentials(wire: Wire, where: Where) -> AsyncIterator[Item]:
    async for row, name in _rows(wire, "ListAuthStorageConfig", first(where, "name")):
        cells = {
            "name": name,
            "kind": text(row.get("type")),
            "bucket": text(row.get("bucketName")),
            "endpoint": text(wire.without_secrets(text(row.get("endpoint")))),
            "key": MASKED if row.get("accesskeyId") else "",
        }
        yield Item(CREDENTIALS, name, name, cells)


async def _facts(wire: Wire, name: str, *, operation: str) -> Facts:
    async for row, found in _rows(wire, operation, exact(name)):
        if found == name:
            return tell(wire, row, _TITLES)
    raise NotFound(service=wire.service, reason="There is no such storage config.")


async def _create(wire: Wire, values: Values, *, action: str) -> Done:
    """Register a storage. What it is unlocked with goes out here once, and nowhere else."""
    operation, fields = _FORMS[action]
    body = {field.key: text(values.get(field.key)) or text(field.value) for field in fields}
    if not all(each.strip() for each in body.values()):
        raise NotAskedFor(service=wire.service, reason=_NOT_GIVEN)
    name = body["name"]
    await make_named(wire, operation, at={}, body=body, name=name, is_there=partial(_is_there, wire, name))
    return Done(made=(name,))


async def _delete(wire: Wire, name: str, values: Values) -> Done:
    """Remove a storage config, by exactly this name, which has to be typed. When the answer is lost, it is looked."""
    if text(values.get("name")) != name:
        raise NotAskedFor(service=wire.service, reason=_OTHER_NAME)
    try:
        await wire.ask("DeleteStorageConfig", at={"config": name})
    except (ConnectionProblem, ServiceTrouble, UnreadableAnswer) as error:
        try:
            is_gone = not await _is_there(wire, name)
        except BatchdockError:
            raise error from None
        if not is_gone:
            raise
    return Done()


async def _is_there(wire: Wire, name: str) -> bool:
    """Ask whether there is one of exactly this name."""
    return name in [found async for _, found in _rows(wire, "ListStorageConfigs", exact(name))]


async def _rows(wire: Wire, operation: str, pattern: str) -> AsyncIterator[tuple[Entry, str]]:
    async for row in walk(wire, operation, query={"name": pattern or None}, key=by("name")):
        name = optional_text(row.get("name"))
        if name is not None:
            yield row, name


async def _delete_form(_wire: Wire, name: str) -> tuple[Field, ...]:
    return (
        Field(
            key="name",
            title=QT_TRANSLATE_NOOP("service", "Type its name"),
            required=True,
            pattern=re.escape(name),
            hint=QT_TRANSLATE_NOOP(
                "service", "It does not come back. Datasets that lie there may not be readable any more."
            ),
        ),
    )


async def _create_form(_wire: Wire, _item_id: str, *, action: str) -> tuple[Field, ...]:
    return _FORMS[action][1]


KEPT: Kept[Wire] = Kept(
    items=_storages,
    facts=partial(_facts, operation="ListStorageConfigs"),
    forms={
        **{action: partial(_create_form, action=action) for action in _FORMS},
        "delete": _delete_form,
    },
    makes={action: partial(_create, action=action) for action in _FORMS},
    changes={"delete": _delete},
)
CREDENTIALS_KEPT: Kept[Wire] = Kept(items=_credentials, facts=partial(_facts, operation="ListAuthStorageConfig"))
