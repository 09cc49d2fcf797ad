"""How good a print is, as a number of our own and what the person can do better. This is not NFIQ 2.

Block by block: do the ridges run one way (coherence), is there as much of a ridge's waves as there should be (energy in
the band of ridge widths), is it dark on light (contrast); times the area where all that holds. It finds blank, faint,
smeared and noisy prints; it says nothing about how well a print will match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition

ALGORITHM: Final = "ktpel-ridge-1"
"""Stored with every score: figures of different algorithms are never compared."""

THRESHOLDS: Final[Mapping[FingerPosition, int]] = MappingProxyType(
    {
        FingerPosition.RIGHT_THUMB: 30,
        FingerPosition.RIGHT_INDEX: 30,
        FingerPosition.RIGHT_MIDDLE: 20,
        FingerPosition.RIGHT_RING: 10,
        FingerPosition.RIGHT_LITTLE: 10,
        FingerPosition.LEFT_THUMB: 30,
        FingerPosition.LEFT_INDEX: 30,
        FingerPosition.LEFT_MIDDLE: 20,
        FingerPosition.LEFT_RING: 10,
        FingerPosition.LEFT_LITTLE: 10,
    }
)
"""Scores from which a print is good enough to enrol: BSI TR-03121 part 3 v6, given there for NFIQ 2.2."""

SMALL: Final = "fingerprint.small"
LOW_CONTRAST: Final = "fingerprint.low_contrast"
SMEARED: Final = "fingerprint.smeared"
NOISY: Final = "fingerprint.noisy"
OFF_CENTRE: Final = "fingerprint.off_centre"

BLOCK_IN: Final = 32 / 500
"""Side of a block, inches: some three or four ridges."""
RIDGE_IN: Final = (5.5 / 500, 14 / 500)
"""Ridge to ridge, inches: 0.28 to 0.71 mm, from children to large hands."""
GRAIN_IN: Final = 3.6 / 500
"""Waves shorter than this are no ridges: grain and noise."""
FULL_CONTRAST: Final = 45.0
"""Standard deviation in a block, grey levels, from which more contrast adds nothing."""
TOUCHED_SPREAD: Final = 6.0
TOUCHED_DARKER: Final = 40.0
"""A block is touched where it varies by so much, or is darker by so much than the lightest ones."""
WANTED_MM2: Final = 130.0
"""Usable area from which more adds nothing; a module of 256 x 288 pixels shows 190 mm²."""
SMALL_MM2: Final = 80.0
"""Touched area below which the finger should lie flatter, or is the tip alone."""
USABLE: Final = 0.25
"""Value of a block, 0 to 1, from which it counts as usable."""

_Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FingerQuality:
    """What became of one print.

    Attributes:
        score: 0 to 100, more is better.
        algorithm: whose figure that is.
        reasons: codes of what lowered it, also keys of the screen's hints; empty where nothing stood out.
    """

    score: float
    algorithm: str
    reasons: tuple[str, ...]


def wanted_score(position: FingerPosition) -> int:
    """From which score on a print of this finger is good enough, 0 to 100."""
    return THRESHOLDS[position]


def assess(image: GreyImage, dpi: int) -> FingerQuality:
    """Judge a plain impression; some 3 ms for 256 x 288 pixels.

    Args:
        image: shape (height, width), ridges dark.
        dpi: its resolution, both ways.

    Raises:
        ValueError: it is smaller than one block.
    """
    size = round(BLOCK_IN * dpi)
    if min(image.shape) < size:
        raise ValueError(f"an image of {image.shape[1]} x {image.shape[0]} pixels is too small to judge")
    height, width = (side // size * size for side in image.shape)
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    grey = np.asarray(image[top : top + height, left : left + width], np.float32)
    blocks = _blocks(grey, size)
    level, spread = blocks.mean(axis=(2, 3)), blocks.std(axis=(2, 3))
    touched = (spread > TOUCHED_SPREAD) | (level < np.percentile(level, 95) - TOUCHED_DARKER)
    if not touched.any():
        return FingerQuality(0.0, ALGORITHM, (SMALL,))
    ridges, grain = _energies(blocks, size, dpi)
    ridged = _coherence(grey, size, dpi) * ridges
    contrast = np.minimum(1, spread / FULL_CONTRAST)
    value = np.where(touched, ridged * contrast * (1 - grain), 0)
    block_mm2 = (25.4 * size / dpi) ** 2
    usable_mm2 = block_mm2 * float(np.count_nonzero(value > USABLE))
    score = 100 * float(value[touched].mean()) * min(1.0, usable_mm2 / WANTED_MM2)
    # Medians of what is touched, each against a bound that good prints keep well away from.
    lines, ink, noise = (float(np.median(each[touched])) for each in (ridged, contrast, grain))
    noisy, faint = noise > 0.30, ink < 0.45
    patchy = float((value[touched] > USABLE).mean()) < 0.55
    found = {
        SMALL: block_mm2 * float(np.count_nonzero(touched)) < SMALL_MM2,
        LOW_CONTRAST: faint,
        SMEARED: not noisy and (lines < 0.35 or (patchy and not faint)),
        NOISY: noisy,
        OFF_CENTRE: _off_centre(touched),
    }
    return FingerQuality(round(score, 1), ALGORITHM, tuple(reason for reason, stands in found.items() if stands))


def _off_centre(touched: NDArray[np.bool_]) -> bool:
    """Whether the middle of what is touched lies an eighth of the picture or more beside its middle."""
    rows, columns = touched.shape
    row, column = np.nonzero(touched)
    return bool(abs((row.mean() + 0.5) / rows - 0.5) > 0.125 or abs((column.mean() + 0.5) / columns - 0.5) > 0.125)


def _blocks(image: _Floats, size: int) -> _Floats:
    """Shape (rows, columns, size, size)."""
    height, width = image.shape
    return image.reshape(height // size, size, width // size, size).swapaxes(1, 2)


def _coherence(grey: _Floats, size: int, dpi: int) -> _Floats:
    """0 where gradients point anywhere, 1 where all lie on one line; a block each."""
    calm = cv2.GaussianBlur(grey, (0, 0), 1.5 * dpi / 500)
    across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    xx, yy, xy = (
        _blocks(np.asarray(each, np.float32), size).sum(axis=(2, 3))
        for each in (across * across, down * down, across * down)
    )
    return np.asarray(np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-3), np.float32)


def _energies(blocks: _Floats, size: int, dpi: int) -> tuple[_Floats, _Floats]:
    """Shares of each block's energy, its mean left out: in the band of ridges, and in shorter waves than theirs."""
    window, ridge_band, grain_band = _bands(size, dpi)
    centred = (blocks - blocks.mean(axis=(2, 3), keepdims=True)) * window
    power = np.abs(np.fft.rfft2(centred)) ** 2
    total = power.sum(axis=(2, 3)) + size * size  # one grey level's worth: an even block has no ridges
    ridges = power[..., ridge_band].sum(axis=-1) / total
    grain = power[..., grain_band].sum(axis=-1) / total
    return np.asarray(ridges, np.float32), np.asarray(grain, np.float32)


@lru_cache(maxsize=4)
def _bands(size: int, dpi: int) -> tuple[_Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """A window for the Fourier transform, and which of its figures belong to ridges and to grain."""
    line = np.hanning(size + 2)[1:-1]
    waves = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]) * dpi  # per inch
    widest, narrowest = 1 / RIDGE_IN[1], 1 / RIDGE_IN[0]
    ridge_band = (waves >= widest) & (waves <= narrowest)
    return np.asarray(np.outer(line, line), np.float32), ridge_band, waves > 1 / GRAIN_IN
