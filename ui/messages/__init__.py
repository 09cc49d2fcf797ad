"""Every code that the floors below can give, as one sentence and one way on.

A code without a sentence is a mistake that a test finds; on screen it would be shown as it is, with the way to the
technician.
"""

from __future__ import annotations

from devices.card_reader.piv import PinWrongError
from devices.errors import DeviceError
from protocols.clearance import NotClearedError, Refusal
from station.errors import StationError, WayOn
from station.services.sign_on import LockedOutError
from ui.language import Text, fill
from ui.messages.actions import BUG_ACTION, REMEDIES, WAYS_ON
from ui.messages.devices import DEVICES
from ui.messages.privacy import PRIVACY
from ui.messages.record import RECORD
from ui.messages.setup import SETUP

__all__ = ["SENTENCES", "action_of", "code_of", "is_bug", "locked_for", "sentence_for", "sentence_of"]

SENTENCES = {**DEVICES, **RECORD, **PRIVACY, **SETUP}

_BUG = Text(
    "Kesalahan program ({code}). Data yang sudah tersimpan aman.",
    "A fault in the program ({code}). What was saved is safe.",
)
_UNKNOWN = Text("Terjadi gangguan ({code}).", "Something went wrong ({code}).")


_LOCKED_MINUTES = Text("Terkunci {minutes} menit.", "Locked for {minutes} minutes.")
_LOCKED_SECONDS = Text("Terkunci {seconds} detik.", "Locked for {seconds} seconds.")
_PIN_WRONG = Text("PIN salah, {n} kali lagi.", "Wrong PIN, {n} tries left.")
MINUTE_S = 60


def locked_for(wait_s: int) -> Text:
    """How long an officer is still locked out."""
    if wait_s > MINUTE_S:
        return fill(_LOCKED_MINUTES, minutes=-(-wait_s // MINUTE_S))
    return fill(_LOCKED_SECONDS, seconds=wait_s)


def _told_by(error: BaseException) -> BaseException:
    """The error that a person can act on: where hygiene could not be recorded, what the store said of that."""
    if isinstance(error, NotClearedError) and error.refusal is Refusal.HYGIENE_UNRECORDED:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, StationError):
                return cause
            cause = cause.__cause__
    return error


def code_of(error: BaseException) -> str:
    """The stable code; for our own bugs the exception's name."""
    error = _told_by(error)
    if isinstance(error, StationError | DeviceError):
        return error.code
    if isinstance(error, NotClearedError):
        return f"refusal.{error.refusal.value}"
    return type(error).__name__


def is_bug(error: BaseException) -> bool:
    """Whether it is none of the errors that a person can act on."""
    return not isinstance(error, StationError | DeviceError | NotClearedError)


def sentence_for(code: str) -> Text:
    """The sentence of a code."""
    return SENTENCES.get(code) or fill(_UNKNOWN, code=code)


def sentence_of(error: BaseException) -> Text:
    """What is the matter."""
    match error:
        case LockedOutError():
            return locked_for(error.wait_s)
        case PinWrongError():
            return fill(_PIN_WRONG, n=error.tries_left)
        case _:
            pass
    return fill(_BUG, code=code_of(error)) if is_bug(error) else sentence_for(code_of(error))


def action_of(error: BaseException) -> Text:
    """The one thing to do."""
    error = _told_by(error)
    if isinstance(error, StationError):
        return WAYS_ON[error.way_on]
    if isinstance(error, DeviceError):
        return REMEDIES[error.remedy]
    if isinstance(error, NotClearedError):
        return WAYS_ON[WayOn.SCREEN_AGAIN]
    return BUG_ACTION
