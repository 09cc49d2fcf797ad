"""Signatures as ISO/IEC 19794-7:2007 records, full format: pen position, time, force and whether the tip touched.

Channels written: X, Y, T, F, S. Layout after GOST R ISO/MEK 19794-7-2009; the reader takes what the writer gives, and
any other record that holds at least these five channels, all varying. Big-endian throughout.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from devices.signature_pad import PadGeometry, PenSample

FORMAT_ID: Final = b"SDI\x00"
VERSION: Final = b" 10\x00"
MM_PER_INCH: Final = 25.4
SIGNED_OFFSET: Final = 0x8000
"""Added to what channels with negative values hold."""
MAX_POINTS: Final = 0xFFFFFF
MAX_WORD: Final = 0xFFFF
TIME_SCALES: Final = (1000, 100, 10, 1)
"""Counts a second of channel T: the finest in which the whole signature fits sixteen bits."""

_HAS_SCALING: Final = 0x80
_HAS_MIN: Final = 0x40
_HAS_MAX: Final = 0x20
_HAS_MEAN: Final = 0x10
_HAS_DEVIATION: Final = 0x08
_CONSTANT: Final = 0x04
_EXPONENT_BIAS: Final = 16
_FRACTION: Final = 2048
_EXTENDED: Final = 0x01


class Channel(IntEnum):
    """Channels in the record's order; the number is how far from the inclusion field's top bit its own bit stands."""

    X = 0
    Y = 1
    Z = 2
    VX = 3
    VY = 4
    AX = 5
    AY = 6
    T = 7
    DT = 8
    F = 9
    S = 10
    TX = 11
    TY = 12
    AZ = 13
    EL = 14
    R = 15

    @property
    def bit(self) -> int:
        """In the inclusion field."""
        return 0x8000 >> self.value


SIGNED: Final = frozenset(
    {Channel.X, Channel.Y, Channel.VX, Channel.VY, Channel.AX, Channel.AY, Channel.TX, Channel.TY}
)
NEEDED: Final = (Channel.X, Channel.Y, Channel.T, Channel.F, Channel.S)


class SignatureFormatError(ValueError):
    """Not a record that can be read. Carries no stroke."""


@dataclass(frozen=True, slots=True)
class _Described:
    """What a channel's preamble tells; None for what it leaves out."""

    scaling: float | None
    minimum: int | None
    maximum: int | None


def encode(samples: Sequence[PenSample], geometry: PadGeometry) -> bytes:
    """The record of one signature.

    X and Y are in pad counts with the counts a millimetre as scaling; Y grows upwards in the standard and downwards on
    a pad, so it is mirrored inside the pad's range. F is in the pad's own counts and carries no scaling, since no pad
    here measures newtons.

    Raises:
        ValueError: no samples, more than the format counts, one outside the pad's range, time that runs backwards, or
            a geometry that sixteen bits do not hold.
    """
    _check(samples, geometry)
    start, last = samples[0].time_ms, samples[-1].time_ms
    a_second = next((s for s in TIME_SCALES if (last - start) * s // 1000 <= MAX_WORD), None)
    if a_second is None:
        raise ValueError("a signature that took a day")
    mirrored = geometry.min_y + geometry.max_y
    a_millimetre = geometry.dpi / MM_PER_INCH
    head = (
        FORMAT_ID
        + VERSION
        + struct.pack(">H", sum(channel.bit for channel in NEEDED))
        + _described(Channel.X, scaling=a_millimetre, minimum=geometry.min_x, maximum=geometry.max_x)
        + _described(Channel.Y, scaling=a_millimetre, minimum=geometry.min_y, maximum=geometry.max_y)
        + _described(Channel.T, scaling=a_second)
        + _described(Channel.F, minimum=0, maximum=geometry.max_pressure)
        + _described(Channel.S)
        + b"\x00"  # reserved
    )
    points = b"".join(
        struct.pack(
            ">HHHHB",
            s.x + SIGNED_OFFSET,
            mirrored - s.y + SIGNED_OFFSET,
            (s.time_ms - start) * a_second // 1000,
            s.pressure,
            s.down,
        )
        for s in samples
    )
    return head + b"\x00" + len(samples).to_bytes(3, "big") + points


def decode(data: bytes) -> tuple[PadGeometry, tuple[PenSample, ...]]:
    """The pad and the samples, times counted from the first one.

    The resolution comes back to one part in 4096, since the standard's scaling has eleven bits of fraction.

    Raises:
        SignatureFormatError: another format or version, a channel missing or constant, bytes missing or left over.
    """
    reader = _Reader(data)
    if reader.take(4) != FORMAT_ID or reader.take(4) != VERSION:
        raise SignatureFormatError("another format or version")
    included = reader.word()
    channels = [channel for channel in Channel if included & channel.bit]
    described = {channel: _read_described(reader, channel) for channel in channels}
    reader.take(1)  # reserved
    geometry, milliseconds = _geometry(described)
    extended = reader.byte()
    count = int.from_bytes(reader.take(3), "big")
    samples = tuple(_read_point(reader, channels, geometry, milliseconds) for _ in range(count))
    if extended & _EXTENDED:
        reader.take(reader.word())
    reader.finish()
    return geometry, samples


def _check(samples: Sequence[PenSample], geometry: PadGeometry) -> None:
    if not 1 <= len(samples) <= MAX_POINTS:
        raise ValueError("a record holds 1 to 16777215 points")
    g, lowest, highest = geometry, -SIGNED_OFFSET, SIGNED_OFFSET - 1
    ranges = lowest <= g.min_x < g.max_x <= highest and lowest <= g.min_y < g.max_y <= highest
    if not ranges or not 1 <= g.max_pressure <= MAX_WORD or g.dpi < 1:
        raise ValueError("a pad's ranges that the format does not hold")
    if not all(
        g.min_x <= s.x <= g.max_x and g.min_y <= s.y <= g.max_y and 0 <= s.pressure <= g.max_pressure for s in samples
    ):
        raise ValueError("a sample outside the pad's range")
    if any(after.time_ms < before.time_ms for before, after in pairwise(samples)):
        raise ValueError("time that runs backwards")


def _described(
    channel: Channel, *, scaling: float | None = None, minimum: int | None = None, maximum: int | None = None
) -> bytes:
    flags, words = 0, []
    offset = SIGNED_OFFSET if channel in SIGNED else 0
    if scaling is not None:
        flags |= _HAS_SCALING
        words.append(scaling_to_word(scaling))
    for bit, bound in ((_HAS_MIN, minimum), (_HAS_MAX, maximum)):
        if bound is not None:
            flags |= bit
            words.append(bound + offset)
    return struct.pack(f">B{len(words)}H", flags, *words)


def scaling_to_word(value: float) -> int:
    """A positive scaling as five bits of exponent and eleven of fraction: (1 + fraction / 2048) * 2 ** (exponent - 16).

    Raises:
        ValueError: outside 2 ** -16 up to 2 ** 16.
    """
    if not 2.0**-_EXPONENT_BIAS <= value < 2.0**_EXPONENT_BIAS:
        raise ValueError("a scaling that the format does not hold")
    exponent = math.floor(math.log2(value))
    fraction = round((value / 2.0**exponent - 1) * _FRACTION)
    if fraction == _FRACTION:
        exponent, fraction = exponent + 1, 0
    word = (exponent + _EXPONENT_BIAS) << 11 | fraction
    return min(word, MAX_WORD)


def word_to_scaling(word: int) -> float:
    """The other way; exact for every word."""
    return (1 + (word & 0x7FF) / _FRACTION) * 2.0 ** ((word >> 11) - _EXPONENT_BIAS)


class _Reader:
    """Reads on; says so when the bytes end too early or too late."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise SignatureFormatError("cut short")
        self._at += count
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def word(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def finish(self) -> None:
        if self._at != len(self._data):
            raise SignatureFormatError("bytes left over")


def _read_described(reader: _Reader, channel: Channel) -> _Described:
    flags = reader.byte()
    if flags & _CONSTANT:
        raise SignatureFormatError(f"channel {channel.name} is constant")
    offset = SIGNED_OFFSET if channel in SIGNED else 0
    scaling = word_to_scaling(reader.word()) if flags & _HAS_SCALING else None
    minimum = reader.word() - offset if flags & _HAS_MIN else None
    maximum = reader.word() - offset if flags & _HAS_MAX else None
    for unused in (_HAS_MEAN, _HAS_DEVIATION):
        if flags & unused:
            reader.word()
    return _Described(scaling, minimum, maximum)


def _geometry(described: dict[Channel, _Described]) -> tuple[PadGeometry, float]:
    """The pad, and how many milliseconds a count of channel T lasts."""
    missing = [channel.name for channel in NEEDED if channel not in described]
    if missing:
        raise SignatureFormatError(f"channel {missing[0]} is missing")
    x, y, t, f = (described[channel] for channel in (Channel.X, Channel.Y, Channel.T, Channel.F))
    if None in (x.scaling, x.minimum, x.maximum, y.minimum, y.maximum, t.scaling, f.maximum):
        raise SignatureFormatError("a channel lacks its scaling or its range")
    assert x.scaling is not None
    assert t.scaling is not None
    dpi = round(x.scaling * MM_PER_INCH)
    ranges = ((x.minimum, x.maximum), (y.minimum, y.maximum), (0, f.maximum))
    if dpi < 1 or any((low or 0) >= (high or 0) for low, high in ranges):
        raise SignatureFormatError("a pad without a surface or without force")
    geometry = PadGeometry(
        min_x=x.minimum or 0,
        min_y=y.minimum or 0,
        max_x=x.maximum or 0,
        max_y=y.maximum or 0,
        dpi=dpi,
        max_pressure=f.maximum or 0,
    )
    return geometry, 1000 / t.scaling


def _read_point(reader: _Reader, channels: list[Channel], geometry: PadGeometry, milliseconds: float) -> PenSample:
    told = {channel: reader.byte() if channel is Channel.S else reader.word() for channel in channels}
    return PenSample(
        x=told[Channel.X] - SIGNED_OFFSET,
        y=geometry.min_y + geometry.max_y - (told[Channel.Y] - SIGNED_OFFSET),
        pressure=told[Channel.F],
        down=bool(told[Channel.S]),
        time_ms=round(told[Channel.T] * milliseconds),
    )
