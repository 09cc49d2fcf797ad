"""The applicant's card on the reader: noticed while a screen waits for one, the number of its chip and nothing else.

While somebody waits, the reader's thread watches the slot. A KTP-el that is laid down is asked for its number, once;
any other card, and one that does not answer, is told in one sentence and stands in nobody's way. The number lies here
in memory until the step that it belongs to keeps it, or the screen is left; screens are told its end alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from devices.bay import BayEvent
from devices.card_reader import CardEventKind, CardReader
from devices.device import Device, DeviceKind, HealthState
from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError
from station.domain.samples import CardSeen
from station.services.capturing import source_of
from station.services.chain import on_device
from station.services.counter import Counter

SLOT: Final = DeviceKind.CARD_READER.value
LOOK_S: Final = 0.1
"""Longest wait for a change at the slot, before it is seen whether anybody still waits."""
TRIES: Final = 5
"""How often a card is asked that does not lie still, `LOOK_S` apart."""
UNSTEADY: Final = frozenset({"card_reader.unreadable", "card_reader.removed", "card_reader.shared"})
NO_CARD: Final = "card_reader.no_card"
LEFT_BEHIND: Final = "card.left_behind"
"""The card of the applicant before lies there still."""


class CardWord(StrEnum):
    """What became of the card."""

    READ = "read"
    REFUSED = "refused"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class CardNews:
    """Something happened at the reader while somebody waited for a card.

    Attributes:
        word: what.
        shown: the end of its number, masked; "" where none was read.
        code: why it was refused, that of a device's error or `LEFT_BEHIND`; "" where it was not.
    """

    word: CardWord
    shown: str = ""
    code: str = ""


@dataclass(slots=True)
class _Watch:
    """One wait for a card; `card` is guarded by the desk's lock."""

    purpose: str
    over: threading.Event = field(default_factory=threading.Event)
    card: CardSeen | None = None


class CardDesk:
    """From any thread."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._lock = threading.Lock()
        self._watch: _Watch | None = None
        self._last: tuple[str, str] | None = None
        """For whom a card was read last, and its number: it may lie there still when the next applicant comes."""
        self._listeners: list[Callable[[CardNews], None]] = []

    def subscribe(self, listener: Callable[[CardNews], None]) -> None:
        """Tell `listener` what happens at the reader, on its thread."""
        with self._lock:
            self._listeners.append(listener)

    @property
    def fitted(self) -> bool:
        """Whether the station has a reader at all."""
        return SLOT in self._counter.bay.health()

    def watch(self, purpose: str) -> None:
        """Wait for a card; whatever was waited for before is over. Nothing where there is no reader.

        Args:
            purpose: the visit, or whatever else tells one applicant's card from the next one's.
        """
        self.stop()
        if self.fitted:
            watch = _Watch(purpose)
            with self._lock:
                self._watch = watch
            self._submit(watch)

    def stop(self) -> None:
        """Wait no longer, forget the card. Idempotent; returns at once, the reader's thread follows within `LOOK_S`."""
        with self._lock:
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.over.set()

    def lend(self) -> Callable[[], None]:
        """Let somebody else have the reader: the wait is broken off; what is returned takes it up where it was."""
        with self._lock:
            lent = self._watch
        if lent is None:
            return lambda: None
        lent.over.set()

        def take_back() -> None:
            with self._lock:
                if self._watch is not lent:  # nobody waits any more, or for somebody else
                    return
                again = self._watch = _Watch(lent.purpose, card=lent.card)
            self._submit(again)

        return take_back

    def presented(self, purpose: str) -> CardSeen | None:
        """The KTP-el that was read since this wait began, though it be taken away again; None where none was."""
        with self._lock:
            return self._watch.card if self._watch is not None and self._watch.purpose == purpose else None

    def forget(self) -> None:
        """The card that was read is not the applicant's."""
        with self._lock:
            if self._watch is not None:
                self._watch.card = None

    def heed(self, event: BayEvent) -> None:
        """The reader is there again: go on waiting."""
        with self._lock:
            watch = self._watch
        if watch is not None and event.slot == SLOT and event.health.state is HealthState.READY:
            self._submit(watch)

    def _submit(self, watch: _Watch) -> None:
        on_device(self._counter.bay, SLOT, lambda device: self._wait(watch, device))

    # -- on the reader's thread

    def _wait(self, watch: _Watch, device: Device) -> None:
        assert isinstance(device, CardReader)
        while device.wait_event(0) is not None:
            pass  # what came and went before anybody waited; what lies there now is looked at
        lain_down, tries = False, TRIES
        while not watch.over.is_set():
            if tries:
                tries = 0 if self._read(watch, device, lain_down=lain_down, last=tries == 1) else tries - 1
            event = device.wait_event(LOOK_S)
            if event is None or watch.over.is_set():
                continue
            lain_down, tries = True, TRIES
            if event.kind is CardEventKind.REMOVED:
                tries = 0
                self._tell(watch, CardNews(CardWord.REMOVED, self._shown(watch)))

    def _read(self, watch: _Watch, device: CardReader, *, lain_down: bool, last: bool) -> bool:
        """Ask the card; whether all is said of it. One that is just being laid down is worth another try."""
        try:
            uid = device.read_uid().hex().upper()
        except (DeviceLostError, CaptureCancelledError):
            raise
        except DeviceError as error:
            if error.code in UNSTEADY and not last:
                return False
            if error.code != NO_CARD:  # taken away again, or never there
                self._tell(watch, CardNews(CardWord.REFUSED, code=error.code))
            return True
        card = CardSeen(uid, self._counter.clock.now(), source_of(device))
        with self._lock:
            purpose, number = self._last or (watch.purpose, uid)
            left_behind = not lain_down and number == uid and purpose != watch.purpose
            if not left_behind:
                self._last, watch.card = (watch.purpose, uid), card
        news = CardNews(CardWord.REFUSED, code=LEFT_BEHIND) if left_behind else CardNews(CardWord.READ, card.masked)
        self._tell(watch, news)
        return True

    def _shown(self, watch: _Watch) -> str:
        with self._lock:
            return watch.card.masked if watch.card is not None else ""

    def _tell(self, watch: _Watch, news: CardNews) -> None:
        with self._lock:
            listeners = tuple(self._listeners) if self._watch is watch else ()
        for listener in listeners:
            listener(news)
