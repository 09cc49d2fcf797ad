"""Smart-card readers: the interface and its value types.

The UID is read at identify, before any screening; the card's open photo is biometric and comes under a clearance
alone.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, final

from devices.device import BiometricDevice, DeviceKind
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


class CardReader(BiometricDevice):
    """One slot of a PC/SC reader."""

    kind: ClassVar[DeviceKind] = DeviceKind.CARD_READER

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
        """Full UID (4, 7 or 10 bytes) of the card in the field, under an exclusive transaction.

        Raises:
            PersonCanRetryError: `card_reader.no_card`, `card_reader.removed`, `card_reader.unreadable`,
                `card_reader.no_uid`; `card_reader.mute`, the card must be taken away before anything else is read.
            OperatorCanMendError: `card_reader.shared`, another program keeps the card for itself.
            DeviceError: from the reader or its service.
        """
        return self._watched(self._do_read_uid)

    @final
    def read_photo(self, clearance: Clearance | None) -> bytes:
        """The KTP-el's open photo file 6FF2 as stored (codec unverified), without its length prefix.

        Raises:
            NotClearedError: no clearance; the card is not asked.
            PersonCanRetryError: `card_reader.foreign_card`, and as in `read_uid`.
            TechnicianNeededError: `card_reader.photo_unreadable`.
            DeviceError: as in `read_uid`.
        """
        return self._guarded(clearance, self._do_read_photo)

    @abstractmethod
    def _do_wait_event(self, timeout_s: float) -> CardEvent | None: ...

    @abstractmethod
    def _do_read_uid(self) -> bytes: ...

    @abstractmethod
    def _do_read_photo(self) -> bytes: ...
