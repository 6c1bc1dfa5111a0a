"""Takes out of a report what is nobody's business: keys, signatures, and who and where somebody is.

Stricter than what is taken out of a message (`services.http.redaction`): a report goes to strangers, and a word too
many that is hidden costs nothing.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from batchdock.services.http.redaction import HIDDEN, redacted

_NAME = (
    r"[\w.-]{0,40}(?:api[_-]?key|access[_-]?key(?:[_-]?id)?|accesskey|secret[_-]?key|private[_-]?key|token|secret"
    r"|passwo?r?d|passwd|pwd|credential|signature|authorization|cookie|session[_-]?id)[\w.-]{0,20}"
)
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&}\])"'<>]+)"""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"), HIDDEN),
    # One that begins before the end of a log.
    (re.compile(r"(?s)\A(?:(?!-----BEGIN ).)*-----END [A-Z ]*PRIVATE KEY-----"), HIDDEN),
    # The scheme is a word of its own, the secret comes after it.
    (
        re.compile(r"(?i)\b((?:(?:proxy-)?authorization|(?:set-)?cookie)[\"']?\s*[:=]\s*[\"']?)[^\r\n\"']+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(rf"(?i)([\"']?\b{_NAME}[\"']?\s*(?:[:=]|%3a|%3d)\s*){_VALUE}"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(basic|bearer|digest|token)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(?:AKIA|ASIA|AIza|ghp_|gho_|sk-|rf_|xox[a-z]-)[\w-]{8,}"), HIDDEN),
    (re.compile(r"\bAccesskey-\w{6,}", re.IGNORECASE), HIDDEN),
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]{5,}(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"(?i)\b(sig|signature|se|sv|x-amz-[a-z-]+|x-goog-[a-z-]+)(=|%3d)[^\s&\"'<>]+"), rf"\1\2{HIDDEN}"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), f"{HIDDEN}@{HIDDEN}"),
)

_BETWEEN = re.compile(r"[^\w.+/=-]+")


class Redactor:
    """Knows what is never to be seen. `secrets` vanish; the keys of `names` become their values, the longest first."""

    def __init__(self, secrets: frozenset[str], names: Mapping[str, str]) -> None:
        # Some keys are several in one text, and each of them may stand somewhere alone.
        parts = {part for each in secrets for part in _BETWEEN.split(each) if len(part) >= 8}
        self._secrets = tuple(sorted(secrets | parts, key=len, reverse=True))
        self._names = sorted(
            ((form, told) for name, told in names.items() if len(name) > 1 for form in _forms(name)),
            key=lambda pair: len(pair[0]),
            reverse=True,
        )

    def text(self, text: str) -> str:
        """Return `text` as it may be given to anybody."""
        text = redacted(text, *self._secrets)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        for form, told in self._names:
            text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", told.replace("\\", r"\\"), text)
        return text


def _forms(name: str) -> set[str]:
    """Return a name as it may stand in a text: as it is, in an address, in JSON."""
    return {name, quote(name), quote(name, safe=""), name.replace("\\", "\\\\"), name.replace("\\", "/")}
