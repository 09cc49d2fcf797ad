"""How wide a pen's ink is: the same on the screen, in the picture and in the drawing."""

from __future__ import annotations

from typing import Final

THIN_MM: Final = 0.30
THICK_MM: Final = 0.75
"""Width of the ink at no pressure and at the greatest."""


def width_mm(pressure: int, most: int) -> float:
    """Of a pen that presses like this, where `most` is the greatest pressure that its pad tells."""
    return THIN_MM + (THICK_MM - THIN_MM) * min(1.0, pressure / max(1, most))
