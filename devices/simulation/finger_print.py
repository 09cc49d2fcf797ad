"""How a synthetic finger's skin becomes a print: how it is laid, pressed and moved, how dry it is, what the glass adds.

Each trait of an impression is a figure of its own, 0 to 1, so that a test can make one thing worse and nothing else.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2
from devices.simulation.finger_ridges import DPI, HEIGHT, WIDTH, Field, f32, smooth

GreyImage: TypeAlias = NDArray[np.uint8]
"""Shape (height, width), 8 bits, 0 = black ridge, 255 = white background."""

WHITE: Final = 250.0
BLACK: Final = 40.0
MOST_TURNED: Final = 30.0
"""Degrees."""
MOST_SMEARED: Final = 1.5 / 25.4 * DPI
"""1.5 mm in pixels: three ridges."""
MOST_MISSING: Final = 0.8
MOST_NOISE: Final = 70.0
"""Standard deviation of the glass's and the sensor's grain, grey values."""
SCAR_LENGTH: Final = 10.0 / 25.4 * DPI
"""10 mm in pixels."""
SCAR_WIDTH: Final = 0.45 / 25.4 * DPI


@dataclass(frozen=True, slots=True)
class PrintTraits:
    """What is good or bad about one impression, each 0 to 1.

    Attributes:
        pressure: 0 = barely touching, thin ridges under the middle alone; 0.5 = as wanted; 1 = pressed or so wet that
            ridges run together.
        dryness: 0 = moist skin, 1 = ridges broken to dots.
        rotation: 1 = turned by 30 degrees, to a side that the seed picks.
        partial: 1 = 80 % of the print's width or height lies beside the glass, at a side that the seed picks.
        scar: length of a scar, 1 = 10 mm; in the same place on every impression of one finger.
        smear: 1 = slid by 1.5 mm while it was taken.
        noise: grain, 1 = a standard deviation of 70 grey values.
    """

    pressure: float = 0.5
    dryness: float = 0.0
    rotation: float = 0.0
    partial: float = 0.0
    scar: float = 0.0
    smear: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no part of a whole."""
        for each in fields(self):
            if not 0 <= getattr(self, each.name) <= 1:
                raise ValueError(f"{each.name} lies between 0 and 1")


AS_WANTED: Final = PrintTraits()


def whole_print(skin: Field, chance: np.random.Generator, size: float) -> GreyImage:
    """The print of a finger laid as it should be: an oval on white.

    Args:
        skin: from `finger_ridges.ridges`.
        chance: what differs from finger to finger.
        size: of the fingertip, 1 being an index finger's.
    """
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x - WIDTH / 2, y - HEIGHT / 2
    angle = np.arctan2(y, x)
    wobble = 1 + 0.02 * np.sin(3 * angle + chance.uniform(0, 6)) + 0.01 * np.sin(7 * angle + chance.uniform(0, 6))
    x, y = np.abs(x) / (WIDTH * 0.42 * size), y / (HEIGHT * 0.42 * size)
    squareness = np.where(y > 0, 2.6, 2.0)  # round at the tip, straighter toward the crease
    distance = (x**squareness + np.abs(y) ** squareness) ** (1 / squareness) / wobble
    return _developed(skin, _fading(distance, chance, skin.shape), chance, grain=0.10)


def impression(master: GreyImage, seed: int, *, strength: float = 1.0, traits: PrintTraits = AS_WANTED) -> GreyImage:
    """Another print of the same finger: a little turned, moved, stretched, pressed and noisy; some 20 ms.

    Args:
        master: from `finger`, or any print on white.
        seed: which of the many.
        strength: how much it differs by chance: 0 = as good as the master, 1 = as people press.
        traits: what is good or bad about it besides.
    """
    chance = np.random.default_rng(seed)
    shape = master.shape
    scarred = _scarred(master, traits.scar) if traits.scar else master
    moved = _moved(scarred, chance, strength, traits.rotation)
    # What the glass shows is ridges cut to black and white; softened, they can be pressed wider and thinner again.
    skin = cv2.GaussianBlur((WHITE - f32(moved)) * (2 / (WHITE - BLACK)) - 1, (0, 0), 1.3) * 1.25
    offset = 2.2 * (traits.pressure - 0.5) + strength * float(chance.normal(0, 0.10)) - 0.35 * traits.dryness
    reach = min(0.62 + 0.9 * traits.pressure, 1.15)
    edge = np.minimum(_fading(_from_middle(moved), chance, shape, reach), _beside(moved))
    touch = f32(edge + offset - _dry_spots(chance, shape, traits.dryness))
    print_ = _developed(skin, touch, chance, grain=0.18 * strength)
    if traits.smear:
        print_ = _smeared(print_, chance, traits.smear)
    if traits.partial:
        print_ = _cut(print_, chance, traits.partial)
    if traits.noise:
        grain = chance.normal(0, MOST_NOISE * traits.noise, shape)
        print_ = np.clip(print_ + grain, 0, 255).astype(np.uint8)
    return print_


def _developed(skin: Field, touch: Field, chance: np.random.Generator, *, grain: float) -> GreyImage:
    """Light and dark: ridges dark on white, wider where `touch` is above 0, thinner and then gone below."""
    shape = skin.shape
    rough = cv2.GaussianBlur(chance.standard_normal(shape, np.float32), (0, 0), 1.0) * (2.2 * grain)
    pressed = np.clip(skin + touch + smooth(chance, (5, 5), 0.12, shape) + rough, -9, 9)
    ink = cv2.GaussianBlur(f32(1 / (1 + np.exp(-5.0 * pressed))), (0, 0), 0.7)
    shade = 0.90 + 0.08 * np.tanh(smooth(chance, (4, 4), 0.8, shape))
    grey = WHITE - (WHITE - BLACK) * ink * shade + 1.5 * chance.standard_normal(shape, np.float32)
    return np.clip(grey, 0, 255).astype(np.uint8)


def _fading(distance: Field, chance: np.random.Generator, shape: tuple[int, ...], reach: float = 1.0) -> Field:
    """0 where the finger lies, far below 0 outside; between them ridges get thin and break up, here sooner than there.

    Args:
        distance: from the middle of the print, 1 at its edge.
        chance: where the edge frays.
        shape: of the picture.
        reach: where the edge lies.
    """
    frayed = distance + smooth(chance, (12, 10), 0.02, shape) + smooth(chance, (50, 40), 0.012, shape)
    return f32(np.minimum(0, (reach - frayed) * 16))


def _beside(image: GreyImage) -> Field:
    """0 where there are ridges, far below 0 where there is none for a pen's breadth: pressure darkens no bare glass."""
    dark = cv2.blur(f32(WHITE - image), (15, 15), borderType=cv2.BORDER_REPLICATE)
    return f32(np.clip((dark - 45) / 15, -4, 0))


def _from_middle(image: GreyImage) -> Field:
    """Distance of each pixel from the middle of what is dark, 1 at the edge of an oval of that size."""
    small = cv2.resize(image, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    rows, columns = np.nonzero(small < 235)
    if not rows.size:
        return np.full(image.shape, 9, np.float32)
    middle_y, middle_x = 8 * rows.mean() + 4, 8 * columns.mean() + 4
    # An even oval's half axes are twice the standard deviations along them.
    half_y, half_x = 16 * rows.std() + 8, 16 * columns.std() + 8
    y = (np.arange(image.shape[0], dtype=np.float32) - np.float32(middle_y)) / np.float32(half_y)
    x = (np.arange(image.shape[1], dtype=np.float32) - np.float32(middle_x)) / np.float32(half_x)
    return f32(np.sqrt(y[:, None] ** 2 + x[None, :] ** 2))


def _moved(image: GreyImage, chance: np.random.Generator, strength: float, rotation: float) -> GreyImage:
    """Turned, shifted, and stretched as skin is."""
    height, width = image.shape
    turned = strength * chance.normal(0, 4) + MOST_TURNED * rotation * chance.choice((-1, 1))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), turned, 1.0)
    turn[0, 2] += strength * chance.normal(0, 5)
    turn[1, 2] += strength * chance.normal(0, 5)
    back = f32(cv2.invertAffineTransform(turn))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x += smooth(chance, (4, 4), strength * 3.0, (height, width))
    y += smooth(chance, (4, 4), strength * 3.0, (height, width))
    from_x = back[0, 0] * x + back[0, 1] * y + back[0, 2]
    from_y = back[1, 0] * x + back[1, 1] * y + back[1, 2]
    moved = cv2.remap(image, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=WHITE)
    return np.asarray(moved, np.uint8)


def _scarred(master: GreyImage, scar: float) -> GreyImage:
    """A pale cut across the ridges, in a place that the finger itself decides."""
    height, width = master.shape
    chance = np.random.default_rng(zlib.crc32(master.tobytes()))
    middle = np.array([width, height]) * (0.5 + chance.uniform(-0.12, 0.12, 2))
    angle = chance.uniform(0, np.pi)
    along, aside = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    steps = np.linspace(-0.5, 0.5, 12)[:, None] * SCAR_LENGTH * scar
    bend = chance.normal(0, 0.15) * SCAR_LENGTH * scar * (1 - np.linspace(-1, 1, 12) ** 2)
    line = np.round(middle + steps * along + (bend + chance.normal(0, 1.0, 12))[:, None] * aside).astype(int)
    mask = np.zeros(master.shape, np.uint8)
    for number, (start, end) in enumerate(pairwise(line.tolist())):
        slim = 1 - abs(number / 5 - 1) ** 2  # widest in its middle
        cv2.line(mask, start, end, 255, max(2, round(SCAR_WIDTH * slim)))
    pale = f32(cv2.GaussianBlur(mask, (0, 0), 1.2)) / 255
    return np.asarray(master + (WHITE - master) * pale, np.uint8)


def _dry_spots(chance: np.random.Generator, shape: tuple[int, ...], dryness: float) -> Field:
    """How much less the skin touches, point by point: dry ridges print as rows of dots."""
    height, width = shape
    fine = cv2.GaussianBlur(chance.standard_normal(shape, np.float32), (0, 0), 1.6) * 5.5
    wide = smooth(chance, (height // 24, width // 24), 0.5, shape)
    return f32(dryness * np.maximum(0, 0.5 + 1.1 * fine + wide))


def _smeared(image: GreyImage, chance: np.random.Generator, smear: float) -> GreyImage:
    """As if it had slid along one line while it was taken."""
    length = MOST_SMEARED * smear
    angle = chance.uniform(0, np.pi)
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for step in np.linspace(-0.5, 0.5, 64):
        column, row = reach + step * length * np.cos(angle), reach + step * length * np.sin(angle)
        left, top = int(column), int(row)
        right, low = column - left, row - top
        kernel[top : top + 2, left : left + 2] += np.outer((1 - low, low), (1 - right, right))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def _cut(image: GreyImage, chance: np.random.Generator, partial: float) -> GreyImage:
    """Without the part that lies beside the glass: from one side, along a soft, slightly slanting line."""
    height, width = image.shape
    side = int(chance.integers(4))
    slant = chance.uniform(-0.12, 0.12)
    y, x = np.linspace(0, 1, height, dtype=np.float32)[:, None], np.linspace(0, 1, width, dtype=np.float32)[None, :]
    across, along = (x, y) if side < 2 else (y, x)
    deep = (across if side % 2 else 1 - across) + slant * (along - 0.5)
    rows, columns = np.nonzero(image < 200)
    if not rows.size:
        return image
    places, length = (columns, width) if side < 2 else (rows, height)
    first, last = float(places.min()) / length, float(places.max()) / length
    first, last = (first, last) if side % 2 else (1 - last, 1 - first)
    border = first + (last - first) * MOST_MISSING * partial
    shown = 1 / (1 + np.exp(-(deep - border) * 60))
    return np.asarray(WHITE - (WHITE - image) * shown, np.uint8)
