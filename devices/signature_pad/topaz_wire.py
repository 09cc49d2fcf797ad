"""Topaz packets as the pad streams them: five bytes, found again after any loss by the first one's top bit.

Bytes and values only, nothing of ports or people. Format 0 (8 data bits) is laid out after two independent public
readers (waxbee 2011, topaz-dext 2026) that agree; no maker's document. Format 1 (7 data bits, the SignatureGem LCD 1x5)
is known from topaz-dext alone, whose author had no such pad: halves of six bits, `near` in bit 2. Its rule for a first
byte (bits 6 to 4 are not 011) cannot be whole, for it would take every half below 30 hex for one, and no coordinate of
that pad's own area could ever be sent. Here bit 6 begins a packet, as bit 7 does in format 0: the one rule under which
six-bit halves can be told from a first byte. Every first byte by this rule is one by that rule too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

PACKET_LENGTH: Final = 5
DOWN: Final = 0x01
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
class PacketFormat:
    """How five bytes are laid out.

    Attributes:
        number: 0 or 1, as the field calls them.
        data_bits: of each byte on the line; parity is odd and there is one stop bit in both.
        field_bits: what a byte after the first carries of a word of two halves, the low one first.
        sync: set in a packet's first byte and in no other.
        near: of the first byte: the pen is near.
    """

    number: int
    data_bits: int
    field_bits: int
    sync: int
    near: int


FORMAT_0: Final = PacketFormat(0, data_bits=8, field_bits=7, sync=0x80, near=0x40)
FORMAT_1: Final = PacketFormat(1, data_bits=7, field_bits=6, sync=0x40, near=0x04)
MAX_COORDINATE: Final = 0xFFF


@dataclass(frozen=True, slots=True)
class TopazModel:
    """One model of pad.

    Attributes:
        name: as the maker calls it.
        baudrate: its speed.
        min_x, min_y, max_x, max_y: writable area in counts, origin top left.
        dpi: counts per inch.
        lcd: it shows the ink itself and obeys `LCD_CLEAR`.
        format: of its packets.
    """

    name: str
    baudrate: int
    min_x: int
    min_y: int
    max_x: int
    max_y: int
    dpi: int = 410
    lcd: bool = False
    format: PacketFormat = FORMAT_0


_MODELS: Final = (
    TopazModel("SigLite 1x5", 19200, 500, 700, 2650, 2100),
    TopazModel("SigLite LCD 1x5", 19200, 400, 350, 2400, 1050, lcd=True),
    TopazModel("SigLite LCD 4x5", 38400, 500, 500, 2600, 2100, lcd=True),
    TopazModel("SignatureGem 1x5", 19200, 400, 350, 2400, 950),
    TopazModel("SignatureGem LCD 1x5", 19200, 400, 350, 2400, 1250, lcd=True, format=FORMAT_1),
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


def parse_packet(packet: bytes | bytearray, layout: PacketFormat = FORMAT_0) -> Packet | None:
    """Read five bytes; None where no pad sends such bytes (a bit where none may be, a reserved type, FFF/FFF)."""
    sync = layout.sync
    if len(packet) != PACKET_LENGTH or max(packet) >= 2 * sync:
        return None
    head, low_x, high_x, low_y, high_y = packet
    if not head & sync or (low_x | high_x | low_y | high_y) & sync:
        return None
    first, second = low_x | high_x << layout.field_bits, low_y | high_y << layout.field_bits
    kind = head >> 2 & 7
    if kind in POSITIONS:
        sound = first <= MAX_COORDINATE and second <= MAX_COORDINATE and not first == second == NOWHERE
        return Position(first, second, near=bool(head & layout.near), down=bool(head & DOWN)) if sound else None
    return _told(kind, first, second)


def _told(kind: int, first: int, second: int) -> Packet | None:
    match kind:
        case PacketType.PRESSURE if second <= MAX_PRESSURE:
            return Pressure(second)
        case PacketType.INFO:
            return PadInfo(model=(first & 0xFC) >> 2, serial=(first & 3) << 16 | second)
        case PacketType.RESPONSE:
            return Response((first, second))
        case _:
            return None


class PacketParser:
    """A stream of bytes in, packets out.

    Args:
        layout: of the packets.

    Attributes:
        skipped: bytes so far that belonged to no possible packet.
    """

    def __init__(self, layout: PacketFormat = FORMAT_0) -> None:
        self.skipped = 0
        self._layout = layout
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take bytes in pieces of any size; yields each packet that they complete."""
        sync, heard = self._layout.sync, self._heard
        for byte in data:
            if byte & sync:
                self.skipped += len(heard)
                heard[:] = (byte,)
            elif heard:
                heard.append(byte)
                if len(heard) == PACKET_LENGTH:
                    packet = parse_packet(heard, self._layout)
                    heard.clear()
                    if packet is None:
                        self.skipped += PACKET_LENGTH
                    else:
                        yield packet
            else:
                self.skipped += 1

    def reset(self) -> None:
        """Forget a packet that has begun: what follows is not its rest."""
        self._heard.clear()
