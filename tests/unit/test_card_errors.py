"""Every PC/SC result that a counter meets says what to do about it, by the numbers of both implementations."""

from __future__ import annotations

import sys

import pytest

from devices.card_reader.pcsc_errors import card_error
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    OperatorCanMendError,
    PersonCanRetryError,
    Remedy,
    TechnicianNeededError,
)

SERVICE = Remedy.PLUG_IN if sys.platform == "win32" else Remedy.CALL_TECHNICIAN


@pytest.mark.parametrize(
    ("result", "kind", "code", "remedy"),
    [
        (0x8010000C, PersonCanRetryError, "card_reader.no_card", Remedy.REPOSITION),
        (0x80100069, PersonCanRetryError, "card_reader.removed", Remedy.REPOSITION),
        (0x80100066, PersonCanRetryError, "card_reader.mute", Remedy.REPOSITION),
        (0x80100016, PersonCanRetryError, "card_reader.unreadable", Remedy.REPOSITION),
        (0x8010000B, OperatorCanMendError, "card_reader.shared", Remedy.CLOSE_OTHER_PROGRAM),
        (0x8010001D, DeviceLostError, "card_reader.service_lost", Remedy.PLUG_IN),
        (0x8010001E, DeviceLostError, "card_reader.service_lost", Remedy.PLUG_IN),
        (0x80100013, DeviceLostError, "card_reader.service_lost", Remedy.PLUG_IN),
        (0x80100017, DeviceLostError, "card_reader.lost", Remedy.PLUG_IN),
        (0x80100009, DeviceLostError, "card_reader.lost", Remedy.PLUG_IN),
        (0x8010006A, DeviceLostError, "card_reader.service_lost", Remedy.PLUG_IN),
        (0x80100002, CaptureCancelledError, "capture.cancelled", Remedy.RETRY),
        (0x801000FF, TechnicianNeededError, "card_reader.refused", Remedy.CALL_TECHNICIAN),
    ],
)
def test_a_result_says_what_to_do(result: int, kind: type[DeviceError], code: str, remedy: Remedy) -> None:
    for number in (result, result - (1 << 32)):  # as Linux and as Windows give it
        error = card_error(number, "SCardTransmit")
        assert (type(error), error.code, error.remedy) == (kind, code, remedy)


@pytest.mark.parametrize(
    ("result", "kind", "code", "remedy"),
    [
        (0x8010001D, OperatorCanMendError, "card_reader.no_service", SERVICE),
        (
            0x8010001E,
            OperatorCanMendError if sys.platform == "win32" else TechnicianNeededError,
            "card_reader.no_service" if sys.platform == "win32" else "card_reader.service_mismatch",
            SERVICE,
        ),
        (0x8010002E, OperatorCanMendError, "card_reader.no_reader", Remedy.PLUG_IN),
        (0x8010000B, OperatorCanMendError, "card_reader.shared", Remedy.CLOSE_OTHER_PROGRAM),
        (0x8010006A, OperatorCanMendError, "card_reader.no_service", SERVICE),
    ],
)
def test_what_was_never_there_is_absent_and_not_lost(
    result: int, kind: type[DeviceError], code: str, remedy: Remedy
) -> None:
    error = card_error(result, "SCardEstablishContext", opening=True)
    assert (type(error), error.code, error.remedy) == (kind, code, remedy)


@pytest.mark.parametrize("opening", [True, False])
def test_a_service_that_lives_and_refuses_is_told_from_one_that_dies(opening: bool) -> None:
    """Pcscd 2 with polkit refuses; pcsc-lite gives the same number for a socket that was closed."""
    error = card_error(0x8010006A, "SCardConnect", opening=opening, refused=True)
    assert (type(error), error.code) == (TechnicianNeededError, "card_reader.denied")


def test_the_log_gets_the_call_and_the_number() -> None:
    assert card_error(0x8010000C - (1 << 32), "SCardConnect").detail == "SCardConnect: 0x8010000C"
