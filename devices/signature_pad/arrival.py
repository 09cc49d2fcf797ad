"""When the reports of a pad were written that tells no time: known is only when each piece of them was read."""

from __future__ import annotations

from typing import Final

SLOWEST_REPORT_S: Final = 0.01
"""Time between two samples that came in one piece, at the most: pads send a hundred reports a second or more."""


class Arrival:
    """Gives every sample a time of its own: the last one came now, the others evenly before, after the last piece.

    A reader that was busy elsewhere finds many reports in one piece. Times are monotonic seconds in, milliseconds out.
    """

    def __init__(self) -> None:
        self.began = self.heard_at = 0.0

    def restart(self, now: float) -> None:
        """Zero of the samples' time is now."""
        self.began = self.heard_at = now

    def times(self, count: int, now: float) -> list[int]:
        """Milliseconds since the beginning, of the samples that were read now; never negative."""
        spacing = min(SLOWEST_REPORT_S, (now - self.heard_at) / count)
        first = now - spacing * (count - 1) - self.began
        self.heard_at = now
        return [max(0, round(1000 * (first + index * spacing))) for index in range(count)]
