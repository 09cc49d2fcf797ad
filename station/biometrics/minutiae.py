"""Minutiae: where ridges end and fork, found on the thinned ridges.

Places are in pixels at `ridges.DPI`; a direction points from an ending along its ridge, from a fork between its two
branches, so that an ending that pressure closes to a fork keeps its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from station.biometrics.ridges import Ridges, ridges_of

MOST: Final = 120
"""Minutiae of one print; where there are more the clearest are kept. A full print has 40 to 100."""
BORDER: Final = 12.0
"""Pixels from the edge of what was touched: every ridge ends there."""
CLEAR: Final = 0.35
"""How much ridges must run one way around a minutia, 0 to 1."""
TWIN: Final = 3.5
"""Pixels: two of a kind this near each other are one."""
SPUR: Final = 6.0
"""Pixels: an ending this near to a fork is a hair of the thinning."""
GAP: Final = 12.0
"""Pixels: two endings this near, one behind the other, are one ridge with a gap."""
BRIDGE: Final = 10.0
"""Pixels: two forks this near that point away from each other are two ridges touching."""
MOST_ROUNDS: Final = 40

_Bits: TypeAlias = NDArray[np.uint8]
_Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Minutiae:
    """Those of one print.

    Attributes:
        places: shape (n, 2), x to the right and y down, pixels at 500 dpi.
        angles: shape (n,), radians in [0, 2 pi), from right to down.
        forks: shape (n,), True where a ridge forks, False where it ends.
        touched: shape (height, width), where the finger lay.
        area_mm2: of that.
    """

    places: _Floats
    angles: _Floats
    forks: NDArray[np.bool_]
    touched: NDArray[np.bool_]
    area_mm2: float

    def __len__(self) -> int:
        """How many."""
        return len(self.places)

    def __repr__(self) -> str:
        """Without the finger."""
        return "Minutiae(...)"


def extract(image: GreyImage, dpi: int) -> Minutiae:
    """The minutiae of one plain impression; some 90 ms for 20 x 16 mm.

    Args:
        image: shape (height, width), ridges dark.
        dpi: its resolution, both ways.

    Raises:
        ValueError: no grey picture, no resolution, or too small (`ridges.SMALLEST`).
    """
    ridges = ridges_of(image, dpi)
    lines = thinned(((ridges.waves > 0) & ridges.touched).astype(np.uint8))
    ends, forks = _crossings(lines)
    inside = _inside(ridges) & (ridges.clear > CLEAR)
    rows, columns = np.nonzero((ends | forks) & inside)
    is_fork = forks[rows, columns]
    angles = _pointed(ridges, rows, columns, is_fork)
    places = np.stack([columns, rows], axis=1).astype(np.float32)
    kept = _genuine(places, angles, is_fork)
    if len(kept) > MOST:
        clearest = np.argsort(-ridges.clear[rows[kept], columns[kept]], kind="stable")[:MOST]
        kept = kept[np.sort(clearest)]
    return Minutiae(places[kept], angles[kept], is_fork[kept], ridges.touched, ridges.area_mm2)


def thinned(shape: _Bits) -> _Bits:
    """Lines of one pixel through the middle of what is 1, connected as it was (Guo and Hall 1989)."""
    lines = shape.copy()
    first, second = _removable()
    for _ in range(MOST_ROUNDS):
        before = int(np.count_nonzero(lines))
        lines &= cv2.LUT(_around(lines), first).astype(np.uint8)
        lines &= cv2.LUT(_around(lines), second).astype(np.uint8)
        if int(np.count_nonzero(lines)) == before:
            break
    return lines


_NEIGHBOURS: Final = np.array([[1, 2, 4], [128, 0, 8], [64, 32, 16]], np.float32)
"""Bits of a pixel's eight neighbours, clockwise from the upper left."""


def _around(lines: _Bits) -> _Bits:
    """Each pixel's neighbours as eight bits."""
    return cv2.filter2D(lines, cv2.CV_8U, _NEIGHBOURS, borderType=cv2.BORDER_CONSTANT).astype(np.uint8, copy=False)


@lru_cache(maxsize=1)
def _removable() -> tuple[_Bits, _Bits]:
    """For every way the neighbours can stand: 0 where the pixel goes, in either half of a round."""
    codes = np.arange(256)
    p9, p2, p3, p4, p5, p6, p7, p8 = ((codes >> bit & 1).astype(bool) for bit in range(8))
    parts = sum(
        (~straight & (corner | next_straight)).astype(int)
        for straight, corner, next_straight in ((p2, p3, p4), (p4, p5, p6), (p6, p7, p8), (p8, p9, p2))
    )
    one_way = sum((a | b).astype(int) for a, b in ((p9, p2), (p3, p4), (p5, p6), (p7, p8)))
    other_way = sum((a | b).astype(int) for a, b in ((p2, p3), (p4, p5), (p6, p7), (p8, p9)))
    fewest = np.minimum(one_way, other_way)
    edge = (parts == 1) & (fewest >= 2) & (fewest <= 3)
    first = edge & ~((p2 | p3 | ~p5) & p4)
    second = edge & ~((p6 | p7 | ~p9) & p8)
    return (~first).astype(np.uint8), (~second).astype(np.uint8)


@lru_cache(maxsize=1)
def _crossing_numbers() -> _Bits:
    """How often one passes from a line to no line on the way around: 1 at an end, 2 on a line, 3 at a fork."""
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    return np.asarray(np.abs(bits - np.roll(bits, -1, axis=1)).sum(axis=1) // 2, np.uint8)


def _crossings(lines: _Bits) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    numbers = cv2.LUT(_around(lines), _crossing_numbers())
    on_line = lines > 0
    return on_line & (numbers == 1), on_line & (numbers >= 3)


def _inside(ridges: Ridges) -> NDArray[np.bool_]:
    framed = cv2.copyMakeBorder(ridges.touched.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1] > BORDER)


def _pointed(ridges: Ridges, rows: NDArray[np.intp], columns: NDArray[np.intp], is_fork: NDArray[np.bool_]) -> _Floats:
    """The ridges' direction at each minutia, turned to the side where an end has its ridge, a fork its valley."""
    if len(rows) == 0:
        return np.zeros(0, np.float32)
    along = ridges.along[rows, columns]
    reach = np.arange(3, 10, dtype=np.float32)
    ahead = np.concatenate([reach, -reach])
    x = (columns[:, None] + np.cos(along)[:, None] * ahead).astype(np.float32)
    y = (rows[:, None] + np.sin(along)[:, None] * ahead).astype(np.float32)
    seen = np.asarray(cv2.remap(ridges.waves, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    ahead_is_ridge = seen[:, : len(reach)].sum(axis=1) > seen[:, len(reach) :].sum(axis=1)
    return np.asarray(np.mod(along + np.where(ahead_is_ridge != is_fork, 0, np.pi), 2 * np.pi), np.float32)


def _genuine(places: _Floats, angles: _Floats, is_fork: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Numbers of those that neither the thinning made nor a gap or a touch of two ridges."""
    if len(places) == 0:
        return np.zeros(0, np.intp)
    way = places[None] - places[:, None]
    apart = np.hypot(way[..., 0], way[..., 1])
    np.fill_diagonal(apart, np.inf)
    same = is_fork[:, None] == is_fork[None]
    twin = (apart < TWIN) & same
    twin_of_earlier = np.tril(twin, -1).any(axis=1)
    alone = ~twin_of_earlier
    opposed = np.cos(angles[:, None] - angles[None]) < -0.7
    facing = np.abs(np.cos(np.arctan2(way[..., 1], way[..., 0]) - angles[:, None])) > 0.7
    ends, forks = ~is_fork, is_fork
    spur = (apart < SPUR) & ~same
    gap = (apart < GAP) & ends[:, None] & ends[None] & opposed & facing
    bridge = (apart < BRIDGE) & forks[:, None] & forks[None] & opposed
    wrong = ((spur | gap | bridge) & alone[:, None] & alone[None]).any(axis=1)
    return np.nonzero(alone & ~wrong)[0]
