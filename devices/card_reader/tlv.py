"""BER-TLV as smart cards use it (ISO/IEC 7816-4, 5.2.2): tags of up to three bytes, lengths of up to 65535."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from devices.card_reader.apdu import bad_answer

LONGEST: Final = 0xFFFF
_LONG_TAG: Final = 0x1F
_MORE: Final = 0x80


def encode(tag: int, value: bytes) -> bytes:
    """One object, its length in the shortest form. Raises ValueError for a tag or a size that cards have not."""
    raw = tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big")
    if _tag_size(raw) != len(raw) or len(value) > LONGEST:
        raise ValueError(f"tag {tag:X}, {len(value)} bytes")
    size = len(value)
    if size < 0x80:
        return raw + bytes((size,)) + value
    length = size.to_bytes(1 if size <= 0xFF else 2, "big")
    return raw + bytes((0x80 | len(length),)) + length + value


def objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and value of each object in turn.

    Raises:
        WireError: `card_reader.bad_answer`, where the bytes stop being objects.
    """
    at = 0
    while at < len(data):
        tag_size = _tag_size(data[at : at + 3])
        if not tag_size:
            raise bad_answer(f"no tag at byte {at} of {len(data)}")
        tag = int.from_bytes(data[at : at + tag_size], "big")
        begin, size = _length(data, at + tag_size)
        if begin + size > len(data):
            raise bad_answer(f"an object of {size} bytes at byte {at} of {len(data)}")
        yield tag, data[begin : begin + size]
        at = begin + size


def find(data: bytes, tag: int) -> bytes | None:
    """The value of the first object with this tag, not looking into others; None where there is none.

    Raises:
        WireError: as `objects`, for what stands before it.
    """
    return next((value for found, value in objects(data) if found == tag), None)


def _tag_size(raw: bytes) -> int:
    """How many bytes the tag at the beginning has; 0 where it is none, or has more than three."""
    if not raw:
        return 0
    if raw[0] & _LONG_TAG != _LONG_TAG:
        return 1
    for size, byte in enumerate(raw[1:3], 2):
        if not byte & _MORE:
            return size
    return 0


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where the value begins, and its size."""
    if at >= len(data):
        raise bad_answer(f"no length at byte {at}")
    first = data[at]
    if first < 0x80:
        return at + 1, first
    count = first & 0x7F
    if count not in {1, 2} or at + 1 + count > len(data):
        raise bad_answer(f"length byte {first:02X} at byte {at}")
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")
