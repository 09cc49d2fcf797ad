"""What a PC/SC result code means at the counter. Numbers alone: the same on Windows and with pcsc-lite."""

from __future__ import annotations

import sys
from typing import Final

from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    OperatorCanMendError,
    PersonCanRetryError,
    Remedy,
    TechnicianNeededError,
)

SUCCESS: Final = 0
CANCELLED: Final = 0x80100002
INVALID_HANDLE: Final = 0x80100003
UNKNOWN_READER: Final = 0x80100009
TIMEOUT: Final = 0x8010000A
SHARING_VIOLATION: Final = 0x8010000B
NO_CARD: Final = 0x8010000C
UNKNOWN_CARD: Final = 0x8010000D
PROTOCOL_MISMATCH: Final = 0x8010000F
NOT_READY: Final = 0x80100010
BROKEN_LINK: Final = 0x80100013
"""Internal communication with the service failed (pcsc-lite: its socket closed in the middle of an answer)."""
NOT_TRANSACTED: Final = 0x80100016
READER_UNAVAILABLE: Final = 0x80100017
NO_SERVICE: Final = 0x8010001D
SERVICE_STOPPED: Final = 0x8010001E
"""At the beginning, with pcsc-lite: library and service are of different versions (4:4 to pcscd 2.2, 4:5 from 2.3 on).

A program that brings a libpcsclite of its own meets it, as containers do. Windows 8 and later mean it: the service
ends with the last reader.
"""
NO_READERS: Final = 0x8010002E
DATA_LOST: Final = 0x8010002F
UNSUPPORTED_CARD: Final = 0x80100065
UNRESPONSIVE_CARD: Final = 0x80100066
UNPOWERED_CARD: Final = 0x80100067
RESET_CARD: Final = 0x80100068
REMOVED_CARD: Final = 0x80100069
DENIED: Final = 0x8010006A
"""Security violation: pcscd 2 asks polkit, which refuses sessions without a seat (SSH, services, containers).

It refuses them when they begin, and when they connect to a card. pcsc-lite says the same of a socket that the service
has closed, by dying mostly; pcscd 1.9, built without polkit, never means anything else.
"""

_CARD: Final = {
    NO_CARD: "card_reader.no_card",
    REMOVED_CARD: "card_reader.removed",
    UNRESPONSIVE_CARD: "card_reader.mute",
    UNPOWERED_CARD: "card_reader.mute",
    NOT_TRANSACTED: "card_reader.unreadable",
    DATA_LOST: "card_reader.unreadable",
    RESET_CARD: "card_reader.unreadable",
    UNKNOWN_CARD: "card_reader.unreadable",
    UNSUPPORTED_CARD: "card_reader.unreadable",
    PROTOCOL_MISMATCH: "card_reader.unreadable",
}
_SERVICE_GONE: Final = frozenset({NO_SERVICE, SERVICE_STOPPED, BROKEN_LINK, INVALID_HANDLE})
_READER_GONE: Final = frozenset({UNKNOWN_READER, READER_UNAVAILABLE, NO_READERS, NOT_READY})


def unsigned(result: int) -> int:
    """The result code as its 32 bits; pyscard's are negative on some platforms."""
    return result & 0xFFFFFFFF


def mute() -> PersonCanRetryError:
    """The card does not answer: it has to be taken away and laid down again."""
    return PersonCanRetryError("card_reader.mute", "the card does not answer", remedy=Remedy.REPOSITION)


def card_error(result: int, during: str, *, opening: bool = False, refused: bool = False) -> DeviceError:
    """The error for a result code other than success.

    Args:
        result: as the service gave it.
        during: the call, for the log.
        opening: the device is not open yet, so that what is absent was never there.
        refused: the service lives on, so that a security violation is its word.
    """
    code = unsigned(result)
    detail = f"{during}: 0x{code:08X}"
    if code in _CARD:
        return PersonCanRetryError(_CARD[code], detail, remedy=Remedy.REPOSITION)
    if code == SHARING_VIOLATION:
        return OperatorCanMendError("card_reader.shared", detail, remedy=Remedy.CLOSE_OTHER_PROGRAM)
    if code in _SERVICE_GONE or (code == DENIED and not refused):
        return _no_service(code, detail) if opening else DeviceLostError("card_reader.service_lost", detail)
    if code in _READER_GONE:
        return (
            OperatorCanMendError("card_reader.no_reader", detail)
            if opening
            else DeviceLostError("card_reader.lost", detail)
        )
    if code == CANCELLED:
        return CaptureCancelledError("capture.cancelled")
    return TechnicianNeededError("card_reader.denied" if code == DENIED else "card_reader.refused", detail)


def _no_service(code: int, detail: str) -> DeviceError:
    """Windows 8 and later stop the service with the last reader; elsewhere it is not installed, or has died."""
    stops_with_the_last = sys.platform == "win32"
    if code == SERVICE_STOPPED and not stops_with_the_last:
        return TechnicianNeededError("card_reader.service_mismatch", detail)
    remedy = Remedy.PLUG_IN if stops_with_the_last else Remedy.CALL_TECHNICIAN
    return OperatorCanMendError("card_reader.no_service", detail, remedy=remedy)


def check(result: int, during: str, *, opening: bool = False, refused: bool = False) -> None:
    """Raise `card_error` for any result code but success."""
    if result != SUCCESS:
        raise card_error(result, during, opening=opening, refused=refused)
