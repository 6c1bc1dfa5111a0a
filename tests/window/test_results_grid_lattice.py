"""Where pictures lie in the grid, and what is kept of them."""

import pytest
from PySide6.QtCore import QPoint

from batchdock.window.results.grid.keeping import Keeping
from batchdock.window.results.grid.lattice import Lattice


@pytest.mark.parametrize("count", [0, 1, 6, 7, 5_000_000])
@pytest.mark.parametrize("width", [1, 90, 640, 1919])
def test_every_place_is_found_where_it_lies_and_none_between(count: int, width: int) -> None:
    lattice = Lattice.over(count, width, 100, 20, 8)
    for place in {0, 1, lattice.columns - 1, lattice.columns, count // 2, count - 1}:
        if 0 <= place < count:
            cell = lattice.rect(place)
            assert lattice.place_at(cell.topLeft()) == lattice.place_at(cell.bottomRight()) == place
            assert place in lattice.between(cell.top(), cell.bottom())
            assert lattice.place_at(cell.bottomLeft() + QPoint(0, 1)) is None
            assert cell.right() < width
    assert lattice.place_at(QPoint(0, -1)) is None
    assert lattice.place_at(QPoint(width, 0)) is None
    assert lattice.between(-10_000, 2**31 - 1) == range(count)


def test_cells_fill_the_width_and_are_as_wide_as_wished() -> None:
    lattice = Lattice.over(1000, 1000, 100, 20, 8)
    assert lattice.columns == 9
    assert 100 <= lattice.cell <= 1000 / 9
    assert 1000 - lattice.columns < lattice.rect(8).right() + 1 <= 1000
    assert lattice.height == lattice.rect(999).bottom() + 1
    assert Lattice.over(10, 50, 100, 20, 8).columns == 1


def test_what_was_asked_for_longest_ago_is_let_go_first() -> None:
    keeping: Keeping[str] = Keeping(100)
    for number in range(3):
        keeping.put(number, str(number), 40)
    assert (keeping.get(0), keeping.get(1), keeping.weight) == (None, "1", 80)
    keeping.put(3, "3", 40)
    assert (keeping.get(2), keeping.get(1), keeping.get(3)) == (None, "1", "3")
    keeping.put(3, "three", 10)
    assert (keeping.get(3), keeping.weight) == ("three", 50)
    keeping.put(4, "larger than all there is", 500)
    assert (len(keeping), keeping.get(4), keeping.weight) == (1, "larger than all there is", 500)
    keeping.drop(4)
    assert (len(keeping), keeping.weight) == (0, 0)
