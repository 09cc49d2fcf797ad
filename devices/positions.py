"""Fingers, by the code numbers that every standard here shares. Standard library only: the domain reads it too."""

from __future__ import annotations

from enum import IntEnum


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
