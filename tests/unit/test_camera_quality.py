"""Portrait figures against synthetic people, whose truth is known, and against one real photograph."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.camera import BgrImage
from devices.camera.checks import HINTS
from devices.camera.crop import ASPECT, pass_photo
from devices.camera.measures import Box
from devices.camera.quality import (
    ALGORITHM,
    PortraitAnalyser,
    PortraitHint,
    PortraitLimits,
    PortraitQuality,
)
from devices.opencv_import import cv2
from devices.simulation.face import Backdrop, FaceTraits, FaceTruth, render_face
from devices.simulation.face_model import Headwear

GOOD = FaceTraits(seed=1)
ANALYSER = PortraitAnalyser()


def seen(traits: FaceTraits) -> tuple[PortraitQuality, FaceTruth]:
    portrait = render_face(traits)
    assert portrait.truth is not None
    return ANALYSER.analyse(portrait.image), portrait.truth


def astronaut() -> BgrImage:
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])  # type: ignore[no-untyped-call]  # published without types


@pytest.mark.parametrize("headwear", list(Headwear))
@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("backdrop", [Backdrop.RED, Backdrop.BLUE])
def test_a_good_portrait_gets_no_hint_and_its_eyes_are_found(headwear: Headwear, seed: int, backdrop: Backdrop) -> None:
    quality, truth = seen(FaceTraits(seed=seed, headwear=headwear, backdrop=backdrop))
    assert quality.hints == ()
    assert quality.acceptable
    assert quality.score >= 90
    assert quality.right_eye is not None
    assert quality.left_eye is not None
    assert quality.right_eye[0] < quality.left_eye[0], "the person's right eye is left in the picture"
    assert math.dist(quality.right_eye, truth.right_eye) < 0.03 * truth.eye_distance
    assert math.dist(quality.left_eye, truth.left_eye) < 0.03 * truth.eye_distance
    assert abs(quality.eye_distance - truth.eye_distance) < 2


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"head_height": 0.3}, PortraitHint.TOO_SMALL),
        ({"head_height": 0.8}, PortraitHint.TOO_NEAR),
        ({"centre": (0.1, 0.46)}, PortraitHint.TOO_FAR_LEFT),
        ({"centre": (0.9, 0.46)}, PortraitHint.TOO_FAR_RIGHT),
        ({"centre": (0.5, 0.25)}, PortraitHint.TOO_HIGH),
        ({"centre": (0.5, 0.7)}, PortraitHint.TOO_LOW),
        ({"roll": 12.0}, PortraitHint.TILTED),
        ({"roll": -12.0}, PortraitHint.TILTED),
        ({"light": 0.3}, PortraitHint.TOO_DARK),
        ({"light": 1.8}, PortraitHint.TOO_BRIGHT),
        ({"side_light": 0.9}, PortraitHint.UNEVEN_LIGHT),
        ({"side_light": -0.9}, PortraitHint.UNEVEN_LIGHT),
        ({"eyes_open": 0.0}, PortraitHint.EYES_CLOSED),
        ({"eyes_open": 0.2}, PortraitHint.EYES_CLOSED),
        ({"yaw": 1.0}, PortraitHint.TURNED),
        ({"yaw": -1.0}, PortraitHint.TURNED),
        ({"blur": 4.0}, PortraitHint.BLURRED),
        ({"blur": 4.0, "noise": 12.0}, PortraitHint.BLURRED),
        ({"glare": 1.0}, PortraitHint.GLARE),
        ({"clutter": 0.8}, PortraitHint.BACKGROUND),
        (
            {"beside": FaceTraits(seed=5, centre=(0.78, 0.48), head_height=0.48), "centre": (0.33, 0.46)},
            PortraitHint.SEVERAL_FACES,
        ),
    ],
)
def test_one_thing_wrong_is_one_hint(change: dict[str, object], hint: PortraitHint) -> None:
    quality, _ = seen(replace(GOOD, **change))  # type: ignore[arg-type]  # the table's values fit their names
    assert quality.hints == (hint,)
    assert not quality.acceptable


@pytest.mark.parametrize("roll", [-14.0, -6.0, 6.0, 14.0])
def test_roll_is_measured_within_a_degree(roll: float) -> None:
    assert seen(replace(GOOD, roll=roll))[0].roll == pytest.approx(roll, abs=1.0)


def value(name: str, traits: FaceTraits) -> float:
    found = seen(traits)[0].value(name)
    assert found is not None
    return found


@pytest.mark.parametrize("light", [0.6, 1.0])
@pytest.mark.parametrize("blur", [0.0, 2.0, 4.0])
def test_sharpness_is_the_same_in_any_light_and_under_any_noise(light: float, blur: float) -> None:
    calm = value("sharpness", replace(GOOD, blur=blur, noise=1.0))
    assert value("sharpness", replace(GOOD, blur=blur, light=light, noise=8.0)) == pytest.approx(calm, rel=0.2, abs=0.3)


@pytest.mark.parametrize(
    ("name", "trait", "steps"),
    [
        ("sharpness", "blur", (4.0, 3.0, 2.0, 1.0, 0.0)),
        ("eyes_open", "eyes_open", (0.0, 0.2, 0.4, 1.0)),
        ("turn", "yaw", (-1.2, -0.6, 0.0, 0.6, 1.2)),
        ("brightness", "light", (0.3, 0.6, 0.9, 1.2)),
        ("evenness", "side_light", (0.9, 0.6, 0.3, 0.0)),
        ("roll", "roll", (-12.0, -4.0, 4.0, 12.0)),
        ("eye_distance", "head_height", (0.3, 0.4, 0.5, 0.6)),
        ("head_size", "head_height", (0.3, 0.5, 0.7)),
        ("background", "clutter", (0.0, 0.3, 0.6, 1.0)),
        ("glare", "glare", (0.0, 0.3, 1.0)),
    ],
)
def test_each_figure_rises_with_what_it_measures(name: str, trait: str, steps: tuple[float, ...]) -> None:
    figures = [value(name, replace(GOOD, **{trait: step})) for step in steps]  # type: ignore[arg-type]  # one of theirs
    assert figures == sorted(figures)
    assert figures[0] < figures[-1]


def test_every_check_is_told_once_and_a_hint_comes_of_a_low_score() -> None:
    quality = ANALYSER.analyse(render_face(replace(GOOD, roll=12, light=0.3)).image, Backdrop.RED)
    names = [check.name for check in quality.checks]
    assert names == ["faces", "eyes", *HINTS]
    for check in quality.checks:
        assert 0 <= check.score <= 100
        assert (check.score < 50) == (check.hint is not None)


def test_where_there_are_two_the_larger_one_is_measured() -> None:
    other = FaceTraits(seed=5, centre=(0.78, 0.48), head_height=0.46)
    quality, truth = seen(replace(GOOD, centre=(0.33, 0.46), beside=other))
    assert quality.hints == (PortraitHint.SEVERAL_FACES,)
    assert quality.right_eye is not None
    assert math.dist(quality.right_eye, truth.right_eye) < 0.03 * truth.eye_distance


def test_covered_eyes_are_unseen() -> None:
    portrait = render_face(GOOD)
    assert portrait.truth is not None
    image, (x, y), apart = portrait.image.copy(), portrait.truth.right_eye, portrait.truth.eye_distance
    skin = image[round(y + 0.45 * apart), round(x)].tolist()
    corners = (round(x - 0.45 * apart), round(y - 0.22 * apart)), (round(x + 0.45 * apart), round(y + 0.22 * apart))
    cv2.rectangle(image, *corners, skin, -1)
    assert ANALYSER.analyse(image).hints == (PortraitHint.EYES_UNSEEN,)


def test_nobody_and_a_covered_lens_are_told() -> None:
    assert ANALYSER.analyse(render_face(None).image).hints == (PortraitHint.NO_FACE,)
    covered = ANALYSER.analyse(np.zeros((720, 1280, 3), np.uint8))
    assert covered.hints == (PortraitHint.NO_FACE, PortraitHint.TOO_DARK)
    assert (covered.face, covered.score, covered.algorithm) == (None, 0, ALGORITHM)


def test_a_real_photograph_is_found_too_small_and_its_eyes_within_a_few_pixels() -> None:
    quality = ANALYSER.analyse(astronaut())
    assert quality.face is not None
    assert PortraitHint.TOO_SMALL in quality.hints
    assert PortraitHint.EYES_UNSEEN not in quality.hints
    assert quality.right_eye is not None
    assert quality.left_eye is not None
    # read off the picture by eye, twelve times enlarged
    assert math.dist(quality.right_eye, (203.2, 100.3)) < 2
    assert math.dist(quality.left_eye, (246.2, 103.0)) < 2
    assert quality.eye_distance == pytest.approx(43, abs=2)


def test_limits_decide_what_is_a_hint() -> None:
    strict = PortraitLimits.standard()
    lenient = PortraitAnalyser(
        replace(
            strict,
            eye_distance=replace(strict.eye_distance, least=40),
            background=replace(strict.background, most=20),
            down=replace(strict.down, most=0.1, least=-0.1),
        )
    )
    assert lenient.analyse(astronaut()).hints == ()


@pytest.mark.parametrize(("width", "height"), [(960, 540), (1920, 1080), (2560, 1440)])
def test_cameras_of_other_sizes_are_judged_alike(width: int, height: int) -> None:
    portrait = render_face(GOOD, width, height)
    quality, truth = ANALYSER.analyse(portrait.image), portrait.truth
    assert truth is not None
    assert quality.hints == ((PortraitHint.TOO_SMALL,) if height < 720 else ())
    assert quality.right_eye is not None
    assert quality.left_eye is not None
    assert math.dist(quality.right_eye, truth.right_eye) < 0.02 * truth.eye_distance
    assert math.dist(quality.left_eye, truth.left_eye) < 0.02 * truth.eye_distance
    assert quality.value("turn") == pytest.approx(0.0, abs=0.03)


def test_hints_come_most_important_first() -> None:
    quality, _ = seen(replace(GOOD, head_height=0.3, roll=12, light=0.3))
    assert quality.hints == (PortraitHint.TOO_SMALL, PortraitHint.TILTED, PortraitHint.TOO_DARK)
    order = list(PortraitHint)
    assert list(quality.hints) == sorted(quality.hints, key=order.index)


@pytest.mark.parametrize("headwear", list(Headwear))
def test_the_crop_places_the_head_as_the_standard_wants_it(headwear: Headwear) -> None:
    quality, truth = seen(replace(GOOD, headwear=headwear))
    assert quality.right_eye is not None
    assert quality.left_eye is not None
    crop = Box(*pass_photo(1280, 720, (quality.right_eye, quality.left_eye)))
    assert crop.height / crop.width == pytest.approx(ASPECT, rel=0.01)
    assert 0.60 <= (truth.chin[1] - truth.crown[1]) / crop.height <= 0.90
    assert 0.50 <= truth.box[2] / crop.width <= 0.75
    assert 0.45 <= ((truth.right_eye[0] + truth.left_eye[0]) / 2 - crop.x) / crop.width <= 0.55
    assert 0.30 <= (truth.right_eye[1] - crop.y) / crop.height <= 0.50
    assert crop.cut(render_face(GOOD).image).shape == (crop.height, crop.width, 3)


coordinate = st.floats(-50, 1400)


@settings(max_examples=150, deadline=None)
@given(
    x=coordinate, y=coordinate, distance=st.floats(1, 900), width=st.integers(30, 1400), height=st.integers(30, 1400)
)
def test_a_crop_always_lies_inside_the_picture(x: float, y: float, distance: float, width: int, height: int) -> None:
    crop = Box(*pass_photo(width, height, ((x, y), (x + distance, y))))
    assert crop.x >= 0
    assert crop.y >= 0
    assert crop.width >= 1
    assert crop.height >= 1
    assert crop.x + crop.width <= width
    assert crop.y + crop.height <= height


def test_where_no_eyes_were_found_the_middle_of_the_picture_is_taken() -> None:
    assert pass_photo(1280, 720, None) == (370, 0, 540, 720)
    assert pass_photo(600, 1000, None) == (0, 100, 600, 800)


def test_pictures_of_any_shape_are_analysed() -> None:
    for shape in ((40, 40, 3), (720, 60, 3), (60, 1280, 3), (1080, 1920, 3)):
        assert PortraitHint.NO_FACE in ANALYSER.analyse(np.full(shape, 128, np.uint8)).hints
