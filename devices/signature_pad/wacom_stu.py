"""Driver for Wacom STU signature pads on a serial line (430V, 500, 540). Tried on the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from devices.errors import DeviceTimeoutError
from devices.gate import CaptureGate
from devices.signature_pad.wacom_stu_links import SerialLink, StuLink
from devices.signature_pad.wacom_stu_pad import ScreenUse, StuPad
from devices.signature_pad.wacom_stu_wire import CrcVariant
from devices.transcript import Transcript
from devices.transport import LineSettings, Transport
from protocols.clock import Clock

BAUDRATES: Final = (128000, 115200)
"""Of a 430V, and a 540 in its virtual port; of a 500, and a 540 on the maker's serial cable."""
PROBE_S: Final = 0.3
"""How long a pad is waited for at each speed."""


class WacomStuPad(StuPad):
    """One pad on a serial line.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        url: pyserial URL of its port.
        crc: checksum of the frames; nobody has told which one the pads want.
        baudrates: speeds to try.
        screen: what is shown on it; colours take more than a minute on a line.
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
        screen: ScreenUse = ScreenUse.MONO,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot, gate, url, screen=screen, clock=clock, simulated=simulated)
        self._crc = crc
        self._baudrates = tuple(baudrates)
        self._transcript = transcript

    def _connect(self) -> tuple[StuLink, dict[str, str]]:
        first = LineSettings(self._baudrates[0])
        transport = Transport.open(self._place, first, cancelled=self._cancelled, transcript=self._transcript)
        self._link = link = SerialLink(transport, self._crc)
        for baudrate in self._baudrates:
            with suppress(DeviceTimeoutError):
                link.probe(baudrate, PROBE_S)
                return link, {"port": self._place, "baudrate": str(baudrate)}
        tried = ", ".join(str(baudrate) for baudrate in self._baudrates)
        raise DeviceTimeoutError(
            "signature_pad.no_answer", f"{self._place} at {tried} baud, checksum {self._crc.value}"
        )
