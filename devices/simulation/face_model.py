"""How a synthetic head and shoulders are modelled: a height field of a few bumps under one lamp, painted.

Lengths are fractions of the head from crown to chin; the origin lies between the eyes, right and down positive. The
proportions are those of a drawing class: eyes half way down, an interpupillary distance of 0.29 of the head, a face
two thirds as wide as high.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from devices.opencv_import import cv2
from devices.simulation.face_canvas import (
    SCALE,
    TOP,
    Paper,
    Plane,
    Point,
    bgr,
    blurred,
    mirrored,
    mixed,
    plane,
    rounded,
)

EYE_X: Final = 0.145
CROWN: Final = -0.5
CHIN: Final = 0.5


class Headwear(StrEnum):
    """What is on the head."""

    SHORT_HAIR = "short_hair"
    LONG_HAIR = "long_hair"
    HEADSCARF = "headscarf"


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a seed decides: colours in blue, green, red; proportions as factors."""

    skin: Plane
    hair: Plane
    shirt: Plane
    scarf: Plane
    jaw: float
    nose: float
    mouth: float
    brow: float

    @classmethod
    def of(cls, seed: int) -> _Looks:
        rng = np.random.default_rng(seed)
        skins = ((124, 164, 212), (108, 150, 200), (92, 132, 184), (138, 178, 222))
        shirts = ((188, 176, 158), (104, 78, 58), (216, 216, 212), (84, 108, 76), (128, 94, 104))
        scarves = ((164, 142, 110), (122, 100, 132), (206, 210, 214), (104, 120, 86))
        return cls(
            skin=bgr(skins[rng.integers(len(skins))]),
            hair=bgr((30, 27, 30)) * np.float32(rng.uniform(0.85, 1.4)),
            shirt=bgr(shirts[rng.integers(len(shirts))]),
            scarf=bgr(scarves[rng.integers(len(scarves))]),
            jaw=float(rng.uniform(0.92, 1.05)),
            nose=float(rng.uniform(0.9, 1.1)),
            mouth=float(rng.uniform(0.92, 1.08)),
            brow=float(rng.uniform(0.85, 1.2)),
        )


@lru_cache(maxsize=16)
def figure(seed: int, headwear: Headwear, yaw: float, eyes_open: float) -> Plane:
    """One person from the head to the chest, lit.

    Args:
        seed: proportions, skin, hair and clothes.
        headwear: what is on the head.
        yaw: how far the face is turned to the viewer's right, 1 being about 20 degrees.
        eyes_open: 1 is open, 0 closed.

    Returns:
        Shape (rows, columns, 4): blue, green, red multiplied by the coverage, and the coverage 0..1; not to be written.
    """
    looks = _Looks.of(seed)
    paper = Paper.blank(np.random.default_rng(seed + 1))
    head = paper.window(0.55, TOP, 0.95)
    if headwear is Headwear.LONG_HAIR:
        _hair(head, looks, _HAIR_BEHIND, shade=0.75)
    _neck(paper.window(0.45, 0.1, 1.15), looks)
    _shirt(paper, looks)
    if headwear is not Headwear.HEADSCARF:
        _ears(head, looks)
    _face(paper.window(0.45, -0.6, 0.6), looks, turn(yaw), eyes_open, headwear)
    if headwear is Headwear.HEADSCARF:
        _scarf(paper, looks)
    else:
        _hair(head, looks, _HAIR_SHORT if headwear is Headwear.SHORT_HAIR else _HAIR_FRONT, shade=1.0)
    paper.sheet.setflags(write=False)
    return paper.sheet


def turn(yaw: float) -> float:
    """How far the features of the face move sideways."""
    return 0.05 * yaw


# -- the parts

_HEAD: Final = (
    (0.06, -0.52), (0.19, -0.49), (0.28, -0.40), (0.335, -0.22), (0.345, -0.02), (0.335, 0.12), (0.315, 0.24),
    (0.265, 0.36), (0.19, 0.455), (0.11, 0.505),
)  # fmt: skip
_HAIR_SHORT: Final = (
    (0.05, -0.625), (0.18, -0.61), (0.29, -0.55), (0.365, -0.42), (0.392, -0.26), (0.382, -0.10), (0.362, 0.06),
    (0.338, 0.07), (0.345, -0.06), (0.325, -0.16), (0.29, -0.26), (0.20, -0.325), (0.08, -0.34),
)  # fmt: skip
_HAIR_FRONT: Final = (
    (0.05, -0.615), (0.18, -0.60), (0.30, -0.535), (0.375, -0.42), (0.415, -0.25), (0.43, 0.0), (0.44, 0.3),
    (0.45, 0.62), (0.37, 0.66), (0.335, 0.40), (0.345, 0.10), (0.335, -0.08), (0.28, -0.25), (0.13, -0.36),
    (0.02, -0.40),
)  # fmt: skip
_HAIR_BEHIND: Final = (
    (0.10, -0.61),
    (0.30, -0.54),
    (0.42, -0.25),
    (0.45, 0.2),
    (0.48, 0.62),
    (0.40, 0.85),
    (0.15, 0.88),
)
_NECK: Final = ((0.16, 0.15), (0.205, 0.3), (0.20, 0.55), (0.235, 0.72), (0.42, 0.86), (0.2, 1.1))
_SHIRT: Final = (
    (0.02, 0.98), (0.12, 0.86), (0.235, 0.70), (0.36, 0.74), (0.60, 0.83), (0.88, 0.94), (1.04, 1.10), (1.13, 1.40),
    (1.18, 1.9), (0.4, 1.9),
)  # fmt: skip
_COLLAR: Final = ((0.22, 0.645), (0.285, 0.70), (0.315, 0.80), (0.20, 1.0), (0.03, 0.93), (0.12, 0.86))
_SCARF: Final = (
    (0.05, -0.645), (0.19, -0.62), (0.32, -0.54), (0.42, -0.39), (0.465, -0.15), (0.465, 0.15), (0.45, 0.42),
    (0.50, 0.66), (0.74, 0.90), (0.94, 1.1), (1.0, 1.5), (1.0, 1.9), (0.4, 1.9),
)  # fmt: skip
_OPENING: Final = (
    (0.08, -0.34), (0.20, -0.315), (0.285, -0.20), (0.31, -0.03), (0.305, 0.14), (0.28, 0.28), (0.22, 0.40),
    (0.11, 0.485), (0.04, 0.50),
)  # fmt: skip


def _jawed(looks: _Looks) -> list[Point]:
    """The head's outline with this person's jaw."""
    return [(u * (looks.jaw if v > 0.1 else 1.0), v) for u, v in _HEAD]


def _relief_of_head(paper: Paper, looks: _Looks, shift: float) -> Plane:
    """Height above the plane of the ears."""
    half = rounded(mirrored(_jawed(looks)))
    right = half[half[:, 0] > 0]
    right = right[np.argsort(right[:, 1])]
    width = np.interp(paper.v[:, 0], right[:, 1], right[:, 0], left=0.02, right=0.02).astype(np.float32)[:, None]
    round_about = np.sqrt(np.clip(1 - (0.97 * paper.u / width) ** 2, 0.0, None))
    along = np.clip(1 - np.abs(paper.v / 0.56) ** 3.2, 0.0, None) ** 0.5
    s = shift
    relief: Plane = 0.30 * round_about * along
    ridge = np.exp(-(((paper.u - 1.5 * s * (paper.v + 0.05) / 0.2) / (0.030 * looks.nose)) ** 2))
    ridge = ridge * np.clip((paper.v + 0.10) / 0.12, 0, 1) * np.clip((0.185 - paper.v) / 0.05, 0, 1)
    relief += 0.022 * ridge + 0.040 * paper.bump(1.6 * s, 0.155, 0.046 * looks.nose, 0.036)
    relief += 0.020 * paper.pair(0.056 * looks.nose, 0.178, 0.026, 0.024, 1.5 * s)
    relief += 0.010 * paper.pair(0.13, -0.095, 0.10, 0.035, s)
    relief -= 0.026 * paper.pair(0.135, -0.015, 0.075, 0.045, s)
    relief += 0.016 * paper.pair(EYE_X, 0.004, 0.055, 0.034, s)
    relief += 0.016 * paper.pair(0.20, 0.13, 0.085, 0.075, s)
    relief += 0.012 * paper.bump(s, 0.281, 0.080 * looks.mouth, 0.014) + 0.015 * paper.bump(s, 0.322, 0.062, 0.018)
    relief -= 0.008 * paper.bump(s, 0.358, 0.07, 0.014)
    relief += 0.018 * paper.bump(s, 0.43, 0.085, 0.05)
    return blurred(plane(relief), 0.004)


def _face(paper: Paper, looks: _Looks, shift: float, eyes_open: float, headwear: Headwear) -> None:
    u, v, s = paper.u, paper.v, shift
    mask = paper.inside(mirrored(_jawed(looks)))
    relief = _relief_of_head(paper, looks, shift)
    light = np.clip(paper.lit(relief), 0.30, 1.12)
    if headwear is not Headwear.HEADSCARF:
        hair = paper.inside(mirrored(_HAIR_SHORT if headwear is Headwear.SHORT_HAIR else _HAIR_FRONT), 0.03)
        light *= 1 - 0.35 * np.roll(hair, int(0.02 * SCALE), axis=0)
    else:
        light *= 1 - 0.35 * (1 - paper.inside(mirrored(_OPENING), 0.035))
    colour = np.broadcast_to(looks.skin, (*mask.shape, 3))
    ruddy = looks.skin * bgr((0.86, 0.88, 1.02))
    colour = mixed(
        colour, ruddy, 0.45 * paper.pair(0.19, 0.15, 0.09, 0.07, s) + 0.35 * paper.bump(1.5 * s, 0.16, 0.05, 0.04)
    )
    colour = mixed(colour, looks.skin * np.float32(0.74), 0.5 * paper.pair(EYE_X, -0.022, 0.075, 0.032, s))
    lips = _lips(paper, looks, s)
    colour = mixed(colour, looks.skin * bgr((0.68, 0.60, 0.86)), 0.75 * lips)
    for side in (-1, 1):
        colour = mixed(colour, looks.hair * np.float32(1.3), 0.82 * _brow(paper, looks, side, s))
    colour = colour * light[..., None]
    # a soft shine on forehead, nose and lower lip
    shine = 15 * paper.bump(-0.05 + s, -0.22, 0.13, 0.07) + 24 * paper.bump(1.6 * s - 0.008, 0.14, 0.016, 0.03)
    shine += 10 * paper.bump(s, 0.318, 0.03, 0.008) + 9 * paper.pair(0.19, 0.10, 0.05, 0.035, s)
    colour = colour + shine[..., None]
    dark = looks.skin * bgr((0.30, 0.28, 0.34))
    nostrils = paper.pair(0.030 * looks.nose, 0.194, 0.014, 0.0075, 1.5 * s)
    colour = mixed(colour, dark, 0.85 * np.clip(1.25 * nostrils, 0, 1))
    mouth_line = np.exp(-(((v - 0.299 + 0.25 * (u - s) ** 2) / 0.0042) ** 2)) * np.clip(
        1 - ((u - s) / (0.098 * looks.mouth)) ** 4, 0, 1
    )
    colour = mixed(colour, dark, 0.75 * plane(mouth_line))
    for side in (-1, 1):
        colour = _eye(paper, looks, colour, light, x=side * EYE_X + s, side=side, eyes_open=eyes_open)
    paper.lay(mask, plane(colour))


def _lips(paper: Paper, looks: _Looks, s: float) -> Plane:
    wide = 0.095 * looks.mouth
    right = (
        (0.012, 0.266),
        (0.030, 0.262),
        (0.6 * wide, 0.279),
        (1.08 * wide, 0.297),
        (0.65 * wide, 0.330),
        (0.03, 0.345),
    )
    return paper.inside([(u + s, v) for u, v in mirrored(right)], 0.005)


def _brow(paper: Paper, looks: _Looks, side: int, s: float) -> Plane:
    thick = 0.018 * looks.brow
    line = ((0.066, -0.094), (0.13, -0.112), (0.19, -0.112), (0.238, -0.080))
    under = ((0.19, -0.110 + thick), (0.13, -0.108 + 1.2 * thick), (0.064, -0.092 + 1.1 * thick))
    hairs = 0.82 + 0.12 * paper.grain(0.02, 0.05)
    return plane(paper.inside([(side * u + s, v) for u, v in (*line, *under)], 0.006) * hairs)


def _eye(paper: Paper, looks: _Looks, skin: Plane, light: Plane, *, x: float, side: int, eyes_open: float) -> Plane:
    """Paint one eye over the lit skin. `side` is -1 for the eye that is left in the picture."""
    u, v = (paper.u - x) * side, paper.v
    half, high = 0.062, 0.031 * max(eyes_open, 0.0)
    across = np.clip(u / half, -1, 1)
    # the outer corner lies a little higher than the inner one; the upper lid is rounder than the lower
    axis = 0.004 - 0.006 * across
    arch = np.clip(1 - across**2, 0, None) ** 0.75
    upper, lower = axis - high * arch, axis + 0.62 * high * arch
    within = (np.abs(u) < half).astype(np.float32)
    open_mask = plane(within * np.clip((v - upper) * SCALE + 0.5, 0, 1) * np.clip((lower - v) * SCALE + 0.5, 0, 1))
    radius = np.sqrt(u**2 + v**2)
    white = bgr((206, 212, 218)) * np.clip(0.52 + (v - upper) / 0.035, 0.5, 1.0)[..., None]
    white = white * np.clip(1.08 - 0.5 * np.abs(across) ** 3, 0, 1)[..., None] * np.clip(light, 0.6, 1.0)[..., None]
    iris = bgr((34, 48, 74)) * (0.75 + 0.5 * np.clip((v + 0.01) / 0.03, 0, 1))[..., None]
    ball = mixed(white, iris, plane(np.clip((0.0285 - radius) * SCALE / 1.5 + 0.5, 0, 1)))
    ball = mixed(ball, bgr((12, 12, 14)), plane(np.clip((0.0125 - radius) * SCALE / 1.5 + 0.5, 0, 1)))
    glint = np.hypot(paper.u - x + 0.008, v + 0.010)
    ball = mixed(ball, bgr((238, 238, 238)), plane(np.clip((0.0055 - glint) * SCALE / 1.5 + 0.5, 0, 1)))
    colour = mixed(skin, ball, blurred(open_mask, 0.0015))
    lash = looks.hair * np.float32(0.8)
    fade = plane(within * np.clip(1.15 - across**4, 0, 1))
    line = np.exp(-(((v - upper + 0.001) / (0.0055 + 0.002 * across)) ** 2))
    colour = mixed(colour, lash, plane(0.92 * fade * line))
    crease = np.exp(-(((v - upper + 0.020 + 0.006 * (1 - eyes_open)) / 0.005) ** 2))
    colour = mixed(colour, skin * np.float32(0.62), plane(0.55 * fade * crease))
    below = np.exp(-(((v - lower - 0.001) / 0.004) ** 2))
    return mixed(colour, skin * np.float32(0.55), plane(0.55 * fade * below * min(1.0, eyes_open + 0.2)))


def _ears(paper: Paper, looks: _Looks) -> None:
    for side in (-1, 1):
        outline = ((0.30, -0.05), (0.355, -0.055), (0.395, -0.01), (0.385, 0.07), (0.36, 0.15), (0.32, 0.16))
        mask = paper.inside([(side * u, v) for u, v in outline])
        shade = (
            0.80
            - 0.28 * paper.bump(side * 0.352, 0.03, 0.018, 0.05)
            + 0.06 * paper.bump(side * 0.382, 0.0, 0.012, 0.05)
        )
        paper.lay(mask, plane(looks.skin * bgr((0.94, 0.95, 1.02)) * shade[..., None]))


def _neck(paper: Paper, looks: _Looks) -> None:
    mask = paper.inside(mirrored(_NECK))
    round_about = 1 - 0.42 * np.clip(np.abs(paper.u + 0.03) / 0.25, 0, 1) ** 2.2
    shadow = 1 - 0.42 * paper.bump(0.02, 0.49, 0.34, 0.15)
    sinews = 1 - 0.05 * paper.pair(0.085, 0.75, 0.02, 0.14) - 0.08 * paper.bump(0, 0.86, 0.03, 0.03)
    light = plane(0.86 * round_about * shadow * sinews)
    paper.lay(mask, plane(looks.skin * light[..., None]))


def _shirt(paper: Paper, looks: _Looks) -> None:
    mask = paper.inside(mirrored(_SHIRT))
    relief = 0.42 * np.sqrt(np.clip(1 - (paper.u / 1.22) ** 2, 0, None)) * np.clip((paper.v - 0.55) / 0.7, 0, 1) ** 0.6
    folds = 0.020 * paper.grain(0.35, 0.6) + 0.006 * paper.grain(0.12, 0.35)
    light = np.clip(paper.lit(blurred(plane(relief + folds), 0.012)), 0.35, 1.05)
    light *= 1 - 0.35 * paper.bump(0, 0.62, 0.42, 0.16)
    seam = 1 - 0.22 * np.exp(-(((paper.u - 0.028) / 0.004) ** 2)) * (paper.v > 0.9)
    cloth = looks.shirt * (light * seam)[..., None]
    paper.lay(mask, plane(cloth))
    for y in (1.12, 1.38, 1.64):
        row = paper.window(0.06, y - 0.06, y + 0.06)
        row.lay(np.clip(1.6 * row.bump(0, y, 0.016, 0.016) - 0.5, 0, 1), looks.shirt * np.float32(0.72))
    _collar(paper.window(0.42, 0.55, 1.15), looks)


def _collar(paper: Paper, looks: _Looks) -> None:
    shirt = paper.inside(mirrored(_SHIRT))
    for side in (-1, 1):
        flap = [(side * u, v) for u, v in _COLLAR]
        shadow = np.roll(paper.inside(flap, 0.014), (int(0.016 * SCALE), side * 2), axis=(0, 1))
        paper.lay(plane(0.30 * shadow * shirt), looks.shirt * np.float32(0.35))
        fall = 0.98 - 0.54 * np.clip(np.abs(paper.v - 0.72), 0, 0.3) - 0.05 * side
        paper.lay(paper.inside(flap), plane(looks.shirt * fall[..., None] * np.ones_like(paper.u)[..., None]))


def _hair(paper: Paper, looks: _Looks, half: Sequence[Point], *, shade: float) -> None:
    mask = paper.inside(mirrored(half), 0.004)
    # strands fan out from the crown: waves over the angle, slowly changing outwards
    u, v = paper.u + 0.03, paper.v + 0.50
    angle, distance = np.arctan2(u, v + 0.9), np.hypot(u, v)
    waves = paper.rng.normal(0, 1, (24, 700)).astype(np.float32)
    across = ((angle + math.pi) / (2 * math.pi) * 6 % 1 * 699).astype(np.float32)
    strands = cv2.remap(waves, across, (distance * 14 % 23).astype(np.float32), cv2.INTER_LINEAR)
    sheen = np.exp(-(((v - 0.02 - 1.1 * u**2) / 0.055) ** 2)) * np.exp(-(((u + 0.04) / 0.24) ** 2))
    tone = shade * (0.85 + 0.16 * blurred(plane(strands), 0.002) + 0.9 * sheen)
    tone = tone * (1 - 0.35 * np.clip((np.abs(paper.u) - 0.25) / 0.2, 0, 1))
    paper.lay(mask, plane(looks.hair * np.clip(tone, 0.35, 3.0)[..., None]))


def _scarf(paper: Paper, looks: _Looks) -> None:
    outer, opening = paper.inside(mirrored(_SCARF)), paper.inside(mirrored(_OPENING), 0.0035)
    relief = (
        0.34
        * np.sqrt(np.clip(1 - (paper.u / 0.50) ** 2, 0, None))
        * np.clip(1 - np.abs(paper.v / 1.1) ** 3, 0, None) ** 0.5
    )
    drape = 0.5 + 0.5 * np.tanh((paper.v - 0.60) / 0.13)
    fan = np.sin(np.arctan2(paper.u, paper.v - 0.1) * 17 + 1.3 * paper.grain(0.5, 0.8))
    folds = (
        0.016 * drape * fan
        + 0.012 * paper.grain(0.16, 0.5)
        + 0.22 * drape * np.sqrt(np.clip(1 - (paper.u / 1.1) ** 2, 0, None))
    )
    light = np.clip(paper.lit(blurred(plane(relief * (1 - 0.6 * drape) + folds), 0.012)), 0.34, 1.08)
    light *= 1 - 0.38 * paper.bump(0.01, 0.56, 0.25, 0.09)
    hem = np.clip(paper.inside(mirrored([(1.07 * u, 1.05 * v) for u, v in _OPENING])) - opening, 0, 1)
    colour = looks.scarf * (light * (1 - 0.28 * hem))[..., None]
    paper.lay(plane(outer * (1 - opening)), plane(colour))
