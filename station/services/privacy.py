"""Answers that the law asks for: a report to one citizen, and the pack of an incident. Both are on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from station.domain.held import Held
from station.domain.incident import Incident
from station.domain.officer import Officer, Permission
from station.domain.step import State
from station.errors import RuleError
from station.services.counter import Counter
from station.services.disclosure import held, write_both
from station.services.papers import Papers
from station.services.sign_on import SignOn
from station.services.subjects import between, of_person, one

if TYPE_CHECKING:
    from collections.abc import Callable

    from station.store import Work


@dataclass(frozen=True, slots=True)
class Reported:
    """What was written, and about how many records."""

    pdf: Path
    json: Path
    records: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which records an incident is about; at least one way of choosing.

    Attributes:
        visits: receipt numbers, `20200413-A-001`, or ids.
        first: with `last`, a time in which something happened in the record; aware.
        last: see `first`.
        device: a serial number: only records with a capture of that device.
        everything: all that the station holds, as when a machine is lost.
    """

    visits: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    device: str = ""
    everything: bool = False


class Privacy:
    """On the desk's thread.

    Args:
        counter, sign_on, papers: the station's.
        vault: tells what guards the keys at rest.
    """

    def __init__(self, counter: Counter, sign_on: SignOn, papers: Papers, vault: Callable[[], str]) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._papers = papers
        self._vault = vault

    def access_report(self, base: Path, *, nik: str = "", visit: str = "") -> Reported:
        """Everything on the person of that NIK, or of that visit, as `base`.pdf and `base`.json.

        The report names its own making: the lines of the trail come first.

        Raises:
            RuleError: `sign_on.*`, `access.no_nik`, `visit.unknown`, `visit.erased`.
            StationError: `paper.not_written`.
        """
        from station.documents.access_report import AccessData, access_json, access_pdf  # noqa: PLC0415 - PDF is loaded late

        officer, at = self._answers(), self._counter.clock.now()
        with self._counter.records.work() as work:
            if visit:
                applicant = work.visits.load(one(work, visit, self._counter.settings.zone.tz)).applicant
                nik = applicant.nik.digits if applicant is not None else ""
            visits = of_person(work, nik)
            for each in visits:
                work.audit.append("access.reported", at=at, by=officer.id, visit_id=each.visit_id)
            if not visits:
                work.audit.append("access.reported", at=at, by=officer.id, facts={"count": 0})
            records = tuple(held(work, each) for each in visits)
            names = {each.id: each.name for each in work.officers.all()}
            work.commit()
        data = AccessData(
            person=visits[-1].applicant if visits else None,
            records=records,
            officers=names,
            destination=self._counter.settings.station.destination,
            office=self._papers.office(),
            made_by=officer.name,
            made_at=at.astimezone(self._counter.settings.zone.tz),
            simulated=self._counter.settings.practice,
        )
        return Reported(*write_both(base, access_pdf(data), access_json(data)), len(records))

    def incident_pack(self, base: Path, incident: Incident, chosen: Chosen) -> Reported:
        """What happened and whose data, as `base`.pdf and `base`.json.

        Raises:
            RuleError: `sign_on.*`; `incident.nobody_chosen`; `incident.in_future`; `visit.unknown`, `visit.erased`.
            StationError: `paper.not_written`.
        """
        from station.documents.incident_pack import IncidentData, incident_json, incident_pdf  # noqa: PLC0415 - as above

        officer, at = self._answers(), self._counter.clock.now()
        if incident.noticed_at > at:
            raise RuleError("incident.in_future")
        with self._counter.records.work() as work:
            records = tuple(self._chosen(work, chosen))
            erased = len(work.visits.summaries(frozenset({State.ERASED}))) if chosen.everything else 0
        data = IncidentData(
            incident=incident,
            records=records,
            chosen=_told(chosen),
            erased=erased,
            vault=self._vault(),
            office=self._papers.office(),
            made_by=officer.name,
            made_at=at.astimezone(self._counter.settings.zone.tz),
            simulated=self._counter.settings.practice,
        )
        pdf, document = incident_pdf(data), incident_json(data)
        with self._counter.records.work() as work:
            for each in records:
                work.audit.append("incident.packed", at=at, by=officer.id, visit_id=each.visit.visit_id)
            facts = {"kind": incident.kind.value, "sha256": sha256(document).hexdigest()}
            work.audit.append("incident.told", at=at, by=officer.id, facts={**facts, "count": len(records)})
            work.commit()
        return Reported(*write_both(base, pdf, document), len(records))

    def _answers(self) -> Officer:
        return self._sign_on.allowed(Permission.ANSWER_FOR_DATA)

    def _chosen(self, work: Work, chosen: Chosen) -> Iterable[Held]:
        zone = self._counter.settings.zone.tz
        if chosen.visits:
            ids = dict.fromkeys(one(work, each, zone) for each in chosen.visits)
            return [held(work, work.visits.load(each)) for each in ids]
        if chosen.everything or chosen.device or chosen.first is not None or chosen.last is not None:
            first = chosen.first or datetime.min.replace(tzinfo=zone)
            last = chosen.last or datetime.max.replace(tzinfo=zone)
            return [held(work, each) for each in between(work, first, last, chosen.device)]
        raise RuleError("incident.nobody_chosen")


def _told(chosen: Chosen) -> str:
    """How it was chosen, in Indonesian."""
    if chosen.visits:
        return f"menurut nomor kunjungan: {', '.join(chosen.visits)}"
    told = [f"sejak {chosen.first:%d-%m-%Y %H.%M}"] if chosen.first is not None else []
    told += [f"sampai {chosen.last:%d-%m-%Y %H.%M}"] if chosen.last is not None else []
    told += [f"diambil dengan alat bernomor {chosen.device}"] if chosen.device else []
    return "kunjungan " + ", ".join(told) if told else "semua yang tersimpan di stasiun"
