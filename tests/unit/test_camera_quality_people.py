"""The measurement of the guidance in small: other people each time, by a seed that a failure tells."""

from __future__ import annotations

import math
import secrets

import numpy as np

from benchmarks.guidance import CASES, WITHIN, Look, anybody, drawn, judged, persons, table
from devices.camera.quality import PortraitAnalyser, PortraitHint
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face

EACH = 12
ANALYSER = PortraitAnalyser()


def test_the_eyes_of_anybody_are_found_within_three_hundredths_of_their_distance() -> None:
    seed = secrets.randbits(31)
    rng = np.random.default_rng(seed)
    for person, headwear in persons(rng, 3):
        yaw = rng.uniform(-0.2, 0.2)
        for _ in range(EACH):
            traits = anybody(rng, person, headwear, yaw)
            portrait = render_face(traits)
            quality, truth = ANALYSER.analyse(portrait.image), portrait.truth
            assert truth is not None
            assert quality.right_eye is not None, (seed, traits)
            assert quality.left_eye is not None, (seed, traits)
            error = max(math.dist(quality.right_eye, truth.right_eye), math.dist(quality.left_eye, truth.left_eye))
            assert error <= WITHIN * truth.eye_distance, (seed, traits)


def test_whatever_is_wrong_gets_its_own_hint_and_what_is_good_gets_none() -> None:
    seed = secrets.randbits(31)
    rng = np.random.default_rng(seed)
    ((person, headwear),) = persons(rng, 1)
    looks = []
    for case in CASES:
        for _ in range(EACH if case.hint is None else 1):
            image, backdrop = drawn(case, rng, person, headwear)
            looks.append(Look(case.name, ANALYSER.analyse(image, backdrop).hints))
    assert all(judged(look) for look in looks), f"seed {seed}\n{table(looks)}"


def test_the_table_tells_what_was_said_to_whom() -> None:
    looks = [Look("good", ()), Look("tilted", (PortraitHint.TILTED, PortraitHint.BLURRED)), Look("tilted", ())]
    lines = [" ".join(line.split()) for line in table(looks).splitlines()]
    assert "good 1 nothing said" in lines
    assert "tilted 2 tilted 1, blurred 1" in lines
    assert [judged(look) for look in looks] == [True, True, False]


def test_every_hint_but_that_of_covered_eyes_has_a_case() -> None:
    assert {case.hint for case in CASES} | {PortraitHint.EYES_UNSEEN} == {*PortraitHint, None}


def test_jpeg_as_a_camera_sends_it_moves_no_eye_by_a_pixel() -> None:
    image = render_face(FaceTraits(seed=5, noise=4.0)).image
    jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    before = ANALYSER.analyse(image)
    after = ANALYSER.analyse(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8))
    assert before.right_eye is not None
    assert after.right_eye is not None
    assert math.dist(before.right_eye, after.right_eye) < 1
