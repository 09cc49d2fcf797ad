"""The portraits of a recording: which attempts there are, how many are left, which one the applicant approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from station.domain.fingers import FingersTaken
from station.domain.samples import ExceptionPortrait, PortraitAttempt

MAX_PORTRAITS: Final = 3
"""Attempts at a portrait; after the last one of them is accepted, with a supervisor if its hints ask for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitsTaken(FingersTaken):
    """The portraits' part of a recording; whether hands belong into a picture, the fingers' part says.

    Attributes:
        portraits: every attempt, oldest first.
        accepted_portrait: number of the attempt that the applicant approved, 0 while there is none.
        portraits_before: how many of `portraits` were taken before the step was last done over, or a supervisor last
            let more be taken; attempts are counted from there, and each of them all can still be approved.
        exception_portraits: the applicant with both hands, oldest first.
    """

    portraits: tuple[PortraitAttempt, ...] = ()
    accepted_portrait: int = 0
    portraits_before: int = 0
    exception_portraits: tuple[ExceptionPortrait, ...] = ()

    @property
    def portrait_attempts_left(self) -> int:
        """How often a portrait may still be taken."""
        return max(0, MAX_PORTRAITS - len(self.portraits[self.portraits_before :]))

    @property
    def wants_hands(self) -> bool:
        """Whether a picture with both hands belongs to this recording and is still missing."""
        return bool(self.exceptions) and not self.exception_portraits

    def portrait(self, number: int) -> PortraitAttempt | None:
        """The attempt of that number."""
        return next((p for p in self.portraits if p.number == number), None)

    def accepted(self) -> PortraitAttempt | None:
        """The portrait that goes into the packet."""
        return self.portrait(self.accepted_portrait)

    def exception_portrait(self) -> ExceptionPortrait | None:
        """The picture with both hands that goes into the packet: the last one, as long as fingers are missing."""
        return self.exception_portraits[-1] if self.exceptions and self.exception_portraits else None
