"""Near copies of real pictures, saved again and smaller; and of made-up looks, against comparing each with each."""

import io
import random

import numpy
import PIL.Image
import pytest
from PIL import Image, ImageDraw

from batchdock.flows.intake.near_copies import MOST_BITS, Look, NearCopies, look_of
from making.media import scene


def looked(picture: PIL.Image.Image) -> Look:
    return look_of(picture.convert("L"))


def saved_again(picture: PIL.Image.Image, quality: int) -> PIL.Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    out.seek(0)
    return Image.open(out)


@pytest.mark.parametrize("seed", range(8))
def test_a_picture_saved_again_or_smaller_looks_the_same(seed: int) -> None:
    picture = scene(seed)
    first = looked(picture)
    for quality in (30, 60, 95):
        assert first.is_like(looked(saved_again(picture, quality)))
    for side in (320, 100):
        smaller = picture.resize((side, side * 3 // 4), Image.Resampling.LANCZOS)
        assert first.is_like(looked(saved_again(smaller, 70)))


def test_other_pictures_and_other_cuts_do_not() -> None:
    looks = [looked(scene(seed)) for seed in range(40)]
    assert not any(one.is_like(other) for number, one in enumerate(looks) for other in looks[:number])
    picture = scene(1)
    for cut in (
        picture.crop((80, 60, 640, 480)),
        picture.rotate(90, expand=True),
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    ):
        assert not looked(picture).is_like(looked(cut))


def test_an_animal_in_front_of_a_still_background_is_another_picture() -> None:
    empty = scene(3)
    with_animal = empty.copy()
    ImageDraw.Draw(with_animal).ellipse((300, 200, 350, 240), fill=(250, 245, 240))
    assert not looked(empty).is_like(looked(with_animal))
    noise = numpy.random.default_rng(1).normal(0, 4, (480, 640, 3))
    a_moment_later = Image.fromarray((numpy.asarray(empty) + noise).clip(0, 255).astype(numpy.uint8))
    assert looked(empty).is_like(looked(saved_again(a_moment_later, 85)))


def test_groups_are_those_of_comparing_each_with_each() -> None:
    chance = random.Random(7)
    grey = bytes(256)
    centres = [chance.getrandbits(64) for _ in range(60)]
    looks = []
    for _ in range(1500):
        bits = chance.choice(centres)
        for place in chance.sample(range(64), chance.randrange(0, 12)):
            bits ^= 1 << place
        looks.append(Look(bits, grey))

    copies = NearCopies()
    firsts: list[int] = []
    expected: dict[int, list[int]] = {}
    for number, look in enumerate(looks):
        copies.add(number, look)
        distances = [((looks[first].bits ^ look.bits).bit_count(), place) for place, first in enumerate(firsts)]
        near = min((each for each in distances if each[0] <= MOST_BITS), default=None)
        if near is None:
            firsts.append(number)
            expected[number] = [number]
        else:
            expected[firsts[near[1]]].append(number)
    assert copies.groups() == [group for group in expected.values() if len(group) > 1]
    assert len(copies.groups()) > 30


def test_a_day_of_one_still_camera_is_one_group_and_quick() -> None:
    copies = NearCopies()
    look = looked(scene(5))
    for number in range(20_000):
        copies.add(number, look)
    assert [len(group) for group in copies.groups()] == [20_000]
