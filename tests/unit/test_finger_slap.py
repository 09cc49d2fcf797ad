"""A slap: one to four fingers side by side on a large glass, in the order and at the heights of a hand."""

from __future__ import annotations

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import finger
from devices.simulation.finger_slap import slap

RIGHT, LEFT = tuple(FingerPosition)[1:5], tuple(FingerPosition)[6:]
THUMBS = (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)
PERSON = 2020


def fingers_in(image: GreyImage) -> list[tuple[int, int, int, int]]:
    """Boxes (left, top, width, height) of what touches the glass, from left to right."""
    dark = cv2.blur(np.asarray(250 - np.minimum(image, 250), np.uint8), (25, 25)) > 40
    count, _, boxes, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    found = [tuple(int(value) for value in boxes[label, :4]) for label in range(1, count) if boxes[label, 4] > 5000]
    return sorted((left, top, width, height) for left, top, width, height in found)


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("positions", [RIGHT, LEFT, THUMBS, RIGHT[:1]])
def test_every_finger_lies_apart_and_whole_on_the_glass(positions: tuple[FingerPosition, ...], attempt: int) -> None:
    image = slap(PERSON, positions, attempt=attempt)
    assert image.shape == (1500, 1600)
    assert image.dtype == np.uint8
    boxes = fingers_in(image)
    assert len(boxes) == len(positions)
    for left, top, width, height in boxes:
        assert 200 < width < 360
        assert 260 < height < 430
        assert 0 < left < left + width < 1600
        assert 0 < top < top + height < 1500
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert border.min() > 240


@pytest.mark.parametrize(
    ("positions", "shown"),
    [(RIGHT, RIGHT), (LEFT, LEFT[::-1]), (THUMBS, THUMBS[::-1])],
)
def test_fingers_lie_as_ink_on_paper_shows_them(
    positions: tuple[FingerPosition, ...], shown: tuple[FingerPosition, ...]
) -> None:
    image = slap(PERSON, positions, strength=0.0)
    for box, position in zip(fingers_in(image), shown, strict=True):
        likeness = {each: _likeness(image, box, each) for each in positions}
        assert max(likeness, key=lambda each: likeness[each]) is position


def test_the_middle_finger_reaches_furthest_and_the_little_one_least() -> None:
    for attempt in range(4):
        index, middle, ring, little = (top for _, top, _, _ in fingers_in(slap(PERSON, RIGHT, attempt=attempt)))
        assert middle < min(index, ring) < max(index, ring) < little


def test_a_missing_finger_leaves_its_place_bare() -> None:
    whole, without = slap(PERSON, RIGHT), slap(PERSON, RIGHT, frozenset({FingerPosition.RIGHT_RING}))
    boxes = fingers_in(whole)
    assert fingers_in(without) == [boxes[0], boxes[1], boxes[3]]
    left, top, width, height = boxes[2]
    assert without[top : top + height, left : left + width].min() > 235


def test_a_seed_and_an_attempt_give_one_picture() -> None:
    first = slap(PERSON, THUMBS, attempt=1)
    np.testing.assert_array_equal(first, slap(PERSON, THUMBS[::-1], attempt=1))
    assert np.abs(first.astype(int) - slap(PERSON, THUMBS, attempt=2)).mean() > 1


@pytest.mark.parametrize("positions", [(), tuple(FingerPosition)[:5]])
def test_no_fingers_and_more_than_four_are_refused(positions: tuple[FingerPosition, ...]) -> None:
    with pytest.raises(ValueError, match="one to four"):
        slap(PERSON, positions)


def _likeness(image: GreyImage, box: tuple[int, int, int, int], position: FingerPosition) -> float:
    left, top, width, height = box
    around = image[max(0, top - 40) : top + height + 40, max(0, left - 40) : left + width + 40]
    middle = finger(PERSON, position)[140:240, 110:210]
    best = 0.0
    for degrees in range(-14, 15, 2):
        turn = cv2.getRotationMatrix2D((50, 50), degrees, 1.0)
        turned = cv2.warpAffine(middle, turn, (100, 100), borderMode=cv2.BORDER_REPLICATE)[14:86, 14:86]
        best = max(best, float(cv2.matchTemplate(around, turned, cv2.TM_CCOEFF_NORMED).max()))
    return best
