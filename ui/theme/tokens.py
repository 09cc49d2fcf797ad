"""Colours and measures, named by what they are for. A neutral ground, one deep teal, red for danger alone."""

from __future__ import annotations

from typing import Final

INK: Final = "#14232D"
INK_SOFT: Final = "#4C5F6B"
INK_FAINT: Final = "#7B8B95"
GROUND: Final = "#EFF3F5"
SURFACE: Final = "#FFFFFF"
SUNKEN: Final = "#E4EAED"
LINE: Final = "#CBD5DA"
LINE_STRONG: Final = "#8A9AA4"

ACCENT: Final = "#0B5873"
ACCENT_STRONG: Final = "#083F53"
ACCENT_HOVER: Final = "#0E6B8C"
ACCENT_SOFT: Final = "#DFEEF3"

GOOD: Final = "#1B6E47"
GOOD_SOFT: Final = "#DFF2E7"
CAUTION: Final = "#8A5600"
CAUTION_SOFT: Final = "#FFF1D3"
DANGER: Final = "#A8201A"
DANGER_SOFT: Final = "#FBE6E4"
FOCUS: Final = "#E39A00"
"""Seen on white and on the accent alike."""

GRID: Final = 8
"""Pixels; every gap is a multiple of it."""
TARGET: Final = 48
"""Least height and width of what a finger presses, pixels."""
BODY: Final = 16
SMALL: Final = 14
LEAD: Final = 20
TITLE: Final = 26
LOUD: Final = 34
"""Pixels of type: what the applicant reads across the counter is LOUD."""
