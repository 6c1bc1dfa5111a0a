"""What in one picture only one of two runs has found."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from batchdock.core.finding import Finding, Label, Shape
from batchdock.flows.results.comparing.matching import Columns, matched
from batchdock.flows.results.opening import Seen

_BY_WORD = (Shape.CLASS, Shape.TEXT, Shape.CODE)


def differing(one: Seen, labels: Sequence[Label], other: Seen, other_labels: Sequence[Label]) -> tuple[Seen, Seen]:
    """Return both without the findings that are the same."""
    groups: dict[tuple[str, str], int] = {}
    here, there = matched(_columns(one.findings, labels, groups), _columns(other.findings, other_labels, groups))
    return _without(one, set(here.tolist())), _without(other, set(there.tolist()))


def _columns(findings: Sequence[Finding], labels: Sequence[Label], groups: dict[tuple[str, str], int]) -> Columns:
    nowhere = (np.nan,) * 4
    group, boxes = [], []
    for finding in findings:
        by_word = finding.shape in _BY_WORD
        name = unicodedata.normalize("NFC", labels[finding.label].name) if finding.label >= 0 else ""
        group.append(groups.setdefault((name, finding.text if by_word else ""), len(groups)))
        box = None if by_word else finding.box
        boxes.append(nowhere if box is None else (box.x, box.y, box.width, box.height))
    sure = [1.0 if finding.confidence is None else finding.confidence for finding in findings]
    return Columns(np.array(group, np.int64), np.array(sure, np.float64), np.array(boxes, np.float64).reshape(-1, 4))


def _without(seen: Seen, rows: set[int]) -> Seen:
    return replace(seen, findings=tuple(each for row, each in enumerate(seen.findings) if row not in rows))
