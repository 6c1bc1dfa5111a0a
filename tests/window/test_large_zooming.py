"""Where a picture lies while it is zoomed and moved: what holds for every room and picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdock.window.results.large.zooming import LARGEST, Room, Zoom

_SIDES = st.floats(20, 5_000)
_ROOMS = st.builds(Room, _SIDES, _SIDES, _SIDES, _SIDES, st.sampled_from((1.0, 1.5, 2.0)))
_STEPS = st.lists(
    st.tuples(st.floats(0.1, 10), st.floats(0, 1), st.floats(0, 1), st.floats(-500, 500), st.floats(-500, 500)),
    max_size=8,
)


def after(room: Room, steps: list[tuple[float, float, float, float, float]]) -> Zoom:
    zoom = Zoom.whole(room)
    for factor, x, y, right, down in steps:
        zoom = zoom.by(factor, x * room.width, y * room.height, room).moved(right, down, room)
    return zoom


@given(_ROOMS, _STEPS)
def test_a_picture_fills_its_room_or_lies_in_its_middle(
    room: Room, steps: list[tuple[float, float, float, float, float]]
) -> None:
    zoom = after(room, steps)
    for start, length, space in (
        (zoom.x, zoom.scale * room.picture_width, room.width),
        (zoom.y, zoom.scale * room.picture_height, room.height),
    ):
        if length <= space:
            assert start == pytest.approx((space - length) / 2, abs=1e-6)
        else:
            assert start <= 0
            assert start + length >= space - 1e-6


@given(_ROOMS, _STEPS)
def test_it_is_never_smaller_than_whole_nor_larger_than_it_may_be(
    room: Room, steps: list[tuple[float, float, float, float, float]]
) -> None:
    zoom = after(room, steps)
    assert room.fitting <= zoom.scale * 1.000001
    assert zoom.scale <= max(room.fitting, LARGEST / room.ratio) * 1.000001


def test_what_is_under_the_pointer_stays_there() -> None:
    room = Room(800, 600, 4_000, 3_000)
    zoom = Zoom.whole(room).by(4, 400, 300, room)
    closer = zoom.by(1.5, 500, 200, room)
    for scale, x, y in ((zoom.scale, zoom.x, zoom.y), (closer.scale, closer.x, closer.y)):
        assert ((500 - x) / scale, (200 - y) / scale) == pytest.approx(
            ((500 - zoom.x) / zoom.scale, (200 - zoom.y) / zoom.scale)
        )


def test_the_whole_picture_is_seen_at_first_and_a_small_one_is_enlarged_a_little() -> None:
    assert Zoom.whole(Room(800, 600, 4_000, 3_000)) == Zoom(0.2, 0, 0)
    assert Zoom.whole(Room(800, 600, 100, 100)).scale == 3
    assert Zoom.whole(Room(800, 600, 100, 100, ratio=2)).scale == 1.5


def test_a_place_of_the_picture_can_be_brought_into_the_middle() -> None:
    room = Room(800, 600, 4_000, 3_000)
    shown = Zoom.whole(room).by(10, 0, 0, room).shown(room, 2_000, 1_000)
    assert (shown.x + 2_000 * shown.scale, shown.y + 1_000 * shown.scale) == pytest.approx((400, 300))
