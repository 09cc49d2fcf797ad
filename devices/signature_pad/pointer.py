"""A pad that is no pad: a pen display, a pen tablet, a touch screen or a mouse, on the sheet that a window shows.

It stands behind the same gate as any other pad. The sheet has a nominal size, for nobody can tell how large a window's
millimetre is.
"""

from __future__ import annotations

from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceLostError, OperatorCanMendError, Remedy
from devices.gate import CaptureGate
from devices.signature_pad import PadGeometry, PenSample, SignaturePad
from devices.signature_pad.sheet import Arrived, Phase, Sheet
from devices.transport import SLICE_S, Deadline
from protocols.clock import Clock, SystemClock

DPI: Final = 2540
"""A hundred counts a millimetre."""
WIDTH_MM: Final = 120
HEIGHT_MM: Final = 50
MAX_PRESSURE: Final = 1023
ASTRAY_MS: Final = 1000
"""How far the window system's clock may be from ours before it is set anew: another source of events, or a pause."""


class PointerPad(SignaturePad):
    """The driver.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        sheet: what is signed on; the window feeds it.
        clock: for the beginning of the samples' time; among themselves they keep the distance the window system tells.
        simulated: fed by a program instead of a person.
    """

    def __init__(
        self, slot: str, gate: CaptureGate, sheet: Sheet, *, clock: Clock | None = None, simulated: bool = False
    ) -> None:
        super().__init__(slot, gate)
        self._sheet = sheet
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._began = 0.0
        self._offset_ms: int | None = None
        """From the window system's clock to the samples'; None before the first one."""
        self._time_ms = 0

    @property
    def geometry(self) -> PadGeometry:
        """Of the nominal sheet; a window shows it in this proportion."""
        return PadGeometry(0, 0, WIDTH_MM * 100, HEIGHT_MM * 100, DPI, MAX_PRESSURE)

    def is_back(self) -> bool:
        """Whether there is a window."""
        return self._sheet.shown

    def _do_open(self) -> DeviceInfo:
        if not self._sheet.listen():
            raise OperatorCanMendError("signature_pad.no_sheet", self.slot, remedy=Remedy.RETRY)
        return DeviceInfo(
            kind=self.kind,
            maker="generic",
            model="pointer",
            serial=f"port:{self.slot}",
            simulated=self._simulated,
            properties={"dpi": str(DPI), "sheet": f"{WIDTH_MM} x {HEIGHT_MM} mm"},
        )

    def _do_close(self) -> None:
        self._sheet.unlisten()

    def _do_cover(self) -> None:
        self._sheet.clear()

    def _do_watch(self) -> None:
        if not self._sheet.wanted:
            raise self._gone()

    def _do_self_test(self) -> SelfTestResult:
        self._do_watch()
        return SelfTestResult(passed=True, checks=(("sheet", True, f"{WIDTH_MM} x {HEIGHT_MM} mm"),))

    def _do_clear(self) -> None:
        if not self._sheet.clear():
            raise self._gone()
        self._began = self._clock.monotonic()
        self._offset_ms, self._time_ms = None, 0

    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]:
        deadline = Deadline(timeout_s)
        while True:
            if self._cancelled.is_set():
                raise CaptureCancelledError("capture.cancelled")
            taken = self._sheet.take(min(SLICE_S, deadline.remaining))
            if taken is None:
                raise self._gone()
            if taken or deadline.expired:
                return tuple(self._sample(each) for each in taken)

    def _sample(self, arrived: Arrived) -> PenSample:
        event, geometry = arrived.event, self.geometry
        down = event.phase in {Phase.PRESS, Phase.DRAG}
        pressure = round(MAX_PRESSURE * min(1.0, max(0.0, event.pressure))) if down else 0
        x, y = round(event.x * geometry.max_x), round(event.y * geometry.max_y)
        return PenSample(x, y, pressure, down=down, time_ms=self._timed(arrived))

    def _timed(self, arrived: Arrived) -> int:
        here, told = round(1000 * (arrived.at - self._began)), arrived.event.time_ms
        if self._offset_ms is None or abs(told + self._offset_ms - here) > ASTRAY_MS:
            self._offset_ms = here - told
        self._time_ms = max(self._time_ms, told + self._offset_ms)
        return self._time_ms

    def _gone(self) -> DeviceLostError:
        return DeviceLostError("signature_pad.closed", self.slot)
