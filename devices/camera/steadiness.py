"""Hints that do not flicker, and the moment to take the picture: what single pictures say, smoothed over time.

A hint is told when most of the last pictures have it and taken back when nearly none has; and whichever way it went,
it stays so for a while. The clock is the caller's.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from devices.camera.hints import Point, PortraitHint, PortraitQuality
from devices.camera.limits import PortraitLimits

ALMOST: Final = 0.99
"""The most of steadiness while the newest picture itself has a hint that is not told yet."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What to tell the person now.

    Attributes:
        hints: what to change, most important first, smoothed.
        quality: of the newest picture, as it is.
        steady: part of the wanted time that has passed without a hint and without moving, 0 to 1; at 1 the picture is
            to be taken.
    """

    hints: tuple[PortraitHint, ...]
    quality: PortraitQuality = field(repr=False)
    steady: float


class Steadiness:
    """Follows one person through one preview; owned by one thread.

    Args:
        limits: when a hint changes; those of the program where none are given.
    """

    def __init__(self, limits: PortraitLimits | None = None) -> None:
        self._calm = (limits or PortraitLimits.standard()).steadiness
        self.reset()

    def reset(self) -> None:
        """Forget everything: somebody else sits down, or the picture was taken."""
        self._seen: deque[frozenset[PortraitHint]] = deque(maxlen=self._calm.frames)
        self._told: frozenset[PortraitHint] = frozenset()
        self._changed: dict[PortraitHint, float] = {}
        self._last = -math.inf
        self._since: float | None = None
        self._anchor: Point | None = None

    def update(self, quality: PortraitQuality, monotonic: float) -> Guide:
        """Take one more picture into account.

        Args:
            quality: what was found in it.
            monotonic: when it was taken, seconds; a step back or a long silence begins anew.
        """
        if not 0 <= monotonic - self._last <= self._calm.gap_s:
            self.reset()
        self._last = monotonic
        self._seen.append(frozenset(quality.hints))
        self._told = frozenset(hint for hint in PortraitHint if self._tells(hint, monotonic))
        hints = tuple(hint for hint in PortraitHint if hint in self._told)
        return Guide(hints, quality, self._steady(quality, monotonic))

    def _tells(self, hint: PortraitHint, now: float) -> bool:
        told, votes, frames = hint in self._told, sum(hint in seen for seen in self._seen), len(self._seen)
        # told by the majority, taken back only by four of five
        turned = votes <= frames // 4 if told else 2 * votes > frames
        if turned and now - self._changed.get(hint, -math.inf) >= self._calm.hold_s:
            self._changed[hint] = now
            return not told
        return told

    def _steady(self, quality: PortraitQuality, now: float) -> float:
        middle = _middle(quality)
        if self._told or middle is None:
            self._since = self._anchor = None
            return 0.0
        if self._anchor is None or math.dist(middle, self._anchor) > self._calm.drift * quality.eye_distance:
            self._since, self._anchor = now, middle
        assert self._since is not None
        steady = min(1.0, (now - self._since) / self._calm.steady_s)
        return steady if quality.acceptable else min(ALMOST, steady)


def _middle(quality: PortraitQuality) -> Point | None:
    right, left = quality.right_eye, quality.left_eye
    if right is None or left is None:
        return None
    return (right[0] + left[0]) / 2, (right[1] + left[1]) / 2
