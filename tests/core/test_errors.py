import inspect
import string

import pytest

from batchdock.core import errors
from batchdock.core.errors import BatchdockError, KeyRefused, TooManyRequests

TREE = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, BatchdockError)]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_says_what_happened_and_what_can_be_done(kind: type[BatchdockError]) -> None:
    assert kind.title
    assert kind.advice
    words = f"{kind.title} {kind.message} {kind.advice}".lower()
    assert not any(bad in words for bad in ("error occurred", "invalid", "failed to", "!"))


@pytest.mark.parametrize("kind", TREE)
def test_an_error_without_its_values_still_reads(kind: type[BatchdockError]) -> None:
    sentence = str(kind())
    assert not any(field for _, field, _, _ in string.Formatter().parse(sentence) if field)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = errors.__doc__ or ""
    assert [each.__name__ for each in TREE if each.__name__ not in drawn] == []


def test_values_fill_the_templates() -> None:
    assert str(KeyRefused(service="Roboflow")).startswith("Roboflow did not accept this key. ")
    assert TooManyRequests(retry_after=3.5, service="Roboflow", reason="slow down").retry_after == 3.5
