"""Driver for Topaz signature pads on a serial line (SigLite, SignatureGem, ClipGem; "BSB" models behind FTDI).

The pad is not asked for anything: it streams while the pen is near and is silent otherwise, so an opened port cannot
tell whether a pad hangs on it, and its number is not known when it opens: the port's name stands for it. Once the pad
tells model and number they stand in the properties of `info` and in the self-test; the key by which clearance and
hygiene know it stays the port's, since a pad that speaks of itself whenever it likes can be swapped unseen. The parity
is odd, though every data sheet says none. Tried on the simulator; the hardware's bytes are others' findings (see
`topaz_wire`).
"""

from __future__ import annotations

from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import DeviceLostError
from devices.gate import CaptureGate
from devices.signature_pad import PadGeometry, PenSample, SignaturePad
from devices.signature_pad.arrival import Arrival, Pace
from devices.signature_pad.topaz_wire import (
    DEFAULT_MODEL,
    LCD_CLEAR,
    LCD_PERSISTENT,
    MAX_PRESSURE,
    PacketParser,
    PadInfo,
    Position,
    Pressure,
    TopazModel,
)
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Parity, Transport
from protocols.clock import Clock, SystemClock

QUIET_S: Final = 0.02
"""Silence by which foreign ink has all come: two reports of a pad that sends a hundred a second."""
DRAIN_S: Final = 0.25
"""Longest wait for that silence while somebody goes on writing."""


class TopazPad(SignaturePad):
    """One pad on a serial line.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        url: pyserial URL of its port.
        model: speed, area and resolution; the pad does not tell.
        clock: for the time of a sample.
        simulated: the other end is a simulator; everything captured is marked so.
        transcript: records all that passes, ink too.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        url: str,
        *,
        model: TopazModel = DEFAULT_MODEL,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot, gate)
        self._url = url
        self._model = model
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._transport: Transport | None = None
        self._parser = PacketParser()
        self._told: PadInfo | None = None
        self._pressure: int | None = None
        """As last reported; None from a pad that has never reported any."""
        self._arrival = Arrival()
        self._pace = Pace()

    @property
    def geometry(self) -> PadGeometry:
        """Of the configured model, origin top left as the pad itself counts."""
        kind = self._model
        return PadGeometry(kind.min_x, kind.min_y, kind.max_x, kind.max_y, kind.dpi, MAX_PRESSURE)

    def _do_open(self) -> DeviceInfo:
        layout = self._model.format
        settings = LineSettings(self._model.baudrate, bytesize=layout.data_bits, parity=Parity.ODD, stopbits=1)
        self._transport = Transport.open(self._url, settings, cancelled=self._cancelled, transcript=self._transcript)
        self._parser = PacketParser(layout)
        self._told = self._pressure = None
        self._do_cover()  # whoever signed before the station fell over
        return DeviceInfo(
            kind=self.kind,
            maker="Topaz",
            model=self._model.name,
            serial=f"port:{self._url}",
            simulated=self._simulated,
            properties={
                "port": self._url,
                "baudrate": str(settings.baudrate),
                "format": f"{settings.bytesize}{settings.parity.value}{settings.stopbits}",
                "packets": f"format {layout.number}",
                "dpi": str(self._model.dpi),
            },
        )

    def _do_close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _do_watch(self) -> None:
        self._connected().check()

    def _do_self_test(self) -> SelfTestResult:
        """The port answers for itself; of the pad, what it happened to tell since it was opened."""
        self._connected().check()
        checks = [("port", True, self._url), ("skipped_bytes", True, str(self._parser.skipped))]
        if self._told is not None:
            checks.append(("pad", True, f"model {self._told.model}, number {self._told.serial}"))
        return SelfTestResult(passed=True, checks=tuple(checks))

    def _do_clear(self) -> None:
        transport = self._connected()
        transport.drain(QUIET_S, DRAIN_S)
        if self._model.lcd:
            transport.write(bytes([LCD_CLEAR, LCD_PERSISTENT]))
        self._parser.reset()
        self._arrival.restart(self._clock.monotonic())

    def _do_cover(self) -> None:
        if self._model.lcd:
            self._connected().write(bytes([LCD_CLEAR]))

    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]:
        transport = self._connected()
        deadline = Deadline(timeout_s)
        self._pace.keep()
        while True:
            data = transport.read_some(deadline.remaining)
            now = self._clock.monotonic()
            found = [report for packet in self._parser.feed(data) if (report := self._note(packet)) is not None]
            if found:
                return tuple(
                    PenSample(at.x, at.y, pressure, down=at.down, time_ms=time_ms)
                    for (at, pressure), time_ms in zip(found, self._arrival.times(len(found), now), strict=True)
                )
            if deadline.expired:
                return ()

    def _note(self, packet: object) -> tuple[Position, int] | None:
        """A position with the pressure that holds for it; None for what is no position."""
        match packet:
            case Position(down=down):
                known = MAX_PRESSURE if self._pressure is None else self._pressure
                return packet, known if down else 0
            case Pressure(value=value):
                self._pressure = value
            case PadInfo():
                self._told = packet
                self.info.properties.update(pad_model=str(packet.model), pad_number=str(packet.serial))
            case _:
                pass
        return None

    def _connected(self) -> Transport:
        if self._transport is None:
            raise DeviceLostError("signature_pad.closed", self.slot)
        return self._transport
