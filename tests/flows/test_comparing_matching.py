"""Which finding of one run is which of the other: what holds whatever was found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdock.flows.results.comparing.matching import SAME_FROM, Columns, matched, overlap

Found = tuple[int, float, tuple[float, float, float, float] | None]

_LENGTHS = st.integers(-3, 12).map(float)
_SIZES = st.integers(0, 8).map(float)
_BOXES = st.tuples(_LENGTHS, _LENGTHS, _SIZES, _SIZES)
_FOUND = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((0.2, 0.5, 0.5, 0.9, 1.0)), st.none() | _BOXES), max_size=30
)


def columns(found: list[Found]) -> Columns:
    nowhere = (np.nan,) * 4
    return Columns(
        np.array([group for group, _, _ in found], np.int64),
        np.array([confidence for _, confidence, _ in found], np.float64),
        np.array([box or nowhere for _, _, box in found], np.float64).reshape(-1, 4),
    )


@settings(deadline=None)
@given(_FOUND)
def test_a_run_is_the_same_as_itself(found: list[Found]) -> None:
    run = columns(found)
    here, there = matched(run, run)
    assert sorted(here) == sorted(there) == list(range(len(found)))
    for mine, theirs in zip(here, there, strict=True):
        assert found[mine] == found[theirs] or found[mine][0] == found[theirs][0]


@settings(deadline=None)
@given(_FOUND, _FOUND)
def test_it_makes_no_difference_which_run_comes_first(one: list[Found], other: list[Found]) -> None:
    forth, back = matched(columns(one), columns(other)), matched(columns(other), columns(one))
    assert len(forth[0]) == len(back[0])
    assert {one[row] for row in forth[0]} == {one[row] for row in back[1]}
    assert {other[row] for row in forth[1]} == {other[row] for row in back[0]}


@settings(deadline=None)
@given(_FOUND, _FOUND)
def test_each_is_used_once_and_only_for_what_is_the_same(one: list[Found], other: list[Found]) -> None:
    here, there = matched(columns(one), columns(other))
    assert len(set(here)) == len(here) == len(there) == len(set(there))
    for mine, theirs in zip(here, there, strict=True):
        assert one[mine][0] == other[theirs][0]
        box, other_box = one[mine][2], other[theirs][2]
        assert (box is None) == (other_box is None)
        if box is not None and other_box is not None:
            assert overlap(np.array([box]), np.array([other_box]))[0] >= SAME_FROM


@settings(deadline=None)
@given(_FOUND, _FOUND)
def test_nothing_is_left_over_that_could_have_been_paired(one: list[Found], other: list[Found]) -> None:
    here, there = matched(columns(one), columns(other))
    left = [found for row, found in enumerate(one) if row not in set(here)]
    other_left = [found for row, found in enumerate(other) if row not in set(there)]
    for group, _, box in left:
        for other_group, _, other_box in other_left:
            same_kind = group == other_group and (box is None) == (other_box is None)
            if same_kind and (box is None or other_box is None):
                pytest.fail("two that say the same were left over")
            if same_kind and box is not None and other_box is not None:
                assert overlap(np.array([box]), np.array([other_box]))[0] < SAME_FROM


def test_the_surest_is_paired_first_and_among_equals_the_closest() -> None:
    one = columns([(0, 0.6, (0, 0, 10, 10)), (0, 0.9, (2, 0, 10, 10))])
    other = columns([(0, 0.8, (1, 0, 10, 10))])
    assert [tuple(rows) for rows in matched(one, other)] == [(1,), (0,)]
    near = columns([(0, 0.9, (3, 0, 10, 10)), (0, 0.9, (1, 0, 10, 10))])
    assert [tuple(rows) for rows in matched(near, other)] == [(1,), (0,)]


def test_half_of_what_both_cover_is_enough_and_less_is_not() -> None:
    one = columns([(0, 0.9, (0, 0, 10, 10))])
    assert len(matched(one, columns([(0, 0.9, (0, 0, 10, 5))]))[0]) == 1
    assert len(matched(one, columns([(0, 0.9, (0, 0, 10, 4.9))]))[0]) == 0
    assert len(matched(one, columns([(1, 0.9, (0, 0, 10, 10))]))[0]) == 0


def test_numbers_that_are_none_and_sizes_below_nothing_harm_nobody() -> None:
    strange = columns([(0, 0.9, (np.nan, 0, 1, 1)), (0, 0.9, (0, 0, -5, 5)), (0, 0.9, (1e300, 0, 1, 1))])
    assert len(matched(strange, strange)[0]) == 3


def test_thousands_on_top_of_each_other_are_bounded() -> None:
    heap = columns([(0, 0.5, (0, 0, 10, 10))] * 3_000)
    here, there = matched(heap, heap)
    assert len(set(here)) == len(set(there)) == len(here) > 0
