"""Fingers, by the code numbers that every standard here shares. Standard library only: the domain reads it too."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class FingerPosition(IntEnum):
    """Friction ridge positions: ANSI/NIST-ITL 1-2011 table 8, ISO/IEC 19794-4:2011 table 5."""

    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10


RIGHT_FOUR: Final = (
    FingerPosition.RIGHT_INDEX,
    FingerPosition.RIGHT_MIDDLE,
    FingerPosition.RIGHT_RING,
    FingerPosition.RIGHT_LITTLE,
)
"""Plain right four fingers, by their numbers; as one picture the standards' position 13."""
LEFT_FOUR: Final = (
    FingerPosition.LEFT_INDEX,
    FingerPosition.LEFT_MIDDLE,
    FingerPosition.LEFT_RING,
    FingerPosition.LEFT_LITTLE,
)
"""Plain left four fingers; as one picture position 14."""
THUMBS: Final = (FingerPosition.RIGHT_THUMB, FingerPosition.LEFT_THUMB)
"""Both thumbs; as one picture position 15."""
GROUPS: Final[tuple[tuple[FingerPosition, ...], ...]] = (RIGHT_FOUR, LEFT_FOUR, THUMBS)
"""What is laid on a slap scanner at once, in the order of 4-4-2."""


def left_to_right(group: tuple[FingerPosition, ...]) -> tuple[FingerPosition, ...]:
    """A group's fingers as they lie in its picture, which shows them as ink on paper would.

    The right hand's index finger lies leftmost, the left hand's rightmost, and the left thumb left of the right one.
    """
    return group if group == RIGHT_FOUR else group[::-1]
