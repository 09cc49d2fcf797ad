"""A camera's frames as a place on the screen takes them: its size, its order of bytes, as in a mirror or not.

Scaled here and not while painting: the painter then copies, and needs no help from the other core, where frames are
judged meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2

if TYPE_CHECKING:
    from devices.camera import BgrImage

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height, pixels."""


class Stage:
    """Fills a place with the middle of each frame. Owned by one thread.

    Two arrays are drawn on in turn: one is on the screen while the next frame is drawn on the other. Fresh memory for
    every frame would cost more than all the rest.

    Args:
        width: of the place, pixels of the screen.
        height: of the place.
        mirrored: whether it is shown as in a mirror.
    """

    def __init__(self, width: int, height: int, *, mirrored: bool = False) -> None:
        self.width, self.height, self._mirrored = max(1, width), max(1, height), mirrored
        self._sides = [np.empty((self.height, self.width, 4), np.uint8) for _ in range(2)]
        self._scaled = np.empty((self.height, self.width, 3), np.uint8)
        self._cut: Rectangle = (0, 0, 1, 1)

    def draw(self, image: BgrImage) -> NDArray[np.uint8]:
        """The frame, in what Qt calls RGB32: shape (height, width, 4), overwritten by the draw after the next.

        0.7 ms for 1280 x 720 on 540 x 460.
        """
        high, wide = image.shape[:2]
        scale = max(self.width / wide, self.height / high)
        cut_wide, cut_high = min(wide, round(self.width / scale)), min(high, round(self.height / scale))
        left, top = (wide - cut_wide) // 2, (high - cut_high) // 2
        self._cut = (left, top, cut_wide, cut_high)
        part = image[top : top + cut_high, left : left + cut_wide]
        cv2.resize(part, (self.width, self.height), dst=self._scaled, interpolation=cv2.INTER_LINEAR)
        if self._mirrored:
            cv2.flip(self._scaled, 1, dst=self._scaled)
        self._sides.reverse()
        return np.asarray(cv2.cvtColor(self._scaled, cv2.COLOR_BGR2BGRA, dst=self._sides[0]), np.uint8)

    def placed(self, box: Rectangle) -> Rectangle:
        """Where something in the last frame that was drawn is now, from the frame's pixels to the place's."""
        left, top, wide, high = self._cut
        across, down = self.width / wide, self.height / high
        x, width = (box[0] - left) * across, box[2] * across
        if self._mirrored:
            x = self.width - x - width
        return x, (box[1] - top) * down, width, box[3] * down
