"""Where the eyes are, to a fraction of a pixel, and whether they are open: by the iris, not by a detector's box.

The public cascade fires on closed eyes too and its box is off by a tenth of its size; it only says where to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.camera.measures import Grey
from devices.opencv_import import cv2

IRIS: Final = 0.095
"""Radius of an iris in distances of the eyes: 5.9 of 62 mm."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye.

    Attributes:
        centre: of the iris, pixels of the part that was searched.
        openness: how dark the iris is against what is beside it, 0 to 1; about 0 where the lid is shut.
    """

    centre: Point
    openness: float


def find_eye(part: Grey, near: Point, distance: float) -> Eye:
    """The iris near a point.

    Args:
        part: a part of the picture with the eye well inside.
        near: where a detector saw it.
        distance: between the eyes, about, pixels.
    """
    reach = 0.16 * distance
    x0, y0 = max(0, round(near[0] - reach)), max(0, round(near[1] - reach))
    window = part[y0 : round(near[1] + reach) + 1, x0 : round(near[0] + reach) + 1].astype(np.float32)
    dark = np.clip(np.percentile(window, 18) - window, 0, None)
    weight = float(dark.sum())
    if weight <= 0:
        return Eye(near, 0.0)
    x = float((dark.sum(axis=0) * np.arange(window.shape[1])).sum()) / weight
    y = float((dark.sum(axis=1) * np.arange(window.shape[0])).sum()) / weight
    centre = (x0 + x, y0 + y)
    return Eye(centre, openness(part, centre, IRIS * distance))


def openness(part: Grey, centre: Point, radius: float) -> float:
    """How much darker the iris is than the white left and right of it, 0 to 1."""
    middle = _mean(part, centre, 0.0, radius)
    beside = max(_mean(part, centre, -1.6 * radius, radius), 1.0), max(_mean(part, centre, 1.6 * radius, radius), 1.0)
    return float(np.clip(1 - middle / (sum(beside) / 2), 0, 1))


def _mean(part: Grey, centre: Point, aside: float, radius: float) -> float:
    """Of an upright ellipse beside the centre, as high as the lids leave open."""
    patch = cv2.getRectSubPix(
        part, (max(1, round(0.8 * radius)), max(1, round(0.9 * radius))), (centre[0] + aside, centre[1])
    )
    return float(patch.mean())
