"""The start of a shift: every device is asked whether it is well, the answers go on record and to the board.

A shift begins with the first officer who signs on after the program has started, on a new day, or eight hours after
the last test. Nobody waits for the answers: each comes from its device's own thread and is kept when it comes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final

from devices.device import SelfTestResult
from devices.errors import CaptureCancelledError, DeviceError
from station.services.counter import Counter
from station.services.records import Facts
from station.services.sign_on import Session

SHIFT: Final = timedelta(hours=8)


class Outcome(StrEnum):
    """How a device did."""

    PASSED = "passed"
    FAILED = "failed"
    """It said that it is not well."""
    ABSENT = "absent"
    """It could not be asked."""


@dataclass(frozen=True, slots=True)
class SlotTest:
    """One device's test at the start of a shift.

    Attributes:
        slot: where it is.
        outcome: how it did.
        code: the check that failed, or the error's code; "" where it passed.
        at: when, UTC.
    """

    slot: str
    outcome: Outcome
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SlotUpkeep:
    """What the board shows of a slot beside its health; None where nothing is known.

    Attributes:
        slot: which place.
        test: of the shift's start.
        wiped_at: the last disinfection on record, UTC.
        used: whether it has touched somebody since; always False where nobody touches it.
        calibrated: the day on its certificate, from the settings.
    """

    slot: str
    test: SlotTest | None
    wiped_at: datetime | None
    used: bool
    calibrated: date | None


class ShiftDesk:
    """On the desk's thread, but `subscribe`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._tests: dict[str, SlotTest] = {}
        self._begun: datetime | None = None
        self._lock = threading.Lock()
        self._listeners: list[Callable[[SlotTest], None]] = []

    def subscribe(self, listener: Callable[[SlotTest], None]) -> None:
        """Tell `listener` of every test that is on record, on the desk's thread. From any thread."""
        with self._lock:
            self._listeners.append(listener)

    def begin(self, session: Session) -> None:
        """An officer has signed on: where a shift begins with it, test every device."""
        if not self._due(session.since):
            return
        self._begun = session.since
        for slot, future in self._counter.bay.self_test().items():
            future.add_done_callback(partial(self._answered, slot, session.officer.id))

    def board(self) -> tuple[SlotUpkeep, ...]:
        """Every slot's test, last disinfection and calibration."""
        contact, devices = self._counter.bay.contact_keys(), self._counter.settings.devices
        with self._counter.records.work() as work:
            wiped = work.hygiene.last_cleaned()
            used = {key.slot for key in contact if work.hygiene.used_by(key) is not None}
        return tuple(
            SlotUpkeep(
                slot=slot,
                test=self._tests.get(slot),
                wiped_at=wiped.get(slot),
                used=slot in used,
                calibrated=getattr(getattr(devices, slot, None), "calibrated", None),
            )
            for slot in self._counter.bay.health()
        )

    def _due(self, now: datetime) -> bool:
        if self._begun is None or not timedelta(0) <= now - self._begun < SHIFT:
            return True
        zone = self._counter.settings.zone.tz
        return now.astimezone(zone).date() != self._begun.astimezone(zone).date()

    def _answered(self, slot: str, officer_id: str, answer: Future[SelfTestResult]) -> None:
        """On the device's thread, or whoever cancelled."""
        self._counter.desk.submit(lambda: self._record(slot, officer_id, answer))

    def _record(self, slot: str, officer_id: str, answer: Future[SelfTestResult]) -> None:
        outcome, code = _judged(answer)
        test = SlotTest(slot, outcome, code, self._counter.clock.now())
        facts: Facts = {"slot": slot, "outcome": outcome.value, "code": code, "event": "shift"}
        with self._counter.records.work() as work:
            work.audit.append("device.tested", at=test.at, by=officer_id, facts=facts)
            work.commit()
        self._tests[slot] = test
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(test)


def _judged(answer: Future[SelfTestResult]) -> tuple[Outcome, str]:
    if answer.cancelled():
        return Outcome.ABSENT, CaptureCancelledError.__name__
    error = answer.exception()
    if error is not None:
        return Outcome.ABSENT, error.code if isinstance(error, DeviceError) else type(error).__name__
    result = answer.result()
    failed = next((name for name, passed, _ in result.checks if not passed), "")
    return (Outcome.PASSED, "") if result.passed else (Outcome.FAILED, failed or "self_test")
