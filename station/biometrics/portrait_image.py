"""The portrait on its way out: its pass photo, encoded within a size; where an office wants it, another background.

All arrays are `uint8`, BGR, of shape (height, width, 3). What is encoded here holds pixels alone: no EXIF, no
thumbnail, no comment.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image

from devices.camera.crop import pass_photo
from devices.opencv_import import cv2
from station.biometrics.images import Pixels
from station.domain.samples import PortraitAttempt

JP2: Final = "jp2"
JPEG: Final = "jpeg"
"""Names of the two codings, as the settings have them."""
BITS_A_PIXEL: Final = 0.5
"""Under so many bits for each pixel a face blurs and blocks: a picture that would have fewer is reduced first."""
QUALITIES: Final = range(10, 96)
"""JPEG qualities that are tried."""
RATES: Final = (1.5, 150.0)
"""Compressions of JPEG 2000 that are tried, so many to one."""
STEPS: Final = 7
"""Halvings of the range between them."""

EYE_DISTANCES_HIGH: Final = 5.6
"""Height of the pass photo in distances between the eyes: see `devices.camera.crop`."""
CUT_WIDTH: Final = 240
"""Pixels to which a picture is reduced before the person is cut out: some 40 ms."""
FAR_COLOUR: Final = 15.0
"""Distance in CIE L*a*b* from the cloth at which a colour is taken for the person's, at the least."""
METHOD: Final = "grabcut-1"
"""What replaced the background; goes with every picture that it made."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A portrait's bytes; width and height are those of the encoded picture."""

    data: bytes = field(repr=False)
    width: int
    height: int


def crop_of(attempt: PortraitAttempt) -> tuple[int, int, int, int]:
    """Left, top, width and height of an attempt's pass photo, pixels; worked out where it was not kept."""
    return attempt.crop or pass_photo(attempt.width, attempt.height, attempt.eyes)


def cut(original: Pixels, attempt: PortraitAttempt) -> Pixels:
    """The attempt's pass photo."""
    left, top, width, height = crop_of(attempt)
    return original[top : top + height, left : left + width]


# -- encoding


def encode(bgr: Pixels, coding: str, most_bytes: int) -> Encoded:
    """The best picture that is no larger than `most_bytes`.

    Raises:
        ValueError: no such coding, or no colour picture.
    """
    encoders: dict[str, Callable[[Image.Image, int], bytes | None]] = {JP2: _jp2, JPEG: _jpeg}
    if coding not in encoders:
        raise ValueError("a portrait is JPEG 2000 or JPEG")
    if bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.dtype != np.uint8 or 0 in bgr.shape:
        raise ValueError("a colour picture has the shape (height, width, 3) and 8 bits")
    height, width = bgr.shape[:2]
    scale = min(1.0, math.sqrt(8 * most_bytes / BITS_A_PIXEL / (width * height)))
    while True:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        fitted = bgr if size == (width, height) else cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
        picture = Image.fromarray(np.ascontiguousarray(fitted[:, :, ::-1]))
        data = encoders[coding](picture, most_bytes)
        if data is not None:
            return Encoded(data, *size)
        if size == (1, 1):
            raise ValueError("no picture is so small")
        scale *= 0.8  # noise that no quality brings down


def decode(data: bytes, most_pixels: int = Image.MAX_IMAGE_PIXELS or 0) -> Pixels:
    """The pixels of an encoded portrait, near to those encoded.

    Raises:
        ValueError: neither JPEG 2000 nor JPEG, or more than `most_pixels` of them.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=["JPEG2000", "JPEG"])
        if image.width * image.height > most_pixels:
            raise ValueError("more pixels than a portrait has")
        rgb = np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, IndexError, TypeError) as error:
        raise ValueError("neither JPEG 2000 nor JPEG") from error
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _jp2(picture: Image.Image, most_bytes: int) -> bytes | None:
    """The least compression that fits; None where even the greatest does not."""

    def at(rate: float) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, format="JPEG2000", quality_mode="rates", quality_layers=[rate], irreversible=True, mct=1)
        return buffer.getvalue()

    raw = 3 * picture.width * picture.height
    least, most = RATES
    least = min(most, max(least, 0.9 * raw / most_bytes))  # the codec keeps to its rate: no need to look further up
    best = at(least)
    if len(best) <= most_bytes:
        return best
    best = at(most)
    if len(best) > most_bytes:
        return None
    most = min(most, 4 * least)
    for _ in range(STEPS):
        middle = math.sqrt(least * most)
        data = at(middle)
        if len(data) > most_bytes:
            least = middle
        else:
            most, best = middle, data
    return best


def _jpeg(picture: Image.Image, most_bytes: int) -> bytes | None:
    """The best quality that fits; None where not even the poorest does."""

    def at(quality: int) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, format="JPEG", quality=quality, subsampling=0, optimize=True)
        return buffer.getvalue()

    best, fits, fails = None, QUALITIES.start - 1, QUALITIES.stop
    while fails - fits > 1:
        middle = (fits + fails) // 2
        data = at(middle)
        if len(data) <= most_bytes:
            fits, best = middle, data
        else:
            fails = middle
    return best


# -- another background


def with_background(photo: Pixels, colour: str) -> Pixels:
    """The pass photo with another background: a derivative, to be marked as one.

    The person is cut out by GrabCut, told where head and shoulders are in a pass photo; their edge is soft.

    Args:
        photo: a pass photo that was cut by the eyes.
        colour: `#rrggbb`.
    """
    height, width = photo.shape[:2]
    ratio = min(1.0, CUT_WIDTH / width)
    size = max(8, round(width * ratio)), max(8, round(height * ratio))
    small = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    mask = _guess(small)
    cv2.setRNGSeed(0)  # the same picture gives the same cut
    cv2.grabCut(small, mask, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    soft = cv2.resize(cv2.GaussianBlur(person, (5, 5), 0), (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    mixed = soft * photo + (1 - soft) * np.array((blue, green, red), np.float32)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def _guess(small: Pixels) -> Pixels:
    """What of a pass photo is the person for sure, what is not, and what is likely either, by its colour."""
    height, width = small.shape[:2]
    middle, eyes, apart = width / 2, 0.45 * height, height / EYE_DISTANCES_HIGH
    edge = max(1, round(0.04 * width))
    outside = np.zeros((height, width), bool)
    outside[:edge] = outside[: height // 2, :edge] = outside[: height // 2, -edge:] = True
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    cloth = np.median(lab[outside], axis=0)
    off = np.linalg.norm(lab - cloth, axis=2)
    unlike = off > max(FAR_COLOUR, 3 * float(np.median(off[outside])))
    mask: Pixels = np.where(unlike, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    cv2.ellipse(mask, _box(middle, eyes + 0.2 * apart, 0.75 * apart, 1.1 * apart), cv2.GC_FGD, -1)
    mask[round(0.9 * height) :, round(0.35 * width) : round(0.65 * width)] = cv2.GC_FGD
    mask[outside] = cv2.GC_BGD
    return mask


def _box(
    x: float, y: float, half_wide: float, half_high: float
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """An upright ellipse as OpenCV takes it."""
    return (x, y), (2 * half_wide, 2 * half_high), 0.0
