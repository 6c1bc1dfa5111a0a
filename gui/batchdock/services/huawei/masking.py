"""What must not be shown of an answer, besides what looks like a secret anywhere (contract §3.2, §3.3, §3.7, §4.1)."""

from batchdock.services.http.redaction import HIDDEN, redacted, without_secrets

_DEEPEST = 40
_NAMES_OF_HEADERS = frozenset({"name", "key", "header"})


def plain(text: str) -> str:
    """Return a text of the service without anything that looks like a secret."""
    return redacted(text)


def masked(answer: object) -> object:
    """Return an answer without headers of webhooks, credentials of cameras, and whatever else is secret in it."""
    return without_secrets(_masked(answer, _DEEPEST))


def _masked(value: object, depth: int) -> object:
    if isinstance(value, list):
        return [_masked(each, depth - 1) for each in value] if depth else HIDDEN
    if not isinstance(value, dict):
        return value
    if not depth:
        return HIDDEN
    return {name: _of_name(str(name).lower(), each, depth - 1) for name, each in value.items()}


def _of_name(name: str, value: object, depth: int) -> object:
    if name == "headers":
        return _hidden(value, depth)
    if name == "type_config" and value:
        return HIDDEN
    return _masked(value, depth)


def _hidden(value: object, depth: int) -> object:
    """Return headers with their names only, whether they are an object or a list of pairs."""
    if isinstance(value, dict) and depth > 0:
        return {
            name: each if name in _NAMES_OF_HEADERS and isinstance(each, str) and "value" in value else HIDDEN
            for name, each in value.items()
        }
    if isinstance(value, list) and depth > 0:
        return [_hidden(each, depth - 1) for each in value]
    return HIDDEN if value not in (None, "") else value
