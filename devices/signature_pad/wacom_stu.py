"""Driver for Wacom STU signature pads on a serial line (430V, 500).

The pad tells its model and what its coordinates reach, not its number: the port's name stands for it. It shows the ink
itself. Tried on the simulator; the reports are those of the maker's public SDK (see `wacom_stu_wire`). USB (HID),
pictures on the pad's screen and encrypted capture are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceLostError, DeviceTimeoutError, TechnicianNeededError
from devices.gate import CaptureGate
from devices.signature_pad import PadGeometry, PenSample, SignaturePad
from devices.signature_pad.arrival import Arrival
from devices.signature_pad.wacom_stu_links import SerialLink
from devices.signature_pad.wacom_stu_wire import (
    READY,
    Capability,
    CrcVariant,
    PenReport,
    Report,
    Status,
    parse_capability,
    parse_information,
    parse_pen,
    parse_status,
)
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

BAUDRATES: Final = (128000, 115200)
"""Of a 430V and a 500."""
PROBE_S: Final = 0.3
"""How long a pad is waited for at each speed."""
READY_S: Final = 5.0
"""Longest wait for a pad that starts up, or clears its screen."""
POLL_S: Final = 0.02
QUIET_S: Final = 0.02
"""Silence by which foreign ink has all come: four reports of a pad that sends two hundred a second."""
DRAIN_S: Final = 0.25
"""Longest wait for that silence while somebody goes on writing."""
OPTION_TIME_AND_SEQUENCE: Final = 3
CLOCK_S: Final = 30.0
"""After a silence of so long the pad's clock of 65.5 s may have come round: the station's takes over."""


class WacomStuPad(SignaturePad):
    """One pad on a serial line.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        url: pyserial URL of its port.
        crc: checksum of the frames; nobody has told which one the pads want.
        baudrates: speeds to try.
        clock: for the time of a sample where the pad tells none.
        simulated: the other end is a simulator; everything captured is marked so.
        transcript: records all that passes, ink too.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        url: str,
        *,
        crc: CrcVariant = CrcVariant.ZERO,
        baudrates: Sequence[int] = BAUDRATES,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot, gate)
        self._url = url
        self._crc = crc
        self._baudrates = tuple(baudrates)
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._link: SerialLink | None = None
        self._able: Capability | None = None
        self._arrival = Arrival()
        self._told_ms: int | None = None
        """The pad's own time of the last report; None before the first after clearing."""
        self._time_ms = 0
        self._sequence: int | None = None
        self._lost = 0
        """Reports that the pad counted and nobody received."""

    @property
    def geometry(self) -> PadGeometry:
        """As the pad reports it."""
        able = self._capability()
        return PadGeometry(0, 0, able.max_x, able.max_y, able.dpi, able.max_pressure)

    def _do_open(self) -> DeviceInfo:
        link = self._opened()
        self._await_ready(link)
        try:
            information = parse_information(link.get(Report.INFORMATION))
            self._able = able = parse_capability(link.get(Report.CAPABILITY))
        except ValueError as error:
            raise TechnicianNeededError("signature_pad.unfit", str(error)) from error
        self._lost = 0
        link.tell(bytes((Report.INKING, 0)))  # nobody is asked to sign yet
        link.tell(bytes((Report.CLEAR, 0)))  # whoever signed before the station fell over
        self._await_ready(link)
        link.tell(bytes((Report.PEN_OPTIONS, OPTION_TIME_AND_SEQUENCE)))  # a pad that cannot sends reports without
        return DeviceInfo(
            kind=self.kind,
            maker="Wacom",
            model=information.model or "STU",
            serial=f"port:{self._url}",
            firmware=information.firmware,
            simulated=self._simulated,
            properties={
                "port": self._url,
                "baudrate": str(link.transport.settings.baudrate),
                "dpi": str(able.dpi),
                "rate": str(able.rate),
            },
        )

    def _do_close(self) -> None:
        if self._link is not None:
            self._link.transport.close()

    def _do_watch(self) -> None:
        self._connected().transport.check()

    def _do_self_test(self) -> SelfTestResult:
        status = self._status(self._connected())
        ready = status.state == READY
        checks = (("state", ready, f"{status.state:02x}"), ("lost_reports", True, str(self._lost)))
        return SelfTestResult(ready, checks)

    def _do_clear(self) -> None:
        link = self._connected()
        for command in (bytes((Report.INKING, 0)), bytes((Report.CLEAR, 0))):
            self._told(link, command)
        self._await_ready(link)
        self._told(link, bytes((Report.INKING, 1)))
        link.drain(QUIET_S, DRAIN_S)
        self._arrival.restart(self._clock.monotonic())
        self._told_ms = self._sequence = None
        self._time_ms = 0

    def _do_cover(self) -> None:
        link = self._connected()
        for command in (bytes((Report.INKING, 0)), bytes((Report.CLEAR, 0))):
            link.say(command)

    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]:
        link, deadline = self._connected(), Deadline(timeout_s)
        while True:
            found = [pen for report in link.read(deadline.remaining) if (pen := parse_pen(report)) is not None]
            if found:
                return self._samples(found, self._clock.monotonic())
            if deadline.expired:
                return ()

    def _samples(self, found: Sequence[PenReport], now: float) -> tuple[PenSample, ...]:
        """Give every report its time: the pad's own where it tells it, else by when it came."""
        most = self._capability().max_pressure
        fresh = now - self._arrival.heard_at > CLOCK_S
        samples = []
        for pen, arrived_ms in zip(found, self._arrival.times(len(found), now), strict=True):
            if pen.time_ms is None or self._told_ms is None or fresh:
                self._time_ms = max(self._time_ms, arrived_ms)
            else:
                self._time_ms += (pen.time_ms - self._told_ms) & 0xFFFF
            if pen.time_ms is not None:
                self._told_ms, fresh = pen.time_ms, False
            if pen.sequence is not None:
                if self._sequence is not None:
                    self._lost += (pen.sequence - self._sequence - 1) & 0xFFFF
                self._sequence = pen.sequence
            pressure = min(pen.pressure, most) if pen.down else 0
            samples.append(PenSample(pen.x, pen.y, pressure, down=pen.down, time_ms=self._time_ms))
        return tuple(samples)

    def _opened(self) -> SerialLink:
        transport = Transport.open(
            self._url, LineSettings(self._baudrates[0]), cancelled=self._cancelled, transcript=self._transcript
        )
        link = self._link = SerialLink(transport, self._crc)
        for baudrate in self._baudrates:
            if transport.settings.baudrate != baudrate:
                transport.set_baudrate(baudrate)
            link.parser.reset()
            with suppress(DeviceTimeoutError):
                link.get(Report.STATUS, PROBE_S)
                return link
        tried = ", ".join(str(baudrate) for baudrate in self._baudrates)
        raise DeviceTimeoutError("signature_pad.no_answer", f"{self._url} at {tried} baud, checksum {self._crc.value}")

    def _told(self, link: SerialLink, command: bytes) -> None:
        if not link.tell(command):
            raise TechnicianNeededError("signature_pad.unfit", f"refuses {command[0]:02x}")

    def _await_ready(self, link: SerialLink) -> None:
        deadline = Deadline(READY_S)
        while self._status(link).state != READY:
            if deadline.expired:
                raise DeviceTimeoutError("signature_pad.no_answer", "never ready")
            if self._cancelled.wait(POLL_S):
                raise CaptureCancelledError("capture.cancelled")

    def _status(self, link: SerialLink) -> Status:
        try:
            return parse_status(link.get(Report.STATUS))
        except ValueError as error:
            raise TechnicianNeededError("signature_pad.unfit", str(error)) from error

    def _capability(self) -> Capability:
        if self._able is None:
            raise DeviceLostError("signature_pad.closed", self.slot)
        return self._able

    def _connected(self) -> SerialLink:
        if self._link is None:
            raise DeviceLostError("signature_pad.closed", self.slot)
        return self._link
