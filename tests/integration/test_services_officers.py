"""Officers of a station in earnest: the first two, and whoever a supervisor takes on after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from station.bootstrap import Station, build
from station.config import Settings
from station.domain.officer import Officer, Role
from station.errors import RuleError
from station.services.sign_on import NewOfficer

T = TypeVar("T")

PATIENCE_S = 30.0
DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
RINA = NewOfficer("rina", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu")


@dataclass(frozen=True)
class Office:
    """A station without devices, to which the first two have just been taken on."""

    station: Station

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)

    def sign_on(self, who: NewOfficer) -> None:
        self.do(lambda: self.station.sign_on.sign_on(who.id, who.password))

    def add(self, who: NewOfficer, password: str) -> Officer:
        return self.do(lambda: self.station.sign_on.add_officer(who, password))

    def refused(self, who: NewOfficer, password: str) -> str:
        with pytest.raises(RuleError) as refusal:
            self.add(who, password)
        return refusal.value.code

    @property
    def known(self) -> set[str]:
        return {each.id for each in self.do(self.station.sign_on.officers)}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    station = build(Settings(data_dir=tmp_path))
    try:
        started = station.start().result(PATIENCE_S)
        assert started.needs_first_officer
        made = Office(station)
        made.do(lambda: station.sign_on.add_first_officers(DEWI, AGUS))
        yield made
    finally:
        station.stop()


def test_a_supervisor_takes_on_an_operator_who_then_serves_and_is_on_record(office: Office) -> None:
    office.sign_on(DEWI)
    assert office.add(RINA, DEWI.password) == Officer("rina", "Rina Wati", Role.OPERATOR)
    office.sign_on(RINA)
    session = office.station.sign_on.session
    assert session is not None
    assert session.officer.id == "rina"

    def added() -> list[tuple[str, dict[str, object]]]:
        with office.station._records.work() as work:
            return [(each.by, dict(each.facts)) for each in work.audit.entries() if each.action == "officer.added"]

    assert office.do(added) == [
        ("", {"officer": "dewi", "role": "supervisor"}),
        ("", {"officer": "agus", "role": "supervisor"}),
        ("dewi", {"officer": "rina", "role": "operator"}),
    ]


def test_nobody_but_a_supervisor_with_their_own_password_takes_anybody_on(office: Office) -> None:
    assert office.refused(RINA, DEWI.password) == "sign_on.needed"
    office.sign_on(DEWI)
    assert office.refused(RINA, AGUS.password) == "sign_on.failed"
    assert office.refused(RINA, RINA.password) == "sign_on.failed"
    assert office.known == {"dewi", "agus"}
    office.add(RINA, DEWI.password)
    office.sign_on(RINA)
    other = NewOfficer("tono", "Tono", Role.SUPERVISOR, "mawar-3-jendela")
    assert office.refused(other, RINA.password) == "sign_on.not_allowed"
    assert office.known == {"dewi", "agus", "rina"}


@pytest.mark.parametrize(
    ("newcomer", "code"),
    [
        (NewOfficer("agus", "Agus Kedua", Role.OPERATOR, "anggrek-9-pintu"), "officer.exists"),
        (NewOfficer("Rina W", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu"), "officer.id_unfit"),
        (NewOfficer("197001012000031001", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu"), "officer.id_long_number"),
        (NewOfficer("rina", "  ", Role.OPERATOR, "anggrek-9-pintu"), "officer.name_missing"),
        (NewOfficer("rina", "Rina Wati", Role.OPERATOR, "rina-2020-x"), "password.too_weak"),
    ],
)
def test_a_newcomer_who_does_not_fit_is_refused_and_nothing_is_kept(
    office: Office, newcomer: NewOfficer, code: str
) -> None:
    office.sign_on(DEWI)
    assert office.refused(newcomer, DEWI.password) == code
    assert office.known == {"dewi", "agus"}
