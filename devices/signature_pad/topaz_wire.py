"""Topaz packets as the pad streams them: five bytes, found again after any loss by the first one's bit 7.

Bytes and values only, nothing of ports or people. Layout from two independent public readers (waxbee 2011,
topaz-dext 2026) that agree; no maker's document. "Format 0" alone: the 7-bit format of the SignatureGem LCD 1x5 has no
driver here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

PACKET_LENGTH: Final = 5
SYNC: Final = 0x80
NEAR: Final = 0x40
DOWN: Final = 0x01
FIELD: Final = 0x7F
POSITION_SPARE: Final = 0xE0
"""Bits of the two high coordinate bytes that are never set: a coordinate has twelve bits."""
NOWHERE: Final = 0xFFF
"""Both coordinates at once: the pad's own mark of a reading that failed."""
MAX_PRESSURE: Final = 0x3FF

LCD_CLEAR: Final = 0x04
LCD_PERSISTENT: Final = 0x14
"""Ink stays on the pad's screen until the next `LCD_CLEAR`."""


class PacketType(IntEnum):
    """Bits 4 to 2 of the first byte; three of the eight are positions, 5 and 6 are reserved."""

    POSITION = 0
    POSITION_1 = 1
    INFO = 2
    RESPONSE = 3
    POSITION_4 = 4
    PRESSURE = 7


POSITIONS: Final = frozenset({PacketType.POSITION, PacketType.POSITION_1, PacketType.POSITION_4})


@dataclass(frozen=True, slots=True)
class TopazModel:
    """One model of pad.

    Attributes:
        name: as the maker calls it.
        baudrate: its speed; every one of them sends 8 data bits, odd parity, 1 stop bit.
        min_x, min_y, max_x, max_y: writable area in counts, origin top left.
        dpi: counts per inch.
        lcd: it shows the ink itself and obeys `LCD_CLEAR`.
    """

    name: str
    baudrate: int
    min_x: int
    min_y: int
    max_x: int
    max_y: int
    dpi: int = 410
    lcd: bool = False


_MODELS: Final = (
    TopazModel("SigLite 1x5", 19200, 500, 700, 2650, 2100),
    TopazModel("SigLite LCD 1x5", 19200, 400, 350, 2400, 1050, lcd=True),
    TopazModel("SigLite LCD 4x5", 38400, 500, 500, 2600, 2100, lcd=True),
    TopazModel("SignatureGem 1x5", 19200, 400, 350, 2400, 950),
    TopazModel("SignatureGem 4x5", 19200, 500, 700, 2650, 2100),
    TopazModel("SignatureGem Color 5x7", 115200, 300, 350, 2370, 1950, lcd=True),
    TopazModel("ClipGem", 9600, 485, 170, 2800, 3200, dpi=275),
)
MODELS: Final = MappingProxyType({model.name: model for model in _MODELS})
"""By name. Speeds and areas as topaz-dext lists them; SigLite 1x5 is the one that its author tried on hardware."""
DEFAULT_MODEL: Final = _MODELS[0]


@dataclass(frozen=True, slots=True)
class Position:
    """Where the pen is, in counts; `near` without `down` is a pen that hovers."""

    x: int = field(repr=False)
    y: int = field(repr=False)
    near: bool
    down: bool


@dataclass(frozen=True, slots=True)
class Pressure:
    """0 to `MAX_PRESSURE`; holds for the positions that follow."""

    value: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class PadInfo:
    """Number of the model (6 bits) and of the piece (18 bits)."""

    model: int
    serial: int


@dataclass(frozen=True, slots=True)
class Response:
    """Answer to a command: two words of 14 bits, of no known meaning."""

    words: tuple[int, int]


Packet = Position | Pressure | PadInfo | Response


def parse_packet(packet: bytes) -> Packet | None:
    """Read five bytes; None where no pad sends such bytes (a bit where none may be, a reserved type, FFF/FFF)."""
    if len(packet) != PACKET_LENGTH or not packet[0] & SYNC or any(byte & SYNC for byte in packet[1:]):
        return None
    head, *fields = packet
    first, second = (low | high << 7 for low, high in (fields[:2], fields[2:]))
    match head >> 2 & 7:
        case PacketType.PRESSURE if second <= MAX_PRESSURE:
            return Pressure(second)
        case PacketType.INFO:
            return PadInfo(model=(first & 0xFC) >> 2, serial=(first & 3) << 16 | second)
        case PacketType.RESPONSE:
            return Response((first, second))
        case kind if kind in POSITIONS and not (fields[1] | fields[3]) & POSITION_SPARE:
            failed = first == second == NOWHERE
            return None if failed else Position(first, second, near=bool(head & NEAR), down=bool(head & DOWN))
    return None


class PacketParser:
    """A stream of bytes in, packets out.

    Attributes:
        skipped: bytes so far that belonged to no possible packet.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take bytes in pieces of any size; yields each packet that they complete."""
        for byte in data:
            if byte & SYNC:
                self.skipped += len(self._heard)
                self._heard[:] = (byte,)
            elif self._heard:
                self._heard.append(byte)
            else:
                self.skipped += 1
            if len(self._heard) == PACKET_LENGTH:
                packet = parse_packet(bytes(self._heard))
                self._heard.clear()
                if packet is None:
                    self.skipped += PACKET_LENGTH
                else:
                    yield packet

    def reset(self) -> None:
        """Forget a packet that has begun: what follows is not its rest."""
        self._heard.clear()
