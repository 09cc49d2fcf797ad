"""The portraits of a recording: three attempts, any of them approved, which hints ask for a supervisor, which only
warn, and the picture with both hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.portraits import MAX_PORTRAITS
from station.domain.samples import Accepted, PortraitAttempt
from station.domain.step import State
from station.errors import RuleError, WayOn
from tests.support.histories import (
    AT,
    OFFICER,
    SECOND,
    cleared,
    exception,
    finger,
    finished,
    folded,
    identified,
    opened,
    portrait,
    to_review,
    with_hands,
)

LITTLE = FingerPosition.LEFT_LITTLE
COLOUR = "portrait.background_colour"


def refused(code: str, command: Callable[[], object]) -> RuleError:
    with pytest.raises(RuleError) as caught:
        command()
    assert caught.value.code == code
    return caught.value


def at_portrait(*attempts: PortraitAttempt) -> Enrollment:
    taken = [h.PortraitTaken(attempt=each, at=AT, by=OFFICER) for each in attempts]
    return folded([opened(), identified(), cleared(), *taken])


def accept(enrollment: Enrollment, number: int, how: Accepted = Accepted.TOLD) -> h.PortraitAccepted:
    return enrollment.accept_portrait(number, how, at=AT, by=OFFICER)


def at_fingers(*excepted: FingerPosition) -> Enrollment:
    enrollment = at_portrait(portrait())
    enrollment = enrollment.then(accept(enrollment, 1)).then(finished(State.PORTRAIT))
    for position in excepted:
        enrollment = enrollment.then(enrollment.except_finger(exception(position), at=AT, by=OFFICER))
    for position in set(FingerPosition) - set(excepted):
        enrollment = enrollment.then(h.FingerTaken(attempt=finger(position), at=AT, by=OFFICER))
    return enrollment


class TestApproval:
    def test_it_is_accepted_by_its_number(self) -> None:
        enrollment = at_portrait().then(h.PortraitTaken(attempt=portrait(1), at=AT, by=OFFICER))
        enrollment = enrollment.then(h.PortraitTaken(attempt=portrait(2), at=AT, by=OFFICER))
        assert enrollment.accepted() is None
        enrollment = enrollment.then(accept(enrollment, 1))
        assert enrollment.accepted() == replace(portrait(1), accepted_at=AT, accepted=Accepted.TOLD)
        assert [each.accepted_at for each in enrollment.portraits] == [AT, None]

    def test_one_that_was_never_taken_cannot_be_accepted(self) -> None:
        refused("portrait.unknown", lambda: accept(at_portrait(), 1))

    def test_one_with_hints_wants_a_supervisor(self) -> None:
        hinted = h.PortraitTaken(attempt=portrait(1, ("too_small",)), at=AT, by=OFFICER)
        enrollment = at_portrait().then(hinted)
        error = refused("portrait.needs_force", lambda: accept(enrollment, 1))
        assert error.way_on is WayOn.ASK_SUPERVISOR
        forced = enrollment.then(h.PortraitForced(number=1, forced_by=SECOND, reason="scarf", at=AT, by=OFFICER))
        accepted = forced.then(accept(forced, 1)).accepted()
        assert accepted is not None
        assert accepted.forced_by == SECOND

    def test_nothing_else_begins_before_one_is_accepted(self) -> None:
        enrollment = at_portrait().then(h.PortraitTaken(attempt=portrait(), at=AT, by=OFFICER))
        refused("portrait.not_accepted", lambda: enrollment.finish(at=AT, by=OFFICER))
        refused("portrait.not_accepted", lambda: enrollment.then(finished(State.PORTRAIT)))

    def test_a_history_cannot_accept_what_was_never_taken(self) -> None:
        claimed = at_portrait().then(h.PortraitAccepted(number=7, at=AT, by=OFFICER))
        refused("portrait.not_accepted", lambda: claimed.then(finished(State.PORTRAIT)))

    @pytest.mark.parametrize("how", Accepted)
    def test_who_approved_how_and_when_is_kept(self, how: Accepted) -> None:
        enrollment = at_portrait(portrait())
        told = enrollment.then(accept(enrollment, 1, how))
        attempt = told.accepted()
        assert attempt is not None
        assert (attempt.accepted, attempt.accepted_at, told.entries[-1].by) == (how, AT, OFFICER)

    def test_a_wrong_cloth_warns_and_asks_for_nobody(self) -> None:
        enrollment = at_portrait(portrait(1, (COLOUR,)), portrait(2, (COLOUR, "portrait.tilted")))
        assert [each.needs_force for each in enrollment.portraits] == [False, True]
        told = enrollment.then(accept(enrollment, 1)).accepted()
        assert told is not None
        assert told.hints == (COLOUR,)
        refused("portrait.needs_force", lambda: accept(enrollment, 2))

    def test_whoever_asks_again_may_still_come_back_to_an_earlier_one(self) -> None:
        enrollment = at_portrait(*(portrait(n) for n in (1, 2, 3)))
        told = enrollment.then(accept(enrollment, 2)).accepted()
        assert told is not None
        assert told.number == 2


class TestAttempts:
    def test_three_are_kept_and_no_fourth_is_taken(self) -> None:
        enrollment = at_portrait()
        for number in range(1, MAX_PORTRAITS + 1):
            assert enrollment.portrait_attempts_left == MAX_PORTRAITS + 1 - number
            enrollment = enrollment.then(enrollment.take_portrait(portrait(number), at=AT, by=OFFICER))
        assert enrollment.portrait_attempts_left == 0
        error = refused("portrait.attempts_used", lambda: enrollment.take_portrait(portrait(4), at=AT, by=OFFICER))
        assert error.way_on is WayOn.ASK_SUPERVISOR
        assert len(enrollment.portraits) == MAX_PORTRAITS

    def test_a_history_of_a_time_that_counted_none_has_none_left(self) -> None:
        enrollment = at_portrait(*(portrait(n) for n in range(1, 6)))
        assert enrollment.portrait_attempts_left == 0
        assert enrollment.then(accept(enrollment, 5)).accepted_portrait == 5

    def test_a_supervisor_lets_as_many_be_taken_again_and_only_then(self) -> None:
        enrollment = at_portrait(portrait(1), portrait(2))
        refused("portrait.attempts_left", lambda: enrollment.grant_portraits(SECOND, "bergerak", at=AT, by=OFFICER))
        used = enrollment.then(enrollment.take_portrait(portrait(3), at=AT, by=OFFICER))
        refused("portrait.reason_missing", lambda: used.grant_portraits(SECOND, " ", at=AT, by=OFFICER))
        granted = used.then(used.grant_portraits(SECOND, " bergerak ", at=AT, by=OFFICER))
        assert granted.entries[-1] == h.MorePortraits(granted_by=SECOND, reason="bergerak", at=AT, by=OFFICER)
        assert granted.portrait_attempts_left == MAX_PORTRAITS
        assert granted.then(accept(granted, 2)).accepted_portrait == 2

    def test_a_step_that_is_done_over_has_its_attempts_anew(self) -> None:
        enrollment = folded([*to_review(), h.StepRedone(step=State.PORTRAIT, at=AT, by=OFFICER)])
        assert len(enrollment.portraits) == 1
        assert enrollment.portrait_attempts_left == MAX_PORTRAITS
        enrollment = enrollment.then(enrollment.take_portrait(portrait(2), at=AT, by=OFFICER))
        assert enrollment.portrait_attempts_left == MAX_PORTRAITS - 1

    def test_none_is_taken_out_of_its_turn(self) -> None:
        refused("visit.out_of_turn", lambda: at_fingers().take_portrait(portrait(2), at=AT, by=OFFICER))


class TestHands:
    def test_nobody_with_ten_fingers_is_asked_for_hands(self) -> None:
        enrollment = at_fingers()
        assert not enrollment.wants_hands
        refused("exception.absent", lambda: enrollment.take_exception_portrait(with_hands(), at=AT, by=OFFICER))
        assert enrollment.finish(at=AT, by=OFFICER, hands=True).step is State.FINGERPRINTS

    def test_a_missing_finger_wants_hands_where_the_station_does(self) -> None:
        enrollment = at_fingers(LITTLE)
        assert enrollment.wants_hands
        refused("exception.portrait_missing", lambda: enrollment.finish(at=AT, by=OFFICER, hands=True))
        assert enrollment.finish(at=AT, by=OFFICER).step is State.FINGERPRINTS
        taken = enrollment.then(enrollment.take_exception_portrait(with_hands(LITTLE), at=AT, by=OFFICER))
        assert not taken.wants_hands
        assert taken.exception_portrait() == with_hands(LITTLE)
        assert taken.finish(at=AT, by=OFFICER, hands=True).step is State.FINGERPRINTS

    def test_a_history_of_a_time_without_hands_is_read_all_the_same(self) -> None:
        assert at_fingers(LITTLE).then(finished(State.FINGERPRINTS)).state is State.SIGNATURE

    def test_the_last_picture_counts_and_none_once_the_fingers_are_there(self) -> None:
        enrollment = at_fingers(LITTLE)
        for number in (1, 2):
            enrollment = enrollment.then(
                enrollment.take_exception_portrait(with_hands(LITTLE, number=number), at=AT, by=OFFICER)
            )
        assert enrollment.exception_portrait() == with_hands(LITTLE, number=2)
        back = enrollment.then(h.FingerExceptionWithdrawn(position=LITTLE, at=AT, by=OFFICER))
        assert back.exception_portrait() is None
        assert len(back.exception_portraits) == 2

    def test_a_picture_of_a_simulator_makes_the_recording_one(self) -> None:
        enrollment = at_fingers(LITTLE)
        source = replace(with_hands().source, simulated=True)
        taken = enrollment.take_exception_portrait(replace(with_hands(LITTLE), source=source), at=AT, by=OFFICER)
        assert not enrollment.simulated
        assert enrollment.then(taken).simulated
