"""Each minutia by its neighbourhood: minutia cylinder codes, and how alike two prints' are.

After Cappelli, Ferrara, Maltoni 2010 (Minutia Cylinder-Code), whose parameters these are where not told otherwise. A
cell of a cylinder stands for a place around its minutia and a difference of direction, and holds how much of that is
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2
from station.biometrics.minutiae import Minutiae

RADIUS: Final = 70.0
"""Pixels at 500 dpi: 3.6 mm."""
CELLS: Final = 10
"""Places across a cylinder."""
SECTIONS: Final = 6
"""Differences of direction."""
PLACE_SIGMA: Final = 7.0
"""Pixels: three quarters of the paper's, whose minutiae were found less exactly."""
ANGLE_SIGMA: Final = 2 * np.pi / 9
HALF_FULL: Final = 0.01
STEEPNESS: Final = 250.0
COMMON: Final = 0.4
"""Share of a cylinder's places that two must have in common; the paper's 0.6 loses small overlaps."""
MOST_TURNED: Final = np.pi / 2
"""How far two minutiae's directions may differ: nobody lays a finger down upside down."""

ONE_THREAD: Final = 200_000
"""Multiplications that OpenBLAS does in one thread; it shares products of more than 4 x 65,536."""

_Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Cylinders:
    """Those of one print's minutiae.

    Attributes:
        places: shape (n, 2), pixels at 500 dpi.
        angles: shape (n,), radians.
        full: shape (n, cells x SECTIONS), 0 to 1, 0 outside the print.
        energy: shape (n, cells), squares of that, all sections together.
        seen: shape (n, cells), 1 where the cell lies inside the print, otherwise 0.
        touched: shape (height, width), where the finger lay.
    """

    places: _Floats
    angles: _Floats
    full: _Floats
    energy: _Floats
    seen: _Floats
    touched: NDArray[np.bool_]

    def __len__(self) -> int:
        """How many."""
        return len(self.places)

    def __repr__(self) -> str:
        """Without the finger."""
        return "Cylinders(...)"


def cylinders_of(minutiae: Minutiae) -> Cylinders:
    """Some 10 ms for 50 minutiae."""
    places, angles, count = minutiae.places, minutiae.angles, len(minutiae)
    grid = _grid()
    if count == 0:
        none = np.zeros((0, len(grid)), np.float32)
        return Cylinders(places, angles, np.repeat(none, SECTIONS, axis=1), none, none, minutiae.touched)
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x = places[:, :1] + cos * grid[:, 0] - sin * grid[:, 1]
    y = places[:, 1:] + sin * grid[:, 0] + cos * grid[:, 1]
    touched = minutiae.touched.astype(np.uint8)
    at = (x.astype(np.float32), y.astype(np.float32))
    seen = cv2.remap(touched, *at, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    squares = (x[..., None] - places[:, 0]) ** 2 + (y[..., None] - places[:, 1]) ** 2  # (n, places, n)
    weights = np.exp(-squares / (2 * PLACE_SIGMA**2)) / (PLACE_SIGMA * np.sqrt(2 * np.pi))
    weights[np.arange(count), :, np.arange(count)] = 0  # a minutia is no neighbour of itself
    amounts = np.einsum("ipj,ijk->ipk", weights, _shares(angles[:, None] - angles[None]), optimize=True)
    full = 1 / (1 + np.exp(np.clip(-STEEPNESS * (amounts - HALF_FULL), -50, 50)))
    inside = np.asarray(seen, np.float32)
    full = np.asarray(full * inside[..., None], np.float32)
    energy = np.asarray((full * full).sum(axis=2))
    return Cylinders(places, angles, full.reshape(count, -1), energy, inside, minutiae.touched)


def likenesses(one: Cylinders, other: Cylinders) -> _Floats:
    """How alike each minutia of one is to each of the other, shape (n, m), 0 to 1."""
    ours, theirs = _products(one.energy, other.seen), _products(one.seen, other.energy)
    apart = np.sqrt(np.maximum(ours + theirs - 2 * _products(one.full, other.full), 0))
    alike = 1 - apart / (np.sqrt(ours) + np.sqrt(theirs) + 1e-6)
    common = _products(one.seen, other.seen)
    turned = np.cos(one.angles[:, None] - other.angles[None]) < np.cos(MOST_TURNED)
    alike[(common < COMMON * one.seen.shape[1]) | turned | (ours + theirs < 1)] = 0
    return np.asarray(alike, np.float32)


def _products(one: _Floats, other: _Floats) -> _Floats:
    """Of each row with each, some rows at a time.

    A large product would be shared among threads that wait for each other, on a busy machine longer than they work.
    """
    rows = max(1, ONE_THREAD // max(1, other.size))
    return np.concatenate([one[start : start + rows] @ other.T for start in range(0, len(one), rows)])


@lru_cache(maxsize=1)
def _grid() -> _Floats:
    """Places of a cylinder's cells around its minutia, shape (places, 2), pixels."""
    steps = (np.arange(CELLS) - (CELLS - 1) / 2) * (2 * RADIUS / CELLS)
    x, y = np.meshgrid(steps, steps)
    inside = np.hypot(x, y) <= RADIUS
    return np.asarray(np.stack([x[inside], y[inside]], axis=1), np.float32)


def _shares(turns: _Floats) -> _Floats:
    """How much of a neighbour turned so falls in each section: shape of `turns` and SECTIONS; a bell's area."""
    width = 2 * np.pi / SECTIONS
    middles = -np.pi + (np.arange(SECTIONS) + 0.5) * width
    off = np.mod(middles - turns[..., None] + np.pi, 2 * np.pi) - np.pi
    return np.asarray(np.exp(-(off**2) / (2 * ANGLE_SIGMA**2)) * width / (ANGLE_SIGMA * np.sqrt(2 * np.pi)), np.float32)
