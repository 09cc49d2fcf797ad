"""The way of a recording: one frozen table, for anyone to read.

The three capture steps share one state each; which follows which after the portrait is the station's configuration
(`plan`), so CAPTURED leads to "the next of the plan" and, after the last, to REVIEW.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a recording stands."""

    IDENTIFY = "identify"
    SCREENING = "screening"
    PORTRAIT = "portrait"
    FINGERPRINTS = "fingerprints"
    SIGNATURE = "signature"
    REVIEW = "review"
    RECEIPT = "receipt"
    APPROVAL = "approval"
    SEALING = "sealing"
    SEALED = "sealed"
    PARKED = "parked"
    DEFERRED = "deferred"
    CANCELLED = "cancelled"
    ERASED = "erased"
    """The record was destroyed; no transition leads here, since the history goes with it."""


class Event(StrEnum):
    """What moves it."""

    IDENTIFIED = "identified"
    CLEARED = "cleared"
    CAPTURED = "captured"
    REVIEWED = "reviewed"
    RECEIPT_ISSUED = "receipt_issued"
    APPROVED = "approved"
    RETURNED = "returned"
    SEALED = "sealed"
    PARKED = "parked"
    RESUMED = "resumed"
    DEFERRED = "deferred"
    CANCELLED = "cancelled"
    REDONE = "redone"


CAPTURE_STATES: Final = (State.PORTRAIT, State.FINGERPRINTS, State.SIGNATURE)
OPEN_STATES: Final = frozenset(State) - {State.SEALED, State.DEFERRED, State.CANCELLED, State.PARKED, State.ERASED}
BARE_OF_CAPTURES: Final = frozenset({State.RECEIPT, State.APPROVAL})
"""From where no capture can follow without another screening; from the review one can."""
ENDED_STATES: Final = frozenset({State.SEALED, State.CANCELLED, State.ERASED})

NEXT_IN_PLAN: Final = "next_in_plan"
"""Target of CAPTURED: the next capture state of the plan, or REVIEW after the last."""
ANEW: Final = "anew"
"""Target of RESUMED: SCREENING, since a clearance never outlives a pause, or IDENTIFY where nobody is identified yet.

Captures that stand are skipped afterwards. A visit that was parked when nothing was left to capture (its approver was
absent) goes on where it stood.
"""

Target = State | str

TRANSITIONS: Final[Mapping[tuple[State, Event], Target]] = MappingProxyType(
    {
        (State.IDENTIFY, Event.IDENTIFIED): State.SCREENING,
        (State.SCREENING, Event.CLEARED): NEXT_IN_PLAN,
        (State.PORTRAIT, Event.CAPTURED): NEXT_IN_PLAN,
        (State.FINGERPRINTS, Event.CAPTURED): NEXT_IN_PLAN,
        (State.SIGNATURE, Event.CAPTURED): NEXT_IN_PLAN,
        (State.REVIEW, Event.REVIEWED): State.RECEIPT,
        (State.RECEIPT, Event.RECEIPT_ISSUED): State.APPROVAL,
        (State.APPROVAL, Event.APPROVED): State.SEALING,
        (State.SEALING, Event.SEALED): State.SEALED,
        # Doing a step over: from the review by the operator, or sent back by the approver.
        (State.REVIEW, Event.REDONE): NEXT_IN_PLAN,
        (State.APPROVAL, Event.RETURNED): State.SCREENING,
        # A visit is never lost: it is put off, parked, or ended with a reason.
        (State.IDENTIFY, Event.DEFERRED): State.DEFERRED,
        (State.SCREENING, Event.DEFERRED): State.DEFERRED,
        (State.DEFERRED, Event.RESUMED): ANEW,
        **{(state, Event.PARKED): State.PARKED for state in OPEN_STATES - {State.SEALING}},
        (State.PARKED, Event.RESUMED): ANEW,
        **{
            (state, Event.CANCELLED): State.CANCELLED
            for state in (OPEN_STATES | {State.PARKED, State.DEFERRED}) - {State.SEALING}
        },
    }
)

DEFAULT_PLAN: Final = CAPTURE_STATES


def check_plan(plan: tuple[State, ...]) -> tuple[State, ...]:
    """The plan itself, if it has every capture state once and the portrait first.

    The portrait comes first because the applicant must approve it before anything else is taken (letter
    400.8.1.2/13999 of 11 October 2024).

    Raises:
        ValueError: it has not.
    """
    if sorted(plan) != sorted(CAPTURE_STATES) or plan[0] is not State.PORTRAIT:
        raise ValueError("the order of steps starts with the portrait and names each capture once")
    return plan
