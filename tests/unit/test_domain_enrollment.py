"""The recording: its rules one by one, and what no walk through them ever reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.fingers import MAX_ATTEMPTS, WANTED_SCORES
from station.domain.samples import (
    IRISES_NOT_CAPTURED,
    Accepted,
    Likeness,
    LikenessVerdict,
    NotCaptured,
    NotCapturedReason,
)
from station.domain.step import CAPTURE_STATES, ENDED_STATES, TRANSITIONS, Event, State
from station.errors import RuleError
from tests.support.histories import (
    AT,
    NAME,
    OFFICER,
    SECOND,
    SIMULATED,
    TODAY,
    applicant,
    captured,
    cleared,
    eventful,
    exception,
    finger,
    finished,
    folded,
    identified,
    likeness,
    opened,
    portrait,
    receipt,
    settled,
    signature,
    to_review,
    to_seal,
)

PLANS = [
    (State.PORTRAIT, State.FINGERPRINTS, State.SIGNATURE),
    (State.PORTRAIT, State.SIGNATURE, State.FINGERPRINTS),
]
THUMB, LITTLE = FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_LITTLE


def refused(code: str, command: Callable[[], object]) -> RuleError:
    with pytest.raises(RuleError) as caught:
        command()
    assert caught.value.code == code
    return caught.value


def at_step(step: State) -> Enrollment:
    """A recording that has come to this capture step of the usual plan."""
    done = to_review()
    place = next((n for n, entry in enumerate(done) if isinstance(entry, h.StepFinished) and entry.step is step), 0)
    first = max(n for n, entry in enumerate(done[:place]) if isinstance(entry, h.StepFinished | h.Cleared))
    enrollment = folded(done[: first + 1])
    assert enrollment.state is step
    return enrollment


def identify(enrollment: Enrollment, **changes: Any) -> h.Identified:
    told: dict[str, Any] = {
        "applicant": applicant(),
        "read_back": True,
        "ever_recorded": h.EverRecorded.NO,
        "warnings": (),
        "reason": "",
        "today": TODAY,
        "at": AT,
        "by": OFFICER,
        **changes,
    }
    return enrollment.identify(**told)


class TestIdentify:
    def test_who_was_read_back_and_is_old_enough_is_identified(self) -> None:
        entry = identify(folded([opened()]))
        enrollment = folded([opened(), entry])
        assert (enrollment.state, enrollment.number, enrollment.applicant) == (State.SCREENING, "A-1", applicant())
        assert enrollment.identified is entry

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"read_back": False}, "identify.not_read_back"),
            ({"applicant": applicant(born=date(2004, 4, 14))}, "identify.too_young"),
            ({"warnings": ("nik.date_differs",)}, "identify.reason_missing"),
            ({"warnings": ("nik.date_differs",), "reason": "  "}, "identify.reason_missing"),
            ({"ever_recorded": h.EverRecorded.YES}, "identify.reason_missing"),
            ({"ever_recorded": h.EverRecorded.UNSURE}, "identify.reason_missing"),
        ],
    )
    def test_what_is_missing_refuses(self, changes: dict[str, Any], code: str) -> None:
        refused(code, lambda: identify(folded([opened()]), **changes))

    @pytest.mark.parametrize(
        "changes",
        [
            {"applicant": applicant(born=date(2004, 4, 13))},
            {"applicant": applicant(born=date(2005, 1, 1), marital_status="2")},
            {"warnings": ("nik.date_differs",), "reason": " born in the forest "},
            {"ever_recorded": h.EverRecorded.YES, "reason": "card lost"},
        ],
    )
    def test_a_reason_lets_what_only_warns_pass(self, changes: dict[str, Any]) -> None:
        entry = identify(folded([opened()]), **changes)
        assert entry.confirmed == changes.get("warnings", ())
        assert entry.reason == changes.get("reason", "").strip()

    def test_nobody_is_identified_twice(self) -> None:
        refused("visit.out_of_turn", lambda: identify(folded([opened(), identified()])))


class TestFingers:
    def test_they_are_wanted_in_the_standards_order(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        order = []
        while (position := enrollment.next_finger()) is not None:
            order.append(position)
            enrollment = enrollment.then(enrollment.take_finger(finger(position), at=AT, by=OFFICER))
        assert order == list(FingerPosition)

    @pytest.mark.parametrize("position", list(FingerPosition))
    def test_one_attempt_is_enough_from_the_wanted_score_on(self, position: FingerPosition) -> None:
        wanted = WANTED_SCORES[position]
        for score, done in ((wanted - 0.1, False), (wanted, True)):
            enrollment = at_step(State.FINGERPRINTS)
            taken = enrollment.then(enrollment.take_finger(finger(position, score=score), at=AT, by=OFFICER))
            assert taken.finger_done(position) is done

    def test_the_wanted_scores_are_those_of_the_standard(self) -> None:
        right, left = list(WANTED_SCORES.values())[:5], list(WANTED_SCORES.values())[5:]
        assert right == left == [30, 30, 20, 10, 10]

    def test_the_best_of_three_is_kept_and_there_is_no_fourth(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        for number, score in enumerate((5.0, 9.0, 9.0), start=1):
            assert not enrollment.finger_done(THUMB)
            enrollment = enrollment.then(enrollment.take_finger(finger(THUMB, number, score), at=AT, by=OFFICER))
        assert enrollment.finger_done(THUMB)
        assert enrollment.best(THUMB) == finger(THUMB, 2, 9.0)
        assert enrollment.attempts_left(THUMB) == 0
        refused("fingerprint.attempts_used", lambda: enrollment.take_finger(finger(THUMB, 4), at=AT, by=OFFICER))

    def test_an_excepted_finger_is_not_taken_until_the_exception_is_withdrawn(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        enrollment = enrollment.then(enrollment.except_finger(exception(THUMB), at=AT, by=OFFICER))
        assert enrollment.next_finger() is FingerPosition.RIGHT_INDEX
        assert enrollment.exception(THUMB) == exception(THUMB)
        refused("fingerprint.excepted", lambda: enrollment.take_finger(finger(THUMB), at=AT, by=OFFICER))
        back = enrollment.then(h.FingerExceptionWithdrawn(position=THUMB, at=AT, by=OFFICER))
        assert back.next_finger() is THUMB
        assert back.take_finger(finger(THUMB), at=AT, by=OFFICER).attempt == finger(THUMB)

    @pytest.mark.parametrize(
        ("declared", "code"),
        [
            (exception(THUMB, confirmed_by=OFFICER), "exception.one_officer"),
            (exception(THUMB, confirmed_by=""), "exception.one_officer"),
            (replace(exception(THUMB), reason=" "), "exception.reason_missing"),
            (exception(LITTLE), "exception.exists"),
            (exception(FingerPosition.LEFT_RING), "exception.taken"),
        ],
    )
    def test_an_exception_wants_two_officers_a_reason_and_an_untouched_finger(self, declared: Any, code: str) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        enrollment = enrollment.then(enrollment.except_finger(exception(LITTLE), at=AT, by=OFFICER))
        taken = enrollment.take_finger(finger(FingerPosition.LEFT_RING, score=1.0), at=AT, by=OFFICER)
        refused(code, lambda: enrollment.then(taken).except_finger(declared, at=AT, by=OFFICER))

    def test_the_step_ends_when_no_finger_is_wanted(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        for position in FingerPosition:
            refused("fingerprint.missing", partial(enrollment.finish, at=AT, by=OFFICER))
            enrollment = enrollment.then(enrollment.except_finger(exception(position), at=AT, by=OFFICER))
        assert enrollment.then(enrollment.finish(at=AT, by=OFFICER)).state is State.SIGNATURE

    def test_done_over_they_may_be_tried_three_times_more(self) -> None:
        poor = [h.FingerTaken(attempt=finger(THUMB, n, 1.0), at=AT, by=OFFICER) for n in range(MAX_ATTEMPTS)]
        enrollment = at_step(State.FINGERPRINTS)
        for entry in (*poor, *captured()[3:]):
            enrollment = enrollment.then(entry)
        assert enrollment.state is State.REVIEW
        again = enrollment.then(h.StepRedone(step=State.FINGERPRINTS, at=AT, by=OFFICER))
        assert again.state is State.FINGERPRINTS
        assert again.attempts_left(LITTLE) == MAX_ATTEMPTS
        assert again.attempts(LITTLE) == enrollment.attempts(LITTLE)

    def test_done_over_a_finger_counts_by_what_was_taken_since(self) -> None:
        again = folded(to_review()).then(h.StepRedone(step=State.FINGERPRINTS, at=AT, by=OFFICER))
        before = again.best(LITTLE)
        assert before is not None
        assert again.may_retake(LITTLE)
        for score in (before.quality.value - 3, before.quality.value - 2, before.quality.value - 4):
            again = again.then(h.FingerTaken(attempt=finger(LITTLE, 9, score), at=AT, by=OFFICER))
        best = again.best(LITTLE)
        assert best is not None
        assert best.quality.value == before.quality.value - 2
        assert not again.may_retake(LITTLE)
        assert again.best(THUMB) == folded(to_review()).best(THUMB)

    def test_a_finger_that_is_done_is_not_taken_again_before_that(self) -> None:
        assert not at_step(State.FINGERPRINTS).may_retake(THUMB)


class TestLikeness:
    """A print that looks like another finger's."""

    @staticmethod
    def _ten(found: Likeness) -> Enrollment:
        enrollment = at_step(State.FINGERPRINTS)
        for each in FingerPosition:
            enrollment = enrollment.then(h.FingerTaken(attempt=finger(each), at=AT, by=OFFICER))
        return enrollment.then(h.LikenessFound(likeness=found, at=AT, by=OFFICER))

    def test_the_step_waits_for_the_officers_word(self) -> None:
        enrollment = self._ten(likeness())
        refused("likeness.undecided", lambda: enrollment.finish(at=AT, by=OFFICER))
        decided = enrollment.then(settled(LikenessVerdict.DIFFERENT))
        assert decided.then(decided.finish(at=AT, by=OFFICER)).state is State.SIGNATURE

    def test_of_small_prints_it_is_kept_and_nobody_waits(self) -> None:
        enrollment = self._ten(likeness(reliable=False))
        assert enrollment.likenesses
        assert enrollment.then(enrollment.finish(at=AT, by=OFFICER)).state is State.SIGNATURE

    @pytest.mark.parametrize(
        ("verdict", "wanted"),
        [
            (LikenessVerdict.RETAKE, FingerPosition.LEFT_INDEX),
            (LikenessVerdict.RETAKE_OTHER, FingerPosition.RIGHT_INDEX),
        ],
    )
    def test_the_print_that_is_thrown_out_is_taken_again_with_every_attempt_left(
        self, verdict: LikenessVerdict, wanted: FingerPosition
    ) -> None:
        enrollment = self._ten(likeness()).then(settled(verdict))
        assert enrollment.next_finger() is wanted
        assert enrollment.best(wanted) is None
        assert enrollment.attempts_left(wanted) == MAX_ATTEMPTS
        assert len(enrollment.attempts(wanted)) == 1
        refused("fingerprint.missing", lambda: enrollment.finish(at=AT, by=OFFICER))

    def test_of_a_print_that_is_thrown_out_no_other_likeness_waits(self) -> None:
        enrollment = self._ten(likeness())
        second = likeness(FingerPosition.LEFT_INDEX, FingerPosition.RIGHT_THUMB)
        enrollment = enrollment.then(h.LikenessFound(likeness=second, at=AT, by=OFFICER))
        assert enrollment.then(settled(LikenessVerdict.DIFFERENT)).undecided == (second,)
        assert enrollment.then(settled(LikenessVerdict.RETAKE)).undecided == ()

    def test_only_what_was_found_is_settled_and_to_keep_both_wants_a_reason(self) -> None:
        enrollment, found = self._ten(likeness()), likeness()
        settle = partial(enrollment.settle_likeness, at=AT, by=OFFICER)
        refused("likeness.reason_missing", lambda: settle(found, LikenessVerdict.DIFFERENT, " "))
        other = likeness(FingerPosition.LEFT_RING)
        refused("likeness.unknown", lambda: settle(other, LikenessVerdict.RETAKE, ""))
        assert settle(found, LikenessVerdict.RETAKE, "").verdict is LikenessVerdict.RETAKE

    def test_a_passing_injury_tells_the_day_to_come_back(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        for position, day in ((THUMB, date(2020, 4, 27)), (LITTLE, date(2020, 5, 4))):
            passing = replace(exception(position), permanent=False, return_on=day)
            enrollment = enrollment.then(enrollment.except_finger(passing, at=AT, by=OFFICER))
        assert enrollment.return_on == date(2020, 5, 4)

    @pytest.mark.parametrize(
        ("shape", "bits", "slap", "undersized", "coarse"),
        [
            ((256, 288), 4, 0, True, True),
            ((250, 325), 8, 0, False, False),
            ((249, 400), 8, 0, True, False),
            ((200, 300), 8, 1, False, False),
        ],
    )
    def test_a_small_or_coarse_source_is_marked_as_what_it_is(
        self, shape: tuple[int, int], bits: int, slap: int, undersized: bool, coarse: bool
    ) -> None:
        attempt = replace(finger(THUMB), width=shape[0], height=shape[1], dpi=500, source_bits=bits, slap=slap)
        assert (attempt.undersized, attempt.coarse) == (undersized, coarse)

    def test_the_score_that_was_wanted_at_the_time_counts(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        low = replace(finger(THUMB, 1, 12.0), wanted=10.0)
        assert enrollment.then(h.FingerTaken(attempt=low, at=AT, by=OFFICER)).finger_done(THUMB)
        strict = replace(finger(THUMB, 1, 50.0), wanted=60.0)
        assert not enrollment.then(h.FingerTaken(attempt=strict, at=AT, by=OFFICER)).finger_done(THUMB)


class TestSignature:
    def test_the_step_wants_one(self) -> None:
        enrollment = at_step(State.SIGNATURE)
        refused("signature.missing", lambda: enrollment.finish(at=AT, by=OFFICER))
        signed = enrollment.then(h.SignatureTaken(sample=signature(), at=AT, by=OFFICER))
        assert signed.then(signed.finish(at=AT, by=OFFICER)).state is State.REVIEW

    def test_or_two_officers_who_say_that_there_is_none(self) -> None:
        enrollment = at_step(State.SIGNATURE)
        refused("exception.one_officer", lambda: enrollment.cannot_sign(OFFICER, at=AT, by=OFFICER))
        refused("exception.one_officer", lambda: enrollment.cannot_sign("", at=AT, by=OFFICER))
        without = enrollment.then(enrollment.cannot_sign(SECOND, at=AT, by=OFFICER))
        missing = NotCaptured("signature", NotCapturedReason.UNABLE_TO_SIGN, SECOND)
        assert without.not_captured == (IRISES_NOT_CAPTURED, missing)
        assert without.then(without.finish(at=AT, by=OFFICER)).state is State.REVIEW

    def test_the_right_thumb_of_this_visit_stands_for_it_else_the_left_one(self) -> None:
        enrollment = at_step(State.SIGNATURE)
        assert enrollment.mark is None, "somebody may still sign"
        without = enrollment.then(enrollment.cannot_sign(SECOND, at=AT, by=OFFICER))
        assert without.mark is not None
        assert without.mark == without.best(THUMB)
        left = FingerPosition.LEFT_THUMB
        one_handed = replace(without, exceptions=(exception(THUMB),))
        assert one_handed.mark == without.best(left)
        assert replace(without, exceptions=(exception(THUMB), exception(left))).mark is None

    def test_a_thumb_that_was_another_finger_does_not_stand_for_it(self) -> None:
        enrollment = at_step(State.SIGNATURE)
        without = enrollment.then(enrollment.cannot_sign(SECOND, at=AT, by=OFFICER))
        thumb = without.mark
        assert thumb is not None
        swapped = replace(without, thrown_out=frozenset({(THUMB, each.number) for each in without.attempts(THUMB)}))
        assert swapped.mark == without.best(FingerPosition.LEFT_THUMB)

    def test_where_fingers_come_later_the_thumb_stands_for_it_once_it_is_taken(self) -> None:
        plan = (State.PORTRAIT, State.SIGNATURE, State.FINGERPRINTS)
        entries = captured(plan)
        unsigned = next(n for n, entry in enumerate(entries) if isinstance(entry, h.SignatureTaken))
        before = folded([opened(), identified(), cleared(), *entries[:unsigned]], plan)
        without = before.then(before.cannot_sign(SECOND, at=AT, by=OFFICER))
        assert without.mark is None
        later = without.then(without.finish(at=AT, by=OFFICER)).then(
            h.FingerTaken(attempt=finger(THUMB, 1), at=AT, by=OFFICER)
        )
        assert later.mark == later.best(THUMB)

    def test_whoever_signs_after_all_lacks_nothing_but_the_irises(self) -> None:
        enrollment = at_step(State.SIGNATURE)
        without = enrollment.then(enrollment.cannot_sign(SECOND, at=AT, by=OFFICER))
        signed = without.then(h.SignatureTaken(sample=signature(), at=AT, by=OFFICER))
        assert signed.not_captured == (IRISES_NOT_CAPTURED,)
        assert signed.mark is None


class TestWay:
    @pytest.mark.parametrize("plan", PLANS)
    def test_captures_follow_the_stations_plan(self, plan: tuple[State, ...]) -> None:
        enrollment, seen = folded([opened(), identified()], plan), []
        for entry in (cleared(), *captured(plan)):
            enrollment = enrollment.then(entry)
            if enrollment.state not in seen:
                seen.append(enrollment.state)
        assert seen == [*plan, State.REVIEW]

    def test_from_the_review_to_the_seal(self) -> None:
        enrollment = folded(to_seal())
        assert enrollment.state is State.SEALED
        assert enrollment.receipt == receipt()
        assert enrollment.approved is not None
        assert enrollment.sealed is not None
        assert not any(enrollment.may(event) for event in Event)

    def test_a_clearance_is_renewed_where_a_capture_is_under_way(self) -> None:
        enrollment = at_step(State.FINGERPRINTS)
        renewed = enrollment.then(replace(cleared(), reason="later"))
        assert renewed.state is State.FINGERPRINTS
        assert renewed.cleared == replace(cleared(), reason="later")

    @pytest.mark.parametrize("step", CAPTURE_STATES)
    def test_only_the_step_that_is_done_over_is_asked_for_again(self, step: State) -> None:
        again = folded(to_review()).then(h.StepRedone(step=step, at=AT, by=OFFICER))
        assert again.state is step
        assert again.finished == set(CAPTURE_STATES) - {step}

    @pytest.mark.parametrize(
        ("step", "taken"),
        [
            (State.PORTRAIT, [h.PortraitTaken(attempt=portrait(2), at=AT, by=OFFICER)]),
            (State.FINGERPRINTS, [h.FingerTaken(attempt=finger(THUMB, 2, 80.0), at=AT, by=OFFICER)]),
            (State.SIGNATURE, [h.SignatureTaken(sample=signature(), at=AT, by=OFFICER)]),
        ],
    )
    def test_a_step_that_is_done_over_wants_something_new(self, step: State, taken: list[h.Entry]) -> None:
        again = folded(to_review()).then(h.StepRedone(step=step, at=AT, by=OFFICER))
        accepted = h.PortraitAccepted(number=1, at=AT, by=OFFICER)
        stale = again.then(accepted) if step is State.PORTRAIT else again
        refused("step.nothing_new", lambda: stale.finish(at=AT, by=OFFICER))
        for entry in taken:
            stale = stale.then(entry)
        assert stale.then(stale.finish(at=AT, by=OFFICER)).state is State.REVIEW

    def test_what_is_no_capture_cannot_be_done_over(self) -> None:
        entry = h.StepRedone(step=State.RECEIPT, at=AT, by=OFFICER)
        refused("visit.no_such_step", lambda: folded(to_review()).then(entry))

    def test_sent_back_it_is_screened_again_and_the_portrait_accepted_anew(self) -> None:
        approval = folded([*to_review(), h.Reviewed(at=AT, by=OFFICER), receipt()])
        back = approval.then(h.Returned(step=State.PORTRAIT, reason="eyes closed", at=AT, by=SECOND))
        assert (back.state, back.accepted_portrait) == (State.SCREENING, 0)
        again = back.then(cleared())
        assert again.state is State.PORTRAIT
        refused("portrait.not_accepted", lambda: again.finish(at=AT, by=OFFICER))

    @pytest.mark.parametrize("step", [each for each in State if (each, Event.PARKED) in TRANSITIONS])
    def test_a_parked_visit_goes_on_with_screening_while_anything_may_be_captured(self, step: State) -> None:
        way = [*to_seal()]
        histories = [way[:n] for n in range(len(way))]
        history = next(each for each in histories if folded(each).state is step)
        parked = folded([*history, h.Parked(reason=h.ParkReason.ANOTHER_DAY, at=AT, by=OFFICER)])
        assert (parked.state, parked.parked is not None) == (State.PARKED, True)
        resumed = parked.then(h.Resumed(at=AT, by=SECOND))
        assert resumed.parked is None
        if step is State.IDENTIFY:
            assert resumed.state is State.IDENTIFY
        elif step in {State.RECEIPT, State.APPROVAL}:
            assert resumed.state is step
        else:
            assert resumed.state is State.SCREENING
            goes_on_at = {State.SCREENING: State.PORTRAIT} | {each: each for each in CAPTURE_STATES}
            assert resumed.then(cleared()).state is goes_on_at.get(step, State.REVIEW)

    def test_a_deferred_visit_goes_on_with_screening(self) -> None:
        entry = h.Deferred(reason=h.DeferralReason.APPLICANT_FEVER, proposed=TODAY, at=AT, by=OFFICER)
        deferred = folded([opened(), identified(), entry])
        assert (deferred.state, deferred.deferred) == (State.DEFERRED, entry)
        resumed = deferred.then(h.Resumed(at=AT, by=OFFICER))
        assert (resumed.state, resumed.deferred) == (State.SCREENING, None)

    def test_whoever_was_deferred_before_they_were_identified_is_identified_first(self) -> None:
        entry = h.Deferred(reason=h.DeferralReason.TOO_YOUNG, proposed=TODAY, at=AT, by=OFFICER)
        assert folded([opened(), entry, h.Resumed(at=AT, by=OFFICER)]).state is State.IDENTIFY

    def test_simulated_is_what_came_from_a_simulator_at_any_step(self) -> None:
        assert not folded(to_review()).simulated
        taken = h.PortraitTaken(attempt=portrait(source=SIMULATED), at=AT, by=OFFICER)
        assert at_step(State.PORTRAIT).then(taken).simulated
        assert folded(eventful()[0]).simulated

    @pytest.mark.parametrize("history", eventful())
    def test_a_history_is_what_its_entries_amount_to_one_by_one(self, history: list[h.Entry]) -> None:
        enrollment = Enrollment("visit-1")
        for number, entry in enumerate(history, start=1):
            enrollment = enrollment.then(entry)
            assert enrollment == folded(history[:number])
        assert enrollment.entries == tuple(history)

    def test_the_examples_know_every_kind_of_entry(self) -> None:
        assert {type(entry) for history in eventful() for entry in history} == set(h.ENTRY_TYPES)

    def test_every_entry_out_of_turn_is_refused_and_says_where(self) -> None:
        error = refused("visit.out_of_turn", lambda: folded([opened()]).then(h.Reviewed(at=AT, by=OFFICER)))
        assert error.detail == "reviewed in identify"
        error = refused("visit.out_of_turn", lambda: folded(to_review()).then(opened()))
        assert error.detail == "in review, not identify"
        refused("visit.out_of_turn", lambda: at_step(State.PORTRAIT).then(finished(State.SIGNATURE)))

    def test_a_plan_that_is_none_is_refused(self) -> None:
        with pytest.raises(ValueError, match="starts with the portrait"):
            Enrollment.of("visit-1", [], (State.SIGNATURE, State.PORTRAIT, State.FINGERPRINTS))

    @pytest.mark.parametrize("history", eventful())
    def test_no_repr_shows_who_it_is(self, history: list[h.Entry]) -> None:
        enrollment = folded(history)
        shown = repr([enrollment, enrollment.entries, enrollment.applicant])
        assert NAME not in shown
        assert applicant().nik.digits not in shown
        assert "CONTOH" not in shown


# -- walks

Move = Callable[[Enrollment, int], h.Entry]


def _portrait_on(e: Enrollment, n: int) -> h.Entry:
    if e.accepted_portrait:
        return e.finish(at=AT, by=OFFICER)
    if not e.portraits or n > 6:
        return h.PortraitTaken(attempt=portrait(len(e.portraits) + 1), at=AT, by=OFFICER)
    return e.accept_portrait(len(e.portraits), Accepted.TOLD, at=AT, by=OFFICER)


def _fingers_on(e: Enrollment, n: int) -> h.Entry:
    position = e.next_finger()
    if position is None:
        return e.finish(at=AT, by=OFFICER)
    attempt = finger(position, len(e.attempts(position)) + 1, float(n * 9))
    return e.take_finger(attempt, at=AT, by=OFFICER)


def _signature_on(e: Enrollment, _: int) -> h.Entry:
    if e.signatures:
        return e.finish(at=AT, by=OFFICER)
    return h.SignatureTaken(sample=signature(), at=AT, by=OFFICER)


ON: dict[State, Move] = {
    State.IDENTIFY: lambda *_: identified(),
    State.SCREENING: lambda *_: cleared(),
    State.PORTRAIT: _portrait_on,
    State.FINGERPRINTS: _fingers_on,
    State.SIGNATURE: _signature_on,
    State.REVIEW: lambda *_: h.Reviewed(at=AT, by=OFFICER),
    State.RECEIPT: lambda *_: receipt(),
    State.APPROVAL: lambda *_: h.Approved(automatic=True, at=AT, by=OFFICER),
    State.SEALING: lambda *_: h.Sealed(file_name="a", sha256="00", at=AT, by=OFFICER),
    State.PARKED: lambda *_: h.Resumed(at=AT, by=OFFICER),
    State.DEFERRED: lambda *_: h.Resumed(at=AT, by=OFFICER),
}
"""What somebody at the counter would do next."""


def _step_on(e: Enrollment, n: int) -> h.Entry:
    if e.state in ENDED_STATES:
        raise RuleError("visit.out_of_turn")
    return ON[e.state](e, n)


def _hinted(e: Enrollment, n: int) -> h.Entry:
    return h.PortraitTaken(attempt=portrait(len(e.portraits) + 1, ("too_small",) if n % 2 else ()), at=AT, by=OFFICER)


SIDEWAYS: list[Move] = [
    _hinted,
    lambda e, n: e.accept_portrait(n, Accepted.TOLD, at=AT, by=OFFICER),
    lambda _, n: h.PortraitForced(number=n, forced_by=SECOND, reason="", at=AT, by=OFFICER),
    lambda e, n: e.take_finger(finger(FingerPosition(n + 1), score=float(n)), at=AT, by=OFFICER),
    lambda e, n: e.except_finger(exception(FingerPosition(n + 1)), at=AT, by=OFFICER),
    lambda _, n: h.FingerExceptionWithdrawn(position=FingerPosition(n + 1), at=AT, by=OFFICER),
    lambda e, _: e.cannot_sign(SECOND, at=AT, by=OFFICER),
    lambda e, _: e.finish(at=AT, by=OFFICER),
    lambda _, n: finished(CAPTURE_STATES[n % 3]),
    lambda _, n: h.StepRedone(step=CAPTURE_STATES[n % 3], at=AT, by=OFFICER),
    lambda _, n: h.Returned(step=CAPTURE_STATES[n % 3], reason="", at=AT, by=SECOND),
    lambda *_: cleared(),
    lambda *_: h.Parked(reason=h.ParkReason.ANOTHER_DAY, at=AT, by=OFFICER),
    lambda *_: h.Deferred(reason=h.DeferralReason.NOT_URGENT, proposed=TODAY, at=AT, by=OFFICER),
    lambda *_: h.Cancelled(reason=h.EndReason.APPLICANT_LEFT, at=AT, by=OFFICER),
    lambda *_: h.Reviewed(at=AT, by=OFFICER),
    lambda *_: receipt(),
    lambda *_: h.Approved(automatic=False, at=AT, by=SECOND),
    lambda *_: identified(),
]
"""Everything that can be tried at any time; most of it is refused most of the time."""

CAPTURES = (h.PortraitTaken, h.PortraitAccepted, h.FingerTaken, h.FingerExcepted, h.SignatureTaken)
AFTER_CAPTURE = {State.REVIEW, State.RECEIPT, State.APPROVAL, State.SEALING, State.SEALED}

Moves = list[tuple[int, int, int]]
MOVES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 9), st.integers(0, len(SIDEWAYS) - 1)), min_size=8, max_size=25
)
"""Some steps on, with a figure that scores and positions are made from, then one step sideways; and so on."""


def walk(moves: Moves, plan: tuple[State, ...]) -> list[Enrollment]:
    """Every stand of a recording that is pushed about; what is refused changes nothing."""
    enrollment = Enrollment.of("visit-1", [opened()], plan)
    stands = [enrollment]
    for steps, n, sideways in moves:
        for move in (*[_step_on] * steps, SIDEWAYS[sideways]):
            try:
                enrollment = enrollment.then(move(enrollment, n))
            except RuleError:
                continue
            stands.append(enrollment)
    return stands


STRAIGHT_ON = [(30, 5, 0)]


@settings(max_examples=300, deadline=None)
@example(moves=STRAIGHT_ON, plan=PLANS[0])
@example(moves=[(19, 5, 9), *STRAIGHT_ON], plan=PLANS[1])
@example(moves=[(0, 0, 13), *STRAIGHT_ON], plan=PLANS[0])
@given(moves=MOVES, plan=st.sampled_from(PLANS))
def test_whatever_is_tried_nothing_incomplete_gets_past_the_captures(moves: Moves, plan: tuple[State, ...]) -> None:
    for stand in walk(moves, plan):
        if stand.state not in AFTER_CAPTURE:
            continue
        accepted = stand.accepted()
        assert stand.applicant is not None
        assert stand.cleared is not None
        assert accepted is not None
        assert accepted.accepted_at is not None
        assert accepted.forced_by or not accepted.hints
        for position in FingerPosition:
            assert stand.finger_done(position)
            assert stand.attempts(position) or stand.exception(position)
        assert stand.signatures or stand.signature_missing
        assert stand.finished == set(CAPTURE_STATES)


@settings(max_examples=200, deadline=None)
@given(moves=MOVES, plan=st.sampled_from(PLANS))
def test_whatever_is_tried_nothing_is_captured_without_screening_since_the_last_pause(
    moves: Moves, plan: tuple[State, ...]
) -> None:
    screened = False
    for entry in walk(moves, plan)[-1].entries:
        if isinstance(entry, h.Cleared):
            screened = True
        elif isinstance(entry, h.Parked | h.Deferred | h.Returned):
            screened = False
        elif isinstance(entry, CAPTURES):
            assert screened


@settings(max_examples=200, deadline=None)
@given(moves=MOVES, plan=st.sampled_from(PLANS))
def test_whatever_is_tried_the_kept_history_tells_the_whole_recording(moves: Moves, plan: tuple[State, ...]) -> None:
    stands = walk(moves, plan)
    for before, after in pairwise(stands):
        assert after.entries[:-1] == before.entries
        assert before.state not in ENDED_STATES
        assert len(after.portraits) >= len(before.portraits)
        assert after.fingers[: len(before.fingers)] == before.fingers
    last = stands[-1]
    assert Enrollment.of("visit-1", last.entries, plan) == last


def test_the_walk_does_reach_the_seal() -> None:
    assert walk(STRAIGHT_ON, PLANS[0])[-1].state is State.SEALED


def test_times_are_kept_as_they_were_given() -> None:
    later = datetime(2020, 4, 13, 10, 0, tzinfo=receipt().promise.ready_from.tzinfo)
    assert identify(folded([opened()]), at=later).at is later
