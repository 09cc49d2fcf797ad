"""Ridges of a print made plain: where they are, which way they run, and the print filtered along them.

Block by block in the frequency plane (after Chikkerur, Cartwright, Govindaraju 2007): each block keeps the waves that
run as the ridges do and are as wide. The way they run is found twice, on the print and again on what the first
filtering made of it: the second time it is far surer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2

DPI: Final = 500
"""What every print is scaled to; all lengths here are in pixels of this resolution."""
SMALLEST: Final = 64
"""Pixels: a side shorter than this holds no more than six ridges."""
BLOCK: Final = 32
STEP: Final = 8
TILES: Final = BLOCK // STEP
DIRECTIONS: Final = 32
PERIODS: Final = (5.5, 6.5, 7.5, 8.5, 9.75, 11.0, 12.5, 14.0)
"""Ridge to ridge: 0.28 to 0.71 mm, from children to large hands."""
RELIEF: Final = 4.0
"""Grey levels by which ridges at least stand out from what is beside them."""
RELIEF_SHARE: Final = 0.2
"""The same as a share of the print's strong places."""
TOUCHED: Final = 0.4
"""Share of the pixels around that stand out, from which a finger lies there: seven in ten among ridges, three beside
the lone edge of a platen."""
AROUND: Final = 31
"""Pixels across what counts as around."""

_Floats: TypeAlias = NDArray[np.float32]
_Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """A print, filtered; shapes (height, width) at `DPI`.

    Attributes:
        waves: positive on ridges, negative in valleys, about 1 at their middle.
        along: the ridges' direction, radians in [0, pi), from right to down.
        clear: 0 where ridges run anywhere, 1 where all run one way.
        touched: where the finger lay.
    """

    waves: _Floats
    along: _Floats
    clear: _Floats
    touched: _Mask

    def __repr__(self) -> str:
        """Without the print."""
        return "Ridges(...)"

    @property
    def area_mm2(self) -> float:
        """Where the finger lay."""
        return _mm2(self.touched)


def ridges_of(image: GreyImage, dpi: int) -> Ridges:
    """Filter one plain impression; some 60 ms for 20 x 16 mm.

    Args:
        image: shape (height, width), ridges dark.
        dpi: its resolution, both ways.

    Raises:
        ValueError: no grey picture, no resolution, or smaller than `SMALLEST` at `DPI`.
    """
    grey = _scaled(image, dpi)
    even, touched = _evened(grey)
    along, clear = directions(even, 8.0)
    blocks = _Blocks.of(even, touched)
    waves = blocks.filtered(along, clear)
    along, clear = directions(waves, 6.0)
    waves = blocks.filtered(along, clear)
    along, clear = directions(waves, 4.0)
    return Ridges(waves, along, clear, touched)


def touched_mm2(image: GreyImage, dpi: int) -> float:
    """Where the finger lay, found without the filtering; some 5 ms.

    Raises:
        ValueError: as `ridges_of`.
    """
    return _mm2(_evened(_scaled(image, dpi))[1])


def directions(waves: _Floats, reach: float) -> tuple[_Floats, _Floats]:
    """The ridges' direction (radians in [0, pi)) and how clear it is (0 to 1), from gradients around each pixel."""
    calm = cv2.GaussianBlur(waves, (0, 0), 1.0)
    across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(each, (0, 0), reach) for each in (across * across, down * down, across * down))
    double = np.arctan2(2 * _f32(xy), _f32(xx) - _f32(yy)) + np.pi  # of the gradient; ridges run square to it
    clear = np.hypot(_f32(xx) - _f32(yy), 2 * _f32(xy)) / (_f32(xx) + _f32(yy) + 1e-6)
    return _f32(np.mod(double / 2, np.pi)), _f32(clear)


def _mm2(touched: _Mask) -> float:
    return float(np.count_nonzero(touched)) * (25.4 / DPI) ** 2


def _scaled(image: GreyImage, dpi: int) -> _Floats:
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError("not a grey picture of 8 bits")
    if dpi <= 0:
        raise ValueError("a print has a resolution")
    scale = DPI / dpi
    if min(image.shape) * scale < SMALLEST:
        raise ValueError(f"an image of {image.shape[1]} x {image.shape[0]} pixels at {dpi} dpi is too small")
    grey = _f32(image)
    if abs(scale - 1) < 0.01:
        return grey
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return _f32(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how))


def _evened(grey: _Floats) -> tuple[_Floats, _Mask]:
    """Ridges about +1 and valleys about -1 whatever the ink, and where the finger lay."""
    mean = _f32(cv2.GaussianBlur(grey, (0, 0), 8.0))
    centred = mean - grey
    spread = np.sqrt(_f32(cv2.GaussianBlur(centred * centred, (0, 0), 8.0)))
    round_brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (25, 25))
    padded = cv2.copyMakeBorder(_standing_out(grey), 25, 25, 25, 25, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, round_brush), cv2.MORPH_OPEN, round_brush)
    touched = closed[25:-25, 25:-25] > 0
    return _f32(np.clip(centred / (spread + 4.0), -3, 3)), touched


def _standing_out(grey: _Floats) -> NDArray[np.uint8]:
    """1 where most of what is around is a little darker or lighter than what is beside it, as ridges are."""
    relief = np.abs(_f32(cv2.GaussianBlur(grey, (0, 0), 1.2)) - _f32(cv2.GaussianBlur(grey, (0, 0), 3.0)))
    wanted = max(RELIEF, RELIEF_SHARE * float(np.percentile(relief, 95)))
    share = cv2.blur((relief > wanted).astype(np.float32), (AROUND, AROUND), borderType=cv2.BORDER_REFLECT)
    return (_f32(share) > TOUCHED).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """A print's overlapping blocks in the frequency plane, taken once for both filterings.

    Attributes:
        shape: the print's.
        rows, columns: of the grid that blocks stand in.
        row, column: each block's place in that grid; only where the finger lay.
        spectra: shape (blocks, BLOCK, BLOCK / 2 + 1).
    """

    shape: tuple[int, int]
    rows: int
    columns: int
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    spectra: NDArray[np.complex64]

    @classmethod
    def of(cls, even: _Floats, touched: _Mask) -> _Blocks:
        height, width = even.shape
        rows, columns = -(-height // STEP), -(-width // STEP)
        half = BLOCK // 2
        below, right = rows * STEP - height + half, columns * STEP - width + half
        padded = _f32(cv2.copyMakeBorder(even, half, below, half, right, cv2.BORDER_REFLECT_101))
        windows = sliding_window_view(padded, (BLOCK, BLOCK))[::STEP, ::STEP][:rows, :columns]
        near = cv2.dilate(touched.astype(np.uint8), np.ones((STEP + 1, STEP + 1), np.uint8))
        row, column = np.nonzero(near[::STEP, ::STEP][:rows, :columns])
        blocks = windows[row, column]
        blocks = (blocks - blocks.mean(axis=(1, 2), keepdims=True)) * _window()
        return cls((height, width), rows, columns, row, column, np.fft.rfft2(blocks).astype(np.complex64))

    def filtered(self, along: _Floats, clear: _Floats) -> _Floats:
        """The print with only those waves that run across `along`; wider open where that is not `clear`."""
        direction = along[self.row * STEP, self.column * STEP]
        sure = clear[self.row * STEP, self.column * STEP]
        steps = np.round(direction / np.pi * DIRECTIONS).astype(np.intp) % DIRECTIONS
        narrow = (sure > 0.6).astype(np.intp)
        angular, radial = _angular(), _radial()
        fan = angular[narrow, steps]
        period = self._periods(np.abs(self.spectra) ** 2 * fan)
        kept = np.fft.irfft2(self.spectra * (fan * radial[period]), s=(BLOCK, BLOCK)).astype(np.float32) * _window()
        strength = np.sqrt((kept * kept).sum(axis=(1, 2), keepdims=True)) + 0.5
        return self._joined(kept / strength * 2)

    def _periods(self, power: _Floats) -> NDArray[np.intp]:
        """Which of `PERIODS` each block's ridges have, its neighbours asked too."""
        flat = power.reshape(-1, BLOCK * (BLOCK // 2 + 1))
        answers = flat @ _radial().reshape(len(PERIODS), -1).T
        answers /= answers.sum(axis=1, keepdims=True) + 1e-6
        field = np.zeros((self.rows, self.columns, len(PERIODS)), np.float32)
        field[self.row, self.column] = answers
        calm = np.stack([cv2.GaussianBlur(field[..., i], (0, 0), 2.0) for i in range(len(PERIODS))], axis=-1)
        return np.asarray(calm[self.row, self.column].argmax(axis=-1), np.intp)

    def _joined(self, blocks: _Floats) -> _Floats:
        """Blocks laid over each other again."""
        tiles = blocks.reshape(-1, TILES, STEP, TILES, STEP)
        canvas = np.zeros((self.rows + TILES - 1, self.columns + TILES - 1, STEP, STEP), np.float32)
        for down in range(TILES):
            for across in range(TILES):
                canvas[self.row + down, self.column + across] += tiles[:, down, :, across, :]
        image = canvas.swapaxes(1, 2).reshape(canvas.shape[0] * STEP, canvas.shape[1] * STEP)
        half = BLOCK // 2
        height, width = self.shape
        return np.ascontiguousarray(image[half : half + height, half : half + width])


@lru_cache(maxsize=1)
def _window() -> _Floats:
    """Whose square, laid over itself every `STEP` pixels, is even."""
    line = np.sin(np.pi * (np.arange(BLOCK) + 0.5) / BLOCK)
    return _f32(np.outer(line, line))


@lru_cache(maxsize=1)
def _plane() -> tuple[_Floats, _Floats]:
    """Of each figure of a block's spectrum: cycles a pixel, and the direction of a ridge that makes it."""
    down, across = np.meshgrid(np.fft.fftfreq(BLOCK), np.fft.rfftfreq(BLOCK), indexing="ij")
    return _f32(np.hypot(down, across)), _f32(np.arctan2(down, across) + np.pi / 2)


@lru_cache(maxsize=1)
def _angular() -> _Floats:
    """What passes by direction, shape (2, DIRECTIONS, BLOCK, BLOCK / 2 + 1): first wide open, then narrow."""
    _, ridge = _plane()
    steps = np.arange(DIRECTIONS) * np.pi / DIRECTIONS
    apart = np.cos(2 * (ridge[None] - steps[:, None, None])) - 1
    return _f32(np.stack([np.exp(1.5 * apart), np.exp(4.5 * apart)]))


@lru_cache(maxsize=1)
def _radial() -> _Floats:
    """What passes by width, shape (PERIODS, BLOCK, BLOCK / 2 + 1)."""
    cycles, _ = _plane()
    octaves = np.log2(np.maximum(cycles, 1e-3)[None] * np.array(PERIODS, np.float32)[:, None, None])
    return _f32(np.exp(-(octaves**2) / (2 * 0.35**2)))


def _f32(values: ArrayLike) -> _Floats:
    return np.asarray(values, np.float32)
