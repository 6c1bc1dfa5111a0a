"""Values as files can take them: no text that can not be written, no number that is none."""

import json
import math
import re

_ODD = re.compile("[\ud800-\udfff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def text_of(text: str) -> str:
    """Return `text` with what no file can hold written out (`\\udce9`)."""
    return _ODD.sub(lambda found: f"\\u{ord(found.group()):04x}", text) if not text.isascii() else text


def number_of(value: float | None) -> float | None:
    """Return a number with the seven digits that results are kept with; None where there is none, or no finite one."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.7g}")


def xml_text(text: str) -> str:
    """Return `text` without what XML can not hold at all."""
    return _NOT_IN_XML.sub("", text_of(text))


def yaml_text(text: str) -> str:
    """Return `text` between double quotes, as YAML reads it."""
    quoted = json.dumps(text_of(text), ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)
