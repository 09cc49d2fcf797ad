"""The way of a recording, drawn; the frozen table must be this drawing and nothing else."""

from __future__ import annotations

from itertools import permutations

import pytest

from station.domain.step import CAPTURE_STATES, ENDED_STATES, OPEN_STATES, TRANSITIONS, Event, State, check_plan

DRAWN = """
    identify      identified      screening
    screening     cleared         next_in_plan
    portrait      captured        next_in_plan
    fingerprints  captured        next_in_plan
    signature     captured        next_in_plan
    review        reviewed        receipt
    receipt       receipt_issued  approval
    approval      approved        sealing
    sealing       sealed          sealed

    review        redone          next_in_plan
    approval      returned        screening

    identify      deferred        deferred
    screening     deferred        deferred
    deferred      resumed         anew

    identify      parked          parked
    screening     parked          parked
    portrait      parked          parked
    fingerprints  parked          parked
    signature     parked          parked
    review        parked          parked
    receipt       parked          parked
    approval      parked          parked
    parked        resumed         anew

    identify      cancelled       cancelled
    screening     cancelled       cancelled
    portrait      cancelled       cancelled
    fingerprints  cancelled       cancelled
    signature     cancelled       cancelled
    review        cancelled       cancelled
    receipt       cancelled       cancelled
    approval      cancelled       cancelled
    parked        cancelled       cancelled
    deferred      cancelled       cancelled
"""


def test_the_table_is_the_drawing() -> None:
    arrows = [line.split() for line in DRAWN.splitlines() if line.strip()]
    drawn = {(State(state), Event(event)): target for state, event, target in arrows}
    assert len(drawn) == len(arrows)
    assert drawn == {way: str(target) for way, target in TRANSITIONS.items()}


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[State.IDENTIFY, Event.SEALED] = State.SEALED  # type: ignore[index]  # that is what is tried


def test_nothing_leads_out_of_what_has_ended() -> None:
    assert {State.SEALED, State.CANCELLED, State.ERASED} == ENDED_STATES
    assert not [way for way in TRANSITIONS if way[0] in ENDED_STATES]


def test_a_recording_that_is_being_sealed_can_only_be_sealed() -> None:
    assert [event for state, event in TRANSITIONS if state is State.SEALING] == [Event.SEALED]


def test_no_step_stands_before_the_clearance_but_identification_and_screening() -> None:
    into_captures = {state for (state, _), target in TRANSITIONS.items() if target == "next_in_plan"}
    assert into_captures == {State.SCREENING, State.REVIEW, *CAPTURE_STATES}


def test_open_is_what_waits_for_nobody_and_has_not_ended() -> None:
    assert frozenset(State) - OPEN_STATES == {
        State.SEALED,
        State.DEFERRED,
        State.CANCELLED,
        State.PARKED,
        State.ERASED,
    }


@pytest.mark.parametrize("plan", list(permutations(CAPTURE_STATES)))
def test_a_plan_begins_with_the_portrait(plan: tuple[State, ...]) -> None:
    if plan[0] is State.PORTRAIT:
        assert check_plan(plan) is plan
    else:
        with pytest.raises(ValueError, match="starts with the portrait"):
            check_plan(plan)


@pytest.mark.parametrize(
    "plan",
    [
        (),
        (State.PORTRAIT, State.FINGERPRINTS),
        (State.PORTRAIT, State.SIGNATURE, State.SIGNATURE),
        (State.PORTRAIT, State.FINGERPRINTS, State.SIGNATURE, State.REVIEW),
    ],
)
def test_a_plan_names_each_capture_once(plan: tuple[State, ...]) -> None:
    with pytest.raises(ValueError, match="each capture once"):
        check_plan(plan)
