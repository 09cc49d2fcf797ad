"""The synthetic person: the same for the same traits, with a truth that detectors agree with."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from devices.opencv_import import CASCADES, cv2
from devices.simulation.face import CLOTH, Backdrop, FaceTraits, render_face
from devices.simulation.face_model import Headwear, figure

TRAITS = FaceTraits(seed=2)


def test_the_same_traits_give_the_same_pixels_and_others_do_not() -> None:
    first = render_face(TRAITS).image
    figure.cache_clear()
    assert np.array_equal(first, render_face(TRAITS).image)
    assert not np.array_equal(first, render_face(replace(TRAITS, seed=3)).image)
    assert (first.shape, str(first.dtype)) == ((720, 1280, 3), "uint8")


@pytest.mark.parametrize("headwear", list(Headwear))
@pytest.mark.parametrize("seed", range(4))
def test_the_public_detector_finds_the_face_where_the_truth_says(headwear: Headwear, seed: int) -> None:
    portrait = render_face(FaceTraits(seed=seed, headwear=headwear, centre=(0.42, 0.48)))
    truth = portrait.truth
    assert truth is not None
    detector = cv2.CascadeClassifier(str(CASCADES / "haarcascade_frontalface_alt2.xml"))
    half = cv2.resize(cv2.cvtColor(portrait.image, cv2.COLOR_BGR2GRAY), (640, 360))
    found = detector.detectMultiScale(half, scaleFactor=1.1, minNeighbors=4, minSize=(90, 90))
    assert len(found) == 1
    x, y, width, height = (2 * int(side) for side in found[0])
    assert x < truth.right_eye[0] < truth.left_eye[0] < x + width
    assert y < truth.right_eye[1] < y + height / 2
    assert math.dist((x + width / 2, 0), ((truth.right_eye[0] + truth.left_eye[0]) / 2, 0)) < 0.06 * width


def test_the_truth_follows_size_place_and_roll() -> None:
    truth = render_face(FaceTraits(head_height=0.5, centre=(0.25, 0.5), roll=10)).truth
    assert truth is not None
    middle = [(a + b) / 2 for a, b in zip(truth.right_eye, truth.left_eye, strict=True)]
    assert middle == pytest.approx([320, 360], abs=0.01)
    assert math.dist(truth.crown, truth.chin) == pytest.approx(360)
    assert truth.eye_distance == pytest.approx(0.29 * 360)
    fall = truth.left_eye[1] - truth.right_eye[1]
    assert math.degrees(math.asin(fall / truth.eye_distance)) == pytest.approx(10)
    x, y, width, height = truth.box
    assert x < truth.right_eye[0] < truth.left_eye[0] < x + width
    assert y < truth.crown[1] < truth.chin[1] <= y + height


def test_pupils_are_darker_than_what_surrounds_them() -> None:
    portrait = render_face(TRAITS)
    truth = portrait.truth
    assert truth is not None
    for x, y in (truth.right_eye, truth.left_eye):
        pupil = portrait.image[round(y), round(x)].mean()
        beside = portrait.image[round(y), round(x + 0.14 * truth.eye_distance)].mean()
        assert pupil < 40 < beside


@pytest.mark.parametrize("backdrop", list(Backdrop))
def test_nobody_is_plain_cloth_of_the_chosen_colour(backdrop: Backdrop) -> None:
    portrait = render_face(replace(TRAITS, backdrop=backdrop))
    corner = portrait.image[:120, :200].reshape(-1, 3)
    assert np.abs(corner.mean(axis=0) - CLOTH[backdrop]).max() < 30
    empty = render_face(None)
    assert empty.truth is None
    assert empty.image.std(axis=(0, 1)).max() < 12


def test_company_has_a_truth_of_its_own() -> None:
    other = FaceTraits(seed=3, centre=(0.8, 0.5), head_height=0.45)
    portrait = render_face(replace(TRAITS, centre=(0.3, 0.46), beside=other))
    alone = render_face(replace(TRAITS, centre=(0.3, 0.46)))
    assert portrait.truth == alone.truth
    assert alone.beside is None
    assert portrait.beside is not None
    assert portrait.beside == render_face(other).truth
    x, y = portrait.beside.right_eye
    assert portrait.image[round(y), round(x)].mean() < 40


def test_glare_is_white_about_the_eyes_and_leaves_the_cloth_alone() -> None:
    dull, shining = render_face(TRAITS), render_face(replace(TRAITS, glare=1.0))
    assert dull.truth is not None
    (x, y), apart = dull.truth.right_eye, dull.truth.eye_distance
    glass = (slice(round(y - 0.2 * apart), round(y)), slice(round(x), round(x + 0.2 * apart)))
    assert (dull.image[glass] > 245).all(axis=2).mean() < 0.05
    assert (shining.image[glass] > 245).all(axis=2).mean() > 0.3
    assert np.array_equal(dull.image[:100, :300], shining.image[:100, :300])


def test_clutter_is_behind_the_person_only() -> None:
    plain, busy = render_face(TRAITS), render_face(replace(TRAITS, clutter=1.0))
    assert plain.truth is not None
    x, y = plain.truth.right_eye
    face = (slice(round(y), round(y) + 80), slice(round(x), round(x) + 100))
    assert np.array_equal(plain.image[face], busy.image[face])
    calm, unrest = (each.image[:300, :400].std(axis=(0, 1)).max() for each in (plain, busy))
    assert unrest > 1.5 * calm


def test_blur_takes_detail_and_noise_adds_it() -> None:
    def detail(traits: FaceTraits) -> float:
        return float(cv2.Laplacian(render_face(traits).image, cv2.CV_32F).var())

    calm = replace(TRAITS, noise=0.0)
    assert detail(replace(calm, blur=4.0)) < 0.3 * detail(calm)
    assert detail(replace(calm, noise=6.0)) > 2 * detail(calm)


def test_light_and_its_side_are_seen() -> None:
    def halves(traits: FaceTraits) -> tuple[float, float]:
        picture = render_face(traits)
        assert picture.truth is not None
        x, y, width, height = (round(side) for side in picture.truth.box)
        face = picture.image[y : y + height, x : x + width]
        return float(face[:, : width // 2].mean()), float(face[:, width // 2 :].mean())

    assert sum(halves(replace(TRAITS, light=0.5))) < 0.6 * sum(halves(TRAITS))
    left, right = halves(replace(TRAITS, side_light=0.9))
    assert left < 0.8 * right
    left, right = halves(replace(TRAITS, side_light=-0.9))
    assert right < 0.8 * left
