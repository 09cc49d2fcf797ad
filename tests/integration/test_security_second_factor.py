"""Signing on with a second factor, and locked out across a restart: a real store, a real desk, a real authenticator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pyotp
import pytest

from protocols.clock import ManualClock
from station.bootstrap import DATABASE, Station, build
from station.config import Settings
from station.domain.officer import FactorKind, Permission, Role
from station.errors import RuleError
from station.security.lockout import FIRST_WAIT, MOST_FAILURES
from station.services.sign_on import LockedOutError, NewOfficer
from tests.support.stores import PAGE

T = TypeVar("T")

PATIENCE_S = 30.0
DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
STEP = timedelta(seconds=30)


@dataclass
class Office:
    """A station without devices, in which two supervisors serve."""

    station: Station
    clock: ManualClock

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)

    def sign_on(self, who: NewOfficer, code: str | None = None, *, password: str = "") -> None:
        self.do(lambda: self.station.sign_on.sign_on(who.id, password or who.password, code))

    def refused(self, who: NewOfficer, code: str | None = None, *, password: str = "") -> RuleError:
        with pytest.raises(RuleError) as refusal:
            self.sign_on(who, code, password=password)
        return refusal.value

    def enrol(self, who: NewOfficer) -> pyotp.TOTP:
        """The officer's authenticator, in force; its first code is used up."""
        self.sign_on(who)
        offer = self.do(lambda: self.station.factors.offer(who.password))
        phone = pyotp.parse_uri(offer.uri)
        assert isinstance(phone, pyotp.TOTP)
        assert phone.secret == offer.text
        self.do(lambda: self.station.factors.take(phone.at(self.now)))
        return phone

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def audited(self, action: str) -> list[dict[str, object]]:
        def read() -> list[dict[str, object]]:
            with self.station._records.work() as work:
                return [dict(each.facts) for each in work.audit.entries() if each.action == action]

        return self.do(read)


@contextmanager
def opened(folder: Path, clock: ManualClock) -> Iterator[Office]:
    station = build(Settings(data_dir=folder), clock=clock)
    try:
        started = station.start().result(PATIENCE_S)
        office = Office(station, clock)
        if started.needs_first_officer:
            office.do(lambda: station.sign_on.add_first_officers(DEWI, AGUS))
        yield office
    finally:
        station.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock) -> Iterator[Office]:
    with opened(tmp_path, clock) as made:
        yield made


def test_whoever_has_a_second_factor_signs_on_with_password_and_code(office: Office) -> None:
    phone = office.enrol(DEWI)
    office.clock.advance(STEP)
    assert office.refused(DEWI).code == "sign_on.code_needed"
    assert office.refused(DEWI, phone.at(office.now), password="not the password").code == "sign_on.failed"
    office.sign_on(DEWI, phone.at(office.now))
    assert office.audited("officer.factor_added") == [{"officer": "dewi", "kind": "code"}]
    assert office.do(lambda: [office.station.factors.of(who.id) for who in (DEWI, AGUS)]) == [{FactorKind.CODE}, set()]
    office.sign_on(AGUS)


def test_a_code_is_taken_once(office: Office) -> None:
    phone = office.enrol(DEWI)
    assert office.refused(DEWI, phone.at(office.now)).code == "sign_on.code_wrong"
    office.clock.advance(STEP)
    code = phone.at(office.now)
    office.sign_on(DEWI, code)
    office.clock.advance(STEP)
    assert office.refused(DEWI, code).code == "sign_on.code_wrong"
    assert office.audited("sign_on.failed")[-1] == {"officer": "dewi", "code": "sign_on.code_wrong"}


def test_a_code_taken_before_a_restart_is_not_taken_after_it(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as office:
        phone = office.enrol(DEWI)
    with opened(tmp_path, clock) as office:
        assert office.refused(DEWI, phone.at(office.now)).code == "sign_on.code_wrong"
        office.sign_on(DEWI, phone.at(office.now + STEP))


def test_wrong_codes_lock_out_as_wrong_passwords_do_and_a_right_password_alone_forgives_nothing(office: Office) -> None:
    phone = office.enrol(DEWI)
    office.clock.advance(STEP)
    wrong = f"{(int(phone.at(office.now)) + 1) % 1_000_000:06}"
    assert wrong not in {phone.at(office.now + STEP), phone.at(office.now - STEP)}
    for _ in range(MOST_FAILURES):
        assert office.refused(DEWI).code == "sign_on.code_needed"
        assert office.refused(DEWI, wrong).code == "sign_on.code_wrong"
    locked = office.refused(DEWI, phone.at(office.now))
    assert isinstance(locked, LockedOutError)
    assert locked.wait_s == FIRST_WAIT.total_seconds()


def test_the_wait_grows_outlives_a_restart_and_a_clock_set_back(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as office:
        for _ in range(MOST_FAILURES):
            assert office.refused(AGUS, password="not the password").code == "sign_on.failed"
        clock.advance(FIRST_WAIT)
        assert office.refused(AGUS, password="not the password").code == "sign_on.failed"
    with opened(tmp_path, clock) as office:
        locked = office.refused(AGUS)
        assert isinstance(locked, LockedOutError)
        assert locked.wait_s == 2 * FIRST_WAIT.total_seconds()
        clock.set_wall(clock.now() - timedelta(days=400))
        assert office.refused(AGUS).code == "sign_on.locked"
        clock.advance(2 * FIRST_WAIT)
        office.sign_on(AGUS)
        assert office.refused(AGUS, password="not the password").code == "sign_on.failed"  # counted anew
        office.sign_on(AGUS)


def test_a_second_factor_that_was_never_shown_to_work_is_not_asked_for(office: Office) -> None:
    office.sign_on(DEWI)
    office.do(lambda: office.station.factors.offer(DEWI.password))
    with pytest.raises(RuleError, match=r"sign_on\.code_wrong"):
        office.do(lambda: office.station.factors.take("no code"))
    office.sign_on(DEWI)
    office.sign_on(AGUS)
    with pytest.raises(RuleError, match=r"officer\.no_factor"):  # an offer is the officer's own
        office.do(lambda: office.station.factors.take("000000"))


def test_a_new_second_factor_in_anothers_place_needs_a_code_of_the_old_one(office: Office) -> None:
    old = office.enrol(DEWI)
    office.clock.advance(STEP)
    with pytest.raises(RuleError, match=r"sign_on\.code_needed"):
        office.do(lambda: office.station.factors.offer(DEWI.password))
    offer = office.do(lambda: office.station.factors.offer(DEWI.password, old.at(office.now)))
    new = pyotp.TOTP(offer.text)
    office.do(lambda: office.station.factors.take(new.at(office.now)))
    office.clock.advance(STEP)
    assert office.refused(DEWI, old.at(office.now)).code == "sign_on.code_wrong"
    office.sign_on(DEWI, new.at(office.now))


def test_a_lost_authenticator_is_taken_away_by_another_who_manages_officers(office: Office) -> None:
    office.enrol(DEWI)
    with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
        office.do(lambda: office.station.factors.remove(DEWI.id, DEWI.password))
    office.sign_on(AGUS)
    with pytest.raises(RuleError, match=r"sign_on\.failed"):
        office.do(lambda: office.station.factors.remove(DEWI.id, "not the password"))
    office.do(lambda: office.station.factors.remove(DEWI.id, AGUS.password))
    office.sign_on(DEWI)
    with pytest.raises(RuleError, match=r"officer\.no_factor"):
        office.do(lambda: office.station.factors.remove(AGUS.id, DEWI.password))


def test_a_second_signature_needs_the_code_too_and_ones_own_password_later_does_not(office: Office) -> None:
    phone = office.enrol(DEWI)
    office.do(lambda: office.station.sign_on.confirm(DEWI.password))
    office.sign_on(AGUS)
    office.clock.advance(STEP)
    sign_on = office.station.sign_on
    with pytest.raises(RuleError, match=r"sign_on\.code_needed"):
        office.do(lambda: sign_on.countersign(DEWI.id, DEWI.password, Permission.APPROVE))
    code = phone.at(office.now)
    assert office.do(lambda: sign_on.countersign(DEWI.id, DEWI.password, Permission.APPROVE, code)).id == "dewi"


def test_the_secret_lies_nowhere_in_clear(tmp_path: Path, clock: ManualClock) -> None:
    with opened(tmp_path, clock) as office:
        phone = office.enrol(DEWI)
        secret = phone.byte_secret()

        def rows() -> list[object]:
            with office.station._records.work() as work:
                found = work.factors._connection.exec_driver_sql("SELECT * FROM second_factors").one()
                return list(found)

        assert secret not in b"".join(each for each in office.do(rows) if isinstance(each, bytes))
        offer = office.do(lambda: office.station.factors.offer(DEWI.password, phone.at(office.now + STEP)))
        assert offer.text not in repr(offer)
    data = (tmp_path / DATABASE).read_bytes()
    assert len(data) >= PAGE
    for place in [each for each in tmp_path.rglob("*") if each.is_file()]:
        assert secret not in place.read_bytes()
        assert phone.secret.encode() not in place.read_bytes()
