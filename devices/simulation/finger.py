"""Synthetic fingerprints: nobody's fingers, the same for the same seed, ten different ones a person.

After SFinGe (Cappelli, Maio, Maltoni 2002): a field of ridge directions by zeros and poles, ridges grown out of noise
by oriented filters along it, then a print of them. Cleaner than real prints: no threshold is ever tuned on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from devices.opencv_import import cv2
from devices.positions import FingerPosition

GreyImage: TypeAlias = NDArray[np.uint8]
"""Shape (height, width), 8 bits, 0 = black ridge, 255 = white background."""
_Field: TypeAlias = NDArray[np.float32]

HEIGHT: Final = 400
WIDTH: Final = 320
DPI: Final = 500
"""So a print is 20 x 16 mm."""
PERIOD: Final = 9.0
"""Pixels from ridge to ridge: 0.46 mm, an adult's."""
STRETCHES: Final = (0.85, 1.0, 1.15, 1.3)
DIRECTIONS: Final = 24
COARSE_ROUNDS: Final = 24
FINE_ROUNDS: Final = 4
WHITE: Final = 250.0
BLACK: Final = 40.0

_SIZES: Final = {
    FingerPosition.RIGHT_THUMB: 1.06,
    FingerPosition.LEFT_THUMB: 1.06,
    FingerPosition.RIGHT_LITTLE: 0.88,
    FingerPosition.LEFT_LITTLE: 0.88,
}


class Pattern(StrEnum):
    """What the ridges draw, in Henry's classes; a loop by the side to which it opens on the print."""

    ARCH = "arch"
    TENTED_ARCH = "tented_arch"
    LEFT_LOOP = "left_loop"
    RIGHT_LOOP = "right_loop"
    WHORL = "whorl"


@dataclass(frozen=True, slots=True)
class _Patch:
    """A box of the picture, and where in it one filter's answer counts."""

    kernel: int
    top: int
    left: int
    where: NDArray[np.bool_]


def pattern_of(seed: int, position: FingerPosition) -> Pattern:
    """Which pattern this finger has; most loops open to the hand's little finger, as people's do."""
    return _pattern(_random(seed, position), position)


@lru_cache(maxsize=64)
def finger(seed: int, position: FingerPosition) -> GreyImage:
    """A whole, even print of one finger: shape (400, 320) at 500 dpi, on white; read-only.

    Grown in some 0.3 s, kept in memory afterwards.

    Args:
        seed: the person.
        position: which finger of theirs.
    """
    chance = _random(seed, position)
    pattern = _pattern(chance, position)
    direction = _direction(pattern, chance) + _smooth(chance, (7, 5), 0.10)
    across, down = _smooth(chance, (6, 5), 0.07), np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    stretch = 1 + across + 0.10 * np.clip(down - 0.6, 0, 1)  # wider ridges toward the crease
    kernels = _kernel_numbers(direction, stretch)
    half = np.ascontiguousarray(kernels[::2, ::2])
    seeds = chance.choice(np.array([-1, 0, 1], np.float32), half.shape, p=[0.01, 0.98, 0.01])
    ridges = _grown(seeds, half, 0.5, COARSE_ROUNDS)
    ridges = _grown(_f32(cv2.resize(ridges, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)), kernels, 1.0, FINE_ROUNDS)
    image = _printed(ridges, _contact(chance, _SIZES.get(position, 1.0)), chance, pressure=0.0, noise=0.10)
    image.setflags(write=False)
    return image


def impression(master: GreyImage, seed: int, *, strength: float = 1.0) -> GreyImage:
    """Another print of the same finger: a little turned, moved, stretched, pressed and noisy; some 20 ms.

    Args:
        master: from `finger`, or any print on white.
        seed: which of the many.
        strength: 0 = as good as the master, 1 = as people press.
    """
    chance = np.random.default_rng(seed)
    height, width = master.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), strength * chance.normal(0, 4), 1.0)
    turn[0, 2] += strength * chance.normal(0, 5)
    turn[1, 2] += strength * chance.normal(0, 5)
    back = _f32(cv2.invertAffineTransform(turn))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x += _smooth(chance, (4, 4), strength * 3.0, (height, width))
    y += _smooth(chance, (4, 4), strength * 3.0, (height, width))
    from_x = back[0, 0] * x + back[0, 1] * y + back[0, 2]
    from_y = back[1, 0] * x + back[1, 1] * y + back[1, 2]
    moved = cv2.remap(master, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE)
    ridges = (WHITE - _f32(moved)) * (2 / (WHITE - BLACK)) - 1
    pressure = strength * float(chance.normal(0, 0.12))
    return _printed(ridges, np.ones((height, width), np.float32), chance, pressure=pressure, noise=0.18 * strength)


def _random(seed: int, position: FingerPosition) -> np.random.Generator:
    return np.random.default_rng((seed, int(position)))


def _pattern(chance: np.random.Generator, position: FingerPosition) -> Pattern:
    right_hand = position <= FingerPosition.RIGHT_LITTLE
    outward, inward = (Pattern.RIGHT_LOOP, Pattern.LEFT_LOOP)[:: 1 if right_hand else -1]
    shares = {Pattern.ARCH: 0.05, Pattern.TENTED_ARCH: 0.03, outward: 0.56, inward: 0.06, Pattern.WHORL: 0.30}
    return list(shares)[int(chance.choice(len(shares), p=list(shares.values())))]


def _direction(pattern: Pattern, chance: np.random.Generator) -> _Field:
    """Along the ridges, radians with y down: an arch by a formula, the others by zeros (cores) and poles (deltas)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    if pattern is Pattern.ARCH:
        rise = np.maximum(0, chance.uniform(1.6, 2.3) - 3.64 * np.abs(y / HEIGHT - 0.62))
        return _f32(np.arctan(0.9 * rise * np.sin((x / WIDTH - 0.5) * np.pi * 1.05)))
    found = np.zeros((HEIGHT, WIDTH), np.float32)
    cores, deltas = _singular_points(pattern, chance)
    for sign, points in ((0.5, cores), (-0.5, deltas)):
        for left, top in points:
            found += sign * np.arctan2(y - top, x - left)
    return found


_Points: TypeAlias = list[tuple[float, float]]


def _singular_points(pattern: Pattern, chance: np.random.Generator) -> tuple[_Points, _Points]:
    x = WIDTH / 2 + chance.normal(0, 0.03 * WIDTH)
    y = HEIGHT * 0.42 + chance.normal(0, 0.03 * HEIGHT)
    lower = HEIGHT * chance.uniform(0.32, 0.40)
    if pattern is Pattern.TENTED_ARCH:
        return [(x, y + 0.06 * HEIGHT)], [(x + chance.normal(0, 0.01 * WIDTH), y + 0.30 * HEIGHT)]
    if pattern is Pattern.WHORL:
        apart = HEIGHT * chance.uniform(0.035, 0.07)
        wide = WIDTH * chance.uniform(0.30, 0.38, 2)
        return [(x, y - apart), (x, y + apart)], [(x - wide[0], y + lower), (x + wide[1], y + lower)]
    side = WIDTH * chance.uniform(0.24, 0.33) * (1 if pattern is Pattern.LEFT_LOOP else -1)
    return [(x, y)], [(x + side, y + lower)]


def _kernel_numbers(direction: _Field, stretch: _Field) -> NDArray[np.int32]:
    """Which filter of the bank suits each pixel."""
    steps = np.mod(np.round(direction / np.pi * DIRECTIONS), DIRECTIONS)
    widths = np.abs(stretch[..., None] - np.array(STRETCHES, np.float32)).argmin(-1)
    return np.asarray(widths * DIRECTIONS + steps, np.int32)


@lru_cache(maxsize=2)
def _bank(scale: float) -> tuple[_Field, ...]:
    """Gabor filters for every stretch and direction, of no answer to an even grey."""
    sigma = 4.0 * scale
    reach = round(3 * sigma)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    bell = np.exp(-(x * x + y * y) / (2 * sigma * sigma))
    bank = []
    for stretch in STRETCHES:
        for step in range(DIRECTIONS):
            along = np.pi * step / DIRECTIONS
            across = y * np.cos(along) - x * np.sin(along)
            wave = bell * np.cos(2 * np.pi * across / (PERIOD * scale * stretch))
            wave -= bell * (wave.sum() / bell.sum())
            bank.append(_f32(wave / np.abs(wave).sum()))
    return tuple(bank)


def _patches(kernels: NDArray[np.int32]) -> list[_Patch]:
    """Boxes around the connected places of each filter, so that none runs over the whole picture."""
    found = []
    for kernel in np.unique(kernels):
        here = kernels == kernel
        joined = cv2.dilate(here.astype(np.uint8), np.ones((9, 9), np.uint8))
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(joined)
        for label in range(1, count):
            left, top, width, height = (int(each) for each in boxes[label, :4])
            box = (slice(top, top + height), slice(left, left + width))
            found.append(_Patch(int(kernel), top, left, here[box] & (labels[box] == label)))
    return found


def _grown(start: _Field, kernels: NDArray[np.int32], scale: float, rounds: int) -> _Field:
    """Ridges (+1) and valleys (-1) out of `start`, by filtering and saturating again and again."""
    bank, patches = _bank(scale), _patches(kernels)
    reach = bank[0].shape[0] // 2
    image = start
    for _ in range(rounds):
        padded = cv2.copyMakeBorder(image, reach, reach, reach, reach, cv2.BORDER_REFLECT)
        answer = np.empty_like(image)
        for patch in patches:
            height, width = patch.where.shape
            around = padded[patch.top : patch.top + height + 2 * reach, patch.left : patch.left + width + 2 * reach]
            filtered = cv2.filter2D(around, cv2.CV_32F, bank[patch.kernel])
            inner = filtered[reach : reach + height, reach : reach + width]
            answer[patch.top : patch.top + height, patch.left : patch.left + width][patch.where] = inner[patch.where]
        image = np.tanh(answer * (1.6 / (float(answer.std()) + 1e-6)))
    return image


def _contact(chance: np.random.Generator, size: float) -> _Field:
    """1 where the finger touches: an oval with a wobbling, frayed edge."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x - WIDTH / 2, y - HEIGHT * 0.49
    angle = np.arctan2(y, x)
    wobble = 1 + 0.03 * np.sin(3 * angle + chance.uniform(0, 6)) + 0.02 * np.sin(7 * angle + chance.uniform(0, 6))
    distance = np.hypot(x / (WIDTH * 0.42 * size), y / (HEIGHT * 0.44 * size)) / wobble
    return _f32(1 / (1 + np.exp((distance - 1) * 28 + _smooth(chance, (24, 24), 1.2))))


def _printed(
    ridges: _Field, contact: _Field, chance: np.random.Generator, *, pressure: float, noise: float
) -> GreyImage:
    """Ink or light: ridges dark on white, wider under pressure, thinner where the skin is dry."""
    shape = ridges.shape
    grain = cv2.GaussianBlur(_f32(chance.normal(0, 1, shape)), (0, 0), 1.0) * 2.2
    touch = ridges + _smooth(chance, (5, 5), 0.12, shape) + pressure + noise * grain
    ink = cv2.GaussianBlur(_f32(1 / (1 + np.exp(-5.0 * touch))), (0, 0), 0.7) * contact
    shade = 0.90 + 0.08 * np.tanh(_smooth(chance, (4, 4), 0.8, shape))
    grey = WHITE - (WHITE - BLACK) * ink * shade + chance.normal(0, 1.5, shape)
    return np.clip(grey, 0, 255).astype(np.uint8)


def _smooth(
    chance: np.random.Generator, cells: tuple[int, int], spread: float, shape: tuple[int, ...] = (HEIGHT, WIDTH)
) -> _Field:
    """Slowly varying noise: `cells` (rows, columns) of normal values with this spread, drawn out to the shape."""
    coarse = chance.normal(0, 1, cells).astype(np.float32) * np.float32(spread)
    return _f32(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def _f32(values: ArrayLike) -> _Field:
    return np.asarray(values, np.float32)
