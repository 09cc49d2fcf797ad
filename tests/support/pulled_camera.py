"""A drill: the camera is pulled and put back while it is being captured with, through the bay and under one leave."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Self

from devices.bay import BayEvent, DeviceBay
from devices.camera import Camera
from devices.camera.opencv import OpenCvCamera
from devices.camera.simulator import CameraSimulator
from devices.device import Device, HealthState
from devices.errors import DeviceError
from devices.simulation.face import FaceTraits
from protocols.clearance import Clearance
from tests.support.counter import Counter

PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Pull:
    """One of them, in seconds.

    Attributes:
        away_s: how long the cable was out.
        noticed_s: from the pull until the reader was told.
        recovered_s: from the return until a new frame was there.
        told: with which code the capture ended.
        same: whether the bay knew it for the same camera.
    """

    away_s: float
    noticed_s: float
    recovered_s: float
    told: str
    same: bool


class PulledCamera:
    """A simulated camera, a bay with its pauses as at a station, and a visit that is cleared once."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.simulator = CameraSimulator(FaceTraits(seed=1))
        self._events: queue.Queue[BayEvent] = queue.Queue()
        self._leave: Clearance | None = None
        self._running: Future[None] | None = None
        self._fresh = threading.Event()

    def __enter__(self) -> Self:
        self.simulator.start()
        url = self.simulator.url
        self.bay = DeviceBay(
            self.counter.gate,
            {"camera": lambda gate: OpenCvCamera("camera", gate, url, simulated=True)},
            self._events.put,
        )
        self.bay.start()
        self.ready()
        self._leave = self.bay.submit("camera", self._admit).result(PATIENCE_S)
        self.capture()
        return self

    def __exit__(self, *exc: object) -> None:
        self.bay.stop()
        self.simulator.stop()

    def ready(self) -> BayEvent:
        """Wait until the bay has it open."""
        while (event := self._events.get(timeout=PATIENCE_S)).health.state is not HealthState.READY:
            pass
        return event

    def capture(self) -> None:
        """Read until it is lost; returns at the first frame. Lost before that, it is waited for and read anew."""
        while True:
            self._fresh.clear()
            self._running = self.bay.submit("camera", self._read_on)
            self._running.add_done_callback(lambda _: self._fresh.set())
            assert self._fresh.wait(PATIENCE_S)
            if not self._running.done():
                return
            self.ready()

    def frames(self, count: int) -> None:
        """Wait for so many more."""
        for _ in range(count):
            self._fresh.clear()
            assert self._fresh.wait(PATIENCE_S)

    def ended(self) -> DeviceError:
        """Why the reading ended."""
        assert self._running is not None
        error = self._running.exception(PATIENCE_S)
        assert isinstance(error, DeviceError), error
        return error

    def pull(self, away_s: float, meanwhile: Callable[[float], object] = time.sleep) -> Pull:
        """Out, and in again.

        Args:
            away_s: seconds between the two.
            meanwhile: passes that time.
        """
        began = time.monotonic()
        self.simulator.unplug()
        told = self.ended().code
        noticed = time.monotonic()
        meanwhile(max(0.0, away_s - (noticed - began)))
        self.simulator.replug()
        back = time.monotonic()
        event = self.ready()
        self.capture()
        return Pull(back - began, noticed - began, time.monotonic() - back, told, event.recovered)

    def _admit(self, device: Device) -> Clearance:
        assert isinstance(device, Camera)
        return self.counter.armed(device)

    def _read_on(self, device: Device) -> None:
        assert isinstance(device, Camera)
        while True:
            device.read(self._leave)
            self._fresh.set()
