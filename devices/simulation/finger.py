"""Synthetic fingerprints: nobody's fingers, the same for the same seed, ten different ones a person.

`finger` is the whole print of a finger at its best, `impression` (finger_print) one of the many that are taken of it,
`slap` (finger_slap) several laid at once. Cleaner than real prints: no threshold is ever tuned on these.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from devices.positions import FingerPosition
from devices.simulation import finger_ridges
from devices.simulation.finger_print import AS_WANTED, WHITE, GreyImage, PrintTraits, impression, whole_print
from devices.simulation.finger_ridges import DPI, HEIGHT, PERIOD, WIDTH, Pattern

__all__ = [
    "AS_WANTED",
    "DPI",
    "HEIGHT",
    "PERIOD",
    "WHITE",
    "WIDTH",
    "GreyImage",
    "Pattern",
    "PrintTraits",
    "finger",
    "impression",
    "pattern_of",
]

_SIZES: Final = {
    FingerPosition.RIGHT_THUMB: 1.04,
    FingerPosition.LEFT_THUMB: 1.04,
    FingerPosition.RIGHT_LITTLE: 0.88,
    FingerPosition.LEFT_LITTLE: 0.88,
}


def pattern_of(seed: int, position: FingerPosition) -> Pattern:
    """Which pattern this finger has; most loops open to the hand's little finger, as people's do."""
    return finger_ridges.pattern(_random(seed, position), position)


@lru_cache(maxsize=64)
def finger(seed: int, position: FingerPosition) -> GreyImage:
    """A whole, even print of one finger: shape (400, 320) at 500 dpi, on white; read-only.

    Grown in some 0.3 s, kept in memory afterwards.

    Args:
        seed: the person.
        position: which finger of theirs.
    """
    chance = _random(seed, position)
    skin = finger_ridges.ridges(finger_ridges.pattern(chance, position), chance)
    image = whole_print(skin, chance, _SIZES.get(position, 1.0))
    image.setflags(write=False)
    return image


def _random(seed: int, position: FingerPosition) -> np.random.Generator:
    return np.random.default_rng((seed, int(position)))
