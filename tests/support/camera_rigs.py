"""Sources of frames whose cable can be pulled, and what tests of cameras do with them again and again."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import numpy as np

from devices.camera import BgrImage
from devices.camera.opencv import OpenCvCamera
from devices.camera.simulator import CameraSimulator
from devices.device import HealthState
from devices.errors import DeviceTimeoutError
from devices.gate import CaptureGate
from devices.opencv_import import cv2
from protocols.clearance import Clearance, DeviceKey
from protocols.clock import ManualClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening

SIZE = (1280, 720)
PATIENCE_S = 10.0
QUICKLY_S = 0.5
"""In place of the seconds after which a picture that stands still is a loss."""


def plain(grey: int) -> BgrImage:
    return np.full((SIZE[1], SIZE[0], 3), grey, np.uint8)


class Rig(ABC):
    """A source of frames whose cable can be pulled."""

    source: str

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def replug(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...


class StreamRig(Rig):
    def __init__(self, _: Path) -> None:
        self.simulator = CameraSimulator(plain(90), fps=30)
        self.simulator.start()
        self.source = self.simulator.url

    def unplug(self) -> None:
        self.simulator.unplug()

    def replug(self) -> None:
        self.simulator.replug()

    def stop(self) -> None:
        self.simulator.stop()

    def let_pass(self, frames: int) -> None:
        """Until so many more frames have gone out."""
        goal, deadline = self.simulator.frames_sent + frames, time.monotonic() + PATIENCE_S
        while self.simulator.frames_sent < goal:
            assert time.monotonic() < deadline
            time.sleep(0.005)


class FileRig(Rig):
    def __init__(self, folder: Path) -> None:
        self.file = folder / self.name
        self.away = folder / "away"
        self.write(self.file)
        self.source = str(self.file)

    name: str

    @abstractmethod
    def write(self, file: Path) -> None: ...

    def unplug(self) -> None:
        self.file.rename(self.away)

    def replug(self) -> None:
        self.away.rename(self.file)

    def stop(self) -> None:
        """A file needs no stopping."""


class PictureRig(FileRig):
    name = "siti %03d 01.png"  # a pattern of numbered files to OpenCV's own reader

    def write(self, file: Path) -> None:
        file.write_bytes(cv2.imencode(".png", plain(90))[1].tobytes())


class FolderRig(FileRig):
    name = "siti"

    def write(self, file: Path) -> None:
        file.mkdir()
        for index in range(12):
            (file / f"{index:02}.png").write_bytes(cv2.imencode(".png", plain(60 + index))[1].tobytes())
        (file / "notes.txt").write_text("no picture")


class FilmRig(FileRig):
    name = "siti.avi"

    def write(self, file: Path) -> None:
        writer = cv2.VideoWriter(str(file), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), 30, SIZE)
        for index in range(12):
            writer.write(plain(60 + index))
        writer.release()


class Clean:
    """A log of a station without contact devices: a camera touches nobody."""

    def used_by(self, device: DeviceKey) -> str | None:
        raise AssertionError(device)

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        raise AssertionError((device, visit_id))


class Counter:
    """The counter where visit "v" is served by officer "o"."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.gate = CaptureGate(self.clock, Clean())

    def clear(self, key: DeviceKey, visit: str = "v") -> Clearance:
        answers = (Answer("applicant_hands_clean", visit, True, self.clock.now(), "o"),)
        devices = frozenset({key})
        return Screening(builtin("routine"), visit, "o", devices, frozenset(), answers, frozenset()).clear(self.clock)

    def admit(self, camera: OpenCvCamera) -> Clearance:
        """Screen the visit and arm the camera for it."""
        leave = self.clear(camera.key)
        self.gate.attend("v", "o")
        camera.arm(leave)
        return leave


def make(rig: Rig, counter: Counter) -> OpenCvCamera:
    return OpenCvCamera("camera", counter.gate, rig.source, width=SIZE[0], height=SIZE[1], simulated=True)


def in_thread(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run in another thread; the list gets what it returned or raised."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it is
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def until_waiting(camera: OpenCvCamera) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while camera.health.state is not HealthState.BUSY:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def stream_is_still(camera: OpenCvCamera, leave: Clearance) -> None:
    """Until no frame comes any more."""
    while True:
        try:
            camera.read(leave, 0.2)
        except DeviceTimeoutError:
            return


def wait_for_loss(camera: OpenCvCamera) -> None:
    """Look as the bay does, until it raises."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        camera.watch()
        time.sleep(0.01)
