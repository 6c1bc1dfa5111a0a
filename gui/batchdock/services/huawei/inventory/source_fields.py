"""The forms of video sources: what is asked of each kind, and the settings that come of it (contract §3.7)."""

from dataclasses import replace

from batchdock.core.inventory import Field, FieldKind
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.services.http.reading import Entry, text, texts
from batchdock.services.huawei.inventory import source_settings
from batchdock.services.huawei.inventory.describing import ACCESS, GROUPS, SOURCE_TYPES
from batchdock.services.kept import Values

RAW = "type_config"
"""The field for settings of kinds that nothing more is known of."""

PASSWORD = "password"  # noqa: S105 - the key of a field

_CJK = "\\u4e00-\\u9fa5"
_LETTERS = f"{_CJK}a-zA-Z0-9()（）._-"
_KEEP = QT_TRANSLATE_NOOP("service", "Leave it empty to keep the one there is.")
_NAME = Field(
    key="video_source_name",
    title=QT_TRANSLATE_NOOP("service", "Name"),
    required=True,
    least=1,
    most=100,
    pattern=f"[{_LETTERS}]([{_LETTERS} ]*[{_LETTERS}])?",
    hint=QT_TRANSLATE_NOOP("service", "Letters, digits, spaces and . - _ ( )."),
)
_ACCESS = Field(
    key="access_type",
    title=QT_TRANSLATE_NOOP("service", "Connected at"),
    kind=FieldKind.CHOICE,
    required=True,
    choices=ACCESS,
    value="cloud",
)
_GROUPS = Field(
    key="video_group_ids",
    title=QT_TRANSLATE_NOOP("service", "Video groups"),
    kind=FieldKind.SEVERAL,
    choices_of=GROUPS,
)
_ABOUT = (
    Field(
        key="tag",
        title=QT_TRANSLATE_NOOP("service", "Tags"),
        kind=FieldKind.SEVERAL,
        most=4,
        pattern=f"[{_CJK}a-zA-Z0-9_-]{{1,10}}",
        hint=QT_TRANSLATE_NOOP("service", "At most 4, of 10 letters, digits, hyphens and underscores."),
    ),
    Field(
        key="latitude",
        title=QT_TRANSLATE_NOOP("service", "Latitude"),
        pattern=r"[+-]?([0-8]?\d(\.\d{1,5})?|90(\.0{1,5})?)",
        hint=QT_TRANSLATE_NOOP("service", "Degrees from -90 to 90, with at most 5 digits after the point."),
    ),
    Field(
        key="longitude",
        title=QT_TRANSLATE_NOOP("service", "Longitude"),
        pattern=r"-?((\d\d?|1[0-7]\d)(\.\d{1,5})?|180(\.0{1,5})?)",
        hint=QT_TRANSLATE_NOOP("service", "Degrees from -180 to 180, with at most 5 digits after the point."),
    ),
)
_USER = Field(key="user_name", title=QT_TRANSLATE_NOOP("service", "User"), most=200)
_PASSWORD = Field(key=PASSWORD, title=QT_TRANSLATE_NOOP("service", "Password"), kind=FieldKind.SECRET, most=500)
_STREAMS = (
    ("1", QT_TRANSLATE_NOOP("service", "Main stream")),
    ("2", QT_TRANSLATE_NOOP("service", "Second stream")),
    ("3", QT_TRANSLATE_NOOP("service", "Third stream")),
)
_CHECKED = (("true", QT_TRANSLATE_NOOP("service", "Yes")), ("false", QT_TRANSLATE_NOOP("service", "No")))

_SETTINGS: dict[str, tuple[Field, ...]] = {
    "url": (
        Field(
            key="url_address",
            title=QT_TRANSLATE_NOOP("service", "Address"),
            required=True,
            most=1000,
            pattern=r"[a-zA-Z][\w+.-]*://\S+",
            hint=QT_TRANSLATE_NOOP("service", "As in rtsp://camera.example:554/stream. User and password go below."),
        ),
        _USER,
        _PASSWORD,
    ),
    "vcn": (
        Field(key="data_source_id", title=QT_TRANSLATE_NOOP("service", "Camera id"), required=True, most=200),
        Field(
            key="stream_type",
            title=QT_TRANSLATE_NOOP("service", "Stream"),
            kind=FieldKind.CHOICE,
            required=True,
            choices=_STREAMS,
            value="1",
        ),
        Field(key="ip", title=QT_TRANSLATE_NOOP("service", "Address of the node"), required=True, most=100),
        Field(
            key="port",
            title=QT_TRANSLATE_NOOP("service", "Port"),
            kind=FieldKind.NUMBER,
            required=True,
            least=1,
            most=65_535,
        ),
        replace(_USER, required=True),
        replace(_PASSWORD, required=True),
    ),
    "restful": (
        Field(
            key="url",
            title=QT_TRANSLATE_NOOP("service", "Address to ask"),
            required=True,
            most=1000,
            pattern=r"[a-zA-Z][\w+.-]*://\S+",
            hint=QT_TRANSLATE_NOOP("service", "It answers with the address of the stream."),
        ),
        Field(
            key="rtsp_url",
            title=QT_TRANSLATE_NOOP("service", "Where the stream is in the answer"),
            required=True,
            most=500,
            hint=QT_TRANSLATE_NOOP("service", "The name of the field that has it, as in data/url."),
        ),
        Field(
            key="http_check",
            title=QT_TRANSLATE_NOOP("service", "Check the certificate"),
            kind=FieldKind.CHOICE,
            choices=_CHECKED,
            value="true",
        ),
    ),
    "camera": (
        Field(key="device_id", title=QT_TRANSLATE_NOOP("service", "Edge camera id"), required=True, most=200),
        Field(key="name", title=QT_TRANSLATE_NOOP("service", "Name of the edge camera"), most=200),
    ),
    "obs": (
        Field(
            key="bucket",
            title=QT_TRANSLATE_NOOP("service", "Bucket"),
            required=True,
            most=63,
            pattern=r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        ),
        Field(key="path", title=QT_TRANSLATE_NOOP("service", "Path"), required=True, most=900),
    ),
}
_RAW = Field(
    key=RAW,
    title=QT_TRANSLATE_NOOP("service", "Settings"),
    kind=FieldKind.SECRET,
    required=True,
    most=1024,
    hint=QT_TRANSLATE_NOOP("service", "In the XML of the service, as in <type_config>…</type_config>."),
)
_TYPE = Field(
    key="type",
    title=QT_TRANSLATE_NOOP("service", "Kind"),
    kind=FieldKind.CHOICE,
    required=True,
    choices=SOURCE_TYPES,
)
KINDS = tuple(_SETTINGS)
"""The kinds that have a form of their own."""


def new_fields(kind: str) -> tuple[Field, ...]:
    """Return the form of a new source; of any kind where nothing is known of `kind`."""
    settings = _SETTINGS.get(kind)
    access = replace(_ACCESS, value="edge") if kind == "camera" else _ACCESS
    if settings is None:
        return _NAME, _TYPE, access, _RAW, _GROUPS, *_ABOUT
    return _NAME, *settings, access, _GROUPS, *_ABOUT


def changed_fields(now: Entry) -> tuple[Field, ...]:
    """Return the form of a source that is there, with all but its credentials filled in."""
    have = text(now.get(RAW))
    found = source_settings.read(have)
    fields = _known(text(now.get("type")), found)
    settings = tuple(_filled(each, found, needed=source_settings.withheld(have)) for each in fields)
    if not fields:
        settings = (replace(_RAW, required=not have.strip()),)
    name = replace(_NAME, value=text(now.get(_NAME.key)))
    about = [
        replace(each, value=texts(now.get(each.key)) if each.kind is FieldKind.SEVERAL else text(now.get(each.key)))
        for each in _ABOUT
    ]
    return name, *settings, *about


def settings_of(kind: str, values: Values, have: str = "") -> str:
    """Return the settings of a source with what was filled in, merged into those it has."""
    raw = values.get(RAW)
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    found = source_settings.read(have)
    given = {each.key: _written(values[each.key]) for each in _SETTINGS.get(kind, ()) if each.key in values}
    if kind == "url" and given:
        given = {"url_address": _address(given, found.get("url_address", ""))}
    return source_settings.changed(have, given) if have.strip() else source_settings.written(given)


def _known(kind: str, found: dict[str, str]) -> tuple[Field, ...]:
    """Return the fields of a kind, as far as its settings have them. An address has user and password in it."""
    if kind.lower() == "url":
        return _SETTINGS["url"] if "url_address" in found else ()
    return tuple(each for each in _SETTINGS.get(kind.lower(), ()) if each.key in found)


def _filled(field: Field, found: dict[str, str], *, needed: bool) -> Field:
    """Return a field with its value. Of credentials nothing is shown, and nothing has to be filled in again."""
    if field.key == PASSWORD:
        return replace(field, required=needed, hint=_WITHHELD if needed else "")
    if field.key == _USER.key:
        return replace(field, required=False, hint=_KEEP)
    value = found.get(field.key, "")
    if "?" in value or (field.key != "url_address" and "@" in value):
        # Addresses may have a token behind the question mark.
        return replace(field, kind=FieldKind.SECRET, required=False, pattern="")
    number = field.kind is FieldKind.NUMBER and value.isdigit() and len(value) < 10
    return replace(field, value=int(value) if number else source_settings.without_credentials(value))


def _address(given: dict[str, str], had: str) -> str:
    """Return an address with credentials: those given, else those typed into the address, else those it had."""
    address = given.get("url_address") or had
    old_user, old_password = source_settings.credentials_of(had)
    user, password = source_settings.credentials_of(address)
    if not user:
        user, password = old_user, old_password
    return source_settings.with_credentials(address, given.get("user_name") or user, given.get("password") or password)


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return text(value)


_WITHHELD = QT_TRANSLATE_NOOP(
    "service", "The service does not tell the password, and takes no change without it: fill it in again."
)
