"""One print laid over another: turned and moved as their agreeing minutiae want, how many minutiae then meet."""

from __future__ import annotations

from math import sqrt
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from station.biometrics.agreement import Agreement, agreement
from station.biometrics.cylinders import Cylinders

NEAR: Final = 8.0
"""Pixels at 500 dpi, less than from ridge to ridge, within which two minutiae meet."""
STRETCHED: Final = 0.04
"""Pixels more for each pixel from the middle of those that agree: skin gives way."""
TURNED: Final = np.pi / 8
"""How far their directions may differ."""
FEW: Final = 10
"""Minutiae that meet: from so many the number counts half."""

_Points: TypeAlias = NDArray[np.complex128]
"""x + iy, so that to multiply is to turn."""


def likeness(one: Cylinders, other: Cylinders) -> float:
    """How alike two prints are, 0 to 1: how their minutiae agree, times how many of them meet in what both show."""
    agreed = agreement(one, other)
    if agreed is None:
        return 0.0
    met, share = _laid_over(one, other, agreed)
    return min(1.0, sqrt(agreed.strength) * share * met / (met + FEW))


def _laid_over(one: Cylinders, other: Cylinders, agreed: Agreement) -> tuple[int, float]:
    """How many minutiae meet, and their share of those in what both prints show."""
    here, there = _points(one), _points(other)
    middle_here = np.average(here[agreed.here], weights=agreed.weights)
    middle_there = np.average(there[agreed.there], weights=agreed.weights)
    turned = agreed.weights * np.conj(here[agreed.here] - middle_here) * (there[agreed.there] - middle_there)
    turn = np.exp(1j * np.angle(turned.sum()))
    moved = (here - middle_here) * turn
    moved_back = (there - middle_there) * np.conj(turn) + middle_here
    apart = np.abs(moved[:, None] + middle_there - there[None])
    aside = np.cos(one.angles[:, None] + np.angle(turn) - other.angles[None])
    meets = (apart < NEAR + STRETCHED * np.abs(moved)[:, None]) & (aside > np.cos(TURNED))
    apart[~meets] = np.inf
    mutual = meets & (apart == apart.min(axis=0)) & (apart == apart.min(axis=1, keepdims=True))
    met = int(np.count_nonzero(mutual))
    shown = _shown(moved + middle_there, other.touched) * _shown(moved_back, one.touched)
    return met, met / sqrt(max(shown, 1))


def _points(prints: Cylinders) -> _Points:
    return np.asarray(prints.places[:, 0] + 1j * prints.places[:, 1], np.complex128)


def _shown(points: _Points, touched: NDArray[np.bool_]) -> int:
    """How many of the points lie where the finger lay."""
    height, width = touched.shape
    x, y = np.round(points.real).astype(np.intp), np.round(points.imag).astype(np.intp)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return int(np.count_nonzero(touched[y[inside], x[inside]]))
