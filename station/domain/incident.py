"""A failure to protect personal data: what has to be told, to whom, and until when.

UU 27/2022, Pasal 46: in writing, at the latest three times 24 hours, to the persons and to the authority: which data,
when and how they were disclosed, and what is done about it. Confidentiality, integrity and availability count alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

NOTICE_WITHIN: Final = timedelta(hours=3 * 24)


class IncidentKind(StrEnum):
    """What happened, as a code."""

    LOST_DEVICE = "lost_device"
    UNAUTHORISED_ACCESS = "unauthorised_access"
    DISCLOSED = "disclosed"
    ALTERED = "altered"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Incident:
    """What an officer says of it.

    Attributes:
        kind: a code.
        began_at: when it happened, or the earliest time at which it can have; aware.
        noticed_at: when somebody of the office noticed it; aware. The 72 hours run from here.
        what: how it happened, in words.
        done: what has been done about it.
        advice: what the persons themselves can do.

    Raises:
        ValueError: words are missing, or it was noticed before it happened.
    """

    kind: IncidentKind
    began_at: datetime
    noticed_at: datetime
    what: str
    done: str
    advice: str = ""

    def __post_init__(self) -> None:
        if not self.what.strip() or not self.done.strip():
            raise ValueError("an incident is told in words")
        if self.noticed_at < self.began_at:
            raise ValueError("noticed before it happened")

    def __repr__(self) -> str:
        return f"Incident({self.kind.value})"

    @property
    def deadline(self) -> datetime:
        """Until when persons and authority must be told."""
        return self.noticed_at + NOTICE_WITHIN
