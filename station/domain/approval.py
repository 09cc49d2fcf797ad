"""What an approver's list shows of a recording, and who may stand for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.risk import Finding, findings, weight
from station.domain.step import State

QUEUED: Final = frozenset({State.APPROVAL, State.SEALING})
"""States that the approver's list shows: to be looked at, and approved but not sealed yet."""
_CAPTURED: Final = (
    h.PortraitTaken,
    h.ExceptionPortraitTaken,
    h.FingerTaken,
    h.SlapTaken,
    h.SignatureTaken,
)


@dataclass(frozen=True, slots=True)
class ApprovalHead:
    """One line of the approver's list; nothing of a capture in it.

    Attributes:
        state: APPROVAL, or SEALING where only the seal is missing.
        masked_name: first letters alone.
        since: from when it waits.
        found: why to look at it, the heaviest reason first.
        captured_by: officers who took something of it, none of whom may approve it.
    """

    visit_id: str
    number: str
    state: State
    masked_nik: str
    masked_name: str
    since: datetime
    found: tuple[Finding, ...]
    captured_by: frozenset[str]

    @property
    def weight(self) -> int:
        """By which it is sorted."""
        return weight(self.found)


def head_of(visit: Enrollment) -> ApprovalHead:
    """The line of a recording that somebody was identified for."""
    assert visit.applicant is not None
    return ApprovalHead(
        visit_id=visit.visit_id,
        number=visit.number,
        state=visit.state,
        masked_nik=visit.applicant.nik.masked,
        masked_name=masked(visit.applicant.name),
        since=visit.receipt.at if visit.receipt is not None else visit.entries[-1].at,
        found=findings(visit),
        captured_by=captured_by(visit),
    )


def captured_by(visit: Enrollment) -> frozenset[str]:
    """Officers who took something of it."""
    return frozenset(entry.by for entry in visit.entries if isinstance(entry, _CAPTURED))


def returned(visit: Enrollment) -> h.Returned | None:
    """What the approver wants done over, while it is not done: no receipt was issued since. None = nothing."""
    for entry in reversed(visit.entries):
        if isinstance(entry, h.ReceiptIssued):
            return None
        if isinstance(entry, h.Returned):
            return entry
    return None


def masked(name: str) -> str:
    """First letters: a list tells two people apart, and whoever passes by nobody's name."""
    return " ".join(f"{word[0]}•••" for word in name.split())
