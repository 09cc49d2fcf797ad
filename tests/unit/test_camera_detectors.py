"""Who finds faces: the cascades, and a YuNet network from a file, which must be one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from devices.camera import BgrImage
from devices.camera.detectors import RIVAL, Cascades, YuNet, detector, expected_eyes
from devices.camera.hints import PortraitHint
from devices.camera.measures import Box, Grey, reduced
from devices.camera.quality import PortraitAnalyser
from devices.errors import Remedy, TechnicianNeededError
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face
from tests.support.yunet import CELL, white_is_a_face


def grey_of(image: BgrImage) -> Grey:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def white_squares(*corners: tuple[int, int], size: int = 1) -> BgrImage:
    """Of so many cells of 16 pixels, on a black picture of 1280 x 720."""
    image = np.zeros((720, 1280, 3), np.uint8)
    for x, y in corners:
        image[y : y + 2 * size * CELL, x : x + 2 * size * CELL] = 255
    return image


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "face.onnx"
    path.write_bytes(white_is_a_face())
    return path


def test_the_settings_word_is_the_cascades_and_anything_else_a_file(model: Path) -> None:
    assert isinstance(detector("cascade"), Cascades)
    assert isinstance(detector(str(model)), YuNet)


def test_a_network_tells_box_and_eyes_in_pixels_of_the_whole_picture(model: Path) -> None:
    image = white_squares((640, 320))
    grey = grey_of(image)
    small, ratio = reduced(grey, 0.5)
    (head,) = YuNet(model).heads(image, grey, small, ratio)
    # in cells of 32 pixels of the whole picture: eyes at -1 and 2 from the square's corner, half a cell above
    assert head.eyes == ((608.0, 304.0), (704.0, 304.0))
    # a box as the cascade's has its eyes where they are expected
    for told, expected in zip(head.eyes, expected_eyes(head.box), strict=True):
        assert math.dist(told, expected) < 1.5


def test_a_network_finds_nobody_in_the_dark_and_the_larger_first(model: Path) -> None:
    net = YuNet(model)
    for image, count in ((white_squares(), 0), (white_squares((320, 320), (960, 320)), 2)):
        grey = grey_of(image)
        heads = net.heads(image, grey, *reduced(grey, 0.5))
        assert len(heads) == count
        assert all(head.box.width >= RIVAL * heads[0].box.width for head in heads)


def test_a_portrait_is_judged_by_a_network_too(model: Path) -> None:
    analyser = PortraitAnalyser(detector=str(model))
    assert analyser.analyse(white_squares()).hints == (PortraitHint.NO_FACE, PortraitHint.TOO_DARK)
    two = analyser.analyse(white_squares((320, 320), (960, 320)))
    assert PortraitHint.SEVERAL_FACES in two.hints
    person = render_face(FaceTraits(seed=1)).image
    white = np.asarray(person // 2, np.uint8)
    white[320:352, 640:672] = 255
    assert analyser.analyse(white).face is not None


@pytest.mark.parametrize("content", [None, b"", b"no model" * 40, white_is_a_face()[:-400]])
def test_a_missing_or_broken_model_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "siti.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TechnicianNeededError) as caught:
        PortraitAnalyser(detector=str(path))
    assert caught.value.code == "camera.detector_unreadable"
    assert caught.value.remedy is Remedy.CALL_TECHNICIAN
    assert "siti" not in str(caught.value)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(white_is_a_face().replace(b"kps_16", b"sky_16"))
    with pytest.raises(TechnicianNeededError):
        YuNet(path)


def test_the_eye_cascade_finds_a_likely_pair_and_none_where_there_is_no_face() -> None:
    portrait = render_face(FaceTraits(seed=1))
    assert portrait.truth is not None
    cascades, grey = Cascades(), grey_of(portrait.image)
    (head,) = cascades.heads(portrait.image, grey, *reduced(grey, 0.5))
    eyes = cascades.eyes(grey, head)
    assert eyes is not None
    for told, true in zip(eyes, (portrait.truth.right_eye, portrait.truth.left_eye), strict=True):
        assert math.dist(told, true) < 0.12 * portrait.truth.eye_distance
    empty = grey_of(render_face(None).image)
    assert cascades.eyes(empty, type(head)(Box(400, 200, 270, 270))) is None


def test_a_far_face_is_sought_where_there_is_no_near_one() -> None:
    image = render_face(FaceTraits(seed=1, head_height=0.16)).image
    grey = grey_of(image)
    (head,) = Cascades().heads(image, grey, *reduced(grey, 0.5))
    assert head.box.width < 180
