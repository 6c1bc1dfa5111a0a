"""Takes secrets out of texts, and keeps the HTTP library from logging addresses that hold them."""

import html
import logging
import re
from urllib.parse import quote

SENTENCE_LIMIT = 300
HIDDEN = "•••"

_PARAMETER = re.compile(
    r"(?i)\b(api_key|apikey|key|token|sig|signature|x-goog-[a-z-]+|x-amz-[a-z-]+)(=|%3d)[^\s&\"'<>]+",
)
_BEARER = re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+")
_ADDRESS_QUERY = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]*")
_UNSEEN = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"(?s)<[^>]*>")
_STORAGE_MESSAGE = re.compile(r"(?is)<message>(.*?)</message>")


def redacted(text: str, *secrets: str) -> str:
    """Return `text` without these secrets, however they were encoded, and without anything that looks like one."""
    for secret in secrets:
        if len(secret) > 3:  # Shorter ones would tear ordinary words apart, and protect nothing.
            for form in {secret, quote(secret, safe=""), html.escape(secret)}:
                text = text.replace(form, HIDDEN)
    text = _ADDRESS_QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _PARAMETER.sub(rf"\1\2{HIDDEN}", text)
    return _BEARER.sub(f"Bearer {HIDDEN}", text)


def sentence(text: str, *secrets: str) -> str:
    """Return `text` as one plain sentence of at most 300 characters: no markup, no secrets."""
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
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
