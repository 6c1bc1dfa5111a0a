"""Takes secrets out of texts, and keeps the HTTP library from logging addresses that hold them."""

import html
import json
import logging
import re
from urllib.parse import quote, unquote

SENTENCE_LIMIT = 300
HIDDEN = "•••"

_PARAMETER = re.compile(
    r"(?i)\b(api_key|apikey|key|token|sig|signature|passwo?r?d|pwd|secret|x-goog-[a-z-]+|x-amz-[a-z-]+)(=|%3d)[^\s&\"'<>]+",
)
_QUOTE = r"""(?:\\{0,3}["']|%22|%27)"""
_FIELD = re.compile(
    r"(?i)((?:api_?-?key|access_?-?key(?:_?id)?|secret_?-?key|private_?-?key|token|secret|passwo?r?d|passwd|pwd"
    rf"|signature|credential|authorization){_QUOTE}?\s{{0,4}}(?:[:=]|%3a|%3d)\s{{0,4}})"
    # In quotes any value is one; a bare word has to look like a key, or sentences would lose their ends.
    rf"(?:({_QUOTE})(?:(?!{_QUOTE}).)+|(?=[^\s\"',;&]{{0,80}}\d)[^\s\"',;&}}<>]{{8,}})",
)
_SCHEME = re.compile(
    r"(?i)(authorization[\\\"']{0,4}\s{0,4}[:=]\s{0,4}[\\\"']{0,4}(?:basic|digest|token|negotiate|[\w-]{1,30}-sha256)\s+)[^\r\n\"'\\]+"
)
_PRIVATE_KEY = re.compile(r"(?s)-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)")
_KNOWN_FORM = re.compile(
    r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}\w*|AIza[\w-]{30,}|gh[pousr]_\w{20,}|[Aa]ccess[Kk]ey-[0-9a-fA-F]{16,}\w*"
    r"|eyJ[\w-]{10,}\.[\w-]{5,}(?:\.[\w-]*)?)"
)
_BEARER = re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+")
_ADDRESS = re.compile(r"\w{1,20}://[^\s\"'<>]+")
_ADDRESS_USER = re.compile(r"://[^\s/\"'<>]+@")
_ELEMENT = re.compile(r"(?i)<([\w.-]{0,60}(?:password|passwd|pwd|secret|token))>[^<]*")
_ELEMENT_VALUE = re.compile(_ELEMENT.pattern.replace("[^<]*", "([^<]*)"))
_ADDRESS_PASSWORD = re.compile(r"://[^\s/:@<>]*:([^\s/<>]+)@")
_UNSEEN = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"(?s)<[^>]*>")
_SECRET_NAME = re.compile(
    r"(?i)((api|access|secret|private)_?key|token|secret|password|passwd|pwd|credentials?|signature|authorization"
    r"|access_?key_?id|notifications_?url|type_?config)$"
    r"|^key$"
)
_MAY_BE_SECRET = re.compile(r"(?i)^headers$")
"""Headers that a service is to send along: their names are no secret, their values may be."""
_DEEPEST = 60
_STORAGE_MESSAGE = re.compile(r"(?is)<message>(.*?)</message>")


def redacted(text: str, *secrets: str) -> str:
    """Return `text` without these secrets, however they were encoded, and without anything that looks like one."""
    for secret in secrets:
        if len(secret) > 3:  # Shorter ones would tear ordinary words apart, and protect nothing.
            for form in {secret, quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1]}:
                text = text.replace(form, HIDDEN)
    text = _PRIVATE_KEY.sub(HIDDEN, text)
    text = _ADDRESS.sub(_without_query, text)
    text = _ADDRESS_USER.sub(f"://{HIDDEN}@", text)
    text = _ELEMENT.sub(rf"<\1>{HIDDEN}", text)
    text = _PARAMETER.sub(rf"\1\2{HIDDEN}", text)
    text = _BEARER.sub(f"Bearer {HIDDEN}", text)
    text = _SCHEME.sub(rf"\1{HIDDEN}", text)
    text = _FIELD.sub(rf"\1\2{HIDDEN}", text)
    return _KNOWN_FORM.sub(HIDDEN, text)


def _without_query(address: re.Match[str]) -> str:
    """Return an address with its query hidden. Found as a whole, so that no text takes long, however it is made."""
    path, mark, _ = address[0].partition("?")
    return f"{path}?{HIDDEN}" if mark else path


def without_secrets(value: object, *secrets: str, depth: int = _DEEPEST) -> object:
    """Return what JSON said in the same shape, without these secrets and without anything that looks like one."""
    if isinstance(value, str):
        return redacted(value, *secrets)
    if depth == 0 and isinstance(value, dict | list):
        return HIDDEN
    if isinstance(value, dict):
        return {
            redacted(str(name), *secrets): HIDDEN
            if each and _SECRET_NAME.search(str(name))
            else without_secrets(each, *secrets, depth=depth - 1)
            for name, each in value.items()
        }
    return [without_secrets(each, *secrets, depth=depth - 1) for each in value] if isinstance(value, list) else value


def is_secret_name(name: str) -> bool:
    """Tell whether what stands under this name must not be seen."""
    return _SECRET_NAME.search(name) is not None


def secret_values(value: object, depth: int = _DEEPEST) -> tuple[str, ...]:
    """Return the texts of a request's body that nobody must see, in case that the answer repeats them."""
    if isinstance(value, str) or depth == 0:
        return ()
    found: list[str] = []
    for name, each in value.items() if isinstance(value, dict) else ():
        if _SECRET_NAME.search(str(name)) or _MAY_BE_SECRET.search(str(name)):
            found.extend(_texts(each, depth - 1))
        else:
            found.extend(secret_values(each, depth - 1))
    for each in value if isinstance(value, list | tuple) else ():
        found.extend(secret_values(each, depth - 1))
    return tuple(found)


def _texts(value: object, depth: int) -> list[str]:
    """Return every text in what JSON said."""
    if isinstance(value, str):
        # Settings of a camera are one text, and a service may repeat only the password in it.
        within = [html.unescape(each[1]).strip() for each in _ELEMENT_VALUE.findall(value)]
        within += [unquote(html.unescape(each)) for each in _ADDRESS_PASSWORD.findall(value)]
        return [value, *within]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for each in inner for text in _texts(each, depth - 1)] if depth else []


def sentence(text: str, *secrets: str) -> str:
    """Return `text` as one plain sentence of at most 300 characters: no markup, no secrets."""
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", redacted(text, *secrets))))
    text = " ".join(redacted(text, *secrets).split())
    return text if len(text) <= SENTENCE_LIMIT else f"{text[: SENTENCE_LIMIT - 1].rstrip()}…"


def storage_sentence(text: str) -> str:
    """Return what a storage service says is wrong. Only its message: the rest of such an answer repeats signatures."""
    found = _STORAGE_MESSAGE.search(text)
    return sentence(found.group(1)) if found else ""


_LOGGERS = ("httpx", *(f"httpcore{part}" for part in ("", ".connection", ".http11", ".http2", ".proxy", ".socks")))


def _nothing(_: logging.LogRecord) -> bool:
    return False


def silence_http_logs() -> None:
    """Keep `httpx` (it logs whole addresses) and `httpcore` (it logs headers) out of every log.

    By a filter: `disabled` is reset whenever anyone configures logging with a dictionary, as servers do.
    """
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_nothing)


silence_http_logs()
