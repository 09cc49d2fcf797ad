"""What the protocol refuses, and what stays possible: put off to a day, measured again, decided by others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devices.errors import PersonCanRetryError
from protocols.clearance import NotClearedError, Refusal
from protocols.clock import ManualClock
from protocols.screening import Mark, Status
from station.domain.history import Cleared, DeferralReason, EndReason, ParkReason
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.lab.operator import SUPERVISOR
from tests.support.practice import PASSWORD, Practice, practising

START = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning at Sangatta


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def practice(lab: Lab, clock: ManualClock, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path, clock=clock) as running:
        yield running


def test_who_is_not_urgent_is_put_off_to_a_working_day_with_a_slip(practice: Practice) -> None:
    visit_id = practice.identified()
    view = practice.answer(visit_id, "urgent_reason", "not_urgent")
    assert view.verdict.status is Status.DEFERRED

    visits, finishing = practice.station.visits, practice.station.finishing
    deferred = practice.do(lambda: visits.defer(visit_id)).deferred
    assert deferred is not None
    assert deferred.reason is DeferralReason.NOT_URGENT
    assert deferred.rules == ("not_urgent",)
    assert deferred.proposed == START.date() + timedelta(days=30)
    assert deferred.proposed.weekday() < 5
    assert practice.do(lambda: finishing.deferral_pdf(visit_id)).startswith(b"%PDF")
    assert [(v.visit_id, v.state) for v in practice.do(visits.listing)] == [(visit_id, State.DEFERRED)]
    assert practice.do(lambda: visits.resume(visit_id)).state is State.SCREENING


def test_nobody_is_put_off_without_a_reason_of_the_protocol(practice: Practice) -> None:
    visit_id = practice.identified()
    with pytest.raises(RuleError, match=r"visit\.no_reason_to_defer"):
        practice.do(lambda: practice.station.visits.defer(visit_id))


def test_a_fever_is_measured_again_after_five_minutes_and_then_put_off(practice: Practice, clock: ManualClock) -> None:
    visit_id, item = practice.identified(), "applicant_temperature"
    assert practice.answer(visit_id, item, 37.9).verdict.status is Status.RECHECK
    assert practice.line(visit_id, item).recheck_at == START + timedelta(minutes=5)
    with pytest.raises(RuleError, match=r"screening\.too_early"):
        practice.answer(visit_id, item, 36.5)

    clock.advance(timedelta(minutes=5))
    assert practice.answer(visit_id, item, 37.8).verdict.status is Status.REFUSED
    with pytest.raises(RuleError, match=r"screening\.reading_is_final"):
        practice.answer(visit_id, item, 36.5)

    with pytest.raises(RuleError, match=r"visit\.put_off_instead"):
        practice.do(lambda: practice.station.visits.cancel(visit_id, EndReason.APPLICANT_LEFT))
    deferred = practice.do(lambda: practice.station.visits.defer(visit_id)).deferred
    assert deferred is not None
    assert deferred.reason is DeferralReason.APPLICANT_FEVER
    assert deferred.proposed >= START.date() + timedelta(days=14)
    with pytest.raises(RuleError, match=r"visit\.too_early"):
        practice.do(lambda: practice.station.visits.resume(visit_id))
    with pytest.raises(RuleError, match=r"visit\.too_early"):
        practice.operator.identify(practice.lab.citizen)
    clock.advance(timedelta(days=20))
    practice.operator.sign_on()
    assert practice.do(lambda: practice.station.visits.resume(visit_id)).state is State.SCREENING
    assert practice.line(visit_id, item).mark is Mark.MISSING


def test_temperatures_that_count_no_longer_are_erased_the_officers_too(practice: Practice, clock: ManualClock) -> None:
    visit_id = practice.identified()
    practice.answer(visit_id, "officer_temperature", 36.4)
    practice.answer(visit_id, "applicant_temperature", 36.6)
    officer = practice.line(visit_id, "officer_temperature").subject

    def readings() -> list[str]:
        with practice.station._records.work() as work:
            return [each.item_id for each in work.answers.of((visit_id, officer)) if each.source]

    assert practice.do(readings) == ["officer_temperature", "applicant_temperature"]
    clock.advance(timedelta(hours=9))
    practice.answer(visit_id, "officer_mask", True)
    assert practice.do(readings) == []


def test_a_command_that_is_refused_leaves_the_leave_of_whoever_is_captured(practice: Practice) -> None:
    visit_id = practice.cleared()
    with pytest.raises(RuleError, match=r"visit\.no_reason_to_defer"):
        practice.do(lambda: practice.station.visits.defer(visit_id))
    assert practice.station.screening.cleared_until(visit_id) is not None
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):
        practice.do(lambda: practice.station.visits.resume(visit_id))


def test_an_approval_is_given_anew_when_the_reason_changes(practice: Practice) -> None:
    visit_id = practice.cleared()
    view = practice.answer(visit_id, "urgency_evidence", "SK/99")
    assert view.verdict.status is Status.INCOMPLETE
    assert [each.item_id for each in view.verdict.missing] == ["urgency_approver"]
    assert practice.station.screening.cleared_until(visit_id) is None


def test_a_second_reading_below_the_limit_lets_the_visit_go_on(practice: Practice, clock: ManualClock) -> None:
    visit_id = practice.identified()
    practice.answer(visit_id, "applicant_temperature", 37.4)
    practice.do(lambda: practice.station.visits.park(visit_id, ParkReason.SECOND_READING))
    clock.advance(timedelta(minutes=6))
    practice.do(lambda: practice.station.visits.resume(visit_id))
    practice.answer(visit_id, "applicant_temperature", 37.1)
    assert practice.operator.screen(visit_id).state is State.PORTRAIT


def test_a_profile_sets_the_limit_within_the_protocols_range(lab: Lab, tmp_path: Path) -> None:
    limits = {"emergency-2020": {"temperature_limit": 37.5}}
    with practising(lab, tmp_path, protocol_parameters=limits) as practice:
        visit_id = practice.identified()
        practice.answer(visit_id, "applicant_temperature", 37.4)
        assert practice.line(visit_id, "applicant_temperature").mark is Mark.PASSED


def test_a_typed_temperature_that_no_person_has_is_not_kept(practice: Practice) -> None:
    visit_id = practice.identified()
    with pytest.raises(PersonCanRetryError):
        practice.answer(visit_id, "applicant_temperature", 51.0)
    assert practice.line(visit_id, "applicant_temperature").mark is Mark.MISSING


def test_the_urgency_is_approved_by_another_officer_with_their_password(practice: Practice) -> None:
    visit_id = practice.identified()
    practice.answer(visit_id, "urgent_reason", "hospital")
    desk = practice.station.screening
    assert {each.id for each in practice.view(visit_id).approvers} == {"penyelia", "penyelia2"}
    for officer_id, password, code in (
        (SUPERVISOR, "wrong password", "sign_on.failed"),
        ("petugas", PASSWORD, "sign_on.same_officer"),
        ("nobody", PASSWORD, "sign_on.failed"),
    ):
        with pytest.raises(RuleError, match=code):
            practice.do(lambda o=officer_id, p=password: desk.approve(visit_id, "urgency_approver", o, p))  # type: ignore[misc]  # bound now
    with pytest.raises(RuleError, match=r"screening\.needs_password"):
        practice.answer(visit_id, "urgency_approver", SUPERVISOR)
    practice.do(lambda: desk.approve(visit_id, "urgency_approver", SUPERVISOR, PASSWORD))
    assert practice.line(visit_id, "urgency_approver").mark is Mark.PASSED


def test_what_the_checklist_does_not_ask_is_not_answered(practice: Practice) -> None:
    visit_id = practice.identified()
    for item_id, subject, value, code in (
        ("no_such_item", visit_id, True, "screening.unknown_item"),
        ("officer_mask", visit_id, True, "screening.unknown_item"),
        ("urgent_reason", visit_id, "no_such_reason", "screening.unacceptable"),
        ("applicant_temperature", visit_id, 36.5, "screening.needs_reading"),
    ):
        with pytest.raises(RuleError, match=code):
            practice.do(lambda a=(item_id, subject, value): practice.station.screening.answer(visit_id, *a))  # type: ignore[misc]  # bound now


def test_nothing_is_cleared_before_everything_is_answered(practice: Practice) -> None:
    visit_id = practice.identified()
    with pytest.raises(RuleError, match=r"screening\.not_cleared"):
        practice.do(lambda: practice.station.screening.clear(visit_id))
    assert practice.station.screening.cleared_until(visit_id) is None


def test_an_answer_that_no_longer_clears_ends_the_leave(practice: Practice) -> None:
    visit_id = practice.cleared()
    assert practice.station.screening.cleared_until(visit_id) is not None
    practice.answer(visit_id, "officer_mask", False)
    assert practice.station.screening.cleared_until(visit_id) is None
    with pytest.raises(RuleError, match=r"capture\.not_cleared"):
        practice.wait(practice.station.portrait.take(visit_id))


def test_a_leave_that_ran_out_is_refused_by_the_gate_and_renewed_in_the_same_step(
    practice: Practice, clock: ManualClock
) -> None:
    visit_id = practice.cleared()
    clock.advance(timedelta(minutes=61))
    with pytest.raises(NotClearedError) as refused:
        practice.wait(practice.station.portrait.take(visit_id))
    assert refused.value.refusal is Refusal.EXPIRED
    renewed = practice.operator.screen(visit_id)
    assert renewed.state is State.PORTRAIT
    assert sum(isinstance(entry, Cleared) for entry in renewed.entries) == 2
    assert practice.wait(practice.station.portrait.take(visit_id)).portraits


def test_a_device_that_touched_one_applicant_is_wiped_before_the_next(practice: Practice) -> None:
    first = practice.cleared()
    practice.operator.portrait(first)
    wanted = practice.do(lambda: practice.station.visits.load(first)).next_finger()
    assert wanted is not None
    practice.wait(practice.station.fingers.take(first, (wanted,), lambda _: None))
    practice.do(lambda: practice.station.visits.park(first, ParkReason.ANOTHER_DAY))

    second = practice.identified()
    marks = {line.subject.partition("/")[0]: line.mark for line in _wiped(practice, second)}
    assert marks == {"fingerprint": Mark.MISSING, "signature_pad": Mark.HELD}
    practice.operator.screen(second)
    assert {line.mark for line in _wiped(practice, second)} <= {Mark.PASSED, Mark.HELD}


def _wiped(practice: Practice, visit_id: str) -> list:  # type: ignore[type-arg]  # of checklist lines
    return [line for line in practice.view(visit_id).items if line.item.id == "device_disinfected"]


def test_a_protocol_text_that_the_program_does_not_know_is_refused(practice: Practice) -> None:
    visit_id = practice.identified()
    in_force = practice.do(practice.station.protocol.in_force)
    assert in_force is not None
    altered = replace(in_force, ref=replace(in_force.ref, sha256="0" * 64))

    def put() -> None:
        with practice.station._records.work() as work:
            work.decisions.add(altered)
            work.commit()

    practice.do(put)
    with pytest.raises(RuleError, match=r"protocol\.unknown"):
        practice.view(visit_id)


def test_two_officers_put_another_protocol_in_force_and_every_leave_ends(practice: Practice) -> None:
    visit_id, protocol = practice.cleared(), practice.station.protocol
    with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
        practice.do(lambda: protocol.put_in_force("routine", SUPERVISOR, PASSWORD, "Surat 1/2022"))
    practice.do(lambda: practice.station.visits.park(visit_id, ParkReason.OFFICER_CHANGE))
    practice.operator.sign_on(SUPERVISOR)
    with pytest.raises(RuleError, match=r"protocol\.reason_missing"):
        practice.do(lambda: protocol.put_in_force("routine", "penyelia2", PASSWORD, " "))
    decision = practice.do(lambda: protocol.put_in_force("routine", "penyelia2", PASSWORD, "Surat 1/2022"))
    assert decision.decided_by == (SUPERVISOR, "penyelia2")
    practice.do(lambda: practice.station.visits.resume(visit_id))
    cleared = practice.operator.screen(visit_id).cleared
    assert cleared is not None
    assert (cleared.protocol.id, cleared.decision_reason) == ("routine", "Surat 1/2022")
