"""What kind of image the card's photo file holds. The codec is published nowhere, so it is told by its first bytes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class PhotoCodec(StrEnum):
    """Image formats that are told apart."""

    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"
    UNKNOWN = "unknown"


_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", PhotoCodec.JPEG),  # ISO/IEC 10918-1: start of image, then any marker
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", PhotoCodec.JPEG2000),  # ISO/IEC 15444-1 annex I: signature box of a JP2 file
    (b"\xff\x4f\xff\x51", PhotoCodec.JPEG2000),  # ISO/IEC 15444-1 annex A: bare codestream, SOC and SIZ
)


def photo_codec(data: bytes) -> PhotoCodec:
    """The format by its magic bytes; whether the rest can be decoded is not looked at."""
    return next((codec for beginning, codec in _BEGINNINGS if data.startswith(beginning)), PhotoCodec.UNKNOWN)
