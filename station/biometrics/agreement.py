"""Which minutiae of two prints belong together, told by the others: pairs that agree with each other grow, others fade.

Relaxation after Cappelli, Ferrara, Maltoni 2010, with their parameters where not told otherwise: a pair is supported by
every other pair that stands in the same distance and direction from it in both prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from station.biometrics.cylinders import Cylinders, likenesses

MOST_PAIRS: Final = 60
ROUNDS: Final = 5
OWN_SHARE: Final = 0.5
"""How much of a pair's strength stays its own in a round."""
DISTANCE: Final = (0.08, -60.0)
"""Difference of distances, as a share of them, at which support halves, and how steeply."""
ANGLE: Final = (np.pi / 12, -30.0)
FEWEST: Final = 4
MOST: Final = 12
"""Pairs that make the score: from few minutiae fewer."""

SURE: Final = 8
"""Pairs of which the surest and those that fit it are handed on."""
FIT: Final = 0.3

_Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """What two prints agree in.

    Attributes:
        strength: 0 to 1.
        here, there: numbers of the surest minutiae of the one print and of theirs in the other, which all fit together.
        weights: of these pairs.
    """

    strength: float
    here: NDArray[np.intp]
    there: NDArray[np.intp]
    weights: _Floats


def agreement(one: Cylinders, other: Cylinders) -> Agreement | None:
    """How much two prints agree and in what; None where there is too little to tell."""
    fewer = min(len(one), len(other))
    if fewer < FEWEST:
        return None
    a, b, start = _pairs(likenesses(one, other))
    if len(a) < FEWEST:
        return None
    support = _support(one, other, a, b)
    strength = start
    for _ in range(ROUNDS):
        lent = support @ strength / (len(a) - 1)
        strength = np.asarray(OWN_SHARE * strength + (1 - OWN_SHARE) * lent, np.float32)
    surest_first = np.argsort(-strength / start, kind="stable")
    count = FEWEST + round((MOST - FEWEST) / (1 + np.exp(-0.4 * (fewer - 20))))
    sure = surest_first[:SURE]
    fitting = sure[(support[sure[0], sure] > FIT) | (sure == sure[0])]
    mean = float(strength[surest_first[:count]].sum() / count)
    return Agreement(mean, a[fitting], b[fitting], strength[fitting])


def _pairs(alike: _Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], _Floats]:
    """The likeliest pairs, strongest first."""
    wanted = min(MOST_PAIRS, *alike.shape)
    flat = alike.ravel()
    best = np.argpartition(flat, -wanted)[-wanted:]
    best = best[np.argsort(-flat[best], kind="stable")]
    best = best[flat[best] > 0]
    a, b = np.divmod(best, alike.shape[1])
    return a, b, flat[best]


def _support(one: Cylinders, other: Cylinders, a: NDArray[np.intp], b: NDArray[np.intp]) -> _Floats:
    """How far each two pairs fit: shape (pairs, pairs), 0 to 1, 0 on the diagonal."""
    here, there = _seen_from(one, a), _seen_from(other, b)
    mean = (here[0] + there[0]) / 2 + 20
    fit = _falling(np.abs(here[0] - there[0]) / mean, *DISTANCE)
    fit *= _falling(_turn(here[1] - there[1]), *ANGLE)
    fit *= _falling(_turn(here[2] - there[2]), *ANGLE)
    fit[(a[:, None] == a[None]) | (b[:, None] == b[None])] = 0
    return fit


def _seen_from(prints: Cylinders, chosen: NDArray[np.intp]) -> tuple[_Floats, _Floats, _Floats]:
    """Of each minutia from each other: distance, in which direction from its own, how its own is turned."""
    places, angles = prints.places[chosen], prints.angles[chosen]
    way = places[None] - places[:, None]
    return (
        np.asarray(np.hypot(way[..., 0], way[..., 1]), np.float32),
        np.asarray(np.arctan2(way[..., 1], way[..., 0]) - angles[:, None], np.float32),
        np.asarray(angles[None] - angles[:, None], np.float32),
    )


def _turn(angles: _Floats) -> _Floats:
    """Without sign, 0 to pi."""
    return np.asarray(np.abs(np.mod(angles + np.pi, 2 * np.pi) - np.pi), np.float32)


def _falling(values: _Floats, half: float, steepness: float) -> _Floats:
    return np.asarray(1 / (1 + np.exp(np.clip(-steepness * (values - half), -50, 50))), np.float32)
