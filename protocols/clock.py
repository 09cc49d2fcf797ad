"""Time as the rules see it: a wall clock for the record, a monotonic clock for what must not be cheated.

Only clocks live here. A clock is handed in everywhere, never read behind anybody's back, so that a test can
put it back an hour and a van's battery-less clock can be caught.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The two times that a rule may ask for."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow while this process lives."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds from `time.monotonic`."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told, for rehearsals and tests; both hands can be moved apart."""

    def __init__(self, start: datetime = datetime(2020, 4, 13, 1, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since the clock was made, by `advance` alone."""
        return self._monotonic

    def advance(self, step: timedelta) -> None:
        """Let time pass on both hands. `step` must not be negative."""
        if step < timedelta(0):
            raise ValueError("time passes forwards; use set_wall to put the wall clock back")
        self._now += step
        self._monotonic += step.total_seconds()

    def set_wall(self, now: datetime) -> None:
        """Put the wall clock elsewhere, as a person or a flat battery does; the monotonic hand stays."""
        self._now = now
