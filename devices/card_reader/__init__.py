"""Smart-card readers: the interface and its value types.

The UID is read at identify, before any screening; what is biometric on a card comes under a clearance alone. An
officer's own card is no applicant's: it signs without one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, final

from devices.card_reader.access_module import GuardedFile
from devices.card_reader.ktpel import Progress
from devices.card_reader.piv import OfficerProof, SigningRequest
from devices.card_reader.record import CardRecord
from devices.device import BiometricDevice, DeviceKind
from devices.gate import CaptureGate
from protocols.clearance import Clearance


class CardEventKind(StrEnum):
    """What happened at the slot."""

    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """A change at the reader; `atr` is the card's answer to reset, empty when no card is in."""

    kind: CardEventKind
    reader: str
    atr: bytes = field(default=b"", repr=False)


def _unheard(_: int, __: int) -> None:
    """Nobody wants to know how far it is."""


class CardReader(BiometricDevice):
    """One slot of a PC/SC reader.

    Attributes:
        record: every command that a card was told, without what it holds.
    """

    kind: ClassVar[DeviceKind] = DeviceKind.CARD_READER

    def __init__(self, slot: str, gate: CaptureGate) -> None:
        super().__init__(slot, gate)
        self.record = CardRecord()

    @final
    def wait_event(self, timeout_s: float = 2.0) -> CardEvent | None:
        """The next change at the slot, or None after `timeout_s` seconds.

        A card that lies there when the reader is opened counts as inserted then. One that was changed for another
        while nobody waited is told as inserted, without the removal before.

        Raises:
            CaptureCancelledError: somebody cancelled.
            DeviceLostError: `card_reader.lost`, `card_reader.service_lost`; the bay opens the reader again.
        """
        return self._watched(lambda: self._do_wait_event(timeout_s))

    @final
    def read_uid(self) -> bytes:
        """Full UID (4, 7 or 10 bytes) of the KTP-el in the field, under an exclusive transaction.

        Raises:
            PersonCanRetryError: `card_reader.foreign_card`, whose UID is not asked; `card_reader.no_card`,
                `card_reader.removed`, `card_reader.unreadable`, `card_reader.no_uid`; `card_reader.mute`, the card must
                be taken away before anything else is read.
            OperatorCanMendError: `card_reader.shared`, another program keeps the card for itself.
            DeviceError: from the reader or its service.
        """
        return self._watched(self._do_read_uid)

    @final
    def read_photo(self, clearance: Clearance | None, progress: Progress = _unheard) -> bytes:
        """The KTP-el's open photo file 6FF2 as stored (codec unverified), without its length prefix.

        Args:
            clearance: of the visit at the counter.
            progress: told on the talk's own thread how far it is; returns soon and does not raise.

        Raises:
            NotClearedError: no clearance; the card is not asked.
            PersonCanRetryError: `card_reader.foreign_card`, and as in `read_uid`.
            TechnicianNeededError: `card_reader.file_unreadable`.
            DeviceError: as in `read_uid`.
        """
        return self._guarded(clearance, lambda: self._do_read_photo(progress))

    @final
    def read_guarded(self, clearance: Clearance | None, file: GuardedFile) -> bytes:
        """A file of the KTP-el that answers to an access module alone, without its length prefix.

        Raises:
            NotClearedError: no clearance; the card is not asked.
            TechnicianNeededError: `card_reader.no_access_module`, none is fitted, and the card is not asked;
                `card_reader.not_authenticated`, `card_reader.file_unreadable`.
            DeviceError: as in `read_photo`.
        """
        return self._guarded(clearance, lambda: self._do_read_guarded(file))

    @final
    def officer_proof(self, pin: str, prepare: Callable[[bytes], SigningRequest]) -> OfficerProof:
        """Let an officer's card sign, in one exclusive transaction.

        Args:
            pin: six to eight digits; goes to the card and nowhere else.
            prepare: called with the card's certificate (DER) on the talk's own thread, before the card is told the
                PIN; says what to sign. What it raises is raised here, and no try is lost.

        Raises:
            PinWrongError: with the tries that are left.
            DeviceError: as `piv.prove` and `read_uid` say.
        """
        return self._watched(lambda: self._do_officer_proof(pin, prepare))

    @abstractmethod
    def _do_wait_event(self, timeout_s: float) -> CardEvent | None: ...

    @abstractmethod
    def _do_read_uid(self) -> bytes: ...

    @abstractmethod
    def _do_read_photo(self, progress: Progress) -> bytes: ...

    @abstractmethod
    def _do_read_guarded(self, file: GuardedFile) -> bytes: ...

    @abstractmethod
    def _do_officer_proof(self, pin: str, prepare: Callable[[bytes], SigningRequest]) -> OfficerProof: ...
