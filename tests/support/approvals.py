"""A station without devices, with recordings that wait for approval: histories alone, nothing captured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from devices.signature_pad import PadGeometry, PenSample
from protocols.clock import Clock
from station.biometrics.images import finger_png, portrait_png
from station.biometrics.signature_iso import encode
from station.bootstrap import Station, build
from station.config import Approval, Settings
from station.domain import history as h
from station.domain.nik import Nik
from station.domain.officer import Officer, Role
from station.security import passwords
from station.store import Purpose, Work
from tests.support.histories import AT, OFFICER, applicant, captured, cleared, identified, opened, receipt

T = TypeVar("T")

PATIENCE_S = 30.0
PASSWORDS = {"dewi": "melati-5-pagar", "agus": "kenanga-7-atap", "rina": "anggrek-9-pintu"}
NAMES = {"dewi": "Dewi Lestari", "agus": "Agus Salim", "rina": "Rina Wati"}
ROUTINE = replace(cleared(), reason="", approver="")


def waiting(
    number: str = "A-001",
    *,
    who: h.Identified | None = None,
    clearance: h.Cleared = ROUTINE,
    by: str = OFFICER,
    after: timedelta = timedelta(),
) -> list[h.Entry]:
    """From the door to the receipt, all of it by one officer."""
    entries = [opened(number), who or identified(), clearance, *captured()]
    entries += [h.Reviewed(at=AT, by=by), replace(receipt(f"R-{number}"), at=AT + after)]
    return [replace(entry, by=by) for entry in entries]


def person(number: int) -> h.Identified:
    """Somebody else each time."""
    who = applicant(name=f"ANISA CONTOH {chr(65 + number % 26)}")
    return replace(identified(), applicant=replace(who, nik=Nik.parse(f"327301570895{number + 1:04}")))


@dataclass(frozen=True)
class Office:
    """A running station; `do` runs a job on its desk."""

    station: Station

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)

    def sign_on(self, officer: str) -> None:
        self.do(lambda: self.station.sign_on.sign_on(officer, PASSWORDS[officer]))

    def keep(self, visit_id: str, entries: Sequence[h.Entry], *, pictures: bool = False) -> None:
        """A visit with this history; with `pictures` there is something to be seen of every attempt."""

        def keep() -> None:
            with self.station._records.work() as work:
                number = entries[0].number if isinstance(entries[0], h.Opened) else ""
                work.visits.add(visit_id, number, self.station.settings.plan)
                for entry in entries:
                    work.visits.append(visit_id, _pictured(work, visit_id, entry) if pictures else entry)
                work.commit()

        self.do(keep)

    def actions(self) -> list[tuple[str, str, str]]:
        """The audit trail: what, about whom, by whom."""

        def read() -> list[tuple[str, str, str]]:
            with self.station._records.work() as work:
                return [(each.action, each.visit_id, each.by) for each in work.audit.entries()]

        return self.do(read)


PAD = PadGeometry(0, 0, 2000, 1000, 410, 1023)
STROKES = tuple(PenSample(100 + 10 * n, 500 + 20 * (n % 7), 300, True, 5 * n) for n in range(40))


def _pictured(work: Work, visit_id: str, entry: h.Entry) -> h.Entry:
    """The same fact with bytes behind it."""
    match entry:
        case h.PortraitTaken():
            data = portrait_png(np.full((640, 480, 3), 40 * entry.attempt.number, np.uint8))
            return replace(
                entry, attempt=replace(entry.attempt, blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE))
            )
        case h.FingerTaken():
            data = finger_png(np.full((288, 256), 20 * int(entry.attempt.position), np.uint8))
            return replace(
                entry, attempt=replace(entry.attempt, blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE))
            )
        case h.SignatureTaken():
            data = encode(STROKES, PAD)
            return replace(entry, sample=replace(entry.sample, blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE)))
    return entry


@cache
def _hashed(password: str) -> str:
    """Slow on purpose, so once a run."""
    return passwords.hash(password)


def staffed(station: Station) -> None:
    """Two supervisors, dewi and agus, and rina, an operator. On the desk."""
    roles = {"dewi": Role.SUPERVISOR, "agus": Role.SUPERVISOR, "rina": Role.OPERATOR}
    with station._records.work() as work:
        for each, role in roles.items():
            work.officers.add(Officer(each, NAMES[each], role), _hashed(PASSWORDS[each]))
        work.commit()


@contextmanager
def office(folder: Path, *, clock: Clock | None = None, **settings: Any) -> Iterator[Office]:
    """A station in earnest without a device, staffed; it cannot seal, since nobody has set up a data centre."""
    station = build(Settings(data_dir=folder, **{"approval": Approval.SUPERVISOR, **settings}), clock=clock)
    try:
        station.start().result(PATIENCE_S)
        made = Office(station)
        if made.do(station.sign_on.needs_first_officer):
            made.do(lambda: staffed(station))
        yield made
    finally:
        station.stop()
