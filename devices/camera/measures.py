"""How a face and what is behind it are measured: light, sharpness, calm. Plain figures; no limit, no hint, no score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.camera import BgrImage
from devices.opencv_import import cv2

SHARPNESS_FACE: Final = 256
"""Width in pixels to which a face is reduced before its sharpness is measured."""

Grey = NDArray[np.uint8]
"""Shape (height, width)."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle of pixels: its upper left corner, width and height."""

    x: int
    y: int
    width: int
    height: int

    def cut(self, image: BgrImage) -> BgrImage:
        """That part of the picture, in memory of its own."""
        return np.ascontiguousarray(image[self.y : self.y + self.height, self.x : self.x + self.width])


def reduced(grey: Grey, ratio: float) -> tuple[Grey, float]:
    """Smaller by a factor below 1, never larger; and by how much."""
    if ratio >= 1:
        return grey, 1.0
    size = (round(grey.shape[1] * ratio), round(grey.shape[0] * ratio))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), ratio


def exposure(grey: Grey, face: Box) -> tuple[float, float, float]:
    """Mean and over-exposed fraction of the face between brows and mouth, and the ratio of its halves."""
    rows = slice(face.y + face.height // 4, face.y + (face.height * 7) // 8)
    columns = slice(face.x + face.width // 5, face.x + face.width - face.width // 5)
    inner = grey[rows, columns]
    half = inner.shape[1] // 2
    right, left = float(inner[:, :half].mean()), float(inner[:, -half:].mean())
    evenness = (min(right, left) + 1) / (max(right, left) + 1)
    return float(inner.mean()) / 255, float((inner >= 247).mean()), evenness


def sharpness(grey: Grey, face: Box) -> float:
    """Of the face at a fixed size and brightness; a median first, since a Laplacian takes noise for detail."""
    part = grey[face.y : face.y + face.height, face.x : face.x + face.width]
    part, _ = reduced(part, SHARPNESS_FACE / face.width)
    inner = cv2.medianBlur(part, 3)[part.shape[0] // 5 : -part.shape[0] // 8, part.shape[1] // 6 : -part.shape[1] // 6]
    _, deviation = cv2.meanStdDev(cv2.Laplacian(inner, cv2.CV_16S))
    return (float(deviation[0, 0]) / max(1.0, float(inner.mean())) * 128) ** 2


def unrest(small: Grey, face: tuple[int, int, int, int]) -> float:
    """Mean gradient left, right and above the head, from its top to the chin."""
    x, y, wide, high = face
    calm = cv2.blur(small, (3, 3))
    across, down = cv2.Scharr(calm, cv2.CV_16S, 1, 0), cv2.Scharr(calm, cv2.CV_16S, 0, 1)
    gradient = cv2.magnitude(across.astype(np.float32), down.astype(np.float32)) / 16
    margin, bottom = wide // 2, y + (high * 3) // 4
    parts = (gradient[:bottom, : max(0, x - margin)], gradient[:bottom, x + wide + margin :])
    seen = [part.ravel() for part in parts if part.size]
    return float(np.concatenate(seen).mean()) if seen else 0.0
