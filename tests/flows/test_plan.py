from pathlib import Path

from batchdock.core.batch import BatchKind, Content
from batchdock.core.intake import Finding, Item
from batchdock.flows.intake.plan import SHARD_BYTES, plans
from batchdock.store import Way


def items(count: int, content: Content = Content.IMAGES, size: int = 10) -> list[Item]:
    return [Item(Path(f"/p/{n}"), f"{n}.jpg", size, 0.0, content) for n in range(count)]


def test_pictures_and_videos_are_never_mixed_and_the_useless_stay_out() -> None:
    mixed = [*items(3), *items(2, Content.VIDEOS), Item(Path("/x"), "x", 0, 0.0, Content.UNKNOWN, Finding.EMPTY)]
    made = plans(mixed, file_references=False)
    assert [(plan.content, len(plan.files), plan.way) for plan in made] == [
        (Content.IMAGES, 3, Way.SINGLE),
        (Content.VIDEOS, 2, Way.VIDEOS),
    ]
    assert plans(mixed[-1:], file_references=False) == []


def test_few_pictures_go_one_by_one_and_many_in_tars() -> None:
    (few,) = plans(items(32), file_references=False)
    (many,) = plans(items(600), file_references=False)
    assert (few.way, len(few.pieces)) == (Way.SINGLE, 32)
    assert (many.way, [piece.last - piece.first for piece in many.pieces]) == (Way.TARS, [500, 100])
    assert sum(piece.bytes for piece in many.pieces) == many.bytes == 6000


def test_tars_stay_small_in_bytes_too() -> None:
    (plan,) = plans(items(100, size=SHARD_BYTES // 10), file_references=False)
    assert [piece.last - piece.first for piece in plan.pieces] == [10] * 10


def test_references_come_twenty_thousand_at_a_time() -> None:
    (plan,) = plans(items(45_000), file_references=True)
    assert (plan.way, [piece.last - piece.first for piece in plan.pieces]) == (Way.REFERENCES, [20_000, 20_000, 5_000])


def test_a_batch_that_is_there_decides_the_way() -> None:
    assert plans(items(100), file_references=True, existing=BatchKind.SIMPLE)[0].way is Way.SINGLE
    assert plans(items(2), file_references=False, existing=BatchKind.SHARDED)[0].way is Way.TARS
