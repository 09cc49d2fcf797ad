"""Minutiae: where ridges end and fork, the same in every impression, none where there is no ridge."""

from __future__ import annotations

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import DPI, finger, impression
from station.biometrics.minutiae import BORDER, Minutiae, extract, thinned
from station.biometrics.ridges import ridges_of, touched_mm2

SEED = 31


def lines(period: float = 9.0, degrees: float = 0.0, size: int = 200) -> GreyImage:
    """Straight ridges of one width, dark on light."""
    y, x = np.mgrid[0:size, 0:size]
    turn = np.radians(degrees)
    wave = np.cos(2 * np.pi * (y * np.cos(turn) - x * np.sin(turn)) / period)
    return np.asarray(np.where(wave > 0, 50, 230), np.uint8)


def with_an_end() -> GreyImage:
    """Upright ridges, of which the one in the middle begins half way down."""
    y, x = np.mgrid[0:200, 0:200].astype(float)
    phase = np.arctan2(x - 100, y - 100) / 2  # a turn around the end adds one ridge
    wave = np.cos(2 * np.pi * (x - 100) / 9.0 - 2 * phase)
    return np.asarray(np.where(wave > 0, 50, 230), np.uint8)


@pytest.fixture(scope="module")
def image() -> GreyImage:
    return impression(finger(SEED, FingerPosition.RIGHT_INDEX), 1)


@pytest.fixture(scope="module")
def found(image: GreyImage) -> Minutiae:
    return extract(image, DPI)


def test_a_full_print_has_as_many_minutiae_as_people_have(found: Minutiae) -> None:
    assert 25 < len(found) < 110
    assert 0 < found.forks.sum() < len(found)


def test_minutiae_lie_inside_the_print_away_from_its_edge(found: Minutiae) -> None:
    columns, rows = found.places.astype(int).T
    edge = cv2.distanceTransform(found.touched.astype(np.uint8), cv2.DIST_L2, 5)
    assert edge[rows, columns].min() > BORDER - 1.5


def test_a_minutias_direction_is_its_ridges(image: GreyImage, found: Minutiae) -> None:
    along = ridges_of(image, DPI).along
    columns, rows = found.places.astype(int).T
    np.testing.assert_allclose(np.abs(np.sin(found.angles - along[rows, columns])), 0, atol=0.01)


@pytest.mark.parametrize("degrees", [0, 30, 90, 140])
def test_even_ridges_have_no_minutiae_and_the_direction_they_were_drawn_in(degrees: float) -> None:
    assert len(extract(lines(degrees=degrees), 500)) == 0
    middle = ridges_of(lines(degrees=degrees), 500).along[80:120, 80:120]
    assert np.abs(np.sin(middle - np.radians(degrees))).max() < 0.05


def test_one_ridge_too_many_is_one_minutia_where_it_begins_pointing_along_it() -> None:
    found = extract(with_an_end(), 500)
    assert len(found) == 1
    np.testing.assert_allclose(found.places[0], [100, 100], atol=6)
    assert abs(np.cos(found.angles[0])) < 0.3


def test_the_direction_is_kept_where_the_picture_is_inverted_and_an_end_becomes_a_fork() -> None:
    one, other = extract(with_an_end(), 500), extract(255 - with_an_end(), 500)
    assert len(one) == len(other) == 1
    assert one.forks[0] != other.forks[0]
    assert np.cos(one.angles[0] - other.angles[0]) > 0.9


def test_a_print_turned_by_a_quarter_has_its_minutiae_turned(image: GreyImage, found: Minutiae) -> None:
    turned = extract(np.ascontiguousarray(np.rot90(image, -1)), DPI)
    expected = np.stack([image.shape[0] - 1 - found.places[:, 1], found.places[:, 0]], axis=1)
    apart = np.hypot(*(expected[:, None] - turned.places[None]).transpose(2, 0, 1))
    nearest = apart.argmin(axis=1)
    same = apart.min(axis=1) < 6
    assert same.mean() > 0.85
    assert np.median(np.cos(found.angles + np.pi / 2 - turned.angles[nearest])[same]) > 0.98


def test_another_resolution_gives_the_same_places(image: GreyImage, found: Minutiae) -> None:
    doubled = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    other = extract(doubled, 2 * DPI)
    assert other.touched.shape == found.touched.shape
    apart = np.hypot(*(found.places[:, None] - other.places[None]).transpose(2, 0, 1))
    assert (apart.min(axis=1) < 5).mean() > 0.85
    assert other.area_mm2 == pytest.approx(found.area_mm2, rel=0.05)


def test_the_same_print_gives_the_same_minutiae(image: GreyImage, found: Minutiae) -> None:
    again = extract(image.copy(), DPI)
    np.testing.assert_array_equal(again.places, found.places)
    np.testing.assert_array_equal(again.angles, found.angles)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_touched_is_no_minutiae_and_no_area(level: int) -> None:
    found = extract(np.full((300, 260), level, np.uint8), 500)
    assert len(found) == 0
    assert found.area_mm2 == 0


def test_noise_is_no_crash() -> None:
    found = extract(np.random.default_rng(3).integers(0, 256, (200, 200), np.uint8), 500)
    assert len(found.places) == len(found.angles) == len(found.forks)


def test_the_edge_of_a_platen_is_no_finger() -> None:
    framed = np.full((300, 300), 255, np.uint8)
    framed[:, 40:260] = 150
    assert extract(framed, 500).area_mm2 < 40


def test_the_area_is_that_of_the_finger(image: GreyImage, found: Minutiae) -> None:
    inked = cv2.morphologyEx((image < 150).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    assert found.area_mm2 == pytest.approx(np.count_nonzero(inked) * (25.4 / DPI) ** 2, rel=0.12)
    assert touched_mm2(image, DPI) == found.area_mm2


@pytest.mark.parametrize(
    ("wrong", "dpi"),
    [
        (np.zeros((300, 300, 3), np.uint8), 500),
        (np.zeros((300, 300), np.float32), 500),
        (np.zeros((40, 300), np.uint8), 500),
        (np.zeros((100, 300), np.uint8), 1000),
        (np.zeros((300, 300), np.uint8), 0),
    ],
)
def test_what_is_no_print_is_told(wrong: GreyImage, dpi: int) -> None:
    with pytest.raises(ValueError, match=r"grey|small|resolution"):
        extract(wrong, dpi)


def test_thinning_leaves_lines_of_one_pixel_as_connected_as_before() -> None:
    shape = np.zeros((120, 160), np.uint8)
    cv2.line(shape, (20, 20), (140, 100), 1, 7)
    cv2.circle(shape, (80, 60), 40, 1, 5)
    cv2.rectangle(shape, (5, 90), (25, 115), 1, -1)
    thin = thinned(shape)
    assert not (thin & ~shape & 1).any()
    for connected in (thin, 1 - thin):
        before = shape if connected is thin else 1 - shape
        ways = 8 if connected is thin else 4
        assert (
            cv2.connectedComponents(connected, connectivity=ways)[0]
            == cv2.connectedComponents(before, connectivity=ways)[0]
        )
    blocks = cv2.boxFilter(thin, cv2.CV_16S, (2, 2), normalize=False)
    assert blocks.max() < 4


def test_nothing_of_the_finger_shows_in_a_repr(image: GreyImage, found: Minutiae) -> None:
    assert repr(found) == "Minutiae(...)"
    assert repr(ridges_of(image, DPI)) == "Ridges(...)"
