"""Driver for infrared thermometers with a GY-MCU90614 or GY-MCU90615 board: a Melexis sensor behind a serial line.

It measures the surface that it is pointed at: a forehead's skin is cooler than the body, by how much depends on the
room and the distance. The value is kept as it came, with its source; no offset is added here or anywhere. The board is
asked for each reading, or put into its streaming mode; one that streams though it is asked is understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from devices.thermometer.board import AMBIENT_RANGE, OBJECT_RANGE, SerialThermometer, Temperatures, within
from devices.transcript import Transcript
from devices.transport import LineSettings
from protocols.clock import Clock

QUERY: Final = b"\xa5\x15\xba"
"""Tell one reading; a board that streamed stops."""
CONTINUOUS: Final = b"\xa5\x45\xea"
"""Tell readings without end."""
REPLY_HEAD: Final = b"\x5a\x5a\x45\x04"
REPLY_LENGTH: Final = 9


@dataclass(frozen=True, slots=True)
class Board:
    """A board of the family: they differ in name and speed (bits a second, 8N1)."""

    model: str
    baudrate: int


GY_MCU90614: Final = Board("MCU90614", 9600)
GY_MCU90615: Final = Board("MCU90615", 115200)


class ReplyParser:
    """A stream of bytes in, temperatures out.

    A reply reads `5A 5A 45 04 To To Ta Ta sum`: hundredths of a degree, big-endian, signed; the sum is of all bytes
    before it. The sum alone is not believed: a reply at 36 degrees that is cut off after its fifth byte makes a good
    sum with the head of the next one, and 36.74 of any temperature; it is told by surroundings of 231 degrees.

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
        while True:
            start = _find_head(heard)
            self.skipped += start
            del heard[:start]
            if len(heard) < REPLY_LENGTH:
                return
            found = _parse_reply(bytes(heard[:REPLY_LENGTH]))
            if found is None:
                self.skipped += 1
                del heard[0]  # a good reply may begin inside what only looked like one
            else:
                del heard[:REPLY_LENGTH]
                yield found

    def reset(self) -> None:
        """Forget a reply that has begun."""
        self._heard.clear()


class Mcu90614(SerialThermometer):
    """One board on a serial line.

    Args:
        slot: its place at the station.
        url: pyserial URL of its port.
        board: which of the family.
        continuous: it streams, instead of being asked for each reading.
        clock: for the time of a reading.
        simulated: the other end is a simulator.
        transcript: records all that passes, readings too.
    """

    maker = "GY"

    def __init__(
        self,
        slot: str,
        url: str,
        *,
        board: Board = GY_MCU90614,
        continuous: bool = False,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(
            slot,
            url,
            LineSettings(board.baudrate),
            board.model,
            CONTINUOUS if continuous else QUERY,
            clock=clock,
            simulated=simulated,
            transcript=transcript,
        )

    def _new_parser(self) -> ReplyParser:
        return ReplyParser()


def _parse_reply(reply: bytes) -> Temperatures | None:
    """Read nine bytes that begin as a reply does; None where no sensor says so."""
    if sum(reply[:-1]) & 0xFF != reply[-1]:
        return None
    at_object, around = (int.from_bytes(reply[at : at + 2], signed=True) / 100 for at in (4, 6))
    possible = within(OBJECT_RANGE, at_object) and within(AMBIENT_RANGE, around)
    return Temperatures(at_object, around) if possible else None


def _find_head(heard: bytearray) -> int:
    """Where a reply begins, whole or cut off by the end of what was heard."""
    for start in range(len(heard)):
        if REPLY_HEAD.startswith(heard[start : start + len(REPLY_HEAD)]):
            return start
    return len(heard)
