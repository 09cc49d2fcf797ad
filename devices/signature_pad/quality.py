"""Is it a signature: what the capture loop needs to know of a piece of ink, as numbers with hints for the person.

Not whose it is, nor how it looks: a single line counts, for people who cannot write sign so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from devices.signature_pad import PadGeometry, PenSample

MM_PER_INCH: Final = 25.4


@dataclass(frozen=True, slots=True)
class SignatureLimits:
    """From when ink is a signature. Our own numbers, to be tuned at the counter; no standard sets any.

    Attributes:
        min_points: samples with the pen down; a line drawn in a tenth of a second has ten.
        min_extent_mm: of the longer side of the box around it: more than a dot, less than a short line.
        max_outside: share of the samples with the pen down that may lie beyond the writable area.
        noise_mm: how far from its place a pen is told that nobody moves.
        max_rest_s: how long a pen that is down may stay in its place; a longer rest is borne where it is less than half
            of the time on the surface, as of somebody who thinks.
        begun_ms: a touch that is there this soon after the beginning was there before.
    """

    min_points: int = 8
    min_extent_mm: float = 6.0
    max_outside: float = 0.02
    noise_mm: float = 0.5
    max_rest_s: float = 3.0
    begun_ms: int = 100


@dataclass(frozen=True, slots=True)
class SignatureQuality:
    """What was measured, of the samples with the pen down.

    Attributes:
        points: how many there are.
        strokes: touches.
        width_mm, height_mm: of the box around them.
        path_mm: way of the pen on the surface.
        duration_ms: from the first touch to the last lift.
        rest_ms: the longest time that the pen stayed in its place while it was down.
        outside: share beyond the writable area, 0 to 1.
        hints: stable codes, also keys of the screen's sentences: `signature.empty`, `signature.pen_stuck`,
            `signature.too_small`, `signature.too_few_points`, `signature.outside`; the first one matters most.
    """

    points: int
    strokes: int
    width_mm: float
    height_mm: float
    path_mm: float
    duration_ms: int
    rest_ms: int
    outside: float
    hints: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        """Whether it may stand as a signature."""
        return not self.hints


def strokes(samples: Iterable[PenSample]) -> tuple[tuple[PenSample, ...], ...]:
    """The touches in it, each from the pen's coming down to its lift; what hovers is left out."""
    found: list[list[PenSample]] = []
    touching = False
    for sample in samples:
        if sample.down:
            if not touching:
                found.append([])
            found[-1].append(sample)
        touching = sample.down
    return tuple(tuple(stroke) for stroke in found)


def assess(
    samples: Sequence[PenSample], geometry: PadGeometry, limits: SignatureLimits | None = None
) -> SignatureQuality:
    """Measure one signature.

    Args:
        samples: all of it, in the order in which it came.
        geometry: of the pad that it was written on.
        limits: from when it is one; None = as delivered.
    """
    limits = limits or SignatureLimits()
    touches = strokes(samples)
    ink = [sample for stroke in touches for sample in stroke]
    if not ink:
        return SignatureQuality(0, 0, 0.0, 0.0, 0.0, 0, 0, 0.0, ("signature.empty",))
    mm = MM_PER_INCH / geometry.dpi
    xs, ys = [sample.x for sample in ink], [sample.y for sample in ink]
    width, height = mm * (max(xs) - min(xs)), mm * (max(ys) - min(ys))
    outside = sum(not _inside(sample, geometry) for sample in ink) / len(ink)
    rest_ms = max(_rest_ms(stroke, limits.noise_mm / mm) for stroke in touches)
    touching_ms = sum(stroke[-1].time_ms - stroke[0].time_ms for stroke in touches)
    rests = rest_ms > 1000 * limits.max_rest_s and 2 * rest_ms > touching_ms
    unending = len(ink) == len(samples) and len(touches) == 1 and ink[0].time_ms <= limits.begun_ms
    hints = {
        "signature.pen_stuck": rests or unending,
        "signature.too_small": max(width, height) < limits.min_extent_mm,
        "signature.too_few_points": len(ink) < limits.min_points,
        "signature.outside": outside > limits.max_outside,
    }
    return SignatureQuality(
        points=len(ink),
        strokes=len(touches),
        width_mm=width,
        height_mm=height,
        path_mm=mm * sum(_way(stroke) for stroke in touches),
        duration_ms=ink[-1].time_ms - ink[0].time_ms,
        rest_ms=rest_ms,
        outside=outside,
        hints=tuple(hint for hint, holds in hints.items() if holds),
    )


def _inside(sample: PenSample, geometry: PadGeometry) -> bool:
    return geometry.min_x <= sample.x <= geometry.max_x and geometry.min_y <= sample.y <= geometry.max_y


def _rest_ms(stroke: Sequence[PenSample], noise: float) -> int:
    """The longest time within `noise` counts of where the rest began, until the pen is told to be elsewhere."""
    longest, began = 0, stroke[0]
    for sample in stroke:
        longest = max(longest, sample.time_ms - began.time_ms)
        if math.hypot(sample.x - began.x, sample.y - began.y) > noise:
            began = sample
    return longest


def _way(stroke: Sequence[PenSample]) -> float:
    return sum(math.hypot(after.x - before.x, after.y - before.y) for before, after in pairwise(stroke))
