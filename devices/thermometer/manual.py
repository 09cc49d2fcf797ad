"""Manual entry: the officer reads a clinical thermometer that has no port, and types what it shows.

A driver like any other, so that a reading's way into the record is one and its source is named. The screen starts
`measure` when it shows the field, and hands the typed value in with `enter` from its own thread. A value that nobody
is waiting for is refused, never kept: it could else become the next person's.
"""

from __future__ import annotations

import threading
from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceLostError, DeviceTimeoutError, Remedy
from devices.thermometer import ReadingSource, TemperatureReading, Thermometer, plausible
from devices.transport import SLICE_S, Deadline
from protocols.clock import Clock, SystemClock

SERIAL: Final = "manual"


class ManualThermometer(Thermometer):
    """A person with a thermometer.

    Args:
        slot: its place at the station.
        clock: for the time of a reading.
    """

    def __init__(self, slot: str, *, clock: Clock | None = None) -> None:
        super().__init__(slot)
        self._clock = clock or SystemClock()
        self._changed = threading.Condition()
        self._opened = False
        self._waiting = False
        self._entered: list[float] = []
        """One value at the most."""

    def enter(self, celsius: float, wait_s: float = 0.0) -> bool:
        """Hand in the typed value. Callable from any thread.

        Args:
            celsius: as the thermometer showed it; judged by `measure`.
            wait_s: seconds to wait for a measurement that is about to begin.

        Returns:
            False where no measurement waited for a value; nothing is kept then.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting and not self._entered, wait_s):
                return False
            self._entered.append(celsius)
            self._changed.notify_all()
            return True

    def _do_open(self) -> DeviceInfo:
        self._opened = True
        return DeviceInfo(kind=self.kind, maker="any", model="manual entry", serial=SERIAL)

    def _do_close(self) -> None:
        with self._changed:
            self._opened = False
            self._changed.notify_all()

    def _do_self_test(self) -> SelfTestResult:
        return SelfTestResult(passed=True, checks=(("entry", True, "typed by the officer"),))

    def _do_measure(self, measured_by: str, timeout_s: float) -> TemperatureReading:
        celsius = self._await_entry(timeout_s)
        return TemperatureReading(
            celsius=plausible(celsius),
            ambient_celsius=None,
            source=ReadingSource.MANUAL,
            measured_by=measured_by,
            taken_at=self._clock.now(),
        )

    def _await_entry(self, timeout_s: float) -> float:
        deadline = Deadline(timeout_s)
        with self._changed:
            self._waiting = True
            self._changed.notify_all()
            try:
                while not self._entered:
                    if not self._opened:
                        raise DeviceLostError("thermometer.closed", self.slot)
                    if self._cancelled.is_set():
                        raise CaptureCancelledError("capture.cancelled")
                    if deadline.expired:
                        raise DeviceTimeoutError("thermometer.no_entry", remedy=Remedy.RETRY)
                    self._changed.wait(min(SLICE_S, deadline.remaining))  # `cancel` only sets an event
                return self._entered[0]
            finally:
                self._waiting = False
                self._entered.clear()
