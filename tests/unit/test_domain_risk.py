"""What an approver should look at first: every reason by itself, its place in the order, and what is no reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.approval import captured_by, head_of, masked, returned
from station.domain.risk import WEIGHTS, Finding, Reason, findings, is_clean, weight
from station.domain.samples import LikenessVerdict, NotCaptured, NotCapturedReason
from station.domain.step import State
from tests.support.histories import (
    AT,
    OFFICER,
    SECOND,
    applicant,
    captured,
    cleared,
    exception,
    finger,
    finished,
    folded,
    identified,
    likeness,
    opened,
    portrait,
    positioned,
    receipt,
    settled,
    signature,
    to_review,
)

THUMB, INDEX = FingerPosition.RIGHT_THUMB, FingerPosition.RIGHT_INDEX
ROUTINE = replace(cleared(), reason="", approver="")


def _to_approve(entries: list[h.Entry]) -> list[h.Entry]:
    return [*entries, h.Reviewed(at=AT, by=OFFICER), receipt()]


def _plain(*, who: h.Identified | None = None, clearance: h.Cleared = ROUTINE) -> list[h.Entry]:
    return _to_approve([opened(), who or identified(), clearance, *captured()])


def _with_fingers(*entries: h.Entry, before: tuple[h.Entry, ...] = ()) -> list[h.Entry]:
    """A recording in which this happened after all fingers had been taken."""
    done = _plain()
    at = done.index(finished(State.FINGERPRINTS))
    first = next(n for n, entry in enumerate(done) if isinstance(entry, h.FingerTaken))
    return [*done[:first], *before, *done[first:at], *entries, *done[at:]]


def _reasons(entries: list[h.Entry]) -> dict[Reason, int]:
    return {each.reason: each.count for each in findings(folded(entries))}


def test_a_recording_without_anything_to_look_at_is_clean() -> None:
    assert _reasons(_plain()) == {}
    assert is_clean(())
    assert weight(()) == 0


def test_an_urgent_errand_goes_first_among_its_equals_and_is_no_risk() -> None:
    found = findings(folded(_plain(clearance=cleared())))
    assert found == (Finding(Reason.PRIORITY, 1),)
    assert is_clean(found)
    assert weight(found) > 0


def test_prints_that_look_alike_count_while_undecided_and_when_said_to_be_two_fingers() -> None:
    found = h.LikenessFound(likeness=likeness(reliable=False), at=AT, by=OFFICER)
    assert _reasons(_with_fingers(found)) == {Reason.LIKENESS: 1}
    assert _reasons(_with_fingers(found, settled(LikenessVerdict.DIFFERENT))) == {Reason.LIKENESS: 1}


def test_a_finger_that_was_thrown_out_and_taken_again_is_no_likeness_any_more() -> None:
    found = h.LikenessFound(likeness=likeness(), at=AT, by=OFFICER)
    again = h.FingerTaken(attempt=finger(FingerPosition.LEFT_INDEX, 2), at=AT, by=OFFICER)
    assert _reasons(_with_fingers(found, settled(LikenessVerdict.RETAKE), again)) == {}


@pytest.mark.parametrize("ever", [h.EverRecorded.YES, h.EverRecorded.UNSURE])
def test_whoever_may_have_been_recorded_before_is_looked_at(ever: h.EverRecorded) -> None:
    assert _reasons(_plain(who=replace(identified(), ever_recorded=ever, reason="lost"))) == {Reason.RECORDED_BEFORE: 1}


def test_warnings_that_were_let_stand_are_counted() -> None:
    who = replace(identified(), confirmed=("biodata.name_one_word", "biodata.card_later"), reason="as in the deed")
    assert _reasons(_plain(who=who)) == {Reason.BIODATA: 2}


def test_a_forced_portrait_counts_and_one_that_was_not_used_does_not() -> None:
    taken = h.PortraitTaken(attempt=portrait(1, ("too_small",)), at=AT, by=OFFICER)
    forced = h.PortraitForced(number=1, forced_by=SECOND, reason="scarf", at=AT, by=OFFICER)
    rest = captured()[2:]
    head: list[h.Entry] = [opened(), identified(), ROUTINE, taken, forced]
    used = [*head, h.PortraitAccepted(number=1, at=AT, by=OFFICER), *rest]
    other = h.PortraitTaken(attempt=portrait(2), at=AT, by=OFFICER)
    unused = [*head, other, h.PortraitAccepted(number=2, at=AT, by=OFFICER), *rest]
    assert _reasons(_to_approve(used)) == {Reason.FORCED: 1}
    assert _reasons(_to_approve(unused)) == {}


def test_missing_fingers_and_a_missing_signature_are_exceptions() -> None:
    entries = [
        entry for entry in _with_fingers() if not (isinstance(entry, h.FingerTaken) and entry.attempt.position is THUMB)
    ]
    at = next(n for n, entry in enumerate(entries) if isinstance(entry, h.FingerTaken))
    entries.insert(at, h.FingerExcepted(exception=exception(THUMB), at=AT, by=OFFICER))
    unsigned = NotCaptured("signature", NotCapturedReason.UNABLE_TO_SIGN, SECOND)
    signed = next(n for n, entry in enumerate(entries) if isinstance(entry, h.SignatureTaken))
    entries[signed] = h.SignatureNotCaptured(reason=unsigned, at=AT, by=OFFICER)
    assert _reasons(entries) == {Reason.EXCEPTION: 2}


def test_only_the_print_that_counts_is_held_to_its_wanted_score() -> None:
    low = h.FingerTaken(
        attempt=replace(finger(INDEX, 2), quality=replace(finger(INDEX).quality, value=5.0)), at=AT, by=OFFICER
    )
    assert _reasons(_with_fingers(low)) == {}
    entries = [
        replace(entry, attempt=replace(entry.attempt, wanted=90.0))
        if isinstance(entry, h.FingerTaken) and entry.attempt.position in {THUMB, INDEX}
        else entry
        for entry in _plain()
    ]
    # three attempts each, so that the fingers are done in spite of their scores
    more = [
        h.FingerTaken(attempt=replace(finger(p, n), wanted=90.0), at=AT, by=OFFICER)
        for p in (THUMB, INDEX)
        for n in (2, 3)
    ]
    at = entries.index(finished(State.FINGERPRINTS))
    assert _reasons([*entries[:at], *more, *entries[at:]]) == {Reason.LOW_SCORE: 2}


def test_clocks_that_differ_or_went_back_are_told() -> None:
    where = positioned()
    assert where.position is not None
    ahead = replace(where, position=replace(where.position, station_ahead_s=-150.0))
    entries = _plain()
    assert _reasons([entries[0], where, *entries[1:]]) == {}
    assert _reasons([entries[0], ahead, *entries[1:]]) == {Reason.CLOCK: 1}
    later = replace(opened(), at=AT + timedelta(minutes=5))
    assert _reasons([later, *entries[1:]]) == {Reason.CLOCK: 1}
    assert _reasons([replace(later, at=AT + timedelta(seconds=30)), *entries[1:]]) == {}


def test_what_comes_again_tells_so_and_waits_for_its_step_until_the_new_receipt() -> None:
    back = h.Returned(step=State.SIGNATURE, reason="blurred", at=AT, by=SECOND)
    sent = [*_plain(), back]
    assert returned(folded(_plain())) is None
    assert returned(folded(sent)) == back
    parked = [*sent, h.Parked(reason=h.ParkReason.OFFICER_CHANGE, at=AT, by=OFFICER)]
    assert returned(folded(parked)) == back
    again = h.SignatureTaken(sample=signature(2), at=AT, by=OFFICER)
    done = _to_approve([*sent, ROUTINE, again, finished(State.SIGNATURE)])
    assert returned(folded(done)) is None
    assert _reasons(done) == {Reason.RETURNED: 1}


def test_the_heaviest_reason_comes_first_and_each_counts_once() -> None:
    who = replace(identified(), ever_recorded=h.EverRecorded.YES, confirmed=("a", "b", "c"), reason="x")
    found = findings(folded(_plain(who=who)))
    assert [each.reason for each in found] == [Reason.RECORDED_BEFORE, Reason.BIODATA]
    assert weight(found) == WEIGHTS[Reason.RECORDED_BEFORE] + WEIGHTS[Reason.BIODATA]
    assert set(WEIGHTS) == set(Reason)
    assert list(WEIGHTS.values()) == sorted(WEIGHTS.values(), reverse=True)


def test_the_line_of_the_list_shows_first_letters_and_who_may_not_approve() -> None:
    head = head_of(folded(_plain()))
    assert head.masked_name == "W••• K•••"
    assert head.masked_nik == applicant().nik.masked
    assert head.captured_by == captured_by(folded(to_review())) == {OFFICER}
    assert (head.state, head.since, head.number) == (State.APPROVAL, AT, "A-1")
    assert masked("") == ""
