"""What an open reader may ask of a KTP-el: commands and files. No reader's calls enter: a function carries commands.

The file numbers are observed in public programs that read the card, not published by its issuer. Biodata, signature
and fingerprints answer to the access module of a licensed reader alone, and are not asked for here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from devices.card_reader.apdu import OK, Transmit
from devices.errors import PersonCanRetryError, Remedy, TechnicianNeededError

READ_UID: Final = bytes.fromhex("FFCA000000")
"""PC/SC part 3, 3.2.2.1.3: answered by the reader, for a contactless card."""
SELECT_APPLICATION: Final = bytes.fromhex("00A40000027F0A")
SELECT_CONTROL: Final = bytes.fromhex("00A40000026FF0")
SELECT_PHOTO: Final = bytes.fromhex("00A40000026FF2")
CHUNK: Final = 240
"""Bytes asked for at a time; independent readers of the card use 112 to 250."""
LARGEST_OFFSET: Final = 0x7FFF
"""READ BINARY with its offset in P1 and P2 reaches no farther (ISO/IEC 7816-4)."""
UID_SIZES: Final = frozenset({4, 7, 10})
"""ISO/IEC 14443-3: single, double, triple."""

Progress = Callable[[int, int], None]
"""Told how many bytes of how many have been read."""


def read_uid(transmit: Transmit) -> bytes:
    """The card's UID.

    Raises:
        PersonCanRetryError: `card_reader.no_uid`, a contact card, or one of another technology.
        DeviceError: from the reader.
    """
    uid, status = transmit(READ_UID)
    if status != OK or len(uid) not in UID_SIZES:
        detail = f"status {status:04X}, {len(uid)} bytes"
        raise PersonCanRetryError("card_reader.no_uid", detail, remedy=Remedy.REPOSITION)
    return uid


def identify(transmit: Transmit) -> bytes:
    """The UID of a KTP-el; of another card not even that is asked.

    Raises:
        PersonCanRetryError: as `select_application` and `read_uid`.
        DeviceError: from the reader.
    """
    select_application(transmit)
    return read_uid(transmit)


def read_photo(transmit: Transmit, progress: Progress | None = None) -> bytes:
    """The photo file's content behind its two length bytes; `progress` hears of every piece.

    Raises:
        PersonCanRetryError: as `select_application`.
        TechnicianNeededError: `card_reader.file_unreadable`.
        DeviceError: from the reader.
    """
    select_application(transmit)
    return read_file(transmit, SELECT_PHOTO, progress)


def select_application(transmit: Transmit) -> None:
    """Enter the KTP-el's application.

    Raises:
        PersonCanRetryError: `card_reader.foreign_card`, it has none.
        DeviceError: from the reader.
    """
    _, status = transmit(SELECT_APPLICATION)
    if status != OK:
        raise PersonCanRetryError("card_reader.foreign_card", f"status {status:04X}")


def select_file(file: int) -> bytes:
    """The command that selects a file of the application by its number."""
    return bytes.fromhex("00A4000002") + file.to_bytes(2, "big")


def read_file(transmit: Transmit, select: bytes, progress: Progress | None = None) -> bytes:
    """Select and read a file of the application that is selected: its content behind its two length bytes.

    Raises:
        TechnicianNeededError: `card_reader.file_unreadable`.
        DeviceError: from the reader.
    """
    _, status = transmit(select)
    if status != OK:
        raise TechnicianNeededError("card_reader.file_unreadable", f"select: status {status:04X}")
    size = int.from_bytes(_read(transmit, 0, 2), "big")
    if not 0 < size <= LARGEST_OFFSET:
        raise TechnicianNeededError("card_reader.file_unreadable", f"{size} bytes long, it says")
    return _read(transmit, 2, size, progress)


def _read(transmit: Transmit, offset: int, size: int, progress: Progress | None = None) -> bytes:
    """`size` bytes of the selected file, never asking beyond them: cards answer that in several ways."""
    data = bytearray()
    while len(data) < size:
        at = offset + len(data)
        wanted = min(CHUNK, size - len(data))
        piece, status = transmit(bytes((0x00, 0xB0, at >> 8, at & 0xFF, wanted)))
        if status != OK or not 0 < len(piece) <= wanted:
            detail = f"at {at}: status {status:04X}, {len(piece)} of {wanted} bytes"
            raise TechnicianNeededError("card_reader.file_unreadable", detail, remedy=Remedy.RETRY)
        data += piece
        if progress is not None:
            progress(len(data), size)
    return bytes(data)
