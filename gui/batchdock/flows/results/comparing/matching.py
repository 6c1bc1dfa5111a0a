"""Which finding of one run is which of the other. Pure arithmetic over columns, one row a finding.

Two findings of the same picture and class are the same where their boxes share at least half of what they cover
together (IoU), the surest first, each used once; what has no box, and what was read, where it says the same.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Lengths = NDArray[np.float64]

SAME_FROM = 0.5
"""IoU."""

_MOST_CANDIDATES = 256
"""A finding is held against. More than that lie over each other only where something has gone wrong, and without a
bound ten thousand of them would take hundreds of millions of comparisons."""

_AT_A_TIME = 1_000_000
_FAR = 4e6
"""Beyond every picture's edge, in pixels."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The findings of one run.

    `group` is the same number for what can be the same at all: picture and class, and the text for what is compared
    by its text. `boxes` has x, y, width and height a row, in pixels, or not-a-number where it goes by equality.
    """

    group: Numbers
    confidence: Lengths
    """0 to 1; 1 where there is none."""
    boxes: Lengths


def matched(one: Columns, other: Columns) -> tuple[Numbers, Numbers]:
    """Return the rows of `one` and those of `other` that are the same findings, pairwise. Which run is which makes
    no difference, and a run held against itself is the same everywhere."""
    boxed_one, boxed_other = _boxed(one), _boxed(other)
    by_box = _by_box(one, np.flatnonzero(boxed_one), other, np.flatnonzero(boxed_other))
    by_word = _by_equality(one, np.flatnonzero(~boxed_one), other, np.flatnonzero(~boxed_other))
    return np.concatenate((by_box[0], by_word[0])), np.concatenate((by_box[1], by_word[1]))


def _boxed(columns: Columns) -> NDArray[np.bool_]:
    # What is no number is not less than anything.
    return np.asarray((np.abs(columns.boxes) < _FAR).all(axis=1), np.bool_)


def _by_equality(one: Columns, rows: Numbers, other: Columns, other_rows: Numbers) -> tuple[Numbers, Numbers]:
    """Within a group all are alike: the surest goes with the surest, the second with the second."""
    rows, places = _ranked(one, rows)
    other_rows, other_places = _ranked(other, other_rows)
    return _joined(one.group[rows], places, rows, other.group[other_rows], other_places, other_rows)


def _ranked(columns: Columns, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Return `rows` by group, the surest first, and the place of each within its group."""
    rows = rows[np.lexsort((-columns.confidence[rows], columns.group[rows]))]
    groups = columns.group[rows]
    starts = np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1))
    sizes = np.diff(starts, append=len(groups))
    return rows, np.arange(len(groups)) - np.repeat(starts, sizes)


def _joined(
    groups: Numbers, places: Numbers, rows: Numbers, other_groups: Numbers, other_places: Numbers, other_rows: Numbers
) -> tuple[Numbers, Numbers]:
    if not len(groups) or not len(other_groups):
        return rows[:0], other_rows[:0]
    most = int(max(places.max(), other_places.max())) + 1
    _, codes = np.unique(np.concatenate((groups, other_groups)), return_inverse=True)
    keys = codes[: len(groups)] * most + places
    other_keys = codes[len(groups) :] * most + other_places
    _, here, there = np.intersect1d(keys, other_keys, assume_unique=True, return_indices=True)
    return rows[here], other_rows[there]


def _by_box(one: Columns, rows: Numbers, other: Columns, other_rows: Numbers) -> tuple[Numbers, Numbers]:
    if not len(rows) or not len(other_rows):
        return rows[:0], other_rows[:0]
    _, codes = np.unique(np.concatenate((one.group[rows], other.group[other_rows])), return_inverse=True)
    group, other_group = codes[: len(rows)], codes[len(rows) :]
    # Sorted by group and left edge in one number: what can be the same then lies in one piece.
    keys = other_group * (4 * _FAR) + other.boxes[other_rows, 0]
    order = np.argsort(keys, kind="stable")
    keys, other_rows = keys[order], other_rows[order]
    left, width = one.boxes[rows, 0], np.abs(one.boxes[rows, 2])
    base = group * (4 * _FAR)
    # Who shares half of all shares half of either's width: begins no earlier than a width before, nor past the middle.
    starts = np.searchsorted(keys, base + left - width - 1, side="left")
    ends = np.searchsorted(keys, base + left + width / 2 + 1, side="right")
    counts = np.minimum(ends - starts, _MOST_CANDIDATES)
    here, there, shares = [], [], []
    running = np.cumsum(counts)
    first = 0
    while first < len(rows):
        done = int(running[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(running, done + _AT_A_TIME, side="right")))
        piece = slice(first, last)
        mine = np.repeat(np.arange(first, last), counts[piece])
        offsets = np.arange(len(mine)) - np.repeat(np.cumsum(counts[piece]) - counts[piece], counts[piece])
        theirs = starts[mine] + offsets
        share = overlap(one.boxes[rows[mine]], other.boxes[other_rows[theirs]])
        same = (share >= SAME_FROM) & (one.group[rows[mine]] == other.group[other_rows[theirs]])
        here.append(rows[mine[same]])
        there.append(other_rows[theirs[same]])
        shares.append(share[same])
        first = last
    return _surest_first(one, np.concatenate(here), other, np.concatenate(there), np.concatenate(shares))


def overlap(boxes: Lengths, others: Lengths) -> Lengths:
    """Return the IoU of boxes (x, y, width, height) row by row; two of no size are the same where they are equal."""
    left = np.maximum(boxes[:, 0], others[:, 0])
    top = np.maximum(boxes[:, 1], others[:, 1])
    right = np.minimum(boxes[:, 0] + boxes[:, 2], others[:, 0] + others[:, 2])
    bottom = np.minimum(boxes[:, 1] + boxes[:, 3], others[:, 1] + others[:, 3])
    both = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    together = boxes[:, 2] * boxes[:, 3] + others[:, 2] * others[:, 3] - both
    share = np.divide(both, together, out=np.zeros_like(both), where=together > 0)
    return np.where((boxes == others).all(axis=1), 1.0, share)


def _surest_first(
    one: Columns, here: Numbers, other: Columns, there: Numbers, share: Lengths
) -> tuple[Numbers, Numbers]:
    """Choose pairs so that each finding is in one at most: the surest pair first, and of equals the closest.

    What decides is the same seen from either side; even where all of it is equal, the boxes' sums decide.
    """
    mine, theirs = one.confidence[here], other.confidence[there]
    sums = one.boxes[here] + other.boxes[there]
    order = np.lexsort((*sums.T, -share, -np.minimum(mine, theirs), -np.maximum(mine, theirs)))
    here, there = here[order], there[order]
    chosen_here, chosen_there = [here[:0]], [there[:0]]
    taken_here, taken_there = np.zeros(len(one.group), bool), np.zeros(len(other.group), bool)
    first_here = np.zeros(len(one.group), np.int64)
    first_there = np.zeros(len(other.group), np.int64)
    while len(here):
        # A pair that comes first for both of its findings is chosen; this takes a handful of rounds, not one a pair.
        places = np.arange(len(here))
        first_here[here[::-1]] = places[::-1]
        first_there[there[::-1]] = places[::-1]
        chosen = (first_here[here] == places) & (first_there[there] == places)
        chosen_here.append(here[chosen])
        chosen_there.append(there[chosen])
        taken_here[here[chosen]] = True
        taken_there[there[chosen]] = True
        left = ~(taken_here[here] | taken_there[there])
        here, there = here[left], there[left]
    return np.concatenate(chosen_here), np.concatenate(chosen_there)
