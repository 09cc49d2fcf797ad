"""Driver for infrared boards that speak `AA 55 06 int dec sum` of their own accord (115200 8N1).

`int` is whole degrees Celsius, `dec` one digit of tenths (7 is 0.7); the sum is of all bytes before it. What a `dec`
above 9 would mean is written nowhere, so such a reply is none. Surroundings are not told. The value is kept as it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from devices.thermometer.board import SerialThermometer, Temperatures
from devices.transcript import Transcript
from devices.transport import LineSettings
from protocols.clock import Clock

HEAD: Final = b"\xaa\x55\x06"
REPLY_LENGTH: Final = 6
BAUDRATE: Final = 115200


class Aa55Parser:
    """A stream of bytes in, temperatures out.

    Attributes:
        skipped: bytes so far that belonged to no good reply.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[Temperatures]:
        """Take bytes in pieces of any size; yields each good reply that they complete."""
        heard = self._heard
        heard += data
        start = 0
        try:
            while len(heard) - start >= REPLY_LENGTH:
                reply = bytes(heard[start : start + REPLY_LENGTH])
                if reply.startswith(HEAD) and reply[4] <= 9 and sum(reply[:-1]) & 0xFF == reply[-1]:
                    start += REPLY_LENGTH
                    yield Temperatures((10 * reply[3] + reply[4]) / 10, None)
                else:
                    start += 1
                    self.skipped += 1
        finally:
            del heard[:start]

    def reset(self) -> None:
        """Forget a reply that has begun."""
        self._heard.clear()


class Aa55Thermometer(SerialThermometer):
    """One board on a serial line.

    Args:
        slot: its place at the station.
        url: pyserial URL of its port.
        clock: for the time of a reading.
        simulated: the other end is a simulator.
        transcript: records all that passes, readings too.
    """

    maker = "generic"

    def __init__(
        self,
        slot: str,
        url: str,
        *,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        settings = LineSettings(BAUDRATE)
        super().__init__(slot, url, settings, "AA55", b"", clock=clock, simulated=simulated, transcript=transcript)

    def _new_parser(self) -> Aa55Parser:
        return Aa55Parser()
