"""The score falls, and never rises, as one thing about a print gets worse and all else stays: on several fingers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.fingerprint.quality import assess
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import PrintTraits, finger, impression

FINGERS = [(100, FingerPosition.RIGHT_THUMB), (101, FingerPosition.LEFT_RING), (102, FingerPosition.LEFT_LITTLE)]
STEPS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)


def taken(seed: int, position: FingerPosition, **traits: float) -> GreyImage:
    return impression(finger(seed, position), seed, strength=0.4, traits=PrintTraits(**traits))


def blurred(seed: int, position: FingerPosition) -> list[GreyImage]:
    good = taken(seed, position)
    return [good, *(np.asarray(cv2.GaussianBlur(good, (0, 0), sigma), np.uint8) for sigma in (0.8, 1.2, 1.8, 2.5, 3.5))]


def faded(seed: int, position: FingerPosition) -> list[GreyImage]:
    good = taken(seed, position).astype(float)
    return [np.asarray(250 - (250 - good) * part, np.uint8) for part in (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1)]


def greyed(seed: int, position: FingerPosition) -> list[GreyImage]:
    good = taken(seed, position).astype(float)
    return [np.asarray(128 - (128 - good) * part, np.uint8) for part in (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1)]


def dry(seed: int, position: FingerPosition) -> list[GreyImage]:
    return [taken(seed, position, dryness=step) for step in STEPS]


def partial(seed: int, position: FingerPosition) -> list[GreyImage]:
    return [taken(seed, position, partial=step) for step in STEPS]


def off_the_glass(seed: int, position: FingerPosition) -> list[GreyImage]:
    """Less and less of it on a module of 256 x 288 pixels."""
    wide = np.pad(taken(seed, position), 300, constant_values=250)
    return [wide[356 + down : 644 + down, 332:588] for down in (0, 80, 140, 200, 260)]


def noisy(seed: int, position: FingerPosition) -> list[GreyImage]:
    return [taken(seed, position, noise=step) for step in STEPS]


@pytest.mark.parametrize("worse", [blurred, faded, greyed, dry, partial, off_the_glass, noisy])
@pytest.mark.parametrize(("seed", "position"), FINGERS)
def test_the_score_falls_with_every_step_to_the_worse(
    worse: Callable[[int, FingerPosition], Sequence[GreyImage]], seed: int, position: FingerPosition
) -> None:
    scores = [assess(image, 500).score for image in worse(seed, position)]
    assert scores == sorted(scores, reverse=True), scores
    assert scores[0] > 65
    assert scores[-1] < 0.5 * scores[0]


@pytest.mark.parametrize(("seed", "position"), FINGERS)
def test_pressing_too_hard_and_too_lightly_both_cost(seed: int, position: FingerPosition) -> None:
    right, *hard = (assess(taken(seed, position, pressure=step), 500).score for step in (0.5, 0.8, 0.9, 1.0))
    light = [assess(taken(seed, position, pressure=step), 500).score for step in (0.3, 0.15, 0.0)]
    assert [right, *hard] == sorted([right, *hard], reverse=True)
    assert [right, *light] == sorted([right, *light], reverse=True)


@pytest.mark.parametrize(("seed", "position"), FINGERS)
@pytest.mark.parametrize("name", ["dryness", "smear", "noise", "partial"])
def test_whatever_scores_too_low_for_a_thumb_says_why(seed: int, position: FingerPosition, name: str) -> None:
    for step in STEPS:
        quality = assess(taken(seed, position, **{name: step}), 500)
        assert quality.score >= 30 or quality.reasons, (step, quality)
