"""Several fingers of one synthetic person laid side by side on a large glass: what a slap scanner sees."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Final

import numpy as np

from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import AS_WANTED, HEIGHT, WHITE, WIDTH, GreyImage, PrintTraits, finger, impression

SLAP_WIDTH: Final = 1600
SLAP_HEIGHT: Final = 1500
"""81 x 76 mm at 500 dpi: a FAP 60 scanner's glass, 3.2 x 3.0 inches."""
PITCH: Final = 350.0
"""From the middle of one finger to the next, pixels: fingers held together."""
THUMB_PITCH: Final = 420.0
HEIGHTS: Final = (0.0, -70.0, -20.0, 110.0)
"""How far the middle of the print lies below the index finger's, pixels; index, middle, ring, little finger."""
BOX: Final = 520
"""Side of the square that holds a print however it is turned, pixels."""
BARE: Final = 240
"""Grey value from which a print shows nothing but bare glass."""
FAN: Final = 4.0
"""Degrees that each finger leans away from its neighbour."""


def slap(
    seed: int,
    positions: Iterable[FingerPosition],
    missing: Set[FingerPosition] = frozenset(),
    *,
    attempt: int = 0,
    strength: float = 0.4,
    traits: PrintTraits = AS_WANTED,
) -> GreyImage:
    """Fingers as they lie on the glass: shape (1500, 1600) at 500 dpi, on white; some 0.1 s once each is grown.

    From left to right as ink on paper shows them: a left hand's little to index finger, the left thumb, the right
    thumb, a right hand's index to little finger. Fingers stay where they would lie if none were missing.

    Args:
        seed: the person.
        positions: which fingers of theirs are asked for, in any order.
        missing: those of them that do not touch the glass.
        attempt: which of the many.
        strength: how much each print differs by chance, as in `impression`.
        traits: what is good or bad about every one of them.

    Raises:
        ValueError: more than four fingers, or none.
    """
    row = sorted(set(positions), key=_place)
    if not 1 <= len(row) <= 4:
        raise ValueError("a slap holds one to four fingers")
    chance = np.random.default_rng((seed, attempt, *row))
    pitch = THUMB_PITCH if all(_of_hand(each) == 0 for each in row) else PITCH
    lean = chance.normal(0, 2.5)
    glass = np.full((SLAP_HEIGHT, SLAP_WIDTH), WHITE, np.uint8)
    top = SLAP_HEIGHT * 0.45 + chance.normal(0, 20)
    for number, position in enumerate(row):
        aside = (number - (len(row) - 1) / 2) * pitch
        tilt = lean + (number - (len(row) - 1) / 2) * FAN * chance.uniform(0.7, 1.3)
        down = _below(position) + aside * np.tan(np.radians(lean)) + chance.normal(0, 10)
        single, across = int(chance.integers(2**31)), aside + chance.normal(0, 4)
        if position in missing:
            continue
        print_ = impression(finger(seed, position), single, strength=strength, traits=traits)
        _lay(glass, print_, SLAP_WIDTH / 2 + across, top + down, tilt)
    noisy = glass + 1.5 * chance.standard_normal(glass.shape, np.float32)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _place(position: FingerPosition) -> int:
    """The further right the larger."""
    return int(position) if position <= FingerPosition.RIGHT_LITTLE else -int(position)


def _of_hand(position: FingerPosition) -> int:
    """0 for a thumb to 4 for a little finger."""
    return (position - 1) % 5


def _below(position: FingerPosition) -> float:
    return HEIGHTS[_of_hand(position) - 1] if _of_hand(position) else 0.0


def _lay(glass: GreyImage, print_: GreyImage, x: float, y: float, tilt: float) -> None:
    """Darken the glass where this print touches it: its middle at (x, y), turned clockwise by `tilt` degrees."""
    left, top = round(x) - BOX // 2, round(y) - BOX // 2
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -tilt, 1.0)
    turn[0, 2] += BOX / 2 - WIDTH / 2
    turn[1, 2] += BOX / 2 - HEIGHT / 2
    laid = cv2.warpAffine(
        print_, turn, (BOX, BOX), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE
    )
    under = glass[top : top + BOX, left : left + BOX]
    np.minimum(under, np.where(laid < BARE, laid, 255), out=under)
