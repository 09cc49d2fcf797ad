"""Whether a face looks past the camera: how far the nose lies beside the middle of the eyes.

The nose stands 0.4 of the eyes' distance before them, so that it moves aside by 0.07 of it where the head turns by ten
degrees. Where it is, is told by the axis about which the strip between eyes and mouth is most alike to its mirror
image. A lamp at the side makes faces unlike, too: of the strip only what is finer than a cheek counts.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.camera.hints import Point
from devices.camera.measures import Grey
from devices.opencv_import import cv2

EYES: Final = 48.0
"""Pixels between the eyes at which the strip is looked at."""
TOP: Final = 0.28
BOTTOM: Final = 0.85
HALF_WIDTH: Final = 0.30
"""The strip around the nose, in distances of the eyes below and beside their middle."""
FARTHEST: Final = 0.24
"""How far an axis is sought beside the middle."""
FINE: Final = 0.12
"""What is coarser than this is left out."""
FLOOR: Final = 8.0


def turn(grey: Grey, eyes: tuple[Point, Point]) -> float:
    """How far the nose lies beside the middle of the eyes, in their distance; to the picture's right is positive."""
    strip = _strip(grey, eyes)
    middle = strip.shape[1] // 2
    half, farthest = round(HALF_WIDTH * EYES), round(FARTHEST * EYES)
    likeness = [_likeness(strip, axis, half) for axis in range(2 * (middle - farthest), 2 * (middle + farthest) + 1)]
    best = int(np.argmax(likeness))
    return (best / 2 - farthest) / EYES


def _strip(grey: Grey, eyes: tuple[Point, Point]) -> NDArray[np.float32]:
    """Upright, its middle column under the middle of the eyes."""
    right, left = eyes
    cos, sin = (left[0] - right[0]) / EYES, (left[1] - right[1]) / EYES
    side = round((HALF_WIDTH + FARTHEST + FINE) * EYES)
    size = (2 * side + 1, round((BOTTOM - TOP) * EYES))
    matrix = np.array([[cos, -sin, (right[0] + left[0]) / 2], [sin, cos, (right[1] + left[1]) / 2]])
    matrix[:, 2] += matrix[:, :2] @ (-side, TOP * EYES)
    upright = cv2.warpAffine(
        grey, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    strip = np.log(upright.astype(np.float32) + np.float32(FLOOR))
    return np.asarray(strip - cv2.GaussianBlur(strip, (0, 0), FINE * EYES), np.float32)


def _likeness(strip: NDArray[np.float32], axis: int, half: int) -> float:
    """Correlation of what is left and right of an axis at half of `axis` pixels."""
    left = strip[:, axis // 2 - half : axis // 2 + 1]
    right = strip[:, (axis + 1) // 2 : (axis + 1) // 2 + half + 1][:, ::-1]
    return float((left * right).sum() / math.sqrt(float((left * left).sum() * (right * right).sum()) + 1e-9))
