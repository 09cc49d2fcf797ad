"""Paper and brush for synthetic people: rounded outlines, soft hills, one lamp.

Lengths are fractions of a head from crown to chin; the origin lies between the eyes, right and down positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2

Plane = NDArray[np.float32]
"""Shape (height, width) or (height, width, channels)."""
Point = tuple[float, float]

SCALE: Final = 480.0
"""Pixels of the modelled head, crown to chin."""
HALF_WIDTH: Final = 1.3
TOP: Final = -0.75
BOTTOM: Final = 1.75
"""What is modelled."""
SUBPIXEL_BITS: Final = 4

LAMP: Final = (-0.28, -0.46, 0.84)
FILL: Final = (0.55, -0.10, 0.83)
"""Directions to the lamp and to the wall that gives its light back, about of length 1."""


class Paper:
    """A sheet to paint on, with the coordinates of its pixels.

    Attributes:
        u, v: coordinates, shape (1, columns) and (rows, 1).
        sheet: what is painted; see `figure`.
    """

    def __init__(self, u: Plane, v: Plane, sheet: Plane, rng: np.random.Generator) -> None:
        self.u = u
        self.v = v
        self.sheet = sheet
        self.rng = rng

    @classmethod
    def blank(cls, rng: np.random.Generator) -> Paper:
        """A whole empty sheet."""
        columns, rows = int(2 * HALF_WIDTH * SCALE), int((BOTTOM - TOP) * SCALE)
        u = np.arange(columns, dtype=np.float32) / np.float32(SCALE) - np.float32(HALF_WIDTH)
        v = np.arange(rows, dtype=np.float32) / np.float32(SCALE) + np.float32(TOP)
        return cls(u[None, :], v[:, None], np.zeros((rows, columns, 4), np.float32), rng)

    def window(self, half_width: float, top: float, bottom: float) -> Paper:
        """The part in the middle that lies between two heights; what is painted there is painted here."""
        columns = slice(int((HALF_WIDTH - half_width) * SCALE), int((HALF_WIDTH + half_width) * SCALE))
        rows = slice(int((top - TOP) * SCALE), int((bottom - TOP) * SCALE))
        return Paper(self.u[:, columns], self.v[rows], self.sheet[rows, columns], self.rng)

    def inside(self, outline: Sequence[Point], soft: float = 0.0025) -> Plane:
        """Coverage of a closed, rounded outline with an edge `soft` wide."""
        points = (rounded(outline) - (self.u[0, 0], self.v[0, 0])) * SCALE * 2**SUBPIXEL_BITS
        mask = np.zeros((self.v.size, self.u.size), np.uint8)
        cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        return blurred(mask.astype(np.float32) / np.float32(255), soft)

    def bump(self, u: float, v: float, across: float, down: float) -> Plane:
        """A smooth hill of height 1."""
        hill: Plane = np.exp(-(((self.u - u) / across) ** 2) - ((self.v - v) / down) ** 2)
        return hill

    def pair(self, u: float, v: float, across: float, down: float, shift: float = 0.0) -> Plane:
        """Two of them, left and right alike."""
        return self.bump(shift - u, v, across, down) + self.bump(shift + u, v, across, down)

    def lay(self, mask: Plane, colour: Plane) -> None:
        """Put a colour (one, or one a pixel) over what is there."""
        cover = mask[..., None]
        self.sheet[..., :3] += cover * (colour - self.sheet[..., :3])
        self.sheet[..., 3:] += cover * (1 - self.sheet[..., 3:])

    def lit(self, relief: Plane) -> Plane:
        """Brightness of a matt surface of this relief, 1 where it faces the lamp."""
        down, across = np.gradient(relief, 1 / SCALE)
        length = np.sqrt(across * across + down * down + 1)
        light = np.full_like(relief, 0.36)
        for (x, y, z), power in ((LAMP, 0.56), (FILL, 0.14)):
            light += power * np.clip((z - x * across - y * down) / length, 0, None)
        return plane(light)

    def grain(self, across: float, down: float) -> Plane:
        """Smooth random waves, -1..1, about `across` wide and `down` high."""
        rows, columns = self.v.size, self.u.size
        coarse = self.rng.normal(0, 1, (max(2, int(2.5 / down)), max(2, int(2.6 / across)))).astype(np.float32)
        waves = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
        return plane(np.clip(waves, -2, 2) / np.float32(2))


def plane(pixels: NDArray[np.generic]) -> Plane:
    """As 32-bit floats."""
    return np.asarray(pixels, np.float32)


def bgr(colour: Sequence[float]) -> Plane:
    """Blue, green, red."""
    return np.array(colour, np.float32)


def blurred(mask: Plane, size: float) -> Plane:
    """Softened by a Gaussian `size` wide."""
    return plane(cv2.GaussianBlur(mask, (0, 0), max(0.3, size * SCALE)))


def mixed(under: Plane, over: Plane, mask: Plane) -> Plane:
    """One colour over another where the mask says so."""
    return plane(under + mask[..., None] * (over - under))


def rounded(outline: Sequence[Point]) -> NDArray[np.float64]:
    """Cut corners until there are none (Chaikin's curve)."""
    points = np.array(outline, np.float64)
    for _ in range(4):
        following = np.roll(points, -1, axis=0)
        points = np.stack((0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following), axis=1).reshape(-1, 2)
    return points


def mirrored(half: Sequence[Point], wide: float = 1.0) -> list[Point]:
    """A symmetric outline from its right half, listed from the top down."""
    right = [(wide * u, v) for u, v in half]
    return right + [(-u, v) for u, v in reversed(right)]
