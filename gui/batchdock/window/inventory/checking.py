"""Why something that was filled in can not be so: a sentence for people, or nothing where it can."""

import json
import re
from json import JSONDecodeError
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from batchdock.core.inventory import Field
from batchdock.window.wording import number_text

_tr = QCoreApplication.translate


def missing_reason() -> str:
    """Return what is said of a field that is needed and empty."""
    return _tr("forms", "This is needed.")


def text_reason(field: Field, text: str) -> str:
    """Return why this text does not fit."""
    if field.least is not None and len(text) < field.least:
        least = int(field.least)
        return _plural(_tr("forms", "At least %n character(s).", None, least), least)
    if field.most is not None and len(text) > field.most:
        sentence = _tr("forms", "At most %1 characters; these are %2.")
        return sentence.replace("%2", number_text(len(text))).replace("%1", number_text(int(field.most)))
    if field.pattern and not _matches(field.pattern, text):
        sentence = _tr("forms", "It can not be written like this here.")
        return sentence if field.hint else f"{sentence} {_tr('forms', 'Check letters, digits, signs and spaces.')}"
    return ""


def read_number(text: str) -> int | float:
    """Read a number as people write it in their language, or with a decimal point. Raise `ValueError`."""
    text = text.strip()
    locale = QLocale()
    whole, is_whole = locale.toLongLong(text)
    if is_whole:
        return int(whole)
    number, is_number = locale.toDouble(text)
    number = float(number) if is_number else float(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def number_words(number: float) -> str:
    """Return a number as people write it, to be typed over: without grouping."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    if isinstance(number, int):
        return locale.toString(number)
    return locale.toString(number, "g", QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value)


def number_reason(field: Field, text: str) -> str:
    """Return why this is no number that fits."""
    try:
        number = read_number(text)
    except ValueError:
        return _tr("forms", "This is not a number.")
    below = field.least is not None and number < field.least
    above = field.most is not None and number > field.most
    if not below and not above:
        return ""
    if field.least is not None and field.most is not None:
        sentence = _tr("forms", "A number from %1 to %2.")
        return sentence.replace("%1", _bound(field.least)).replace("%2", _bound(field.most))
    if field.least is not None:
        return _tr("forms", "A number from %1 up.").replace("%1", _bound(field.least))
    return _tr("forms", "A number up to %1.").replace("%1", _bound(field.most or 0))


def several_reason(field: Field, count: int) -> str:
    """Return why so many of them do not fit."""
    if field.least is not None and count < field.least:
        return _tr("forms", "At least %1 of them.").replace("%1", _bound(field.least))
    if field.most is not None and count > field.most:
        sentence = _tr("forms", "At most %1 of them; these are %2.")
        return sentence.replace("%2", number_text(count)).replace("%1", _bound(field.most))
    return ""


def read_json(text: str) -> Any:
    """Read an object or a list of free form. Raise `ValueError` with a sentence for people."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except JSONDecodeError as error:
        sentence = _tr("forms", "Line %1, character %2: %3.").replace("%1", number_text(error.lineno))
        raise ValueError(sentence.replace("%2", number_text(error.colno)).replace("%3", _json_words(error))) from None
    except RecursionError:
        raise ValueError(_tr("forms", "There are too many brackets inside each other.")) from None
    if not isinstance(value, dict | list):
        raise ValueError(_tr("forms", "It begins with { and ends with }, or with [ and ]."))
    return value


def _refuse(word: str) -> object:
    raise ValueError(_tr("forms", "“%1” is not a value that JSON knows.").replace("%1", word))


def _json_words(error: JSONDecodeError) -> str:
    """Return what is wrong at the place of an error; the names of errors are Python's, and English."""
    words = {
        "Expecting ','": _tr("forms", "a comma or a closing bracket is missing"),
        "Expecting ':'": _tr("forms", "a colon is missing"),
        "Expecting property name": _tr("forms", "a name in double quotes is missing"),
        "Illegal trailing comma": _tr("forms", "there is a comma too many"),
        "Expecting value": _tr("forms", "a value is missing"),
        "Extra data": _tr("forms", "nothing may stand behind the end"),
        "Unterminated string": _tr("forms", "the closing quotes are missing"),
    }
    known = (said for begin, said in words.items() if error.msg.startswith(begin))
    return next(known, _tr("forms", "a character can not stand here like this"))


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True  # A description that can not be read must not keep anybody from going on; the service will say.


def _bound(number: float) -> str:
    return number_text(int(number)) if number == int(number) else QLocale().toString(number)


def _plural(text: str, count: int) -> str:
    return text.replace("(s)", "" if count == 1 else "s")
