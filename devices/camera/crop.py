"""Where the pass photo lies in a picture: three wide to four high, the face as an identity document wants it."""

from __future__ import annotations

from typing import Final

ASPECT: Final = 4 / 3
"""Height to width."""
EYE_DISTANCES: Final = 4.2
"""Width of the photo in distances between the eyes: the head, 2.1 to 2.5 of them, fills 0.5 to 0.6 of it, where
ISO/IEC 19794-5 allows 0.50 to 0.75, and hair has room above."""
EYE_HEIGHT: Final = 0.45
"""The eyes' line, from the top, in heights of the photo: ISO/IEC 19794-5 allows 0.3 to 0.5."""

Eyes = tuple[tuple[float, float], tuple[float, float]]


def ideal(middle: tuple[float, float], eye_distance: float) -> tuple[float, float, float]:
    """Left, top and width of the photo around the middle between the eyes, in pixels, wherever they lie."""
    wide = EYE_DISTANCES * eye_distance
    return middle[0] - wide / 2, middle[1] - EYE_HEIGHT * ASPECT * wide, wide


def pass_photo(width: int, height: int, eyes: Eyes | None) -> tuple[int, int, int, int]:
    """Left, top, width and height in pixels, within the picture; around the middle where no eyes were found."""
    widest = min(width, height * 3 // 4)
    if eyes is None:
        wide, x, y = widest, width / 2, height / 2
        rise = 0.5
    else:
        (x1, y1), (x2, y2) = eyes
        distance = ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5
        wide, x, y = max(3, min(widest, round(EYE_DISTANCES * distance))), (x1 + x2) / 2, (y1 + y2) / 2
        rise = EYE_HEIGHT
    high = min(height, wide * 4 // 3)
    left = min(max(0, round(x - wide / 2)), width - wide)
    top = min(max(0, round(y - rise * high)), height - high)
    return left, top, wide, high
