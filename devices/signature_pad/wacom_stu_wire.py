"""Wacom STU reports, and the frames that carry them over a serial line.

Bytes and values only, nothing of ports or people. A report is its number and a payload; on a serial line it travels
packed into seven bits a byte with a checksum. Layouts are those of the maker's public SDK. The checksum is called
"CRC-16 ANSI" there and not defined: whether it starts at 0000 or FFFF is a setting. Where the packed bytes are 6 modulo
7, the SDK sends one more zero than the header counts: like every other byte outside a frame it is skipped.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
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
    CLEAR = 0x20
    INKING = 0x21
    PEN_OPTIONS = 0x32
    PEN_TIMED = 0x34
    GET = 0x80
    RESULT = 0x81


READY: Final = 0x00
"""State of a pad that takes commands; others are those of one that starts up, or is busy with its screen."""


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
    """

    max_x: int
    max_y: int
    max_pressure: int
    width: int
    height: int
    rate: int
    dpi: int


def parse_pen(report: bytes) -> PenReport | None:
    """A pen's report, with or without its time; None for any other, or where bytes are missing."""
    if len(report) < 7 or report[0] not in {Report.PEN, Report.PEN_TIMED}:
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
    _, max_x, max_y, pressure, width, height, rate, dpi, _, _ = _unpacked(">BHHHHHBHBH", report, Report.CAPABILITY)
    if not (max_x and max_y and pressure and width and height):
        raise ValueError("a pad without a surface, pressure or screen")
    return Capability(max_x, max_y, pressure, width, height, rate, dpi or UNITS_PER_INCH)


def _unpacked(layout: str, report: bytes, wanted: Report) -> tuple[Any, ...]:
    if len(report) < struct.calcsize(layout) or report[0] != wanted:
        raise ValueError(f"no report {wanted.name}")
    return struct.unpack_from(layout, report)


def _text(field_: bytes) -> str:
    return "".join(chr(byte) for byte in field_.split(b"\x00")[0] if 0x20 < byte < 0x7F or byte == 0x20).strip()


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
        self._frame = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in pieces of any size; yields each report that they complete."""
        frame = self._frame
        for byte in data:
            if byte & FRAME_START:
                self.refused += bool(frame)
                frame[:] = (byte,)
                continue
            if not frame:
                continue
            frame.append(byte)
            wanted = (frame[0] & 0x3F) << 7 | frame[1]
            if not 0 < wanted <= MAX_FIELDS:
                self.refused += 1
                frame.clear()
            elif len(frame) == wanted + 2:
                report = self._report(bool(frame[0] & FRAME_HAS_CRC), unpacked(frame[2:]))
                frame.clear()
                if report:
                    yield report
                else:
                    self.refused += 1

    def reset(self) -> None:
        """Forget a frame that has begun."""
        self._frame.clear()

    def _report(self, summed: bool, body: bytes) -> bytes:
        """Empty where it does not hold."""
        if not summed:
            return body if self._variant is CrcVariant.NONE else b""
        report, told = body[:-CRC_BYTES], int.from_bytes(body[-CRC_BYTES:], "little")
        return report if self._variant is CrcVariant.NONE or told == crc16(report, self._variant) else b""
