"""Where a synthetic finger's ridges run, and the ridges themselves: a field of directions, and noise grown along it.

After SFinGe (Cappelli, Maio, Maltoni 2002): directions by zeros (cores) and poles (deltas) after Sherlock and Monro,
bent near the cores as Vizcaya and Gerhardt do, so that a loop's legs run side by side under a round head instead of
fanning out of one point.
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

Field: TypeAlias = NDArray[np.float32]

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
HEAD: Final = 0.9
"""How round a core's head is and how straight its legs: 0 is a parabola, 1 a half circle on parallel legs."""
HEAD_REACH: Final = 70.0
"""Pixels from a core over which it bends the ridges so."""
LONGEST_PORE: Final = 26
"""Pixels between pores along a ridge, at most; 12 at least: some two to the millimetre, as in people."""


class Pattern(StrEnum):
    """What the ridges draw, in Henry's classes; a loop by the side to which it opens on the print."""

    ARCH = "arch"
    TENTED_ARCH = "tented_arch"
    LEFT_LOOP = "left_loop"
    RIGHT_LOOP = "right_loop"
    WHORL = "whorl"


@dataclass(frozen=True, slots=True)
class _Points:
    """Where ridges turn back (cores) and where three flows meet (deltas): (x, y) in pixels; and how a whorl winds."""

    cores: tuple[tuple[float, float], ...]
    deltas: tuple[tuple[float, float], ...]
    head: float = HEAD
    winding: float = 0.0


@dataclass(frozen=True, slots=True)
class _Patch:
    """A box of the picture, and where in it one filter's answer counts."""

    kernel: int
    top: int
    left: int
    where: NDArray[np.bool_]


def f32(values: ArrayLike) -> Field:
    """The same as 32-bit floats."""
    return np.asarray(values, np.float32)


def smooth(
    chance: np.random.Generator, cells: tuple[int, int], spread: float, shape: tuple[int, ...] = (HEIGHT, WIDTH)
) -> Field:
    """Slowly varying noise: `cells` (rows, columns) of normal values with this spread, drawn out to the shape."""
    coarse = chance.normal(0, 1, cells).astype(np.float32) * np.float32(spread)
    return f32(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def pattern(chance: np.random.Generator, position: FingerPosition) -> Pattern:
    """One of the five, as often as in people; most loops open to the hand's little finger."""
    right_hand = position <= FingerPosition.RIGHT_LITTLE
    outward, inward = (Pattern.RIGHT_LOOP, Pattern.LEFT_LOOP)[:: 1 if right_hand else -1]
    shares = {Pattern.ARCH: 0.05, Pattern.TENTED_ARCH: 0.03, outward: 0.56, inward: 0.06, Pattern.WHORL: 0.30}
    return list(shares)[int(chance.choice(len(shares), p=list(shares.values())))]


def ridges(chosen: Pattern, chance: np.random.Generator) -> Field:
    """The skin of a whole fingertip: shape (400, 320), 1 on a ridge, -1 in a valley; some 0.3 s."""
    direction = _direction(chosen, chance) + smooth(chance, (6, 5), 0.07)
    down = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    stretch = 1 + smooth(chance, (6, 5), 0.06) + 0.10 * np.clip(down - 0.6, 0, 1)  # wider ridges toward the crease
    kernels = _kernel_numbers(direction, stretch)
    half = np.ascontiguousarray(kernels[::2, ::2])
    seeds = chance.choice(np.array([-1, 0, 1], np.float32), half.shape, p=[0.01, 0.98, 0.01])
    coarse = _grown(seeds, half, 0.5, COARSE_ROUNDS)
    fine = _grown(f32(cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)), kernels, 1.0, FINE_ROUNDS)
    return fine - _pores(fine, chance)


def _direction(chosen: Pattern, chance: np.random.Generator) -> Field:
    """Along the ridges, radians with y down: an arch by a formula, the others by their cores and deltas."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    if chosen is Pattern.ARCH:
        rise = np.maximum(0, chance.uniform(1.7, 2.5) - 3.4 * np.abs(y / HEIGHT - chance.uniform(0.56, 0.66)))
        lean = chance.normal(0, 0.04)
        return f32(np.arctan(0.9 * rise * np.sin((x / WIDTH - 0.5 + lean) * np.pi * 1.05)) + 0.35 * (x / WIDTH - 0.5))
    points = _singular_points(chosen, chance)
    found = np.zeros((HEIGHT, WIDTH), np.float32)
    for core in points.cores:
        found += 0.5 * np.arctan2(y - core[1], x - core[0])
    for delta in points.deltas:
        found -= 0.5 * np.arctan2(y - delta[1], x - delta[0])
    for core in points.cores:
        legs = _legs(core, points)
        around = np.arctan2(y - core[1], x - core[0])
        near = np.exp(-((x - core[0]) ** 2 + (y - core[1]) ** 2) / (2 * HEAD_REACH**2))
        found -= 0.5 * points.head * near * np.sin(around - legs)
    middle = np.mean(points.cores, axis=0)
    x, y = x - middle[0], y - middle[1]
    far = np.hypot(x, y)
    found += points.winding * np.exp(-((far / 60) ** 2))
    # Ridges follow the outline of the tip: beside and above the core they fall off to both sides.
    shoulder = 1 / (1 + np.exp((y - 70) / 25)) * (1 - np.exp(-((far / 90) ** 2)))
    return f32(found + 0.22 * shoulder * x / (far + 1))


def _legs(core: tuple[float, float], points: _Points) -> float:
    """The direction in which a core's loop opens: where the ridges run straight away from it."""
    others = [each for each in points.cores if each != core]
    turned = sum(np.arctan2(core[1] - y, core[0] - x) for x, y in others)
    turned -= sum(np.arctan2(core[1] - y, core[0] - x) for x, y in points.deltas)
    return float(turned)


def _singular_points(chosen: Pattern, chance: np.random.Generator) -> _Points:
    x = WIDTH / 2 + chance.normal(0, 0.03 * WIDTH)
    y = HEIGHT * 0.42 + chance.normal(0, 0.03 * HEIGHT)
    lower = HEIGHT * chance.uniform(0.30, 0.38)
    if chosen is Pattern.TENTED_ARCH:
        foot = (x + chance.normal(0, 0.01 * WIDTH), y + chance.uniform(0.24, 0.30) * HEIGHT)
        return _Points(((x, y + 0.08 * HEIGHT),), (foot,), head=0.6)
    if chosen is Pattern.WHORL:
        apart, tilt = HEIGHT * chance.uniform(0.02, 0.075), chance.normal(0, 0.5)
        aside, along = apart * np.sin(tilt), apart * np.cos(tilt)
        wide = WIDTH * chance.uniform(0.30, 0.38, 2)
        lows = lower + HEIGHT * chance.uniform(-0.04, 0.04, 2)
        cores = ((x - aside, y - along), (x + aside, y + along))
        deltas = ((x - wide[0], y + lows[0]), (x + wide[1], y + lows[1]))
        return _Points(cores, deltas, head=0.75, winding=chance.uniform(-0.4, 0.4))
    side = WIDTH * chance.uniform(0.24, 0.33) * (1 if chosen is Pattern.LEFT_LOOP else -1)
    return _Points(((x, y),), ((x + side, y + lower),))


def _pores(skin: Field, chance: np.random.Generator) -> Field:
    """Sweat pores: small pale spots along the ridges, not too close to each other."""
    steps = chance.integers(12, LONGEST_PORE, HEIGHT * WIDTH // (12 * 6))
    spots = np.cumsum(steps * 5) % (HEIGHT * WIDTH)
    pores = np.zeros(HEIGHT * WIDTH, np.float32)
    on_ridge = skin.ravel()[spots] > 0.85
    pores[spots[on_ridge]] = chance.uniform(2.0, 5.0, int(on_ridge.sum()))
    return f32(cv2.GaussianBlur(pores.reshape(HEIGHT, WIDTH), (0, 0), 0.9))


def _kernel_numbers(direction: Field, stretch: Field) -> NDArray[np.int32]:
    """Which filter of the bank suits each pixel."""
    steps = np.mod(np.round(direction / np.pi * DIRECTIONS), DIRECTIONS)
    widths = np.abs(stretch[..., None] - np.array(STRETCHES, np.float32)).argmin(-1)
    return np.asarray(widths * DIRECTIONS + steps, np.int32)


@lru_cache(maxsize=2)
def _bank(scale: float) -> tuple[Field, ...]:
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
            bank.append(f32(wave / np.abs(wave).sum()))
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


def _grown(start: Field, kernels: NDArray[np.int32], scale: float, rounds: int) -> Field:
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
