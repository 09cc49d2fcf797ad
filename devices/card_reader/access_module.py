"""The access module (SAM) that opens a KTP-el's guarded files: what a driver of one has to do, and the talk with it.

Modules are given out by Dukcapil alone, under an agreement, with keys and byte layouts that are published nowhere.
None is served here: without one, guarded files are refused before the card is asked. Whoever has one writes an
`AccessModule` from its own papers and hands it to the reader.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import Final

from devices.card_reader.apdu import OK, Transmit
from devices.card_reader.ktpel import SELECT_CONTROL, read_file, select_application, select_file
from devices.errors import TechnicianNeededError

GET_CHALLENGE: Final = bytes.fromhex("0084000008")
EXTERNAL_AUTHENTICATE: Final = bytes.fromhex("0082000028")
CHALLENGE_SIZE: Final = 8
AUTHENTICATION_SIZE: Final = 40


class GuardedFile(IntEnum):
    """Files that answer under secure messaging alone (observed in public programs, not published by the issuer)."""

    BIODATA = 0x6FF1
    SIGNATURE = 0x6FF3
    MINUTIAE_RIGHT = 0x6FF4
    MINUTIAE_LEFT = 0x6FF5
    DIGITAL_SIGNATURE = 0x6FF6


class AccessModule(ABC):
    """An access module in its own slot. All methods raise DeviceError."""

    @abstractmethod
    def authenticate(self, uid: bytes, control: bytes, challenge: bytes) -> bytes:
        """Begin with a card: its UID, its file 6FF0 and its challenge of 8 bytes to the 40 bytes that it is told."""

    @abstractmethod
    def confirm(self, answer: bytes) -> None:
        """Take the card's 40 bytes in return; raises where the card is not genuine."""

    @abstractmethod
    def wrap(self, command: bytes) -> bytes:
        """A command as the card takes it under secure messaging."""

    @abstractmethod
    def unwrap(self, answer: bytes, status: int) -> tuple[bytes, int]:
        """What a secured answer holds: data and the inner status word."""


def no_access_module() -> TechnicianNeededError:
    """Why guarded files are not read here."""
    return TechnicianNeededError("card_reader.no_access_module", "no access module is fitted")


def read_guarded(transmit: Transmit, uid: bytes, module: AccessModule, file: GuardedFile) -> bytes:
    """A guarded file's content behind its two length bytes.

    Raises:
        PersonCanRetryError: `card_reader.foreign_card`.
        TechnicianNeededError: `card_reader.file_unreadable`, `card_reader.not_authenticated`.
        DeviceError: from the reader or the module.
    """
    select_application(transmit)
    control = read_file(transmit, SELECT_CONTROL)
    challenge, status = transmit(GET_CHALLENGE)
    if status != OK or len(challenge) != CHALLENGE_SIZE:
        raise TechnicianNeededError("card_reader.not_authenticated", f"challenge: status {status:04X}")
    token = module.authenticate(uid, control, challenge)
    answer, status = transmit(EXTERNAL_AUTHENTICATE + token)
    if status != OK or len(answer) != AUTHENTICATION_SIZE:
        raise TechnicianNeededError("card_reader.not_authenticated", f"status {status:04X}, {len(answer)} bytes")
    module.confirm(answer)
    return read_file(lambda command: module.unwrap(*transmit(module.wrap(command))), select_file(file))
