"""The cloth behind the person: its three colours, and how much of what is seen behind somebody has one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2

LEAST_CHROMA: Final = 10.0
"""Below it a colour is the sensor's noise in the dark."""


class Backdrop(StrEnum):
    """The cloth behind: red for an odd year of birth, blue for an even one, orange for foreigners."""

    RED = "red"
    BLUE = "blue"
    ORANGE = "orange"


@dataclass(frozen=True, slots=True)
class Cloth:
    """Which colours are taken for one cloth: a sector of the hues of CIE L*a*b*.

    Attributes:
        hue: first and last angle of the sector in degrees, counter-clockwise from red-green's red; may pass 360.
        saturation: least chroma of a colour, of its distance from black: about the same in any light.
        source: where the figures come from.
    """

    hue: tuple[float, float]
    saturation: float
    source: str

    def share(self, pixels: NDArray[np.uint8]) -> float:
        """Part of these pixels that has one of the colours, 0 to 1; 0 where there are none.

        Args:
            pixels: shape (count, 3), blue, green, red.
        """
        if not len(pixels):
            return 0.0
        lab = cv2.cvtColor(pixels.astype(np.float32)[None] / np.float32(255), cv2.COLOR_BGR2Lab)[0]
        angle = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
        first, last = self.hue
        inside = (angle - first) % 360 <= last - first
        chroma = np.hypot(lab[:, 1], lab[:, 2])
        coloured = chroma >= np.maximum(LEAST_CHROMA, self.saturation * np.linalg.norm(lab, axis=1))
        return float((inside & coloured).mean())
