"""Wacom STU reports, and the frames that carry them over a serial line.

Bytes and values only, nothing of ports or people. A report is its number and a payload; on a serial line it travels
packed into seven bits a byte with a checksum. Layouts are those of the maker's public SDK. The checksum is called
"CRC-16 ANSI" there and not defined: whether it starts at 0000 or FFFF is a setting. Where the packed bytes are 6 modulo
7, the SDK sends one more zero than the header counts: like every other byte outside a frame it is skipped.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Final

UNITS_PER_INCH: Final = 2540
"""Of pads that do not tell (300, 500): the makers' hundredths of a millimetre."""

MAX_REPORT: Final = 2560
"""Bytes of the longest report, its number included."""
CRC_BYTES: Final = 2
FRAME_START: Final = 0x80
FRAME_HAS_CRC: Final = 0x40


class Report(IntEnum):
    """Numbers of the reports used here."""

    PEN = 0x01
    STATUS = 0x03
    INFORMATION = 0x08
    CAPABILITY = 0x09
    UID = 0x0B
    CLEAR = 0x20
    INKING = 0x21
    CLEAR_AREA = 0x23
    IMAGE_START = 0x25
    IMAGE_BLOCK = 0x26
    IMAGE_END = 0x27
    INK_AREA = 0x2A
    PEN_OPTION = 0x30
    PEN_OPTIONS = 0x32
    PEN_TIMED = 0x34
    GET = 0x80
    RESULT = 0x81


READY: Final = 0x00
"""State of a pad that takes commands; others are those of one that starts up, or is busy with its screen."""
DRAWING: Final = 0x01
"""State of a pad between the first and the last report of a picture."""


PENS: Final = frozenset({Report.PEN, Report.PEN_OPTION, Report.PEN_TIMED})
LENGTHS: Final = MappingProxyType({Report.STATUS: 5, Report.INFORMATION: 17, Report.CAPABILITY: 17, Report.UID: 11})
"""Bytes of the reports that are asked for, their number included."""

VENDOR: Final = 0x056A
BLOCK: Final = 253
"""Bytes of a picture in one report: of HID, and what a 430V says of its serial line too."""


class Encoding(IntEnum):
    """How a picture's pixels travel."""

    ONE_BIT = 0x00
    SIXTEEN_BITS = 0x02


COLOUR: Final = 0x04
"""Bit of the capability's encodings: the pad takes `SIXTEEN_BITS`. One bit a pixel is taken by all."""


@dataclass(frozen=True, slots=True)
class StuModel:
    """One model, as USB knows it.

    Attributes:
        name: as the maker calls it.
        colour: it takes colours, whether or not its capability says so (a 520A says nothing).
    """

    name: str
    colour: bool = False


MODELS: Final = MappingProxyType(
    {
        0xA1: StuModel("STU-500"),
        0xA2: StuModel("STU-300"),
        0xA3: StuModel("STU-520A", colour=True),
        0xA4: StuModel("STU-430"),
        0xA5: StuModel("STU-530", colour=True),
        0xA6: StuModel("STU-430V"),
        0xA7: StuModel("STU-540", colour=True),
        0xA8: StuModel("STU-540", colour=True),
    }
)
"""By USB product."""


class CrcVariant(StrEnum):
    """Checksum of a serial frame: none, or polynomial 8005 reflected from one of the two customary beginnings."""

    NONE = "none"
    ZERO = "0000"
    ONES = "ffff"


@dataclass(frozen=True, slots=True)
class PenReport:
    """One report of the pen.

    Attributes:
        x, y: 0 to the capability's maxima, origin top left.
        pressure: 0 to the capability's maximum.
        ready: the pen is near.
        down: the tip touches.
        time_ms: of the pad's own clock, modulo 65536; None where the pad has not been told to say it.
        sequence: counts the reports, modulo 65536; None likewise.
    """

    x: int = field(repr=False)
    y: int = field(repr=False)
    pressure: int = field(repr=False)
    ready: bool
    down: bool
    time_ms: int | None = field(default=None, repr=False)
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the pad is at, and how its last command went (0 is well)."""

    state: int
    result: int


@dataclass(frozen=True, slots=True)
class Information:
    """Name of the model, version of its firmware."""

    model: str
    firmware: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What the numbers of a `PenReport` reach, and what the screen holds.

    Attributes:
        max_x, max_y, max_pressure: greatest values.
        width, height: of the screen, pixels.
        rate: reports a second; 0 where it is not told.
        dpi: units per inch.
        colour: its screen takes colours, as far as it says.
    """

    max_x: int
    max_y: int
    max_pressure: int
    width: int
    height: int
    rate: int
    dpi: int
    colour: bool = False


def parse_pen(report: bytes) -> PenReport | None:
    """A pen's report, with or without its time or an option; None for any other, or where bytes are missing."""
    if len(report) < 7 or report[0] not in PENS:
        return None
    flags, low, x, y = struct.unpack_from(">BBHH", report, 1)
    time_ms = sequence = None
    if report[0] == Report.PEN_TIMED:
        if len(report) < 11:
            return None
        time_ms, sequence = struct.unpack_from(">HH", report, 7)
    return PenReport(x, y, (flags & 0x0F) << 8 | low, bool(flags & 0x80), bool(flags & 0x10), time_ms, sequence)


def parse_status(report: bytes) -> Status:
    """Raises ValueError."""
    _, state, result, _ = _unpacked("<BBBH", report, Report.STATUS)
    return Status(state, result)


def parse_information(report: bytes) -> Information:
    """Raises ValueError."""
    _, name, major, minor, *_ = _unpacked(">B9sBBB4s", report, Report.INFORMATION)
    return Information(_text(name), f"{major}.{minor:02d}")


def parse_capability(report: bytes) -> Capability:
    """Raises ValueError: too short, or a pad without a surface."""
    _, max_x, max_y, pressure, width, height, rate, dpi, encodings, _ = _unpacked(
        ">BHHHHHBHBH", report, Report.CAPABILITY
    )
    if not (max_x and max_y and pressure and width and height):
        raise ValueError("a pad without a surface, pressure or screen")
    return Capability(max_x, max_y, pressure, width, height, rate, dpi or UNITS_PER_INCH, bool(encodings & COLOUR))


def parse_uid(report: bytes) -> str:
    """The pad's own number; empty where it has none. Raises ValueError."""
    _, uid = _unpacked(">B10s", report, Report.UID)
    return _text(uid)


def area(report: Report, left: int, top: int, right: int, bottom: int) -> bytes:
    """A report about a part of the screen, pixels, edges inclusive: `CLEAR_AREA` or `INK_AREA`."""
    head = bytes((report, 0, 1)) if report is Report.CLEAR_AREA else bytes((report,))
    return head + struct.pack("<4H", left, top, right, bottom)


def image_block(data: bytes) -> bytes:
    """A piece of a picture, at most `BLOCK` bytes; always of the same length."""
    return struct.pack("<BH", Report.IMAGE_BLOCK, len(data)) + data.ljust(BLOCK, b"\x00")


def _unpacked(layout: str, report: bytes, wanted: Report) -> tuple[Any, ...]:
    if len(report) < struct.calcsize(layout) or report[0] != wanted:
        raise ValueError(f"no report {wanted.name}")
    return struct.unpack_from(layout, report)


def _text(field_: bytes) -> str:
    return "".join(chr(byte) for byte in field_.split(b"\x00")[0] if 0x20 <= byte < 0x7F).strip()


def crc16(data: bytes, variant: CrcVariant) -> int:
    """Checksum of the whole report, polynomial 8005 reflected."""
    crc = 0xFFFF if variant is CrcVariant.ONES else 0
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE: Final = tuple(_crc_of(byte) for byte in range(256))


def packed(data: bytes) -> bytes:
    """Eight bits a byte to seven, high bits first; the last byte is filled with zeros."""
    count = (8 * len(data) + 6) // 7
    bits = int.from_bytes(data, "big") << (7 * count - 8 * len(data))
    return bytes(bits >> 7 * (count - 1 - index) & 0x7F for index in range(count))


def unpacked(fields: bytes | bytearray) -> bytes:
    """The other way; bits that fill no byte are dropped."""
    bits = 0
    for byte in fields:
        bits = bits << 7 | byte
    size = 7 * len(fields) // 8
    return (bits >> (7 * len(fields) - 8 * size)).to_bytes(size, "big")


def encode_frame(report: bytes, variant: CrcVariant) -> bytes:
    """A report as it travels on a serial line.

    Raises:
        ValueError: no report, or longer than any.
    """
    if not 1 <= len(report) <= MAX_REPORT:
        raise ValueError("a report has 1 to 2560 bytes")
    head, body = FRAME_START, report
    if variant is not CrcVariant.NONE:
        head |= FRAME_HAS_CRC
        body += crc16(report, variant).to_bytes(CRC_BYTES, "little")
    fields = packed(body)
    return bytes((head | len(fields) >> 7, len(fields) & 0x7F)) + fields


_START: Final = re.compile(rb"[\x80-\xff]")
MAX_FIELDS: Final = len(packed(bytes(MAX_REPORT + CRC_BYTES)))


class FrameParser:
    """A stream of bytes in, reports out.

    Args:
        variant: of the checksum; with `NONE` one that comes all the same is not looked at, else each frame needs one.

    Attributes:
        refused: frames so far whose checksum or length was wrong.
    """

    def __init__(self, variant: CrcVariant) -> None:
        self.refused = 0
        self._variant = variant
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in pieces of any size; yields each report that they complete."""
        heard = self._heard
        heard += data
        while (begun := _START.search(heard)) is not None:
            del heard[: begun.start()]
            if len(heard) < 2:
                return
            wanted = (heard[0] & 0x3F) << 7 | heard[1]
            cut = _START.search(heard, 1, wanted + 2)
            if cut is not None or not 0 < wanted <= MAX_FIELDS:
                self.refused += 1
                del heard[: 1 if cut is None else cut.start()]
                continue
            if len(heard) < wanted + 2:
                return
            report = self._report(bool(heard[0] & FRAME_HAS_CRC), unpacked(heard[2 : wanted + 2]))
            del heard[: wanted + 2]
            if report:
                yield report
            else:
                self.refused += 1
        heard.clear()

    def reset(self) -> None:
        """Forget a frame that has begun."""
        self._heard.clear()

    def _report(self, summed: bool, body: bytes) -> bytes:
        """Empty where it does not hold."""
        if not summed:
            return body if self._variant is CrcVariant.NONE else b""
        report, told = body[:-CRC_BYTES], int.from_bytes(body[-CRC_BYTES:], "little")
        return report if self._variant is CrcVariant.NONE or told == crc16(report, self._variant) else b""
