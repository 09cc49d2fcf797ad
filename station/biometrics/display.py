"""A camera's pixels as the screen takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2

if TYPE_CHECKING:
    from devices.camera import BgrImage


def screen_pixels(image: BgrImage) -> NDArray[np.uint8]:
    """Blue, green, red and an opaque fourth byte: what Qt calls RGB32 and draws without converting it once more.

    A new array of shape (height, width, 4); the picture itself stays as it is. 0.15 ms for 1280 x 720.
    """
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), np.uint8)
