"""A slap's fingers told apart: each named by its place, or the hand laid again."""

from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from devices.errors import PersonCanRetryError, Remedy
from devices.fingerprint import Box, FingerImage, FingerRequest, GreyImage
from devices.fingerprint.segmentation import find_fingers, fingers_of
from devices.positions import GROUPS, LEFT_FOUR, RIGHT_FOUR, THUMBS, FingerPosition, left_to_right
from devices.simulation.finger_slap import slap

NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
SEED = 7
BARE = 250
MIDDLE = frozenset({FingerPosition.RIGHT_MIDDLE})


def taken(image: GreyImage, dpi: int = 500) -> FingerImage:
    return FingerImage(image, dpi, 8, NOON)


def ovals(centres: tuple[int, ...], *, width: int = 270, height: int = 380, top: int = 600) -> GreyImage:
    """Ridged ovals on a bare glass, 500 dpi."""
    row, column = np.mgrid[0:1500, 0:1600]
    image = np.full((1500, 1600), BARE, np.uint8)
    for centre in centres:
        inside = ((column - centre) * 2 / width) ** 2 + ((row - top) * 2 / height) ** 2 < 1
        image[inside & (row // 5 % 2 == 0)] = 60
    return image


def middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("attempt", [0, 1, 2])
def test_every_group_comes_apart_in_the_hands_own_order(group: tuple[FingerPosition, ...], attempt: int) -> None:
    image = slap(SEED, group, attempt=attempt)
    samples = fingers_of(taken(image), FingerRequest(group))
    assert tuple(sample.position for sample in samples) == group
    boxes = {sample.position: sample.box for sample in samples}
    lefts = [box.left for position in left_to_right(group) if (box := boxes[position]) is not None]
    assert lefts == sorted(lefts)
    assert len(lefts) == len(group)


@pytest.mark.parametrize("group", GROUPS)
def test_a_sample_is_the_slaps_own_pixels(group: tuple[FingerPosition, ...]) -> None:
    image = slap(SEED, group)
    for sample in fingers_of(taken(image), FingerRequest(group)):
        box = sample.box
        assert box is not None
        np.testing.assert_array_equal(sample.image.image, image[box.top : box.bottom, box.left : box.right])
        assert sample.image.image.base is None
        assert (sample.image.dpi, sample.image.source_bits, sample.image.taken_at) == (500, 8, NOON)


@pytest.mark.parametrize("group", GROUPS)
def test_a_box_holds_one_finger_and_all_of_it(group: tuple[FingerPosition, ...]) -> None:
    for position in group:
        alone = slap(SEED, group, frozenset(group) - {position})
        (box,) = find_fingers(alone, 500)
        dark = np.asarray(alone < BARE - 60, np.uint8)
        inside = np.count_nonzero(dark[box.top : box.bottom, box.left : box.right])
        assert inside >= 0.99 * np.count_nonzero(dark)


@pytest.mark.parametrize("group", GROUPS)
def test_with_a_finger_missing_the_others_keep_their_names(group: tuple[FingerPosition, ...]) -> None:
    whole = {sample.position: sample.box for sample in fingers_of(taken(slap(SEED, group)), FingerRequest(group))}
    for position in group:
        missing = frozenset({position})
        samples = fingers_of(taken(slap(SEED, group, missing)), FingerRequest(group, missing))
        assert {sample.position for sample in samples} == set(group) - missing
        for sample in samples:
            before = whole[sample.position]
            assert sample.box is not None
            assert before is not None
            assert abs(middle(sample.box)[0] - middle(before)[0]) < 60


@pytest.mark.parametrize(
    ("laid", "request_"),
    [
        (slap(SEED, RIGHT_FOUR, MIDDLE), FingerRequest(RIGHT_FOUR)),
        (slap(SEED, RIGHT_FOUR), FingerRequest(RIGHT_FOUR, MIDDLE)),
        (slap(SEED, RIGHT_FOUR), FingerRequest(THUMBS)),
        (slap(SEED, THUMBS), FingerRequest((FingerPosition.LEFT_THUMB,))),
        (np.full((1500, 1600), BARE, np.uint8), FingerRequest(LEFT_FOUR)),
        (np.full((1500, 1600), 30, np.uint8), FingerRequest(LEFT_FOUR)),
    ],
    ids=["one too few", "one too many", "four for two", "two for one", "none", "all dark"],
)
def test_any_other_number_of_fingers_is_refused_and_none_is_renamed(laid: GreyImage, request_: FingerRequest) -> None:
    with pytest.raises(PersonCanRetryError, match=r"fingerprint\.segments: (more|fewer) than expected") as caught:
        fingers_of(taken(laid), request_)
    assert caught.value.remedy is Remedy.REPOSITION


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_a_hand_laid_askew_comes_apart(degrees: float) -> None:
    turn = cv2.getRotationMatrix2D((800, 750), degrees, 1)
    image = cv2.warpAffine(slap(SEED, LEFT_FOUR), turn, (1600, 1500), borderValue=(BARE,))
    assert len(find_fingers(np.asarray(image, np.uint8), 500)) == 4


@pytest.mark.parametrize("pitch", [290, 270])
def test_fingers_that_touch_are_parted_where_they_do(pitch: int) -> None:
    centres = tuple(250 + pitch * each for each in range(4))
    boxes = find_fingers(ovals(centres), 500)
    assert [middle(box)[0] for box in boxes] == pytest.approx(centres, abs=25)


def test_large_thumbs_that_lean_to_each_other_are_two() -> None:
    row, column = np.mgrid[0:1500, 0:1600].astype(np.float32)
    image = np.full((1500, 1600), BARE, np.uint8)
    for centre, degrees in ((480, 30), (1120, -30)):
        turn = np.radians(degrees)
        across = (column - centre) * np.cos(turn) + (row - 700) * np.sin(turn)
        along = (row - 700) * np.cos(turn) - (column - centre) * np.sin(turn)
        image[((across / 215) ** 2 + (along / 290) ** 2 < 1) & (row % 10 < 5)] = 60  # 22 x 29 mm
    assert [middle(box)[0] for box in find_fingers(image, 500)] == pytest.approx([480, 1120], abs=25)


def test_fingers_that_lie_on_each_other_are_not_guessed_at() -> None:
    assert find_fingers(ovals((400, 600, 800)), 500) == ()


def test_dirt_and_what_an_earlier_hand_left_are_no_fingers() -> None:
    image = slap(SEED, RIGHT_FOUR).astype(np.float32)
    earlier = BARE - 0.2 * (BARE - np.roll(slap(SEED, LEFT_FOUR).astype(np.float32), 500, 0))
    both = np.asarray(np.minimum(image, earlier), np.uint8)
    both[1300:1380, 60:140] = 40
    assert len(find_fingers(both, 500)) == 4


def test_the_second_phalanx_belongs_to_the_finger_above_it() -> None:
    image = slap(SEED, RIGHT_FOUR)
    both = np.minimum(image, np.roll(image, 480, axis=0))
    tips, alone = find_fingers(both, 500), find_fingers(image, 500)
    assert [middle(box) for box in tips] == [pytest.approx(middle(box), abs=10) for box in alone]


def test_an_unevenly_lit_glass_makes_no_difference() -> None:
    image = slap(SEED, LEFT_FOUR) * np.linspace(0.75, 1, 1600)
    assert len(find_fingers(np.asarray(image, np.uint8), 500)) == 4


@pytest.mark.parametrize("dpi", [1000, 400])
def test_another_resolution_gives_the_same_places(dpi: int) -> None:
    image = slap(SEED, THUMBS)
    size = (1600 * dpi // 500, 1500 * dpi // 500)
    scaled = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    there = [(x * 500 / dpi, y * 500 / dpi) for x, y in map(middle, find_fingers(scaled, dpi))]
    assert there == [pytest.approx(middle(box), abs=12) for box in find_fingers(image, 500)]


def test_the_left_thumb_lies_left_and_the_left_index_right() -> None:
    assert left_to_right(THUMBS)[0] is FingerPosition.LEFT_THUMB
    assert left_to_right(LEFT_FOUR)[-1] is FingerPosition.LEFT_INDEX
    assert left_to_right(RIGHT_FOUR)[0] is FingerPosition.RIGHT_INDEX


class TestRequest:
    @pytest.mark.parametrize(
        ("positions", "missing"),
        [
            ((), frozenset()),
            (RIGHT_FOUR[:2], frozenset()),
            (RIGHT_FOUR[::-1], frozenset()),
            (RIGHT_FOUR, frozenset(LEFT_FOUR[:1])),
            (THUMBS, frozenset(THUMBS)),
        ],
    )
    def test_what_no_hand_can_lay_is_refused(
        self, positions: tuple[FingerPosition, ...], missing: frozenset[FingerPosition]
    ) -> None:
        with pytest.raises(ValueError, match=r"a request names|may be missing"):
            FingerRequest(positions, missing)

    def test_what_is_missing_is_not_expected(self) -> None:
        assert FingerRequest(THUMBS, frozenset({FingerPosition.LEFT_THUMB})).expected == (FingerPosition.RIGHT_THUMB,)
