"""A slap scanner that is none: a large glass in memory, and the driver that looks at it.

Real ones come with their makers' libraries instead of a wire, so there is no far end of one to play. What is played
is the glass and its cable; waiting, cutting, refusing and cancelling are done as a driver over such a library does.
"""

from __future__ import annotations

import threading
from typing import Final

import numpy as np

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceLostError, OperatorCanMendError, PersonCanRetryError, Remedy
from devices.fingerprint import (
    FingerCapture,
    FingerImage,
    FingerprintScanner,
    FingerRequest,
    FingerSample,
    GreyImage,
    Progress,
)
from devices.fingerprint.segmentation import fingers_of
from devices.gate import CaptureGate
from devices.positions import GROUPS, FingerPosition
from devices.transport import Deadline
from protocols.clock import Clock, SystemClock

DPI: Final = 500
SIZE: Final = (1500, 1600)
"""Height and width of the glass, pixels: 76 x 81 mm, FAP 60."""
BARE: Final = 250
"""Grey value of the empty glass."""
POLL_S: Final = 0.02
"""How soon a cancel is noticed."""


class SlapGlass:
    """What lies on it, and whether it is plugged in. Thread-safe.

    Args:
        serial: its number.
    """

    def __init__(self, serial: str = "SLAP0001") -> None:
        self.serial = serial
        self.plugged = True
        self.looks = 0
        """How often it has been looked at."""
        self._changed = threading.Condition()
        self._laid: GreyImage | None = None

    def place(self, image: GreyImage) -> None:
        """Lay fingers on it: 8-bit pixels of its own size, ridges dark. Raises ValueError for another size."""
        if image.shape != SIZE:
            raise ValueError(f"the glass has {SIZE[1]} x {SIZE[0]} pixels")
        with self._changed:
            self._laid = image.copy()
            self._changed.notify_all()

    def lift(self) -> None:
        """Take the hand away."""
        with self._changed:
            self._laid = None
            self._changed.notify_all()

    def unplug(self) -> None:
        """Pull the cable."""
        with self._changed:
            self.plugged = False
            self._changed.notify_all()

    def replug(self) -> None:
        """Put the cable back."""
        with self._changed:
            self.plugged = True

    def look(self) -> GreyImage | None:
        """What lies there; None where it is bare."""
        with self._changed:
            self.looks += 1
            return self._laid

    def wait(self, seconds: float) -> None:
        """Return when something changes, or after so many seconds."""
        with self._changed:
            self._changed.wait(seconds)


class SimulatedSlapScanner(FingerprintScanner):
    """Takes single fingers and every group of 4-4-2, and marks all of it as simulated.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        glass: what it looks at.
        clock: for the time of a sample.
    """

    def __init__(self, slot: str, gate: CaptureGate, glass: SlapGlass, *, clock: Clock | None = None) -> None:
        super().__init__(slot, gate)
        self._glass = glass
        self._clock = clock or SystemClock()
        self._opened = threading.Event()

    @property
    def groups(self) -> frozenset[tuple[FingerPosition, ...]]:
        return frozenset(GROUPS)

    def _do_open(self) -> DeviceInfo:
        if not self._glass.plugged:
            raise OperatorCanMendError("port.absent", "simulated slap scanner", remedy=Remedy.PLUG_IN)
        self._opened.set()
        return DeviceInfo(
            kind=self.kind,
            maker="simulated",
            model="slap scanner",
            serial=self._glass.serial,
            simulated=True,
            properties={"dpi": str(DPI), "width": str(SIZE[1]), "height": str(SIZE[0])},
        )

    def _do_close(self) -> None:
        self._opened.clear()

    def _do_watch(self) -> None:
        self._check()

    def _do_self_test(self) -> SelfTestResult:
        self._check()
        return SelfTestResult(True, (("glass", True, f"{SIZE[1]} x {SIZE[0]}"),))

    def _do_finger_present(self) -> bool:
        return self._look() is not None

    def _do_take(self, request: FingerRequest, timeout_s: float, progress: Progress | None) -> FingerCapture:
        deadline = Deadline(timeout_s)
        laid, before = self._look(), None
        while laid is None or laid is not before:  # until they lie still: the same on two looks
            self._pause(deadline, "fingerprint.no_finger")
            laid, before = self._look(), laid
        taken_at = self._clock.now()
        image = np.minimum(laid, BARE).astype(np.uint8)
        if progress is not None:
            progress(1.0)
        slap = FingerImage(image, DPI, 8, taken_at)
        samples = fingers_of(slap, request)
        if len(request.positions) == 1:
            return FingerCapture(tuple(FingerSample(each.position, each.image) for each in samples))
        return FingerCapture(samples, slap)

    def _do_wait_removed(self, timeout_s: float) -> None:
        deadline = Deadline(timeout_s)
        while self._look() is not None:
            self._pause(deadline, "fingerprint.not_lifted")

    def _look(self) -> GreyImage | None:
        if self._cancelled.is_set():
            raise CaptureCancelledError("capture.cancelled")
        self._check()
        return self._glass.look()

    def _pause(self, deadline: Deadline, code: str) -> None:
        """Wait for a change; raises what the code says once there is no time left."""
        if deadline.expired:
            raise PersonCanRetryError(code)
        self._glass.wait(min(POLL_S, deadline.remaining))

    def _check(self) -> None:
        if not self._opened.is_set():
            raise DeviceLostError("fingerprint.closed", self.slot)
        if not self._glass.plugged:
            raise DeviceLostError("port.lost", "simulated slap scanner")
