"""Visits that wait, change hands, end early, or never should have begun; and who may sign for what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from devices.positions import FingerPosition
from protocols.clock import ManualClock
from station.bootstrap import build
from station.config import Settings
from station.domain.history import DeferralReason, EndReason, EverRecorded, ParkReason
from station.domain.officer import Permission, Role
from station.domain.step import State
from station.errors import RuleError, StationError
from station.lab.lab import Lab
from station.lab.operator import OPERATOR, SUPERVISOR
from station.security.lockout import MOST_FAILURES
from station.services.sign_on import NewOfficer
from tests.support.practice import PASSWORD, PATIENCE_S, Practice, practising


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def practice(lab: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path) as running:
        yield running


def test_a_parked_visit_goes_on_under_a_new_clearance_and_keeps_what_was_captured(practice: Practice) -> None:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    parked = practice.do(lambda: practice.station.visits.park(visit_id, ParkReason.ANOTHER_DAY))
    assert parked.state is State.PARKED
    assert practice.station.screening.cleared_until(visit_id) is None
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):
        practice.wait(practice.station.fingers.take(visit_id, (FingerPosition.RIGHT_THUMB,), lambda _: None))

    assert practice.do(lambda: practice.station.visits.resume(visit_id)).state is State.SCREENING
    resumed = practice.operator.screen(visit_id)
    assert resumed.state is State.FINGERPRINTS
    assert resumed.accepted() is not None
    assert practice.operator.fingers(visit_id).state is State.SIGNATURE


def test_an_officer_who_leaves_parks_the_visit_and_the_next_one_is_screened_themselves(practice: Practice) -> None:
    visit_id = practice.cleared()
    practice.do(practice.station.sign_on.sign_off)
    assert practice.station.sign_on.session is None
    with pytest.raises(RuleError, match=r"sign_on\.needed"):
        practice.do(practice.station.visits.open)

    practice.operator.sign_on(SUPERVISOR)
    parked = practice.do(lambda: practice.station.visits.load(visit_id)).parked
    assert parked is not None
    assert (parked.reason, parked.by) == (ParkReason.OFFICER_CHANGE, OPERATOR)
    practice.do(lambda: practice.station.visits.resume(visit_id))
    missing = {each.item_id for each in practice.view(visit_id).verdict.missing}
    assert {"officer_mask", "officer_gloves", "officer_temperature", "urgency_approver"} <= missing


def test_a_cancelled_visit_leaves_no_capture_behind(practice: Practice) -> None:
    visit_id = practice.cleared()
    practice.wait(practice.station.portrait.take(visit_id))
    cancelled = practice.do(lambda: practice.station.visits.cancel(visit_id, EndReason.APPLICANT_LEFT))
    assert cancelled.state is State.CANCELLED
    with pytest.raises(RuleError, match=r"blob\.destroyed"):
        practice.do(lambda: practice.station.portrait.image(visit_id, 1))
    assert practice.do(practice.station.visits.listing) == ()


def test_who_is_too_young_is_put_off_to_the_day_on_which_they_are_not(lab: Lab, tmp_path: Path) -> None:
    clock = ManualClock()
    with practising(lab, tmp_path, clock=clock) as practice:
        practice.operator.sign_on()
        born = clock.now().date() - timedelta(days=365 * 15)
        form = replace(lab.citizen.form, birth_date=f"{born:%d-%m-%Y}", marital_status="1")
        visits = practice.station.visits
        visit_id = practice.do(visits.open).visit_id

        def identify() -> None:
            visits.identify(visit_id, form, read_back=True, ever_recorded=EverRecorded.NO, reason="sesuai akta")

        with pytest.raises(RuleError, match=r"identify\.too_young"):
            practice.do(identify)
        deferred = practice.do(lambda: visits.defer(visit_id)).deferred
        assert deferred is not None
        assert deferred.reason is DeferralReason.TOO_YOUNG
        assert timedelta() <= deferred.proposed - born.replace(year=born.year + 16) < timedelta(days=14)
        assert practice.do(lambda: visits.resume(visit_id)).state is State.IDENTIFY


def test_biodata_are_checked_field_by_field_before_anybody_is_identified(practice: Practice) -> None:
    practice.operator.sign_on()
    visits = practice.station.visits
    wrong = replace(practice.lab.citizen.form, nik="123", religion="99", birth_date="31-02-1990", name="", rt="a")
    found = practice.do(lambda: visits.check(wrong))
    assert found.applicant is None
    assert found.errors == {
        "nik": "nik.not_sixteen_digits",
        "religion": "field.unknown_code",
        "birth_date": "date.unreadable",
        "name": "field.empty",
        "rt": "field.not_digits",
    }
    visit_id = practice.do(visits.open).visit_id
    with pytest.raises(RuleError, match=r"biodata\.invalid"):
        practice.do(lambda: visits.identify(visit_id, wrong, read_back=True, ever_recorded=EverRecorded.NO, reason=""))
    with pytest.raises(RuleError, match=r"identify\.not_read_back"):
        practice.do(
            lambda: visits.identify(
                visit_id, practice.lab.citizen.form, read_back=False, ever_recorded=EverRecorded.NO, reason=""
            )
        )


def test_five_wrong_passwords_lock_an_officer_out_for_five_minutes(lab: Lab, tmp_path: Path) -> None:
    clock = ManualClock()
    with practising(lab, tmp_path, clock=clock) as practice:
        sign_on = practice.station.sign_on
        for _ in range(MOST_FAILURES):
            with pytest.raises(RuleError, match=r"sign_on\.failed"):
                practice.do(lambda: sign_on.sign_on(OPERATOR, "not the password"))
        with pytest.raises(RuleError, match=r"sign_on\.locked"):
            practice.do(lambda: sign_on.sign_on(OPERATOR, PASSWORD))
        clock.advance(timedelta(minutes=5))
        session = practice.do(lambda: sign_on.sign_on(OPERATOR, PASSWORD))
        assert session.officer.id == OPERATOR


def test_a_second_signature_needs_another_officer_who_may_give_it(practice: Practice) -> None:
    practice.operator.sign_on(SUPERVISOR)
    sign_on = practice.station.sign_on
    with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
        practice.do(lambda: sign_on.countersign(SUPERVISOR, PASSWORD, Permission.APPROVE))
    with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
        practice.do(lambda: sign_on.countersign(OPERATOR, PASSWORD, Permission.APPROVE))
    assert practice.do(lambda: sign_on.countersign("penyelia2", PASSWORD, Permission.APPROVE)).role is Role.SUPERVISOR


def test_a_station_in_earnest_starts_without_officers_and_takes_on_two_supervisors(tmp_path: Path) -> None:
    station = build(Settings(data_dir=tmp_path))
    try:
        report = station.start().result(PATIENCE_S)
        assert report.needs_first_officer
        assert not report.practice
        assert station.sign_on.practice_hint is None

        def do(first: NewOfficer, second: NewOfficer) -> None:
            station.desk.submit(lambda: station.sign_on.add_first_officers(first, second)).result(PATIENCE_S)

        ani = NewOfficer("ani", "Ani Contoh", Role.SUPERVISOR, "hujan turun pagi")
        budi = NewOfficer("budi", "Budi Contoh", Role.SUPERVISOR, "layang di sawah")
        for first, second, code in (
            (ani, replace(budi, role=Role.OPERATOR), "officer.two_supervisors"),
            (ani, ani, "officer.two_supervisors"),
            (ani, replace(budi, password="12345"), "password.too_weak"),
            (ani, replace(budi, id="Budi Contoh"), "officer.id_unfit"),
            (ani, replace(budi, name=" "), "officer.name_missing"),
        ):
            with pytest.raises(RuleError, match=code):
                do(first, second)
        do(ani, budi)
        with pytest.raises(RuleError, match=r"officer\.not_first"):
            do(ani, budi)
        with pytest.raises(RuleError, match=r"protocol\.none"):
            station.desk.submit(station.protocol.definition).result(PATIENCE_S)
    finally:
        station.stop()


def test_a_station_whose_data_another_one_uses_does_not_start(practice: Practice, lab: Lab, tmp_path: Path) -> None:
    second = build(lab.settings(Settings(data_dir=tmp_path)))
    try:
        with pytest.raises(StationError, match=r"store\.locked"):
            second.start().result(PATIENCE_S)
    finally:
        second.stop()
    assert practice.do(practice.station.sign_on.officers)
