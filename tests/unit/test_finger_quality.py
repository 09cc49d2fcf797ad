"""Quality of prints: good ones score well, each kind of bad one is told by its reason and scores low."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from devices.fingerprint import GreyImage
from devices.fingerprint.quality import (
    ALGORITHM,
    LOW_CONTRAST,
    NOISY,
    OFF_CENTRE,
    SMALL,
    SMEARED,
    TOO_DRY,
    TOO_WET,
    FingerQuality,
    assess,
    wanted_score,
)
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import PrintTraits, finger, impression

GOOD = finger(7, FingerPosition.RIGHT_INDEX)


def sensor(image: GreyImage, right: int = 0, down: int = 0) -> GreyImage:
    """What a 256 x 288 module sees of a print that lies so far from its middle."""
    padded = np.pad(image, 300, constant_values=250)
    top, left = 300 + 56 - down, 300 + 32 - right
    return padded[top : top + 288, left : left + 256]


def faded(image: GreyImage, part: float, towards: float) -> GreyImage:
    return np.asarray(towards + (image.astype(float) - towards) * part, np.uint8)


def noisy(image: GreyImage) -> GreyImage:
    grain = np.random.default_rng(1).normal(0, 80, image.shape)
    return np.asarray(np.clip(image + grain, 0, 255), np.uint8)


def pressed(**traits: float) -> GreyImage:
    return sensor(impression(GOOD, 1, strength=0.4, traits=PrintTraits(**traits)))


BAD: dict[str, tuple[Callable[[], object], str]] = {
    "blank": (lambda: np.full((288, 256), 250, np.uint8), SMALL),
    "black": (lambda: np.zeros((288, 256), np.uint8), SMALL),
    "tip": (lambda: sensor(finger(7, FingerPosition.LEFT_LITTLE), down=220), SMALL),
    "faint": (lambda: faded(sensor(GOOD), 0.15, 250), LOW_CONTRAST),
    "grey": (lambda: faded(sensor(GOOD), 0.15, 128), LOW_CONTRAST),
    "blurred": (lambda: cv2.GaussianBlur(sensor(GOOD), (0, 0), 4), SMEARED),
    "wet": (lambda: cv2.erode(sensor(GOOD), np.ones((5, 5))), TOO_WET),
    "pressed": (lambda: pressed(pressure=1.0), TOO_WET),
    "barely pressed": (lambda: pressed(pressure=0.1), LOW_CONTRAST),
    "dry": (lambda: pressed(dryness=1.0), TOO_DRY),
    "slid": (lambda: pressed(smear=0.8), SMEARED),
    "grainy": (lambda: noisy(sensor(GOOD)), NOISY),
    "noise": (lambda: np.random.default_rng(2).integers(0, 255, (288, 256)).astype(np.uint8), NOISY),
}


@pytest.mark.parametrize("position", FingerPosition)
def test_good_prints_score_well_above_what_is_wanted_in_16_grey_levels_too(position: FingerPosition) -> None:
    for seed in (1, 2):
        seen = sensor(impression(finger(7, position), seed))
        levels = np.asarray((seen >> 4) * 17, np.uint8)
        for image in (seen, levels):
            quality = assess(image, 500)
            assert quality == FingerQuality(quality.score, ALGORITHM, ())
            assert 2 * wanted_score(position) < quality.score <= 100


@pytest.mark.parametrize(("draw", "reason"), BAD.values(), ids=BAD)
def test_bad_prints_score_low_and_say_why(draw: Callable[[], object], reason: str) -> None:
    quality = assess(np.asarray(draw(), np.uint8), 500)
    assert reason in quality.reasons
    assert quality.score < 30


def test_blank_and_flat_prints_score_nothing() -> None:
    for level in (0, 128, 255):
        assert assess(np.full((288, 256), level, np.uint8), 500).score == 0


def test_a_print_beside_the_middle_says_so_to_any_side() -> None:
    for right, down in ((110, 0), (-110, 0), (0, 130), (0, -130)):
        assert OFF_CENTRE in assess(sensor(GOOD, right, down), 500).reasons
    assert OFF_CENTRE not in assess(sensor(GOOD, 12, 12), 500).reasons


def test_resolution_is_taken_into_account() -> None:
    larger = cv2.resize(GOOD, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    assert assess(np.asarray(larger, np.uint8), 1000).score == pytest.approx(assess(GOOD, 500).score, abs=8)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(32, 90), st.integers(32, 90))))
def test_any_picture_has_a_score_and_is_left_as_it_was(image: GreyImage) -> None:
    before = image.copy()
    quality = assess(image, 500)
    assert 0 <= quality.score <= 100
    np.testing.assert_array_equal(image, before)


def test_a_picture_smaller_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        assess(np.zeros((31, 200), np.uint8), 500)


def test_it_is_never_called_nfiq() -> None:
    assert "nfiq" not in ALGORITHM.lower()
