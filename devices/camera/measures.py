"""How a face and what is behind it are measured: light, sharpness, calm. Plain figures; no limit, no hint, no score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from devices.camera import BgrImage
from devices.opencv_import import cv2

SHARPNESS_FACE: Final = 200
"""Width in pixels at which the sharpness of a face is measured."""
SHARPNESS_BLUR: Final = 1.3
"""Standard deviation, pixels of that face, of the blur before the Laplacian."""

GLARE_EYES: Final = 60
"""Pixels between the eyes to which a face is reduced before bright spots are sought."""

_Pixel = TypeVar("_Pixel", np.uint8, np.float32)

UNREST_BLUR: Final = 1.0
"""Standard deviation, pixels, of the blur before the gradient of a background."""
UNREST_NOISE: Final = 0.0427
"""Mean square of the gradient of white noise of variance 1 after that blur."""
SCHARR: Final = 32
"""Sum of the operator's weights on one side, over the two pixels between its columns."""

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

    def scaled(self, ratio: float) -> Box:
        """The same place in a picture that was reduced by this ratio."""
        return Box(*(round(side * ratio) for side in (self.x, self.y, self.width, self.height)))


def reduced(grey: Grey, ratio: float) -> tuple[Grey, float]:
    """Smaller by a factor below 1, never larger; and by how much."""
    if ratio >= 1:
        return grey, 1.0
    size = (round(grey.shape[1] * ratio), round(grey.shape[0] * ratio))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), ratio


def coarse(image: BgrImage, step: int) -> BgrImage:
    """Means of squares of `step` pixels, of which every fourth row is looked at."""
    rows = image[::4]
    size = (max(1, image.shape[1] // step), max(1, image.shape[0] // step))
    return np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True)
class Light:
    """Light on a face between brows and mouth.

    Attributes:
        brightness: mean grey, 0 to 1.
        dark: part with less than 26 of 255.
        burnt: part with more than 246.
        evenness: darker half to the brighter one, 0 to 1.
    """

    brightness: float
    dark: float
    burnt: float
    evenness: float


def light(grey: Grey, face: Box) -> Light:
    """How much of it falls on the face, and whether alike on both sides."""
    rows = slice(face.y + face.height // 4, face.y + (face.height * 7) // 8)
    columns = slice(face.x + face.width // 5, face.x + face.width - face.width // 5)
    inner = grey[rows, columns]
    half = inner.shape[1] // 2
    right, left = float(inner[:, :half].mean()), float(inner[:, -half:].mean())
    evenness = (min(right, left) + 1) / (max(right, left) + 1)
    return Light(float(inner.mean()) / 255, float((inner < 26).mean()), float((inner >= 247).mean()), evenness)


def sharpness(grey: Grey, face: Box) -> float:
    """Variance of the Laplacian of the face at a fixed scale and brightness, after what the noise gives is taken off.

    A Laplacian takes noise for detail: soft pictures of a bad sensor would be the sharpest. How much noise there is, is
    told by the finest diagonal differences, of which a face has few; what is left of it after the blur is known.
    """
    part = grey[face.y : face.y + face.height, face.x : face.x + face.width]
    # by a whole number: noise stays as white as it is
    steps = max(1, face.width // SHARPNESS_FACE)
    if steps > 1:
        size = (part.shape[1] // steps, part.shape[0] // steps)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale = part.shape[1] / SHARPNESS_FACE
    inner = part[part.shape[0] // 5 : -part.shape[0] // 8, part.shape[1] // 6 : -part.shape[1] // 6].astype(np.float32)
    size_of_blur = max(0.5, SHARPNESS_BLUR * scale)
    _, deviation = cv2.meanStdDev(cv2.Laplacian(cv2.GaussianBlur(inner, (0, 0), size_of_blur), cv2.CV_32F))
    own, spread = noise(inner), float(deviation[0, 0])
    detail = spread * spread - own * own * _noise_left(size_of_blur)
    brighter = 128 / max(1.0, float(inner.mean()))
    return float(max(0.0, detail) * scale**4 * brighter**2)


def noise(pixels: NDArray[np.float32]) -> float:
    """Standard deviation of white noise, grey values; by the median, so that edges do not count."""
    steps = pixels[:-1:3] - pixels[1::3]  # a third of the rows is enough
    fine = steps[:, 1:] - steps[:, :-1]
    return float(np.median(np.abs(fine))) / (2 * 0.6745)


def _noise_left(size_of_blur: float) -> float:
    """Variance of the Laplacian of blurred white noise of variance 1."""
    across = cv2.getGaussianKernel(2 * round(4 * size_of_blur) + 3, size_of_blur, cv2.CV_64F)
    both = cv2.Laplacian(across @ across.T, cv2.CV_64F)
    return float((both * both).sum())


def glare(grey: Grey, face: Box, eye_distance: float) -> float:
    """Area of small bright spots between forehead and mouth, in squares of the eyes' distance.

    A spot is what is nearly white and far brighter than a third of the eyes' distance around it.
    """
    rows = slice(face.y + face.height // 8, face.y + (face.height * 7) // 8)
    columns = slice(face.x + face.width // 6, face.x + face.width - face.width // 6)
    inner = grey[rows, columns]
    inner, ratio = reduced(inner, min(1.0, GLARE_EYES / eye_distance))
    size = round(GLARE_EYES / 3) | 1
    around = cv2.morphologyEx(inner, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    spots = (inner >= 235) & (inner.astype(np.int16) - around >= 60)
    return float(spots.sum()) / (eye_distance * ratio) ** 2


def behind(pixels: NDArray[_Pixel], face: Box) -> list[NDArray[_Pixel]]:
    """What is seen left, right and above of a head, from the picture's top to the chin."""
    margin, bottom = face.width // 2, face.y + (face.height * 3) // 4
    parts = (pixels[:bottom, : max(0, face.x - margin)], pixels[:bottom, face.x + face.width + margin :])
    return [part for part in parts if part.size]


def unrest(small: Grey, face: Box) -> float | None:
    """Gradient beside and above the head, grey values a pixel; None where nothing of it can be seen.

    It is the root of the mean square, after what the noise gives is taken off: edges of things weigh more than folds.
    """
    seen = behind(small, face)
    if not seen:
        return None
    power = float(np.average([_power(part) for part in seen], weights=[part.size for part in seen]))
    return math.sqrt(max(0.0, power))


def _power(part: Grey) -> float:
    """Mean square of the gradient, less the noise's share."""
    pixels = part.astype(np.float32)
    calm = cv2.GaussianBlur(pixels, (0, 0), UNREST_BLUR)
    across, down = cv2.Scharr(calm, cv2.CV_32F, 1, 0), cv2.Scharr(calm, cv2.CV_32F, 0, 1)
    square = float(np.vdot(across, across) + np.vdot(down, down)) / (part.size * SCHARR * SCHARR)
    return square - UNREST_NOISE * noise(pixels) ** 2
