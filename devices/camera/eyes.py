"""Where the eyes are, to a fraction of a pixel, and whether they are open: by the iris, not by a detector's box.

The public cascade fires on closed eyes too and its box is off by a tenth of its size; it only says where to look.
There, upright and at a fixed size, a ring is sought that is darker inside than outside at its left and right, where
no lid hides it: Daugman's operator over two arcs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.camera.hints import Point
from devices.camera.measures import Grey, reduced
from devices.opencv_import import cv2

EYES: Final = 80.0
"""Pixels between the eyes at which irises are sought."""
REACH: Final = 14
"""How far from the detector's point, pixels of that size."""
MARGIN: Final = 20
"""What is needed around."""
RADII: Final = (6.2, 6.9, 7.6, 8.3, 9.0)
"""Of irises at that size: 5.9 of 62 mm is 7.6."""
ABOVE: Final = math.radians(30)
BELOW: Final = math.radians(42)
SOFT: Final = math.radians(12)
"""How far the arcs reach above and below the horizontal, and how softly they end: the upper lid hangs lower."""
IRIS: Final = 0.38
"""Openness from which there is an iris."""
SURE: Final = 0.45
"""And from which nobody else needs to be asked: on a real photograph whatever was not an eye had 0.36 at most."""
ASKEW: Final = math.sin(math.radians(3))
"""Where the eyes lean by more than was thought, arcs lie askew: they are sought again, upright."""
LID: Final = 0.12
"""Darkness of a shut eye's line, as a difference of logarithms. Both our own, from synthetic faces."""
FLOOR: Final = 8.0
"""Added to each grey value before its logarithm is taken: the sensor's noise in the shadows counts less."""


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye.

    Attributes:
        centre: of the iris, pixels; or of the line where the lids meet, where it is shut.
        openness: how much darker the iris is than what is left and right of it, of 1.
        seen: whether it looks like an eye at all, open or shut.
    """

    centre: Point
    openness: float
    seen: bool


Patch = NDArray[np.float32]
"""Logarithms of grey values, shape (2 * side + 1, 2 * side + 1)."""


def find_eyes(grey: Grey, near: tuple[Point, Point]) -> tuple[Eye, Eye]:
    """The eyes near two points, the person's right eye first."""
    steps = int(math.dist(*near) / EYES)
    if steps > 1:
        small, _ = reduced(grey, 1 / steps)
        right, left = find_eyes(small, (_scaled(near[0], 1 / steps), _scaled(near[1], 1 / steps)))
        return replace(right, centre=_scaled(right.centre, steps)), replace(left, centre=_scaled(left.centre, steps))
    pair = _both(grey, near)
    found = (pair[0].centre, pair[1].centre)
    (was_x, was_y), (is_x, is_y) = ((ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]) for ends in (near, found))
    turned = (was_x * is_y - was_y * is_x) / (math.dist(*near) * max(1.0, math.dist(*found)))
    if abs(turned) < ASKEW or min(eye.openness for eye in pair) < IRIS:
        return pair
    return _both(grey, found)


def _scaled(point: Point, ratio: float) -> Point:
    """The same place in a picture of another size; a pixel's middle is what its number says."""
    return (point[0] + 0.5) * ratio - 0.5, (point[1] + 0.5) * ratio - 0.5


def _both(grey: Grey, near: tuple[Point, Point]) -> tuple[Eye, Eye]:
    distance = math.dist(*near)
    across = ((near[1][0] - near[0][0]) / distance, (near[1][1] - near[0][1]) / distance)
    right, left = (_find(grey, each, distance / EYES, across) for each in near)
    return right, left


def _find(grey: Grey, near: Point, step: float, across: Point) -> Eye:
    """One of them; `step` is a pixel of the upright patch in pixels of the picture, `across` its direction."""
    side = REACH + MARGIN
    (cos, sin) = across
    matrix = np.array([[step * cos, -step * sin, near[0]], [step * sin, step * cos, near[1]]])
    matrix[:, 2] -= matrix[:, :2] @ (side, side)
    upright = cv2.warpAffine(
        grey, matrix, (2 * side + 1, 2 * side + 1), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    patch = np.log(cv2.GaussianBlur(upright, (0, 0), 0.8).astype(np.float32) + np.float32(FLOOR))
    responses = [cv2.filter2D(patch, cv2.CV_32F, kernel)[MARGIN:-MARGIN, MARGIN:-MARGIN] for kernel in rings()]
    best = np.max(responses, axis=0)
    y, x = np.unravel_index(int(np.argmax(best)), best.shape)
    openness = float(np.clip(1 - math.exp(-best[y, x]), 0, 1))
    seen = openness >= IRIS
    if not seen:
        lines = cv2.filter2D(patch, cv2.CV_32F, lid())[MARGIN:-MARGIN, MARGIN:-MARGIN]
        best = np.asarray(lines - _doubt(), np.float32)
        y, x = np.unravel_index(int(np.argmax(best)), best.shape)
        seen = float(lines[y, x]) >= LID
    dx, dy = _vertex(best, int(x), int(y))
    centre = matrix @ (MARGIN + x + dx, MARGIN + y + dy, 1.0)
    return Eye((float(centre[0]), float(centre[1])), openness, seen)


@cache
def _doubt() -> Patch:
    """The farther from where an eye should be, the darker must a line be, above all upwards: a brow is one too."""
    v, u = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1].astype(np.float32) / np.float32(REACH)
    return np.asarray(0.3 * (u * u + np.where(v < 0, v * v, 0.3 * v * v)), np.float32)


@cache
def lid() -> Patch:
    """Takes the mean of a lying line from the mean of what is above and below: a shut eye is as wide as an open one."""
    line, beside = np.zeros((2 * MARGIN - 3, 33)), np.zeros((2 * MARGIN - 3, 33))
    middle = MARGIN - 2
    line[middle - 1 : middle + 2] = 1
    beside[middle - 8 : middle - 4] = beside[middle + 5 : middle + 9] = 1
    return np.asarray(beside / beside.sum() - line / line.sum(), np.float32)


@cache
def rings() -> tuple[Patch, ...]:
    """For each radius a kernel that takes the mean just inside the arcs from the mean just outside."""
    size = math.ceil(RADII[-1] + 1.9 + 1.8)
    v, u = np.mgrid[-size : size + 1, -size : size + 1].astype(np.float64)
    radius, angle = np.hypot(u, v), np.arctan2(v, np.abs(u))
    arcs = np.clip((BELOW - angle) / SOFT + 0.5, 0, 1) * np.clip((ABOVE + angle) / SOFT + 0.5, 0, 1)
    kernels = []
    for middle in RADII:
        outside = arcs * np.clip(1.8 - np.abs(radius - middle - 1.9), 0, 1)
        inside = arcs * np.clip(1.8 - np.abs(radius - middle + 1.9), 0, 1)
        kernels.append((outside / outside.sum() - inside / inside.sum()).astype(np.float32))
    return tuple(kernels)


def _vertex(field: Patch, x: int, y: int) -> tuple[float, float]:
    """How far the top of the parabolas through a maximum and its neighbours lies beside it."""
    height, width = field.shape
    dx = _top(field[y, x - 1], field[y, x], field[y, x + 1]) if 0 < x < width - 1 else 0.0
    dy = _top(field[y - 1, x], field[y, x], field[y + 1, x]) if 0 < y < height - 1 else 0.0
    return dx, dy


def _top(before: float, middle: float, after: float) -> float:
    curve = float(before - 2 * middle + after)
    return float(np.clip(0.5 * (before - after) / curve, -0.5, 0.5)) if curve < 0 else 0.0
