"""What in a recording an approver should look at first, read from its history alone.

Nothing here refuses anything: every rule was kept when the recording was made. A reason says where somebody decided
against a check, and how much that weighs in the order of the queue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.fingers import wanted_of

MOST_SKEW: Final = timedelta(minutes=2)
"""Difference of the station's clock and the satellites' that is a warning on the board too."""
WENT_BACK: Final = timedelta(minutes=1)
"""By how much a later entry may be earlier: a step has the time at which it began. As in the audit trail."""


class Reason(StrEnum):
    """Why a recording deserves a look."""

    LIKENESS = "likeness"
    """Prints that look like one finger: undecided, or said by an officer to be two."""
    RECORDED_BEFORE = "recorded_before"
    """The applicant was, or may have been, recorded before: the centre may find a duplicate."""
    FORCED = "forced"
    """A capture passed in spite of its hints, since a supervisor said so."""
    EXCEPTION = "exception"
    """Fingers that were not taken, or a signature that could not be given."""
    RETURNED = "returned"
    """It was sent back and comes again."""
    LOW_SCORE = "low_score"
    """The print that counts is below the score from which one attempt is enough."""
    CLOCK = "clock"
    """The station's clock went back, or differed from the satellites'."""
    BIODATA = "biodata"
    """Warnings over the biodata were let stand, or the person was identified anew."""
    PRIORITY = "priority"
    """An urgent errand: it goes before its equals, and is no risk."""


WEIGHTS: Final[Mapping[Reason, int]] = MappingProxyType(
    {
        Reason.LIKENESS: 50,
        Reason.RECORDED_BEFORE: 45,
        Reason.FORCED: 40,
        Reason.EXCEPTION: 30,
        Reason.RETURNED: 25,
        Reason.LOW_SCORE: 20,
        Reason.CLOCK: 15,
        Reason.BIODATA: 10,
        Reason.PRIORITY: 1,
    }
)
"""House rule. What may make one person two, or two one, weighs most; then what an officer overrode or left out; then
what a device measured; then what is often harmless (a name of one word). A reason counts once, however often it holds:
ten scars are one visit to the same hands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason, and in how many places it holds."""

    reason: Reason
    count: int


def findings(visit: Enrollment) -> tuple[Finding, ...]:
    """Every reason that holds, the heaviest first."""
    counts = {
        Reason.LIKENESS: len(visit.likenesses) + len(visit.found_different),
        Reason.RECORDED_BEFORE: _recorded_before(visit),
        Reason.FORCED: _forced(visit),
        Reason.EXCEPTION: len(visit.exceptions) + (visit.signature_missing is not None),
        Reason.RETURNED: _count(visit, h.Returned),
        Reason.LOW_SCORE: sum(_is_low(visit, position) for position in FingerPosition),
        Reason.CLOCK: _clock(visit),
        Reason.BIODATA: _biodata(visit),
        Reason.PRIORITY: int(visit.cleared is not None and bool(visit.cleared.reason)),
    }
    return tuple(Finding(reason, counts[reason]) for reason in WEIGHTS if counts[reason])


def weight(found: Iterable[Finding]) -> int:
    """How early it should be looked at; 0 = nothing stands out."""
    return sum(WEIGHTS[each.reason] for each in found)


def is_clean(found: Iterable[Finding]) -> bool:
    """Whether nothing in it is a risk."""
    return all(each.reason is Reason.PRIORITY for each in found)


def _count(visit: Enrollment, kind: type[h.Entry]) -> int:
    return sum(isinstance(entry, kind) for entry in visit.entries)


def _recorded_before(visit: Enrollment) -> int:
    return int(visit.identified is not None and visit.identified.ever_recorded is not h.EverRecorded.NO)


def _forced(visit: Enrollment) -> int:
    """Of what counts: a portrait that was forced and then taken anew weighs nothing."""
    portrait = visit.accepted()
    best = (visit.best(position) for position in FingerPosition)
    fingers = sum(attempt is not None and bool(attempt.forced_by) for attempt in best)
    return fingers + (portrait is not None and bool(portrait.forced_by))


def _is_low(visit: Enrollment, position: FingerPosition) -> bool:
    best = visit.best(position)
    return visit.exception(position) is None and best is not None and best.quality.value < wanted_of(best)


def _clock(visit: Enrollment) -> int:
    skews = sum(
        abs(entry.position.station_ahead_s) > MOST_SKEW.total_seconds()
        for entry in visit.entries
        if isinstance(entry, h.Positioned) and entry.position is not None
    )
    return skews + sum(before.at - after.at > WENT_BACK for before, after in pairwise(visit.entries))


def _biodata(visit: Enrollment) -> int:
    confirmed = len(visit.identified.confirmed) if visit.identified is not None else 0
    return confirmed + max(0, _count(visit, h.Identified) - 1) + _count(visit, h.Corrected)
