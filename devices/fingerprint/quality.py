"""How good a print is, as a number of our own and what the person can do better. This is not NFIQ 2.

Block by block: do the ridges run one way (coherence), is there as much of a ridge's waves as there should be (energy in
the band of ridge widths), is it dark on light (contrast). Each block counts its area by how well all that holds; the
score is how much of such area there is. It finds blank, faint, dry, wet, smeared and noisy prints; it says nothing
about how well a print will match.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from devices.fingerprint import GreyImage
from devices.fingerprint.quality_thresholds import thresholds
from devices.opencv_import import cv2
from devices.positions import FingerPosition

ALGORITHM: Final = "ktpel-ridge-2"
"""Stored with every score: figures of different algorithms are never compared."""

SMALL: Final = "fingerprint.small"
LOW_CONTRAST: Final = "fingerprint.low_contrast"
TOO_DRY: Final = "fingerprint.too_dry"
TOO_WET: Final = "fingerprint.too_wet"
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
HALF_MM2: Final = 76.0
"""Clear ridge area of a print that scores 50; twice as much scores 75. A module of 256 x 288 pixels shows 190 mm²."""
SMALL_MM2: Final = 80.0
"""Touched area below which the finger should lie flatter, or is the tip alone."""
WORTHLESS: Final = 0.15
"""Value of a block, 0 to 1, up to which it counts for nothing: chance alone looks like so much of ridges."""

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


@dataclass(frozen=True, slots=True)
class _Signs:
    """What tells one kind of bad print from another: medians over the touched blocks.

    Attributes:
        span: from the darkest to the lightest of the picture, grey levels.
        darkness: how dark it is on average, 0 = as the lightest, 1 = as the darkest.
        depth: standard deviation, as a part of the span: how well ridges stand out.
        coherence: how much the ridges run one way, 0 to 1.
        ridges: share of the waves that are as wide as ridges.
        grain: share of the waves that are too short for ridges.
    """

    span: float
    darkness: float
    depth: float
    coherence: float
    ridges: float
    grain: float


def wanted_score(position: FingerPosition, algorithm: str = ALGORITHM) -> int:
    """From which score of this algorithm on a print of this finger is good enough to enrol, 0 to 100."""
    return thresholds(algorithm).wanted[position]


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
    level, spread = level[touched], spread[touched]
    ridges, grain = _energies(blocks[touched], size, dpi)
    coherence = _coherence(grey, size, dpi)[touched]
    value = coherence * ridges * np.minimum(1, spread / FULL_CONTRAST) * (1 - grain)
    clear = np.maximum(0, value - WORTHLESS) / (1 - WORTHLESS)
    block_mm2 = (25.4 * size / dpi) ** 2
    score = 100 * (1 - 0.5 ** (block_mm2 * float(clear.sum()) / HALF_MM2))
    darkest, lightest = (float(each) for each in np.percentile(image[::3, ::3], (2, 98)))
    span = max(1.0, lightest - darkest)
    medians = (float(np.median(each)) for each in (lightest - level, spread, coherence, ridges, grain))
    darkness, depth, *rest = medians
    signs = _Signs(span, darkness / span, depth / span, *rest)
    reasons = [SMALL] if block_mm2 * float(np.count_nonzero(touched)) < SMALL_MM2 else []
    reasons += _told_by(signs)
    reasons += [OFF_CENTRE] if _off_centre(touched) else []
    return FingerQuality(round(score, 1), ALGORITHM, tuple(reasons))


def _told_by(signs: _Signs) -> list[str]:
    """The one thing that is most wrong with the ridges, if any. Good prints keep well away from each bound."""
    if signs.grain > 0.25:
        return [NOISY]
    if signs.darkness > 0.70 and signs.span > 170:  # black from ridge to ridge, where a blurred print is but grey
        return [TOO_WET]
    if signs.darkness < 0.32 and signs.coherence < 0.78:  # dots
        return [TOO_DRY]
    if signs.depth < 0.19 or signs.coherence * signs.ridges < 0.35:
        return [SMEARED]
    if signs.span < 110:
        return [LOW_CONTRAST]
    return []


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
    width = 1.5 * dpi / 500
    reach = round(3 * width) // 2 * 2 + 1  # OpenCV would look further and gain nothing
    calm = cv2.GaussianBlur(grey, (reach, reach), width)
    across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    blocks = (grey.shape[1] // size, grey.shape[0] // size)
    xx, yy, xy = (
        np.asarray(cv2.resize(each, blocks, interpolation=cv2.INTER_AREA), np.float32)  # means
        for each in (cv2.multiply(across, across), cv2.multiply(down, down), cv2.multiply(across, down))
    )
    return np.asarray(np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-6), np.float32)


def _energies(blocks: _Floats, size: int, dpi: int) -> tuple[_Floats, _Floats]:
    """Shares of each block's energy, its mean left out: in the band of ridges, and in shorter waves than theirs.

    Blocks have the shape (number, size, size).
    """
    window, ridge_band, grain_band = _bands(size, dpi)
    centred = (blocks - blocks.mean(axis=(1, 2), keepdims=True)) * window
    power = np.abs(np.fft.rfft2(centred)) ** 2
    total = power.sum(axis=(1, 2)) + size * size  # one grey level's worth: an even block has no ridges
    ridges = power[:, ridge_band].sum(axis=-1) / total
    grain = power[:, grain_band].sum(axis=-1) / total
    return np.asarray(ridges, np.float32), np.asarray(grain, np.float32)


@lru_cache(maxsize=4)
def _bands(size: int, dpi: int) -> tuple[_Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """A window for the Fourier transform, and which of its figures belong to ridges and to grain."""
    line = np.hanning(size + 2)[1:-1]
    waves = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]) * dpi  # per inch
    widest, narrowest = 1 / RIDGE_IN[1], 1 / RIDGE_IN[0]
    ridge_band = (waves >= widest) & (waves <= narrowest)
    return np.asarray(np.outer(line, line), np.float32), ridge_band, waves > 1 / GRAIN_IN
