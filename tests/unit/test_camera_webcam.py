"""How a camera of this machine is opened and set, with a stand-in for OpenCV's capture: no such camera can be here."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
import pytest

from devices.bay import BayEvent, DeviceBay
from devices.camera import BgrImage, sources
from devices.camera.identity import ListedCamera
from devices.camera.opencv import OpenCvCamera
from devices.camera.tuning import Tuning
from devices.camera.webcam import BACKENDS, STALE_FRAMES, Webcam, is_listed
from devices.device import HealthState
from devices.errors import DeviceLostError, OperatorCanMendError
from devices.opencv_import import cv2
from tests.support.counter import Counter

C920 = ListedCamera(2, "HD Pro Webcam C920", "/dev/video2", 0x046D, 0x082D, "Logitech", "8B21F3", "usb:1-4")
PLAIN = ListedCamera(4, "USB 2.0 Camera", "/dev/video4", 0x0C45, 0x6366, place="usb:1-1")
BUILT_IN = ListedCamera(0, "Integrated Camera", "/dev/video0", 0x04F2, 0xB6D9, place="usb:1-6")
BACKEND = cv2.CAP_V4L2
AUTO_MODE, MANUAL_MODE = 3.0, 1.0
LONGEST_EXPOSURE = 500.0


@pytest.fixture(autouse=True)
def on_v4l2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BACKENDS, sys.platform, (BACKEND,))


class Plugs:
    """What is plugged in now."""

    def __init__(self, *cameras: ListedCamera) -> None:
        self.cameras: Sequence[ListedCamera] = cameras

    def listed(self, backend: int) -> Sequence[ListedCamera]:
        assert backend == BACKEND
        return self.cameras


class Pretended:
    """A camera as V4L2 shows it: 640 x 480 uncompressed until the format is set, then what is asked."""

    knows: ClassVar[frozenset[int]] = frozenset(
        {
            *(cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS),
            *(cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTOFOCUS, cv2.CAP_PROP_FOCUS),
        }
    )
    opens: ClassVar[bool] = True
    frames: ClassVar[int] = 1000

    def __init__(self) -> None:
        self.asked: list[tuple[int, float]] = []
        self.values = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}
        self.number: int | None = None
        self.taken = 0
        self.compressed = False

    def open(self, number: int, _: int) -> bool:
        self.number = number if self.opens else None
        return self.opens

    def isOpened(self) -> bool:  # noqa: N802 - a name of OpenCV's
        return self.number is not None

    def getBackendName(self) -> str:  # noqa: N802 - a name of OpenCV's
        return "V4L2"

    def set(self, prop: int, value: float) -> bool:
        self.asked.append((prop, value))
        if prop not in self.knows:
            return False
        if prop == cv2.CAP_PROP_FOURCC:
            self.compressed = True
        if prop in {cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT} and not self.compressed:
            return False
        manual = self.values.get(cv2.CAP_PROP_AUTO_EXPOSURE) == MANUAL_MODE
        if prop == cv2.CAP_PROP_EXPOSURE and not manual:
            return False
        self.values[prop] = min(value, LONGEST_EXPOSURE) if prop == cv2.CAP_PROP_EXPOSURE else value
        return True

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def grab(self) -> bool:
        self.taken += 1
        return self.taken <= self.frames

    def retrieve(self) -> tuple[bool, BgrImage]:
        return True, np.full((720, 1280, 3), self.taken, np.uint8)

    def release(self) -> None:
        self.number = None


def opened(
    source: str,
    plugs: Plugs,
    tuning: Tuning | None = None,
    before: Webcam | None = None,
    kind: type[Pretended] = Pretended,
) -> tuple[Webcam, Pretended]:
    capture = kind()
    known = before.identity if before is not None else None
    camera = Webcam(source, known, tuning or Tuning(), listing=plugs.listed, capture=lambda: capture)
    return camera, capture


def test_the_compressed_format_is_set_before_the_size_and_the_size_before_the_rate() -> None:
    camera, capture = opened("2", Plugs(C920))
    props = [prop for prop, _ in capture.asked]
    assert props[:4] == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]
    assert camera.size == (1280, 720)
    assert camera.facts["pixel_format"] == "MJPG"
    assert camera.facts["fps"] == "30"


def test_it_tells_who_it_is_and_how_to_name_it_in_the_settings() -> None:
    camera, _ = opened("2", Plugs(BUILT_IN, C920))
    assert (camera.maker, camera.model, camera.serial) == ("Logitech", "HD Pro Webcam C920", "8B21F3")
    assert camera.facts["identity"] == "camera:vid=046d;pid=082d;serial=8B21F3;name=HD Pro Webcam C920"
    again, capture = opened(camera.facts["identity"], Plugs(replace(C920, index=5), BUILT_IN))
    assert capture.number == 5
    assert again.serial == camera.serial


@pytest.mark.parametrize("camera", [C920, PLAIN])
def test_pulled_and_plugged_in_again_it_is_opened_under_its_new_number(camera: ListedCamera) -> None:
    plugs = Plugs(BUILT_IN, camera)
    source = str(camera.index)
    before, _ = opened(source, plugs)
    plugs.cameras = [BUILT_IN]
    assert not is_listed(source, before.identity, plugs.listed)
    with pytest.raises(OperatorCanMendError) as caught:
        opened(source, plugs, before=before)
    assert caught.value.code == "camera.absent"
    plugs.cameras = [
        replace(camera, index=0, path="/dev/video0", place="usb:2-1"),
        replace(BUILT_IN, index=camera.index),
    ]
    assert is_listed(source, before.identity, plugs.listed)
    after, capture = opened(source, plugs, before=before)
    assert capture.number == 0
    assert after.serial == before.serial, "leave that covered it covers it still"
    assert after.identity == before.identity


def test_two_alike_have_keys_of_their_own() -> None:
    twin = replace(PLAIN, index=6, path="/dev/video6", place="usb:1-2")
    serials = {opened(str(each.index), Plugs(PLAIN, twin))[0].serial for each in (PLAIN, twin)}
    assert serials == {"port:usb-0c45-6366@usb:1-1", "port:usb-0c45-6366@usb:1-2"}
    assert opened("4", Plugs(PLAIN))[0].serial == "port:usb-0c45-6366"


def test_a_system_that_lists_nothing_is_taken_at_its_number() -> None:
    camera, capture = opened("3", Plugs())
    assert capture.number == 3
    assert camera.identity is None
    assert camera.serial.startswith("port:")


def test_exposure_and_focus_are_taken_as_they_read_back() -> None:
    camera, capture = opened("2", Plugs(C920), Tuning(exposure=9000, focus=30))
    assert camera.facts["exposure"] == "500", "what it was clamped to"
    assert camera.facts["focus"] == "30"
    assert capture.asked.index((cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_MODE)) < capture.asked.index(
        (cv2.CAP_PROP_EXPOSURE, 9000)
    )
    assert (cv2.CAP_PROP_AUTOFOCUS, 0.0) in capture.asked


def test_exposure_and_focus_may_be_left_to_the_camera() -> None:
    camera, capture = opened("2", Plugs(C920), Tuning(exposure="auto", focus="auto"))
    assert (camera.facts["exposure"], camera.facts["focus"]) == ("auto", "auto")
    assert capture.values[cv2.CAP_PROP_AUTO_EXPOSURE] == AUTO_MODE


def test_what_nobody_asked_for_is_not_touched() -> None:
    camera, capture = opened("2", Plugs(C920))
    touched = {prop for prop, _ in capture.asked}
    assert not touched & {
        *(cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTOFOCUS, cv2.CAP_PROP_FOCUS)
    }
    assert not {"exposure", "focus"} & set(camera.facts)


class WithoutControls(Pretended):
    knows = frozenset({cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS})


@pytest.mark.parametrize("tuning", [Tuning(exposure=100, focus=10), Tuning(exposure="auto", focus="auto")])
def test_a_camera_without_such_controls_opens_and_claims_nothing(tuning: Tuning) -> None:
    camera, _ = opened("2", Plugs(C920), tuning, kind=WithoutControls)
    assert not {"exposure", "focus"} & set(camera.facts)


class Occupied(Pretended):
    opens = False


class Dying(Pretended):
    frames = 2


def test_one_that_does_not_open_or_goes_at_once_is_let_go_of() -> None:
    with pytest.raises(OperatorCanMendError) as caught:
        opened("2", Plugs(C920), kind=Occupied)
    assert caught.value.code in {"camera.absent", "camera.busy", "camera.denied"}
    capture = Dying()
    with pytest.raises(DeviceLostError):
        Webcam("2", None, Tuning(), listing=Plugs(C920).listed, capture=lambda: capture)
    assert not capture.isOpened()


def test_frames_that_were_taken_while_it_opened_are_thrown_away() -> None:
    camera, capture = opened("2", Plugs(C920))
    assert capture.taken == STALE_FRAMES
    camera.take()
    image = camera.decode()
    assert image is not None
    assert image[0, 0, 0] == STALE_FRAMES + 1


def test_where_grabbing_does_not_wait_the_frame_is_taken_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """DirectShow waits in retrieve; a reader that only grabs would spin."""
    monkeypatch.setitem(BACKENDS, sys.platform, (cv2.CAP_DSHOW,))
    capture = Pretended()
    camera = Webcam("2", None, Tuning(), listing=lambda _: [C920], capture=lambda: capture)
    camera.take()
    image = camera.decode()
    assert image is not None
    assert image[0, 0, 0] == STALE_FRAMES + 1
    assert camera.decode() is None, "one frame is given once"


def test_lost_and_back_under_another_number_the_bay_has_the_same_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost, looked for, listed anew, opened by identity, recovered: and what has its old number is left alone."""
    plugs = Plugs(BUILT_IN, C920)
    numbers: list[int] = []

    class Live(Pretended):
        def open(self, number: int, backend: int) -> bool:
            self.camera = next((each for each in plugs.cameras if each.index == number), None)
            numbers.append(number)
            return self.camera is not None and super().open(number, backend)

        def grab(self) -> bool:
            time.sleep(0.005)  # a frame's time
            return self.camera in plugs.cameras

    monkeypatch.setattr(sources, "Webcam", partial(Webcam, listing=plugs.listed, capture=Live))
    monkeypatch.setattr(sources, "is_listed", partial(is_listed, listing=plugs.listed))
    told: queue.SimpleQueue[BayEvent] = queue.SimpleQueue()
    counter = Counter()
    bay = DeviceBay(
        counter.gate,
        {"camera": lambda gate: OpenCvCamera("camera", gate, "2")},
        told.put,
        first_pause_s=0.02,
        longest_pause_s=60.0,
        watch_s=0.02,
    )

    def event(state: HealthState) -> BayEvent:
        while (news := told.get(timeout=10)).health.state is not state:
            pass
        return news

    bay.start()
    before = event(HealthState.READY)
    plugs.cameras = [replace(BUILT_IN, index=2, path="/dev/video2")]
    event(HealthState.LOST)
    assert event(HealthState.FAILED).health.error is not None
    plugs.cameras = [*plugs.cameras, replace(C920, index=7, path="/dev/video7", place="usb:3-2")]
    after = event(HealthState.READY)
    bay.stop()
    assert after.recovered
    assert before.info is not None
    assert after.info is not None
    assert after.info.serial == before.info.serial == "8B21F3"
    assert after.info.properties["port"] != before.info.properties["port"]
    assert numbers == [2, 7], "the other one that got its number was never opened"
