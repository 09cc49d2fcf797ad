"""Synthetic signatures: what a pen does while a person of no name signs. Seeded, so that a test can say which.

Loops that lean, in a few strokes, and a flourish below. The pen slows at the ends and where it turns, and presses
where it is slow. Units are those of no pad: a box of 1 x 1 that `to_counts` fits into one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PROPORTION: Final = 2.4
"""Width of the box over its height, on the pad."""
REPORTS_PER_S: Final = 100
LIFT_S: Final = 0.16
"""Time in the air between two strokes."""
FINE: Final = 40
"""Steps a turn along which speed is reckoned before reports are spread over it."""
POISE: Final = 0.55
"""How much of its speed the pen keeps in the tightest turns."""


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """One report of the pen.

    Attributes:
        x, y: 0 to 1, origin top left.
        pressure: 0 to 1; 0 in the air.
        down: the tip touches.
        time_s: seconds since the first touch.
    """

    x: float
    y: float
    pressure: float
    down: bool
    time_s: float


@dataclass(frozen=True, slots=True)
class CountPoint:
    """The same in a pad's counts; `pressure` 0 to the pad's greatest."""

    x: int
    y: int
    pressure: int
    down: bool
    time_s: float


def signature(seed: int, *, reports_per_s: int = REPORTS_PER_S) -> tuple[StrokePoint, ...]:
    """A signature of two to four strokes, some two to six seconds long; the last one underlines.

    Args:
        seed: the same seed gives the same points.
        reports_per_s: of the pen.
    """
    dice = random.Random(seed)  # noqa: S311 - a drawing, no secret
    paths = _laid_out([*_loops(dice), _flourish(dice)])
    points: list[StrokePoint] = []
    for path in paths:
        start = 0.0
        if points:
            start = points[-1].time_s + LIFT_S
            points += _through_the_air(points[-1], path[0], start, reports_per_s)
        points += _drawn(path, dice.uniform(0.55, 0.9), dice.uniform(2.6, 3.6), start, reports_per_s)
    return tuple(points)


def line(*, reports_per_s: int = REPORTS_PER_S, seconds: float = 0.6) -> tuple[StrokePoint, ...]:
    """One stroke from left to right, as somebody signs who cannot write."""
    count = max(2, round(seconds * reports_per_s))
    return tuple(
        StrokePoint(0.1 + 0.8 * index / (count - 1), 0.5, 0.6, down=True, time_s=index / reports_per_s)
        for index in range(count)
    )


def to_counts(
    points: Sequence[StrokePoint],
    area: tuple[int, int, int, int],
    *,
    max_pressure: int = 1023,
    margin: float = 0.1,
) -> tuple[CountPoint, ...]:
    """Fit the box into the middle of a pad's area, keeping its proportion.

    Args:
        points: in the units of the box.
        area: least x, least y, greatest x, greatest y of the pad, counts.
        max_pressure: what 1.0 becomes.
        margin: of the pad's width and height left free on each side.
    """
    left, top, right, bottom = area
    width = min((right - left) * (1 - 2 * margin), PROPORTION * (bottom - top) * (1 - 2 * margin))
    height = width / PROPORTION
    from_x, from_y = (left + right - width) / 2, (top + bottom - height) / 2
    return tuple(
        CountPoint(
            round(from_x + point.x * width),
            round(from_y + point.y * height),
            round(point.pressure * max_pressure),
            down=point.down,
            time_s=point.time_s,
        )
        for point in points
    )


_Path = list[tuple[float, float]]


def _loops(dice: random.Random) -> list[_Path]:
    """One to three words: a pen that circles while it travels, each circle of another size."""
    words = []
    at = 0.0
    for _ in range(dice.randint(1, 3)):
        turns = dice.randint(2, 4)
        advance, lean, phase = dice.uniform(0.45, 0.8), dice.uniform(0.15, 0.5), dice.uniform(2.6, 3.8)
        sizes = [dice.uniform(0.35, 0.7) for _ in range(turns + 2)]
        sizes[0] *= dice.uniform(1.5, 2.2)  # a capital
        word: _Path = []
        for step in range(turns * FINE + 1):
            turn, part = divmod(step / FINE, 1)
            ease = (1 - math.cos(math.pi * part)) / 2
            size = sizes[int(turn)] + (sizes[int(turn) + 1] - sizes[int(turn)]) * ease
            angle = phase + 2 * math.pi * step / FINE
            rise = size * math.sin(angle)
            word.append((at + advance * step / FINE + 0.45 * size * math.cos(angle) + lean * rise, -rise))
        at += advance * turns + dice.uniform(0.5, 0.8)
        words.append(word)
    return words


def _flourish(dice: random.Random) -> _Path:
    """A bow below, from right to left and back."""
    depth, bend, back = dice.uniform(0.9, 1.2), dice.uniform(0.05, 0.25), dice.uniform(0.3, 0.8)
    bow: _Path = []
    for step in range(2 * FINE + 1):
        part = step / (2 * FINE)
        x = 0.1 + (1 - back) * part + back * (1 - (1 - 2 * part) ** 2)
        bow.append((x, depth + bend * math.sin(2 * math.pi * part)))
    return bow


def _laid_out(paths: list[_Path]) -> list[_Path]:
    """The flourish as wide as the words, then everything into the box, each axis filled."""
    *words, bow = paths
    start, end = min(x for word in words for x, _ in word), max(x for word in words for x, _ in word)
    paths = [*words, [(start + x * (end - start), y) for x, y in bow]]
    xs, ys = zip(*(point for path in paths for point in path), strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    return [[((x - min(xs)) / width, (y - min(ys)) / height) for x, y in path] for path in paths]


def _drawn(path: _Path, press: float, speed: float, start: float, reports_per_s: int) -> list[StrokePoint]:
    """Spread reports over a path in time: slow at both ends and in turns, pressing where slow."""
    times, slowness = [0.0], [1.0]
    for index in range(1, len(path)):
        (x0, y0), (x1, y1) = path[index - 1], path[index]
        along = (index - 0.5) / (len(path) - 1)
        slow = 1 - (1 - 0.25) * math.sin(math.pi * along) ** 0.5 * (1 - (1 - POISE) * _turn(path, index))
        length = math.hypot(PROPORTION * (x1 - x0), y1 - y0)
        times.append(times[-1] + length / (PROPORTION * speed * (1.05 - slow)))
        slowness.append(slow)
    points, index = [], 1
    for report in range(math.floor(times[-1] * reports_per_s) + 1):
        moment = report / reports_per_s
        while index < len(path) - 1 and times[index] < moment:
            index += 1
        part = (moment - times[index - 1]) / max(1e-9, times[index] - times[index - 1])
        (x0, y0), (x1, y1) = path[index - 1], path[index]
        rising = min(1.0, moment / 0.05, (times[-1] - moment) / 0.05 + 0.2)
        pressure = press * (0.6 + 0.4 * slowness[index]) * max(0.15, rising)
        points.append(
            StrokePoint(x0 + part * (x1 - x0), y0 + part * (y1 - y0), pressure, down=True, time_s=start + moment)
        )
    return points


def _turn(path: _Path, index: int) -> float:
    """How sharply the path turns at a point: 0 straight on, 1 a tenth of a half turn a step or more."""
    if not 1 < index < len(path) - 1:
        return 0.0
    (x0, y0), (x1, y1), (x2, y2) = path[index - 1], path[index], path[index + 1]
    before = math.atan2(y1 - y0, PROPORTION * (x1 - x0))
    after = math.atan2(y2 - y1, PROPORTION * (x2 - x1))
    change = abs((after - before + math.pi) % (2 * math.pi) - math.pi)
    return min(1.0, change / (math.pi / 10))


def _through_the_air(last: StrokePoint, to: tuple[float, float], start: float, reports_per_s: int) -> list[StrokePoint]:
    """The pen hovers from the end of one stroke to the beginning of the next."""
    count = math.floor(LIFT_S * reports_per_s)
    return [
        StrokePoint(
            last.x + (to[0] - last.x) * index / count,
            last.y + (to[1] - last.y) * index / count,
            0.0,
            down=False,
            time_s=start - LIFT_S + index / reports_per_s,
        )
        for index in range(1, count)
    ]
