"""When a pad is read, and when its reports were written where it tells no time: known is only when each piece came."""

from __future__ import annotations

import time
from typing import Final

SLOWEST_REPORT_S: Final = 0.01
"""Time between two samples that came in one piece, at the most: pads send a hundred reports a second or more."""

GATHER_S: Final = 0.008
"""Time between two reads of a pad that streams, at the least: half a frame of the screen that shows the ink."""


class Pace:
    """Lets reports gather: a thread that is woken for each of five hundred a second does little else than wake up."""

    def __init__(self) -> None:
        self._next = 0.0

    def keep(self) -> None:
        """Return once a read is due; at once after a silence."""
        left = self._next - time.monotonic()
        if left > 0:
            time.sleep(left)
        self._next = time.monotonic() + GATHER_S


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
