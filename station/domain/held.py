"""What a station holds of one person, and what of it went where: gathered for a report, never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from station.domain.enrollment import Enrollment


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: when (UTC), by whom (an officer's id, "" = the station), what (a code), of what kind."""

    at: datetime
    by: str
    what: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """One sample that was taken: its modality, what of it, when (UTC), and by which device."""

    modality: str
    what: str
    at: datetime
    device: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of one visit. `repr` shows nothing of the person.

    Attributes:
        visit: the recording.
        captures: every sample that was taken.
        captures_held: whether their pixels are in the store still; after sealing they are not.
        answers: how many answers of the checklist are held, temperatures included.
        packet: its file, sum and whereabouts; None = there is none here.
        acknowledged_at: when the station learned that the centre has it.
        events: the visit's lines of the audit trail.
    """

    visit: Enrollment
    captures: tuple[Capture, ...]
    captures_held: bool
    answers: int
    packet: str | None
    packet_sha256: str
    acknowledged_at: datetime | None
    events: tuple[Event, ...]

    def __repr__(self) -> str:
        return f"Held({self.visit.visit_id})"
