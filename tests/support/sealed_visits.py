"""Sealed recordings in the store of a running station, without anybody captured."""

from __future__ import annotations

from dataclasses import replace

from station.bootstrap import Station
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.nik import Nik
from station.domain.samples import CardSeen
from tests.support.histories import applicant, to_seal
from tests.support.practice import PATIENCE_S


def add_sealed(station: Station, number: str, nik: str, card: CardSeen | None = None) -> Enrollment:
    """A recording of that number and NIK, its applicant's `card` brought to it."""

    def add() -> Enrollment:
        with station._counter.records.work() as work:
            work.visits.add(f"visit-{number}", number, station.settings.plan)
            for entry in to_seal():
                match entry:
                    case h.Opened():
                        entry = replace(entry, number=number)  # noqa: PLW2901 - the same entry, of this visit
                    case h.Identified():
                        entry = replace(entry, applicant=replace(applicant(), nik=Nik.parse(nik)), card=card)  # noqa: PLW2901 - as above
                work.visits.append(f"visit-{number}", entry)
            work.commit()
            return work.visits.load(f"visit-{number}")

    return station.desk.submit(add).result(PATIENCE_S)
