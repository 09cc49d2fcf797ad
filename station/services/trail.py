"""Who looked at what, and how far the audit trail has come: reads of personal data, and the day's signed head.

A look is noted before anybody sees anything; what cannot be noted is not shown. The same officer who looks at the same
record in the same way again within a quarter of an hour, or lists it again in the same turn, has looked once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from protocols.clock import Clock
from station.config import Settings

if TYPE_CHECKING:
    from station.services.records import Records
    from station.services.sign_on import Session
    from station.store import Work

AGAIN_AFTER: Final = timedelta(minutes=15)


class Look(StrEnum):
    """In what way somebody saw a record."""

    LISTED = "listed"
    OPENED = "opened"
    PORTRAIT = "portrait"
    HANDS = "hands"
    FINGER = "finger"
    SIGNATURE = "signature"
    RECEIPT = "receipt"
    DEFERRAL = "deferral"


class Trail:
    """On the desk's thread."""

    def __init__(self, settings: Settings, clock: Clock, records: Records) -> None:
        self._settings = settings
        self._clock = clock
        self._records = records
        self._sign: Callable[[bytes], bytes] | None = None
        self._by = ""
        self._seen: dict[tuple[str, Look], datetime] = {}

    def open(self, sign: Callable[[bytes], bytes]) -> None:
        """The keys are there: from now on heads are signed."""
        self._sign = sign

    def begin(self, session: Session) -> None:
        """An officer begins a turn: with the first one of a day the trail so far is signed."""
        self._by, self._seen = session.officer.id, {}
        with self._records.work() as work:
            if self.sign_daily(work):
                work.commit()

    def end(self, work: Work) -> None:
        """The turn ends with this unit of work: how far the trail went is signed, the line of the end included."""
        if self._sign is not None:
            work.audit.sign_head(self._sign, at=self._clock.now())

    def ended(self) -> None:
        """That unit of work is on the disk."""
        self._by, self._seen = "", {}

    def sign_daily(self, work: Work) -> bool:
        """Where no head has been signed yet today, in the office's zone: sign the newest line. Whether it was."""
        if self._sign is None:
            return False
        newest, now, zone = work.audit.newest_head(), self._clock.now(), self._settings.zone.tz
        if newest is not None and newest.at.astimezone(zone).date() == now.astimezone(zone).date():
            return False
        work.audit.sign_head(self._sign, at=now)
        return True

    def note(self, work: Work, look: Look, *visit_ids: str) -> bool:
        """Somebody is about to see these records. Commits, and so ends, the unit of work where a line was due.

        Returns whether it was.

        Raises:
            StoreError: it could not be noted.
        """
        at = self._clock.now()
        due = [each for each in dict.fromkeys(visit_ids) if self._due(each, look, at)]
        if not due:
            return False
        for each in due:
            work.audit.append("record.seen", at=at, by=self._by, visit_id=each, facts={"kind": look.value})
        work.commit()
        self._seen.update(dict.fromkeys(((each, look) for each in due), at))
        return True

    def note_alone(self, look: Look, visit_id: str) -> None:
        """The same of one record, in a unit of work of its own."""
        with self._records.work() as work:
            self.note(work, look, visit_id)

    def _due(self, visit_id: str, look: Look, at: datetime) -> bool:
        before = self._seen.get((visit_id, look))
        if before is None:
            return True
        return look is not Look.LISTED and not timedelta(0) <= at - before < AGAIN_AFTER
