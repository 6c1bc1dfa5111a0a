"""Which actions mean something for what is chosen, and how they are called."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from batchdock.core.inventory import Action, On

_ICONS = (
    ("stop", "circle-stop"),
    ("restart", "rotate-cw"),
    ("start", "circle-play"),
    ("deploy", "circle-play"),
    ("rename", "pencil"),
    ("change", "pencil"),
    ("edit", "pencil"),
    ("copy", "copy"),
    ("open-", "folder-open"),
    ("add-files", "cloud-upload"),
    ("add-folder", "folder-plus"),
    ("take-out", "download"),
    ("show-version", "eye"),
    ("new-branch", "workflow"),
    ("new-tag", "tag"),
    ("commit-", "circle-check"),
)


def fits(action: Action, states: Sequence[str], kinds: Sequence[str] = ()) -> bool:
    """Tell whether an action can be done to items whose states are these; one for each item, "" where it has none.

    `kinds` are those of jobs.
    """
    if action.closed:
        return False
    if action.on is On.NOTHING:
        return True
    if not states or (action.on is On.ONE and len(states) > 1):
        return False
    if action.kinds and not action.kinds.issuperset(kinds):
        return False
    refused = {state.casefold() for state in action.not_in_states}
    return not any(state.casefold() in refused for state in states)


def action_title(action: Action) -> str:
    """Return the name of an action, as a verb for its last button."""
    return QCoreApplication.translate("service", action.title)


def action_text(action: Action) -> str:
    """Return the name of an action for buttons and menus: with dots where something is asked before."""
    text = action_title(action)
    if action.unverified:
        text = QCoreApplication.translate("inventory", "%1 (unverified)").replace("%1", text)
    return f"{text}…" if action.has_form or action.question else text


def action_tooltip(action: Action) -> str:
    """Return what else is to be known of an action before it is done; empty where its name says all."""
    if action.closed:
        return QCoreApplication.translate("service", action.closed)
    if action.unverified:
        return QCoreApplication.translate(
            "inventory",
            "How the service does this is known from hints only. It may answer in another way than expected; Batchdock "
            "tells what it said.",
        )
    return ""


def action_icon(action: Action) -> str:
    """Return the icon of an action, empty where none fits."""
    if action.destructive:
        return "trash-2"
    if action.on is On.NOTHING:
        return "plus"
    return next((name for word, name in _ICONS if word in action.key.casefold()), "")
