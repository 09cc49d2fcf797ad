"""What a camera with a fault leads to: a hint, a timeout or a loss, and never a picture that is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.camera import BgrImage, fit_for_enrolment
from devices.camera.opencv import OpenCvCamera
from devices.camera.simulator import CameraFault
from devices.camera.simulator.server import part
from devices.camera.sources import open_source
from devices.camera.tuning import Tuning
from devices.errors import DeviceLostError, DeviceTimeoutError
from devices.opencv_import import cv2
from tests.support.camera_rigs import (
    PATIENCE_S,
    QUICKLY_S,
    SIZE,
    Counter,
    StreamRig,
    make,
    plain,
    stream_is_still,
    wait_for_loss,
)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[StreamRig]:
    made = StreamRig(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def live(stream: StreamRig, counter: Counter) -> Iterator[OpenCvCamera]:
    """A camera on the stream."""
    made = make(stream, counter)
    made.open()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("fault", "failed"), [(CameraFault.BLACK, "picture"), (CameraFault.SLOW, "rate"), (CameraFault.SMALL, "size")]
)
def test_a_self_test_names_what_is_wrong(tmp_path: Path, counter: Counter, fault: CameraFault, failed: str) -> None:
    rig = StreamRig(tmp_path)
    rig.simulator.befall(fault)
    camera = OpenCvCamera("camera", counter.gate, rig.source)
    camera.open()
    result = camera.self_test()
    camera.close()
    rig.stop()
    assert not result.passed
    assert [name for name, passed, _ in result.checks if not passed] == [failed]


def test_a_frozen_stream_is_a_timeout_first_and_a_loss_when_it_stays(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.FREEZE)
    stream_is_still(live, leave)
    with pytest.raises(DeviceLostError) as caught:
        live.read(leave, PATIENCE_S)
    assert caught.value.code == "camera.silent"


def test_a_camera_that_repeats_its_picture_is_a_timeout_first_and_a_loss_when_it_stays(
    stream: StreamRig, live: OpenCvCamera, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.camera.opencv.FROZEN_S", QUICKLY_S)
    leave = counter.admit(live)
    stream.simulator.show(striped())
    stream.simulator.befall(CameraFault.STUCK)
    stream_is_still(live, leave)
    with pytest.raises(DeviceLostError) as caught:
        live.read(leave, PATIENCE_S)
    assert caught.value.code == "camera.silent"
    live.open()
    live.arm(leave)
    with pytest.raises(DeviceTimeoutError):
        live.read(leave, 0.3)  # opened anew it still shows its old picture
    stream.simulator.befall(None)
    live.read(leave, PATIENCE_S)


def striped() -> BgrImage:
    """A scene in which a movement can be seen."""
    image = plain(90)
    image[:, ::16] = 200
    return image


def test_a_covered_lens_is_a_black_picture_and_no_loss(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.BLACK)
    stream.let_pass(2)
    until = time.monotonic() + 2 * QUICKLY_S
    while time.monotonic() < until:
        assert live.read(leave).image.max() < 8


def test_a_noisy_camera_goes_on(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.NOISE)
    stream.let_pass(2)
    assert live.read(leave).image.std() > 10


def test_what_is_no_picture_is_never_handed_out_and_ends_in_a_loss(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.GARBLED)

    def read_on() -> None:
        while True:
            assert live.read(leave, PATIENCE_S).image.shape == (SIZE[1], SIZE[0], 3)

    with pytest.raises(DeviceLostError):
        read_on()


def test_a_camera_that_comes_back_with_another_size_says_so(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    counter.admit(live)
    assert live.info.properties["enrolment"] == "yes"
    stream.simulator.befall(CameraFault.SMALL)
    with pytest.raises(DeviceLostError):
        wait_for_loss(live)
    info = live.open()
    assert (info.properties["width"], info.properties["height"]) == ("640", "360")
    assert info.properties["enrolment"].startswith("no")
    assert [name for name, passed, _ in live.self_test().checks if not passed] == ["size"]


def test_a_stream_that_changes_its_size_on_the_way_is_seen_as_it_is(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    assert live.read(leave).image.shape == (720, 1280, 3)
    small = cv2.imencode(".jpg", np.full((360, 640, 3), 90, np.uint8))[1].tobytes()
    stream.simulator._parts = (part(small),)
    stream.let_pass(2)
    assert live.read(leave).image.shape == (360, 640, 3)
    assert [name for name, passed, _ in live.self_test().checks if not passed] == ["size"]


def test_what_a_stream_sent_while_it_was_opened_is_thrown_away(stream: StreamRig) -> None:
    source = open_source(stream.source, None, Tuning(), threading.Event())
    sent = stream.simulator.frames_sent
    source.take()
    source.close()
    assert stream.simulator.frames_sent > sent


def test_a_picture_too_small_to_enrol_with_is_shown_and_told(tmp_path: Path, counter: Counter) -> None:
    file = tmp_path / "small.png"
    file.write_bytes(cv2.imencode(".png", np.full((512, 512, 3), 90, np.uint8))[1].tobytes())
    camera = OpenCvCamera("camera", counter.gate, str(file))
    assert camera.open().properties["enrolment"].startswith("no")
    assert camera.read(counter.admit(camera)).image.shape == (512, 512, 3)
    assert [name for name, passed, _ in camera.self_test().checks if not passed] == ["size"]
    camera.close()


@pytest.mark.parametrize(
    ("width", "height", "fit"),
    [(1280, 720, True), (720, 1280, True), (1920, 1080, True), (1280, 719, False), (960, 960, False)],
)
def test_enrolment_wants_1280_by_720_or_better(width: int, height: int, fit: bool) -> None:
    assert fit_for_enrolment(width, height) is fit
