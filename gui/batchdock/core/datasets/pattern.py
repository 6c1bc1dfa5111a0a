"""The patterns by which names are searched (contract §3): `%` is any run of characters, `_` is one.

Text without either is looked for anywhere in a name. A backslash takes the meaning from what follows it; that, too,
makes a pattern of the text, which then has to fit from end to end.
"""

from enum import Enum, auto
from itertools import pairwise


class _Wild(Enum):
    ANY = auto()
    ONE = auto()


_Token = str | _Wild
_WILD = {"%": _Wild.ANY, "_": _Wild.ONE}


def matches(pattern: str, name: str, *, strict: bool = False, ignore_case: bool = True) -> bool:
    """Tell whether `name` fits `pattern` as the service's published examples say.

    With `strict` it is plain LIKE, which one of those examples is not (contract §3.2): a pattern with a wildcard and an
    escaped one is taken to begin with `%`.
    """
    tokens, escaped = _read(pattern)
    bare = any(isinstance(each, _Wild) for each in tokens)
    if not bare and not escaped:
        tokens = [_Wild.ANY, *tokens, _Wild.ANY]
    elif bare and escaped and not strict and tokens[0] is not _Wild.ANY:
        tokens = [_Wild.ANY, *tokens]
    return _fits(tokens, name, ignore_case=ignore_case)


def exact(text: str) -> str:
    """Return the narrowest pattern that finds what is called `text`.

    Text without wildcards has none that finds nothing else, so whoever needs this one name compares it besides.
    """
    return "".join(f"\\{each}" if each in "\\%_" else each for each in text)


def contains(text: str) -> str:
    """Return the pattern of all names with `text` in them, whatever its characters mean to a pattern."""
    return f"%{exact(text)}%"


def _read(pattern: str) -> tuple[list[_Token], bool]:
    """Return what a pattern is made of, and whether a wildcard in it is to be taken as it is."""
    tokens: list[_Token] = []
    escaped = after_backslash = False
    for each in pattern:
        if after_backslash:
            tokens.append(each)
            escaped = escaped or each in _WILD
            after_backslash = False
        elif each == "\\":
            after_backslash = True
        else:
            tokens.append(_WILD.get(each, each))
    if after_backslash:
        tokens.append("\\")
    # Several in a row fit nothing that one does not.
    kept = [later for former, later in pairwise([None, *tokens]) if not (former is later is _Wild.ANY)]
    return [each for each in kept if each is not None], escaped


def _fits(tokens: list[_Token], name: str, *, ignore_case: bool) -> bool:
    """Compare from end to end. Only the last `%` is ever gone back to, so no pattern takes long."""
    at = read = 0
    restart: tuple[int, int] | None = None
    while at < len(name):
        if read < len(tokens) and tokens[read] is _Wild.ANY:
            restart = (read + 1, at)
            read += 1
        elif read < len(tokens) and _is(tokens[read], name[at], ignore_case=ignore_case):
            at, read = at + 1, read + 1
        elif restart is not None:
            read, at = restart[0], restart[1] + 1
            restart = (read, at)
        else:
            return False
    return all(each is _Wild.ANY for each in tokens[read:])


def _is(token: _Token, character: str, *, ignore_case: bool) -> bool:
    if isinstance(token, _Wild):
        return token is _Wild.ONE
    return token == character or (ignore_case and token.casefold() == character.casefold())
