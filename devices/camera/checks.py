"""From a figure to a score and a hint: one check each, and what they come to for the whole picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from devices.camera import crop
from devices.camera.detectors import expected_eyes
from devices.camera.hints import Check, Point, PortraitHint
from devices.camera.limits import Bound, PortraitLimits
from devices.camera.measures import Box

Verdict = tuple[PortraitHint | None, PortraitHint | None]
"""What to say below the least and above the most."""

HINTS: Final[Mapping[str, Verdict]] = {
    "eyes_open": (PortraitHint.EYES_CLOSED, None),
    "eye_distance": (PortraitHint.TOO_SMALL, None),
    "head_size": (PortraitHint.TOO_SMALL, PortraitHint.TOO_NEAR),
    "across": (PortraitHint.TOO_FAR_LEFT, PortraitHint.TOO_FAR_RIGHT),
    "down": (PortraitHint.TOO_HIGH, PortraitHint.TOO_LOW),
    "roll": (PortraitHint.TILTED, PortraitHint.TILTED),
    "turn": (PortraitHint.TURNED, PortraitHint.TURNED),
    "sharpness": (PortraitHint.BLURRED, None),
    "brightness": (PortraitHint.TOO_DARK, PortraitHint.TOO_BRIGHT),
    "dark": (None, PortraitHint.TOO_DARK),
    "burnt": (None, PortraitHint.TOO_BRIGHT),
    "evenness": (PortraitHint.UNEVEN_LIGHT, None),
    "glare": (None, PortraitHint.GLARE),
    "background": (None, PortraitHint.BACKGROUND),
    "background_colour": (PortraitHint.BACKGROUND_COLOUR, None),
}
"""The checks that have a bound in the profile, in the order in which they are told."""

FOLLOWS: Final[Mapping[PortraitHint, frozenset[PortraitHint]]] = {
    # what is behind one is in part the other
    PortraitHint.SEVERAL_FACES: frozenset({PortraitHint.BACKGROUND, PortraitHint.BACKGROUND_COLOUR}),
    # who has to step back need not move aside first
    PortraitHint.TOO_NEAR: frozenset(
        {PortraitHint.TOO_FAR_LEFT, PortraitHint.TOO_FAR_RIGHT, PortraitHint.TOO_HIGH, PortraitHint.TOO_LOW}
    ),
    # in a blur no iris can be made out, open or not
    PortraitHint.BLURRED: frozenset({PortraitHint.EYES_UNSEEN, PortraitHint.EYES_CLOSED}),
    # spots of a face that is white all over, and colours that have run into white
    PortraitHint.TOO_BRIGHT: frozenset({PortraitHint.GLARE, PortraitHint.BACKGROUND_COLOUR}),
    # colours that nobody can tell
    PortraitHint.TOO_DARK: frozenset({PortraitHint.BACKGROUND_COLOUR}),
    PortraitHint.UNEVEN_LIGHT: frozenset({PortraitHint.BACKGROUND_COLOUR}),
}
"""What is not said as well, because it follows."""
HEAD: Final = 3.45
"""Crown to chin in distances of the eyes: the drawing class's head, whose eyes are 0.29 of it apart."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the pass photo would lie in the picture.

    Attributes:
        head_size: crown to chin, of the highest pass photo that the picture could hold.
        across, down: how far the photo reaches over an edge, of its own width and height; to the left and upwards is
            negative, 0 is inside.
    """

    head_size: float
    across: float
    down: float


def judged(name: str, value: float, bound: Bound) -> Check:
    """One check by its bound."""
    below, above = HINTS[name]
    hint = below if value < bound.least else above if value > bound.most else None
    return Check(name, value, bound.score(value), hint)


def face_count(count: int) -> Check:
    """How many people are seen who count: one is right."""
    hint = PortraitHint.NO_FACE if count == 0 else PortraitHint.SEVERAL_FACES if count > 1 else None
    return Check("faces", count, 100.0 if count == 1 else 0.0, hint)


def eyes_seen(seen: bool) -> Check:
    """Whether both were made out, open or closed."""
    return Check("eyes", float(seen), 100.0 * seen, None if seen else PortraitHint.EYES_UNSEEN)


def placing(face: Box, eyes: tuple[Point, Point] | None, width: int, height: int) -> Placing:
    """Where the pass photo would lie; by the box where no eyes were found."""
    (right_x, right_y), (left_x, left_y) = ends = eyes or expected_eyes(face)
    middle, distance = ((right_x + left_x) / 2, (right_y + left_y) / 2), math.dist(*ends)
    left, top, wide = crop.ideal(middle, distance)
    high = crop.ASPECT * wide
    return Placing(
        head_size=HEAD * distance / min(height, crop.ASPECT * width),
        across=_overhang(left, wide, width),
        down=_overhang(top, high, height),
    )


def _overhang(start: float, length: float, room: int) -> float:
    """By how much of its length it reaches over the end or (negative) over the start, whichever is more."""
    before, after = max(0.0, -start) / length, max(0.0, start + length - room) / length
    return after if after > before else -before


def hints(checks: Iterable[Check]) -> tuple[PortraitHint, ...]:
    """Of all checks, most important first, without those that follow from another one."""
    found = {check.hint for check in checks}
    for cause, follows in FOLLOWS.items():
        if cause in found:
            found -= follows
    return tuple(hint for hint in PortraitHint if hint in found)


def overall(checks: Iterable[Check], limits: PortraitLimits) -> int:
    """Geometric mean of the scores, the worst weighing most; 0 without eyes."""
    scores = {check.name: check.score for check in checks}
    if not scores.get("eyes"):
        return 0
    weighed = list(_weighed(scores, limits))
    total = sum(weight for weight, _ in weighed)
    return round(100 * math.exp(sum(weight * math.log(max(1e-6, part)) for weight, part in weighed) / total))


def _weighed(scores: Mapping[str, float], limits: PortraitLimits) -> Iterator[tuple[float, float]]:
    for name in HINTS:
        if name in scores:
            bound: Bound = getattr(limits, name)
            yield bound.weight, scores[name] / 100
