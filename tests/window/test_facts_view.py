"""What a service tells of a thing, as people see and copy it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from batchdock.core.facts import Fact, Facts
from batchdock.window.job_details.facts_view import FactsView

FACTS = Facts(
    (
        Fact("name", "gate <b>north</b>", title="Name"),
        Fact("count", 12800),
        Fact("threshold", 0.5),
        Fact("on", True),
        Fact("created_at", datetime(2020, 9, 10, 6, 56, 56, tzinfo=UTC), title="Created"),
        Fact("description", None),
        Fact("headers", below=(Fact("appKey", "•••", masked=True),)),
        Fact("ids", below=(Fact("1", "a"), Fact("2", "b"))),
        Fact("long", "one\ntwo " * 200),
    ),
    notices=("The regions can not be read as the service sent them; they are shown as text.",),
)


@pytest.fixture
def view(application: QApplication) -> Iterator[FactsView]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    view = FactsView()
    view.resize(420, 500)
    view.show()
    view.show_facts(FACTS)
    yield view
    view.close()
    view.deleteLater()
    QLocale.setDefault(before)


def row_of(view: FactsView, name: str, parent: QModelIndex | None = None) -> QModelIndex:
    """Return the line with this text."""
    model, above = view.tree.lines, parent or QModelIndex()
    return next(index for row in range(model.rowCount(above)) if (index := model.index(row, 0, above)).data() == name)


def value_of(view: FactsView, name: str) -> Any:
    """Return what stands beside a name."""
    return row_of(view, name).siblingAtColumn(1).data()


def test_values_are_written_as_people_read_them(view: FactsView) -> None:
    assert value_of(view, "count") == "12.800"
    assert value_of(view, "threshold") == "0,5"
    assert value_of(view, "on") == "Yes"
    assert value_of(view, "description") == "–"
    assert "2020" in value_of(view, "Created") or ".20 " in value_of(view, "Created")
    assert view.notices.text().startswith("The regions can not be read")


def test_a_title_tells_what_the_service_calls_it(view: FactsView) -> None:
    assert "“created_at”" in row_of(view, "Created").data(Qt.ItemDataRole.ToolTipRole)
    # Nothing a service says is markup.
    tooltip = row_of(view, "Name").siblingAtColumn(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tooltip


def test_what_was_a_secret_says_where_it_is(view: FactsView) -> None:
    key = row_of(view, "appKey", row_of(view, "headers"))
    assert key.siblingAtColumn(1).data() == "•••"
    said = key.siblingAtColumn(1).data(Qt.ItemDataRole.ToolTipRole)
    assert said == "It is kept at the service and not shown here."


def test_a_long_text_stands_whole_below_the_tree_when_it_is_selected(view: FactsView) -> None:
    assert not view.whole.isVisible()
    view.tree.setCurrentIndex(row_of(view, "long"))
    assert view.whole.isVisible()
    assert view.whole.toPlainText() == FACTS.facts[-1].value
    view.tree.setCurrentIndex(row_of(view, "count"))
    assert not view.whole.isVisible()


def test_values_and_all_of_it_are_copied_as_the_service_wrote_them(view: FactsView, clipboard: Any) -> None:
    view.tree.setCurrentIndex(row_of(view, "count"))
    view.tree.setFocus()
    QTest.keyClick(view.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "12800"
    view.copy_all.click()
    copied = json.loads(QGuiApplication.clipboard().text())
    assert copied["headers"] == {"appKey": "•••"}
    assert copied["ids"] == ["a", "b"]
    assert copied["created_at"] == "2020-09-10T06:56:56+00:00"


def test_what_somebody_folded_up_stays_so_when_values_change(view: FactsView) -> None:
    ids = row_of(view, "ids")
    view.tree.collapse(ids)
    changed = Fact("count", 7)
    view.show_facts(Facts(tuple(changed if fact.name == "count" else fact for fact in FACTS.facts)))
    assert value_of(view, "count") == "7"
    assert not view.tree.isExpanded(row_of(view, "ids"))
    assert view.tree.isExpanded(row_of(view, "headers"))
    assert not view.notices.isVisible()


def test_nothing_told_is_said(view: FactsView) -> None:
    view.show_facts(Facts())
    assert view.none.isVisible()
    assert not view.tree.isVisible()
