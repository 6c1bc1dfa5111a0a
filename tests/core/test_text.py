import pytest

from batchdock.core.errors import NothingUsable
from batchdock.core.text import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pictures"), (1, "1 picture"), (2, "2 pictures"), (12_000, "12,000 pictures")]
)
def test_numbers_have_the_word_that_goes_with_them(number: int, said: str) -> None:
    assert counted(number, "picture", "pictures") == said


@pytest.mark.parametrize("count", [0, 1, 2])
def test_an_error_reads_well_with_any_number(count: int) -> None:
    assert f"Files looked at: {count}. Each has its reason." in NothingUsable(count=count).sentence()
