"""The open photo on the applicant's card, for the officer's eye beside the live face, where the settings want it.

Reading a face off a card is a capture: it has its turn in the portrait's step alone, under the leave of the visit. What
was read is handed to the screen and kept nowhere; no machine compares it with anything. That it was read is on record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from devices.card_reader import CardReader
from devices.device import Device, DeviceKind
from protocols.clearance import Clearance
from station.domain.step import State
from station.errors import RuleError
from station.services.capturing import CapturingDesk
from station.services.chain import acquire
from station.services.counter import Counter
from station.services.records import Facts
from station.services.sign_on import SignOn

MOST_PIXELS: Final = 4_000_000
"""A card's photo has some ten thousand; a file of two kilobytes may claim a thousand million."""


@dataclass(frozen=True, slots=True)
class CardProgress:
    """How far the reading is: bytes of the photo's file."""

    done: int
    whole: int


class CardPhotoDesk(CapturingDesk):
    """From any thread.

    Attributes:
        offered: whether the settings want it and the station has a reader.
    """

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._lock = threading.Lock()
        self._reading = 0
        super().__init__(counter, sign_on, State.PORTRAIT, DeviceKind.CARD_READER)
        self.offered = counter.settings.capture.card_photo and self._slot in counter.bay.health()

    def read(self, visit_id: str, heard: Callable[[CardProgress], None]) -> Future[bytes]:
        """The photo as PNG.

        Args:
            visit_id: whose card it should be.
            heard: told on another thread how far it is.

        The future's exceptions, beyond those of the reader and the gate: RuleError `card_photo.off`,
        `card_photo.unreadable` (no picture that is known), `visit.out_of_turn`, `capture.not_cleared`.
        """

        def take(device: Device, leave: Clearance) -> tuple[bytes, bool]:
            assert isinstance(device, CardReader)
            with self._lock:
                self._reading += 1
            try:
                device.arm(leave)
                photo = device.read_photo(leave, lambda done, whole: heard(CardProgress(done, whole)))
            finally:
                device.disarm()
                with self._lock:
                    self._reading -= 1
            return photo, device.info.simulated

        return acquire(
            self._counter.desk,
            self._counter.bay,
            self._slot,
            check=lambda: self._turn(visit_id),
            take=take,
            keep=lambda taken: self._shown(visit_id, *taken),
        )

    def stop(self) -> None:
        """Nobody looks any more: what is being read is not read on. Idempotent."""
        with self._lock:
            reading = self._reading > 0
        if reading:
            self._counter.bay.cancel(self._slot)

    def _turn(self, visit_id: str) -> Clearance:
        if not self.offered:
            raise RuleError("card_photo.off")
        return super()._turn(visit_id)

    def _end_all(self) -> None:
        """Nothing is shown from here."""

    def _give_up(self) -> None:
        self.stop()

    def _shown(self, visit_id: str, photo: bytes, simulated: bool) -> bytes:
        from station.biometrics.images import portrait_png  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.portrait_image import decode  # noqa: PLC0415 - as the line above

        self._turn(visit_id)
        with self._counter.records.work() as work:
            facts: Facts = {"slot": self._slot, "simulated": simulated}
            at, by = self._counter.clock.now(), self._may_record()
            work.audit.append("card.photo_read", at=at, by=by, visit_id=visit_id, facts=facts)
            work.commit()
        try:
            return portrait_png(decode(photo, MOST_PIXELS))
        except ValueError:
            raise RuleError("card_photo.unreadable") from None  # what was wrong may be the photo's own bytes
