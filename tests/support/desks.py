"""A station in practice with its records open and no device: for what is done with records when nobody is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from protocols.clock import ManualClock
from station.bootstrap import Station, build
from station.config import Settings
from station.device_settings import CameraDevice, DevicesSection
from station.domain import history as h
from station.domain.audit import AuditEntry
from station.lab.operator import OPERATOR, SUPERVISOR
from station.services.sign_on import PRACTICE_PASSWORD
from station.store import Work
from tests.support.stores import record

T = TypeVar("T")

PATIENCE_S = 30.0
NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
"""Noon in Jakarta, three hours after the histories of `tests.support.histories`."""
PRACTISING = DevicesSection(camera=CameraDevice(source="nowhere", simulated=True))
"""Marks the station as one of practice; never opened."""


@dataclass
class RecordsDesk:
    """`do` runs a job on the desk."""

    station: Station
    clock: ManualClock

    def do(self, job: Callable[[], T]) -> T:
        """On the desk."""
        return self.station.desk.submit(job).result(PATIENCE_S)

    def sign_on(self, officer_id: str = SUPERVISOR) -> None:
        """Begin a turn."""
        self.do(lambda: self.station.sign_on.sign_on(officer_id, PRACTICE_PASSWORD))

    def within(self, job: Callable[[Work], T]) -> T:
        """One unit of work, committed unless the job did that."""

        def run() -> T:
            with self.station._records.work() as work:
                found = job(work)
                work.commit()
            return found

        return self.do(run)

    def keep(self, entries: Sequence[h.Entry]) -> str:
        """A visit with this history; returns its id. Its blobs are not there."""
        visit_id = secrets.token_hex(16)
        self.within(lambda work: record(work, list(entries), visit_id=visit_id))
        return visit_id

    def lines(self, action: str = "") -> list[AuditEntry]:
        """The audit trail, or the lines of one action."""
        return [each for each in self.within(lambda work: tuple(work.audit.entries())) if action in {"", each.action}]


@contextmanager
def records_desk(
    folder: Path, *, officer: str = OPERATOR, at: datetime = NOON, **settings: Any
) -> Iterator[RecordsDesk]:
    """Started `at` that time with this officer signed on ("" = nobody), ended afterwards."""
    clock = ManualClock(at)
    station = build(Settings(data_dir=folder, devices=PRACTISING, **settings), clock=clock)
    try:
        station.start_records().result(PATIENCE_S)
        desk = RecordsDesk(station, clock)
        if officer:
            desk.sign_on(officer)
        yield desk
    finally:
        station.stop()
