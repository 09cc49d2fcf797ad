"""Synthetic fingers: the same for the same seed, ten different ones a person, ridges where there should be."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import HEIGHT, PERIOD, WHITE, WIDTH, Pattern, finger, impression, pattern_of

PERSON = 2020


def alike(one: GreyImage, other: GreyImage) -> float:
    """Greatest correlation of the middle of one over the other, -1 to 1; turning is left out."""
    middle = one[120:280, 90:230]
    return float(cv2.matchTemplate(other, middle, cv2.TM_CCOEFF_NORMED).max())


def test_a_finger_is_500_dpi_dark_ridges_on_white() -> None:
    image = finger(PERSON, FingerPosition.RIGHT_INDEX)
    assert image.shape == (HEIGHT, WIDTH) == (400, 320)
    assert image.dtype == np.uint8
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert np.median(border) > 240
    middle = image[150:250, 110:210]
    assert np.percentile(middle, 10) < 80
    assert np.percentile(middle, 90) > 220


@pytest.mark.parametrize("position", FingerPosition)
def test_the_whole_print_lies_in_the_picture(position: FingerPosition) -> None:
    image = finger(PERSON, position)
    assert (
        min(image[0].min(), image[-1].min(), image[:, 0].min(), image[:, -1].min()) > 150
    )  # its pale, frayed edge at most


def test_ridges_are_as_far_apart_as_an_adults() -> None:
    middle = finger(PERSON, FingerPosition.RIGHT_INDEX)[136:264, 96:224].astype(float)
    power = np.abs(np.fft.fft2(middle - middle.mean())) ** 2
    waves = np.hypot(np.fft.fftfreq(128)[:, None], np.fft.fftfreq(128)[None, :])
    assert 1 / waves.flat[int(power.argmax())] == pytest.approx(PERIOD, rel=0.25)


def test_the_same_seed_draws_the_same_finger() -> None:
    first = finger(PERSON, FingerPosition.LEFT_RING).copy()
    finger.cache_clear()
    np.testing.assert_array_equal(finger(PERSON, FingerPosition.LEFT_RING), first)


def test_a_master_is_kept_and_cannot_be_spoilt() -> None:
    image = finger(PERSON, FingerPosition.RIGHT_THUMB)
    assert finger(PERSON, FingerPosition.RIGHT_THUMB) is image
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 0


def test_ten_fingers_of_a_person_differ_from_each_other_and_not_from_themselves() -> None:
    masters = {position: finger(PERSON, position) for position in FingerPosition}
    strangers = max(alike(masters[one], masters[other]) for one, other in combinations(FingerPosition, 2))
    own = min(alike(image, impression(image, 5, strength=0.5)) for image in masters.values())
    assert strangers < 0.55 < own, (strangers, own)


def test_two_persons_fingers_differ() -> None:
    one, other = (finger(seed, FingerPosition.RIGHT_INDEX) for seed in (PERSON, PERSON + 1))
    assert alike(one, other) < 0.55


def test_impressions_are_one_finger_and_never_the_same_picture() -> None:
    master = finger(PERSON, FingerPosition.RIGHT_INDEX)
    prints = [impression(master, seed) for seed in range(4)]
    np.testing.assert_array_equal(impression(master, 0), prints[0])
    for one, other in combinations(prints, 2):
        assert np.abs(one.astype(int) - other).mean() > 2
    assert all(image.shape == master.shape for image in prints)
    assert all(image[0, 0] > 0.9 * WHITE for image in prints)
    assert all(image.flags.writeable for image in prints)


def test_patterns_come_as_often_as_in_people_and_loops_open_to_the_little_finger() -> None:
    found = {
        hand: Counter(pattern_of(seed, position) for seed in range(200) for position in hand)
        for hand in (tuple(FingerPosition)[:5], tuple(FingerPosition)[5:])
    }
    right, left = found.values()
    assert set(right + left) == set(Pattern)
    assert 0.5 < right[Pattern.RIGHT_LOOP] / right.total() < 0.62
    assert 0.5 < left[Pattern.LEFT_LOOP] / left.total() < 0.62
    assert 0.25 < (right + left)[Pattern.WHORL] / (right + left).total() < 0.35
