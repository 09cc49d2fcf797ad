"""The ten fingers of a recording: what was taken of each, which attempt counts, what is still wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition
from station.domain.samples import FingerAttempt, FingerException, Likeness, SlapAttempt

MAX_ATTEMPTS: Final = 3
"""Attempts a finger, after BSI TR-03121 (up to three, the best is kept)."""
WANTED_SCORES: Final[Mapping[FingerPosition, int]] = MappingProxyType(
    {
        position: {1: 30, 2: 30, 3: 20, 4: 10, 5: 10}[(position - 1) % 5 + 1]  # thumb, index, middle, ring, little
        for position in FingerPosition
    }
)
"""Scores from which one attempt is enough: BSI TR-03121 v6, enrolment (fingerprint reference, section 5)."""

THUMBS: Final = (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)


def wanted_of(attempt: FingerAttempt) -> float:
    """From which score on this attempt is enough."""
    return WANTED_SCORES[attempt.position] if attempt.wanted is None else attempt.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class FingersTaken:
    """The fingers' part of a recording.

    Attributes:
        fingers: every attempt, oldest first.
        slaps: the pictures that hold several fingers.
        likenesses: prints that look like one finger, and no officer has decided yet.
        thrown_out: attempts, by position and number, that an officer found to be of another finger.
        found_different: pairs of attempts that look alike and are two fingers' all the same, as an officer said.
        exceptions: fingers that are not taken.
        fingers_before: how many of `fingers` were taken before the step was last done over; attempts are counted from
            there, and a finger that is taken again is judged by what came since.
    """

    fingers: tuple[FingerAttempt, ...] = ()
    slaps: tuple[SlapAttempt, ...] = ()
    likenesses: tuple[Likeness, ...] = ()
    thrown_out: frozenset[tuple[FingerPosition, int]] = frozenset()
    found_different: frozenset[frozenset[tuple[FingerPosition, int]]] = frozenset()
    exceptions: tuple[FingerException, ...] = ()
    fingers_before: int = 0

    def attempts(self, position: FingerPosition) -> tuple[FingerAttempt, ...]:
        """All attempts of one finger, oldest first, those that were thrown out too."""
        return tuple(attempt for attempt in self.fingers if attempt.position is position)

    def best(self, position: FingerPosition) -> FingerAttempt | None:
        """The attempt of the highest score, of equal ones the first; of a finger that was done over, since then."""
        candidates = self._since_redo(position) or [each for each in self.attempts(position) if self._stands(each)]
        return max(candidates, key=lambda attempt: attempt.quality.value, default=None)

    def thumb(self) -> FingerAttempt | None:
        """The thumbprint that stands where nobody can sign: the right one, else the left; None without either."""
        prints = (self.best(each) for each in THUMBS if self.exception(each) is None)
        return next((each for each in prints if each is not None), None)

    def exception(self, position: FingerPosition) -> FingerException | None:
        """Why this finger is not taken, or None."""
        return next((each for each in self.exceptions if each.position is position), None)

    def finger_done(self, position: FingerPosition) -> bool:
        """Excepted, good enough, or tried as often as may be."""
        best = self.best(position)
        good = best is not None and best.quality.value >= wanted_of(best)
        return self.exception(position) is not None or good or not self.attempts_left(position)

    def attempts_left(self, position: FingerPosition) -> int:
        """How often this finger may still be tried."""
        return max(0, MAX_ATTEMPTS - len(self._since_redo(position)))

    def _since_redo(self, position: FingerPosition) -> tuple[FingerAttempt, ...]:
        taken = self.fingers[self.fingers_before :]
        return tuple(each for each in taken if each.position is position and self._stands(each))

    def _stands(self, attempt: FingerAttempt) -> bool:
        return (attempt.position, attempt.number) not in self.thrown_out

    def next_finger(self, order: Iterable[FingerPosition] = FingerPosition) -> FingerPosition | None:
        """The first finger, in that order, that is still wanted."""
        return next((position for position in order if not self.finger_done(position)), None)

    @property
    def undecided(self) -> tuple[Likeness, ...]:
        """Likenesses that an officer must decide before the step ends."""
        return tuple(each for each in self.likenesses if each.reliable)

    @property
    def return_on(self) -> date | None:
        """When the applicant should come back for fingers that could not be taken for the time being."""
        return max((each.return_on for each in self.exceptions if each.return_on is not None), default=None)
