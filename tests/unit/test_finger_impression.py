"""Impressions: each trait makes one thing worse, by as much as it says, and the finger stays the same."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import AS_WANTED, PrintTraits, finger, impression

MASTERS = [finger(2020, FingerPosition.RIGHT_INDEX), finger(2021, FingerPosition.LEFT_LITTLE)]
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
SEED = 3


def taken(master: GreyImage, traits: PrintTraits = AS_WANTED, seed: int = SEED) -> GreyImage:
    return impression(master, seed, strength=0.0, traits=traits)


def darkness(image: GreyImage) -> float:
    return float(250 - image.mean())


def alike(one: GreyImage, other: GreyImage) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("name", [each.name for each in fields(PrintTraits)])
def test_every_trait_changes_the_print_and_the_same_seed_gives_the_same_one(name: str) -> None:
    for master in MASTERS:
        changed = taken(master, PrintTraits(**{name: 1.0}))
        assert np.abs(changed.astype(int) - taken(master)).mean() > 0.5
        np.testing.assert_array_equal(changed, taken(master, PrintTraits(**{name: 1.0})))


@pytest.mark.parametrize("name", [each.name for each in fields(PrintTraits)])
def test_a_trait_lies_between_0_and_1(name: str) -> None:
    for wrong in (-0.01, 1.01):
        with pytest.raises(ValueError, match=name):
            PrintTraits(**{name: wrong})


def test_nothing_is_wrong_with_an_impression_where_nothing_is_said() -> None:
    assert PrintTraits() == AS_WANTED
    for master in MASTERS:
        np.testing.assert_array_equal(impression(master, SEED, strength=0.0), taken(master))
        assert alike(taken(master), master) > 0.9


def test_the_harder_it_is_pressed_the_darker_it_is_and_the_glass_beside_it_stays_bare() -> None:
    for master in MASTERS:
        pressed = [taken(master, PrintTraits(pressure=step)) for step in STEPS]
        assert np.all(np.diff([darkness(each) for each in pressed]) > 5)
        assert all(np.median(each[:, :4]) > 240 for each in pressed)


@pytest.mark.parametrize("name", ["dryness", "partial", "scar"])
def test_less_of_the_finger_shows_the_more_of_the_trait_there_is(name: str) -> None:
    for master in MASTERS:
        shown = [darkness(taken(master, PrintTraits(**{name: step}))) for step in STEPS]
        assert np.all(np.diff(shown) < 0), shown


def test_a_partial_print_is_whole_where_it_touches() -> None:
    for master in MASTERS:
        whole, part = taken(master), taken(master, PrintTraits(partial=0.5))
        touched = cv2.erode((part < 200).astype(np.uint8), np.ones((3, 3))) > 0
        near = np.abs(whole.astype(int) - part)[touched]
        assert np.mean(near < 60) > 0.9
        assert 0.35 < darkness(part) / darkness(whole) < 0.85


def test_a_turned_finger_turns_by_30_degrees_at_most() -> None:
    for master in MASTERS:
        straight, turned = taken(master), taken(master, PrintTraits(rotation=1.0))
        height, width = master.shape
        found = {}
        for degrees in (-30, -20, -10, 0, 10, 20, 30):
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
            again = cv2.warpAffine(straight, turn, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=250)
            found[degrees] = alike(np.asarray(again, np.uint8), turned)
        best = max(found, key=lambda degrees: found[degrees])
        assert abs(best) == 30
        assert found[best] > 0.7


def test_a_scar_stays_where_it_is_from_impression_to_impression() -> None:
    for master in MASTERS:
        places = [
            np.abs(taken(master, PrintTraits(scar=1.0), seed).astype(int) - taken(master, seed=seed)) > 80
            for seed in (1, 2)
        ]
        both, either = (int(np.count_nonzero(each)) for each in (places[0] & places[1], places[0] | places[1]))
        assert both > 0.7 * either > 100


def test_smear_takes_detail_away_but_not_ink() -> None:
    for master in MASTERS:
        smeared = [taken(master, PrintTraits(smear=step)) for step in STEPS]
        detail = [float(cv2.Laplacian(each, cv2.CV_32F).std()) for each in smeared]
        assert np.all(np.diff(detail) < 0), detail
        assert darkness(smeared[-1]) == pytest.approx(darkness(smeared[0]), rel=0.05)


def test_noise_is_as_strong_as_it_says() -> None:
    dark = np.full((400, 320), 128, np.uint8)
    quiet, loud = (taken(dark, PrintTraits(noise=step)).astype(float) for step in (0.0, 0.5))
    inside = quiet < 200
    assert np.std((loud - quiet)[inside]) == pytest.approx(35, rel=0.15)
