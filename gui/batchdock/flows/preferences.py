"""What a person can decide for the whole app, as a table. The dialog is made from it.

    notifications/*   what is told beside the clock
    saving/*          results that are saved by themselves
    window/*          what closing the window means
    pictures/*        what is kept so that pictures come sooner
    hooks/*           the receiver of a service's news
    events/*          what jobs send there
    updates/*         newer versions of the app

The settings file holds only what differs from the defaults; what is in it and does not fit counts as the default.
"""

import asyncio
import ipaddress
import logging
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from batchdock.core.errors.preferences import NotAFolder, NotAnAddress, OutOfRange, PreferenceRefused
from batchdock.core.text import QT_TRANSLATE_NOOP
from batchdock.flows.news import News, PreferencesChanged
from batchdock.store import Settings

_log = logging.getLogger(__name__)
_Value = TypeVar("_Value", bound=bool | int | str)
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\Z")


class Kind(StrEnum):
    """What a value is, and so which control shows it."""

    SWITCH = "switch"
    CHOICE = "choice"
    NUMBER = "number"
    ADDRESS = "address"
    """The name or IP address of a computer."""
    FOLDER = "folder"
    """An absolute path; empty for the usual one."""


class Group(StrEnum):
    """What belongs together in the dialog, in its order."""

    NOTIFICATIONS = "notifications"
    SAVING = "saving"
    WINDOW = "window"
    PICTURES = "pictures"
    HOOKS = "hooks"
    UPDATES = "updates"


class Level(StrEnum):
    """What is told beside the clock."""

    ALL = "all"
    ENDED_AND_PROBLEMS = "ended-and-problems"
    PROBLEMS = "problems"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Preference(Generic[_Value]):
    """One line of the table. `choices` are values with their words; a number is from `lowest` to `highest`.

    `title` labels the control; `unit` stands behind a number. It only matters while the switch `under` is on.
    """

    key: str
    default: _Value
    kind: Kind
    group: Group
    title: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    lowest: int = 0
    highest: int = 0
    unit: str = ""
    under: str = ""


NOTIFY = Preference(
    "notifications/level",
    Level.ENDED_AND_PROBLEMS,
    Kind.CHOICE,
    Group.NOTIFICATIONS,
    QT_TRANSLATE_NOOP("preferences", "&Notify me about"),
    QT_TRANSLATE_NOOP("preferences", "Only while you do not look at the window. Everything stands in the window too."),
    choices=(
        (Level.ALL, QT_TRANSLATE_NOOP("preferences", "Everything")),
        (Level.ENDED_AND_PROBLEMS, QT_TRANSLATE_NOOP("preferences", "Finished jobs and problems")),
        (Level.PROBLEMS, QT_TRANSLATE_NOOP("preferences", "Problems only")),
        (Level.NONE, QT_TRANSLATE_NOOP("preferences", "Nothing")),
    ),
)
NOTIFY_SOUND = Preference(
    "notifications/sound",
    False,
    Kind.SWITCH,
    Group.NOTIFICATIONS,
    QT_TRANSLATE_NOOP("preferences", "With a &sound"),
)
AUTOSAVE = Preference(
    "saving/automatic",
    True,
    Kind.SWITCH,
    Group.SAVING,
    QT_TRANSLATE_NOOP("preferences", "Save the &results of finished jobs"),
    QT_TRANSLATE_NOOP(
        "preferences", "Each in a new folder. Nothing is overwritten, and services delete their copies after 7 days."
    ),
)
AUTOSAVE_FOLDER = Preference(
    "saving/folder",
    "",
    Kind.FOLDER,
    Group.SAVING,
    QT_TRANSLATE_NOOP("preferences", "&Folder"),
    under=AUTOSAVE.key,
)
AUTOSAVE_MOST = Preference(
    "saving/most-gb",
    2,
    Kind.NUMBER,
    Group.SAVING,
    QT_TRANSLATE_NOOP("preferences", "&Ask me before saving more than"),
    lowest=1,
    highest=1_000_000,
    unit=QT_TRANSLATE_NOOP("preferences", " GB"),
    under=AUTOSAVE.key,
)
TRAY_ON_CLOSE = Preference(
    "window/tray-on-close",
    False,
    Kind.SWITCH,
    Group.WINDOW,
    QT_TRANSLATE_NOOP("preferences", "&Keep running beside the clock when I close the window"),
    QT_TRANSLATE_NOOP("preferences", "Where the desktop has such a place. Quit ends Batchdock."),
)
THUMBNAILS_MOST = Preference(
    "pictures/thumbnails-mb",
    500,
    Kind.NUMBER,
    Group.PICTURES,
    QT_TRANSLATE_NOOP("preferences", "R&oom for small copies of pictures"),
    QT_TRANSLATE_NOOP(
        "preferences",
        "With them the pictures of results come at once. Those not looked at for longest are let go of first.",
    ),
    lowest=20,
    highest=100_000,
    unit=QT_TRANSLATE_NOOP("preferences", " MB"),
)
HOOKS = Preference(
    "hooks/on",
    False,
    Kind.SWITCH,
    Group.HOOKS,
    QT_TRANSLATE_NOOP("preferences", "&Listen for news of services"),
    QT_TRANSLATE_NOOP(
        "preferences",
        "A service that can reach this computer tells Batchdock at once when something has happened, and Batchdock "
        "looks. Without it Batchdock looks by itself every few seconds. Jobs whose results are caught send them here.",
    ),
)
HOOKS_ADDRESS = Preference(
    "hooks/address",
    "127.0.0.1",
    Kind.ADDRESS,
    Group.HOOKS,
    QT_TRANSLATE_NOOP("preferences", "A&ddress"),
    under=HOOKS.key,
)
HOOKS_PORT = Preference(
    "hooks/port",
    28642,
    Kind.NUMBER,
    Group.HOOKS,
    QT_TRANSLATE_NOOP("preferences", "&Port"),
    lowest=1024,
    highest=65535,
    under=HOOKS.key,
)
EVENTS_DAYS = Preference(
    "events/days",
    30,
    Kind.NUMBER,
    Group.HOOKS,
    QT_TRANSLATE_NOOP("preferences", "Keep &what jobs send for"),
    lowest=1,
    highest=3650,
    unit=QT_TRANSLATE_NOOP("preferences", " days"),
)
EVENTS_MOST = Preference(
    "events/most-gb",
    5,
    Kind.NUMBER,
    Group.HOOKS,
    QT_TRANSLATE_NOOP("preferences", "Roo&m for their pictures"),
    lowest=1,
    highest=100_000,
    unit=QT_TRANSLATE_NOOP("preferences", " GB"),
)
UPDATES = Preference(
    "updates/look",
    False,
    Kind.SWITCH,
    Group.UPDATES,
    QT_TRANSLATE_NOOP("preferences", "&Tell me when there is a newer version"),
    QT_TRANSLATE_NOOP(
        "preferences",
        "Once a day Batchdock asks which versions were published. Nothing about you is sent, and nothing is installed.",
    ),
)
PREFERENCES: tuple[Preference[Any], ...] = (
    *(NOTIFY, NOTIFY_SOUND),
    *(AUTOSAVE, AUTOSAVE_FOLDER, AUTOSAVE_MOST),
    TRAY_ON_CLOSE,
    THUMBNAILS_MOST,
    *(HOOKS, HOOKS_ADDRESS, HOOKS_PORT),
    *(EVENTS_DAYS, EVENTS_MOST),
    UPDATES,
)


class Preferences:
    """The table over the settings of one home folder."""

    def __init__(self, settings: Settings, news: News) -> None:
        self._settings, self._news = settings, news
        self._turn = asyncio.Lock()
        """One change after the other, or the last that was asked for would not always be the one that holds."""

    def get(self, preference: Preference[_Value]) -> _Value:
        """Return what holds now. Safe from any thread."""
        kept = self._settings.get(preference.key, preference.default)
        try:
            return _fitting(preference, kept)
        except PreferenceRefused:
            _log.warning("The setting %s does not fit; its default is used", preference.key)
            return preference.default

    async def set(self, preference: Preference[_Value], value: _Value) -> None:
        """Decide otherwise, and tell everybody. Raise `PreferenceRefused` with a sentence, `FolderNotWritable`."""
        wanted = _fitting(preference, value)
        async with self._turn:
            if wanted == self.get(preference):
                return
            await asyncio.to_thread(self._settings.set, preference.key, wanted, default=preference.default)
        self._news.publish(PreferencesChanged((preference.key,)))

    async def reset(self, group: Group) -> None:
        """Let everything in `group` be as it was at first. Raise `FolderNotWritable`."""
        async with self._turn:
            changed = [each for each in PREFERENCES if each.group is group and self.get(each) != each.default]
            for each in changed:
                await asyncio.to_thread(self._settings.set, each.key, each.default, default=each.default)
        if changed:
            self._news.publish(PreferencesChanged(tuple(each.key for each in changed)))


def _fitting(preference: Preference[_Value], value: object) -> _Value:
    """Return `value` as the preference has it. Raise `PreferenceRefused`."""
    kind, default = preference.kind, preference.default
    plain = next(each for each in (bool, int, str) if isinstance(default, each))
    if not isinstance(value, plain) or (plain is int and isinstance(value, bool)):
        raise PreferenceRefused(value=value)
    if kind is Kind.CHOICE and value not in [each for each, _ in preference.choices]:
        raise PreferenceRefused(value=value)
    if kind is Kind.NUMBER and not (isinstance(value, int) and preference.lowest <= value <= preference.highest):
        raise OutOfRange(value=value, lowest=preference.lowest, highest=preference.highest)
    if kind is Kind.ADDRESS and not _is_address(str(value)):
        raise NotAnAddress(value=value)
    if kind is Kind.FOLDER and value and not Path(str(value)).is_absolute():
        raise NotAFolder(value=value)
    return type(default)(value)


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        # What looks like an IP address and is none is no name either.
        return _HOST.match(value) is not None and not re.fullmatch(r"[\d.]+", value)
    return True
