"""Searching by name: the eight published examples, plain LIKE beside them, and text that means only itself."""

import pytest

from batchdock.core.datasets.pattern import contains, exact, matches

NAMES = ("graviti_1", "great_graviti_1", "graviti%1")
EXAMPLES: tuple[tuple[str, set[str]], ...] = (
    ("graviti", {"graviti_1", "great_graviti_1", "graviti%1"}),
    (r"graviti\_%", {"graviti_1", "great_graviti_1"}),
    (r"graviti\_", set()),
    ("graviti%", {"graviti_1", "graviti%1"}),
    (r"graviti\%%", {"graviti%1"}),
    (r"graviti\%", set()),
    (r"graviti\%1", {"graviti%1"}),
    ("%graviti", set()),
)
ODD = ("a", "", "%", "_", "\\", r"\%", "a_b", "a%b", r"a\b", r"a\_b", "100 %", "数据_集", "ß", "İ", "\n", "😀_")


def found(pattern: str, *, strict: bool = False) -> set[str]:
    return {name for name in NAMES if matches(pattern, name, strict=strict)}


@pytest.mark.parametrize(("typed", "expected"), EXAMPLES)
def test_the_published_examples_hold(typed: str, expected: set[str]) -> None:
    assert found(typed) == expected


@pytest.mark.parametrize(("typed", "expected"), EXAMPLES)
def test_plain_like_differs_in_the_second_only(typed: str, expected: set[str]) -> None:
    assert found(typed, strict=True) == ({"graviti_1"} if typed == r"graviti\_%" else expected)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("text", ODD)
def test_text_that_is_looked_for_anywhere_means_itself(text: str, strict: bool) -> None:
    pattern = contains(text)
    for name in (text, f"{text}x", f"x{text}", f"x{text}x"):
        assert matches(pattern, name, strict=strict)
    for other in ODD:
        assert matches(pattern, other, strict=strict, ignore_case=False) == (text in other)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("text", ODD)
def test_the_exact_pattern_finds_the_name_and_only_where_it_has_wildcards_nothing_else(text: str, strict: bool) -> None:
    pattern = exact(text)
    assert matches(pattern, text, strict=strict)
    for other in ODD:
        says_more = matches(pattern, other, strict=strict, ignore_case=False) and other != text
        assert not says_more or not ({"%", "_"} & set(text))


def test_one_is_one_character_and_any_is_any() -> None:
    assert matches("a_c", "abc")
    assert not matches("a_c", "ac")
    assert not matches("a_c", "abbc")
    assert matches("a%c", "ac")
    assert matches("a%b%c", "a--b--b--c")
    assert not matches("a%b%c", "a--c--b")
    assert matches("_", "😀")
    assert matches("%%", "")
    assert matches("", "anything")


def test_a_backslash_before_nothing_is_itself() -> None:
    assert matches("a\\", "a\\b")
    assert matches(r"\a", "abc"), "an escaped letter is that letter, and makes no pattern"


def test_case_matters_only_where_it_is_to() -> None:
    assert matches("GRAV", "graviti")
    assert not matches("GRAV", "graviti", ignore_case=False)


def test_no_pattern_takes_for_ever() -> None:
    """One that goes back to every wildcard would not end in a lifetime."""
    assert not matches("%a" * 200 + "b", "a" * 400)
