"""How an account proves who it is, where a single key does not do. As one text it is one item of the password store."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Password:
    """A user of a domain (the name of the whole account), who signs in for tokens."""

    user: str
    password: str = field(repr=False)
    domain: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was got elsewhere; when it has run out, somebody has to bring another."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key with which every request is signed. `security_token` comes with temporary ones."""

    access: str
    secret: str = field(repr=False)
    security_token: str = field(default="", repr=False)


Credentials = Password | Token | AccessKey

_KINDS: dict[str, type[Password] | type[Token] | type[AccessKey]] = {
    "password": Password,
    "token": Token,
    "access-key": AccessKey,
}


def written(credentials: Credentials) -> str:
    """Return credentials as one text."""
    kind = next(name for name, each in _KINDS.items() if isinstance(credentials, each))
    return json.dumps({"kind": kind, **asdict(credentials)})


def read_credentials(text: str) -> Credentials:
    """Return what `written` wrote. Raise `ValueError` for anything else; the text is no part of it."""
    try:
        values = json.loads(text)
        kind = _KINDS[values.pop("kind")]
        return kind(**{str(name): str(value) for name, value in values.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("no credentials") from None


def secrets_of(credentials: Credentials) -> tuple[str, ...]:
    """Return what must never be shown or written down."""
    match credentials:
        case Password(password=password):
            return (password,)
        case Token(token=token):
            return (token,)
        case AccessKey(secret=secret, security_token=security_token):
            return tuple(each for each in (secret, security_token) if each)
