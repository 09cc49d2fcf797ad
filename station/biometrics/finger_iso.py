"""Finger images as ISO/IEC 19794-4:2011 records: one or several impressions of one or several fingers.

Images travel raw or as WSQ; of the other codings that the standard has, PNG before all, none is handed on from here.
Extended data (annotations, segments) are neither written nor read. Big-endian throughout.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Final, TypeVar

FORMAT_ID: Final = b"FIR\x00"
VERSION: Final = b"020\x00"
POSITIONS: Final = frozenset({*range(11), 13, 14, 15, *range(20, 37), *range(40, 51)})
"""Tables 6 to 8: fingers, four fingers and thumbs, palms, two and three fingers."""
MAX_REPRESENTATIONS: Final = 0xFFFF
MAX_OF_ONE_POSITION: Final = 16
"""Representations of one position are numbered 0 to 15."""
MAX_BLOCKS: Final = 0xFF
"""Of quality, and of certification, in one representation."""
MAX_WORD: Final = 0xFFFF
MAX_LENGTH: Final = 0xFFFF_FFFF
BEST_SCORE: Final = 100
FAILED_SCORE: Final = 255
GREY_BITS: Final = 8

_GENERAL: Final = struct.Struct(">IHBB")
_UP_TO_QUALITY: Final = struct.Struct(">IHBBBBBHBHHB")
_QUALITY: Final = struct.Struct(">BHH")
_CERTIFICATE: Final = struct.Struct(">HB")
_UP_TO_IMAGE: Final = struct.Struct(">BBBHHHHBBBHHI")
_TIME_UNKNOWN: Final = (0xFFFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFFFF)
_WSQ_START, _WSQ_FRAME, _WSQ_SCAN, _WSQ_END = b"\xff\xa0", b"\xff\xa2", b"\xff\xa3", b"\xff\xa1"


E = TypeVar("E", bound=IntEnum)


class FingerFormatError(ValueError):
    """Not a record, or one that may not be. Carries no pixel."""


class Coding(IntEnum):
    """Table 9, as far as it is handed on: PNG (6) is kept locally only."""

    RAW = 0
    WSQ = 2


class Impression(IntEnum):
    """Table 10."""

    LIVE_SCAN_PLAIN = 0
    LIVE_SCAN_ROLLED = 1
    NON_LIVE_SCAN_PLAIN = 2
    NON_LIVE_SCAN_ROLLED = 3
    LATENT_IMPRESSION = 4
    LATENT_TRACING = 5
    LATENT_PHOTO = 6
    LATENT_LIFT = 7
    LIVE_SCAN_SWIPE = 8
    LIVE_SCAN_VERTICAL_ROLL = 9
    LIVE_SCAN_PALM = 10
    NON_LIVE_SCAN_PALM = 11
    LATENT_PALM_IMPRESSION = 12
    LATENT_PALM_TRACING = 13
    LATENT_PALM_PHOTO = 14
    LATENT_PALM_LIFT = 15
    LIVE_SCAN_CONTACTLESS_PLAIN = 24
    OTHER = 28
    UNKNOWN = 29


class Technology(IntEnum):
    """Of the capture device, table 4."""

    UNKNOWN = 0
    WHITE_LIGHT_TIR = 1
    WHITE_LIGHT_DIRECT_VIEW = 2
    WHITE_LIGHT_TOUCHLESS = 3
    MONOCHROMATIC_VISIBLE_TIR = 4
    MONOCHROMATIC_VISIBLE_DIRECT_VIEW = 5
    MONOCHROMATIC_VISIBLE_TOUCHLESS = 6
    MONOCHROMATIC_IR_TIR = 7
    MONOCHROMATIC_IR_DIRECT_VIEW = 8
    MONOCHROMATIC_IR_TOUCHLESS = 9
    MULTISPECTRAL_TIR = 10
    MULTISPECTRAL_DIRECT_VIEW = 11
    ELECTRO_LUMINESCENT = 12
    CAPACITIVE = 13
    RADIO_FREQUENCY = 14
    THERMAL = 15
    PRESSURE = 16
    ULTRASOUND = 17
    MECHANICAL = 18
    GLASS_FIBRE = 19


class ScaleUnit(IntEnum):
    """What sampling rates are counted in."""

    INCH = 1
    CENTIMETRE = 2


@dataclass(frozen=True, slots=True)
class Quality:
    """One figure of quality.

    Attributes:
        score: 0 to 100, more is better; None where the algorithm failed, which is written as 255 and never as 0.
        vendor: IBIA's number of who made the algorithm, 0 where unreported.
        algorithm: that vendor's number of it.

    Raises:
        FingerFormatError: a number that the field does not hold.
    """

    score: int | None
    vendor: int
    algorithm: int

    def __post_init__(self) -> None:
        """Refuse what has no place in a quality block."""
        _within("a quality score", 0 if self.score is None else self.score, BEST_SCORE)
        _within("a quality algorithm's vendor", self.vendor, MAX_WORD)
        _within("a quality algorithm", self.algorithm, MAX_WORD)


@dataclass(frozen=True, slots=True)
class Certificate:
    """That the device was certified: by whom (IBIA's number, 16 bits) and after which scheme (table 5, 8 bits).

    Raises:
        FingerFormatError: a number that the field does not hold.
    """

    authority: int
    scheme: int

    def __post_init__(self) -> None:
        """Refuse what has no place in a certification block."""
        _within("a certification authority", self.authority, MAX_WORD)
        _within("a certification scheme", self.scheme, 0xFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One image in a record.

    Attributes:
        position: code of `POSITIONS`; 1 to 10 are `FingerPosition`.
        captured_at: aware; written in UTC and to the millisecond, what is finer is cut off. None where unknown.
        image: coded as `coding` says; raw is row by row from the top, a byte a pixel, 0 = black.
        width, height: of the image, pixels.
        sampling: of the image, horizontally and vertically, pixels a `unit`.
        scanned: as the device scanned it, the same; never less than `sampling`. None where it is `sampling`.
        vendor, device: IBIA's number of the maker and the maker's of the model, 0 where unreported.

    Raises:
        FingerFormatError: a value that the standard does not know, or an image that is not what the rest says of it.
    """

    position: int
    captured_at: datetime | None
    coding: Coding
    image: bytes = field(repr=False)
    width: int
    height: int
    sampling: tuple[int, int]
    scanned: tuple[int, int] | None = None
    unit: ScaleUnit = ScaleUnit.INCH
    impression: Impression = Impression.LIVE_SCAN_PLAIN
    technology: Technology = Technology.UNKNOWN
    vendor: int = 0
    device: int = 0
    qualities: tuple[Quality, ...] = ()
    certificates: tuple[Certificate, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what makes no record."""
        if self.scanned == self.sampling:
            object.__setattr__(self, "scanned", None)  # one value, one way to say it
        if self.position not in POSITIONS:
            raise FingerFormatError("a position that the standard does not know")
        if self.captured_at is not None and self.captured_at.tzinfo is None:
            raise FingerFormatError("a time of capture without a zone")
        for what, number in (("a width", self.width), ("a height", self.height)):
            _within(what, number, MAX_WORD, lowest=1)
        for image, scan in zip(self.sampling, self.scanned or self.sampling, strict=True):
            _within("a sampling rate", scan, MAX_WORD, lowest=1)
            _within("a sampling rate, against the scan's", image, scan, lowest=1)
        _within("a vendor", self.vendor, MAX_WORD)
        _within("a device", self.device, MAX_WORD)
        _within("blocks of quality", len(self.qualities), MAX_BLOCKS)
        _within("blocks of certification", len(self.certificates), MAX_BLOCKS)
        if self.coding is Coding.RAW and len(self.image) != self.width * self.height:
            raise FingerFormatError("raw pixels that do not fill width and height")
        if self.coding is Coding.WSQ and _wsq_size(self.image) != (self.width, self.height):
            raise FingerFormatError("a WSQ image of another width and height")


def encode(representations: Sequence[Representation]) -> bytes:
    """The record that holds these images, in this order.

    Raises:
        FingerFormatError: no image, more than 16 of one position, or more bytes than the format counts.
    """
    positions = Counter(each.position for each in representations)
    _within("representations", len(representations), MAX_REPRESENTATIONS, lowest=1)
    _within("representations of one position", max(positions.values(), default=0), MAX_OF_ONE_POSITION)
    certified = any(each.certificates for each in representations)
    numbered: Counter[int] = Counter()
    written = []
    for each in representations:
        written.append(_written(each, numbered[each.position], certified=certified))
        numbered[each.position] += 1
    mark = FORMAT_ID + VERSION
    length = len(mark) + _GENERAL.size + sum(map(len, written))
    _within("bytes", length, MAX_LENGTH)
    return mark + _GENERAL.pack(length, len(representations), certified, len(positions)) + b"".join(written)


def decode(data: bytes) -> tuple[Representation, ...]:
    """The images of a record, in its order.

    Raises:
        FingerFormatError: another format or version; a length, a count or a number that does not hold; an image that is
            not what the record says of it; a coding that is not read here; bytes missing or left over.
    """
    reader = _Reader(data)
    if reader.take(len(FORMAT_ID)) != FORMAT_ID or reader.take(len(VERSION)) != VERSION:
        raise FingerFormatError("another format or version")
    length, count, certified, positions = reader.fields(_GENERAL)
    if length != len(data):
        raise FingerFormatError("a record of another length than it says")
    if not count:
        raise FingerFormatError("a record without a representation")
    if certified not in (0, 1):
        raise FingerFormatError("a certification flag that is neither 0 nor 1")
    numbered: dict[int, int] = {}
    found = []
    for _ in range(count):
        each, number = _read(reader, certified=bool(certified))
        if not numbered.get(each.position, -1) < number < MAX_OF_ONE_POSITION:
            raise FingerFormatError("representations of one position that do not count up, at most to 15")
        numbered[each.position] = number
        found.append(each)
    reader.finish()
    if len(numbered) != positions:
        raise FingerFormatError("another number of positions than the record says")
    if certified and not any(each.certificates for each in found):
        raise FingerFormatError("a certification flag without a certificate")
    return tuple(found)


def _written(each: Representation, number: int, *, certified: bool) -> bytes:
    blocks = b"".join(
        _QUALITY.pack(FAILED_SCORE if q.score is None else q.score, q.vendor, q.algorithm) for q in each.qualities
    )
    if certified:
        blocks += bytes((len(each.certificates),))
        blocks += b"".join(_CERTIFICATE.pack(c.authority, c.scheme) for c in each.certificates)
    length = _UP_TO_QUALITY.size + len(blocks) + _UP_TO_IMAGE.size + len(each.image)
    start = _UP_TO_QUALITY.pack(
        length, *_moment(each.captured_at), each.technology, each.vendor, each.device, len(each.qualities)
    )
    rates = (*(each.scanned or each.sampling), *each.sampling)
    rest = (GREY_BITS, each.coding, each.impression, each.width, each.height, len(each.image))
    return start + blocks + _UP_TO_IMAGE.pack(each.position, number, each.unit, *rates, *rest) + each.image


def _read(reader: _Reader, *, certified: bool) -> tuple[Representation, int]:
    start = reader.at
    length, *time, technology, vendor, device, count = reader.fields(_UP_TO_QUALITY)
    qualities = tuple(_quality(*reader.fields(_QUALITY)) for _ in range(count))
    certificates = (
        tuple(Certificate(*reader.fields(_CERTIFICATE)) for _ in range(reader.take(1)[0])) if certified else ()
    )
    position, number, unit, *rates, bits, coding, impression, width, height, size = reader.fields(_UP_TO_IMAGE)
    if bits != GREY_BITS:
        raise FingerFormatError("an image that is not of 8 bits")
    image = reader.take(size)
    if reader.at - start != length:
        raise FingerFormatError("a representation of another length than it says, or with extended data")
    each = Representation(
        position=position,
        captured_at=_captured_at(tuple(time)),
        coding=_known(Coding, coding, "a coding that is not read here"),
        image=image,
        width=width,
        height=height,
        sampling=(rates[2], rates[3]),
        scanned=(rates[0], rates[1]),
        unit=_known(ScaleUnit, unit, "a scale in other units"),
        impression=_known(Impression, impression, "an impression type that the standard does not know"),
        technology=_known(Technology, technology, "a technology that the standard does not know"),
        vendor=vendor,
        device=device,
        qualities=qualities,
        certificates=certificates,
    )
    return each, number


def _quality(score: int, vendor: int, algorithm: int) -> Quality:
    return Quality(None if score == FAILED_SCORE else score, vendor, algorithm)


def _moment(at: datetime | None) -> tuple[int, ...]:
    if at is None:
        return _TIME_UNKNOWN
    utc = at.astimezone(UTC)
    return (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond // 1000)


def _captured_at(time: tuple[int, ...]) -> datetime | None:
    if time == _TIME_UNKNOWN:
        return None
    *to_the_second, milliseconds = time
    try:
        year, month, day, hour, minute, second = to_the_second
        return datetime(year, month, day, hour, minute, second, milliseconds * 1000, tzinfo=UTC)
    except ValueError:
        raise FingerFormatError("a time of capture that never was") from None


def _wsq_size(data: bytes) -> tuple[int, int]:
    """Width and height as the image tells them: segments are walked up to the frame header.

    Raises:
        FingerFormatError: not WSQ.
    """
    if not data.startswith(_WSQ_START) or not data.endswith(_WSQ_END):
        raise FingerFormatError("an image that is not WSQ")
    at = len(_WSQ_START)
    while (marker := data[at : at + 2]) not in (_WSQ_FRAME, _WSQ_SCAN, b""):
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker[0] != _WSQ_START[0] or size < 2:  # a segment's size counts its own two bytes
            break
        at += 2 + size
    frame = data[at + 4 : at + 10]  # black, white, height, width
    if marker != _WSQ_FRAME or len(frame) != 6:
        raise FingerFormatError("a WSQ image without a frame header")
    return int.from_bytes(frame[4:6], "big"), int.from_bytes(frame[2:4], "big")


def _within(what: str, number: int, highest: int, *, lowest: int = 0) -> None:
    if not lowest <= number <= highest:
        raise FingerFormatError(f"{what}: not within {lowest} to {highest}")


def _known(kind: type[E], number: int, otherwise: str) -> E:
    try:
        return kind(number)
    except ValueError:
        raise FingerFormatError(otherwise) from None


class _Reader:
    """Reads on; says so when the bytes end too early or too late."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self.at : self.at + count]
        if len(taken) != count:
            raise FingerFormatError("cut short")
        self.at += count
        return taken

    def fields(self, layout: struct.Struct) -> tuple[int, ...]:
        found: tuple[int, ...] = layout.unpack(self.take(layout.size))
        return found

    def finish(self) -> None:
        if self.at != len(self._data):
            raise FingerFormatError("bytes left over")
