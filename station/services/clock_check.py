"""Whether the computer's clock can be believed: at the start beside the record, later beside itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from protocols.clock import Clock
from station.domain.audit import TOLERANCE, went_back
from station.errors import StationError, WayOn

LONGEST_REST: Final = timedelta(days=60)
"""A station that recorded nothing for longer asks whether the date is right: a year mistyped, a flat battery."""


class ClockError(StationError):
    """`time.behind` or `time.ahead`: the clock says a time that does not fit the record.

    Attributes:
        newest: when the record was last written.
        now: what the clock says.
        seconds: from the one to the other, negative where it has gone back.
    """

    def __init__(self, code: str, newest: datetime, now: datetime) -> None:
        self.seconds = round((now - newest).total_seconds())
        super().__init__(code, WayOn.SET_CLOCK, f"{self.seconds} s")
        self.newest = newest
        self.now = now


def check_start(newest: datetime | None, now: datetime, *, practice: bool) -> None:
    """Compare the clock with the record.

    Args:
        newest: when the record was last written; None = never.
        now: by the clock.
        practice: nothing is real, and it may rest for as long as it likes.

    Raises:
        ClockError: it has gone back, or far ahead.
    """
    if newest is None:
        return
    if went_back(newest, now) is not None:
        raise ClockError("time.behind", newest, now)
    if now - newest > LONGEST_REST and not practice:
        raise ClockError("time.ahead", newest, now)


class ClockWatch:
    """Notices that the wall clock was set while the program runs: it should go as the monotonic one does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._monotonic = clock.now(), clock.monotonic()

    def jumped(self) -> timedelta | None:
        """By how much it was set since it was last asked (ahead is positive); None where it was not."""
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        drift = (wall - self._wall) - timedelta(seconds=monotonic - self._monotonic)
        self._wall, self._monotonic = wall, monotonic
        return drift if abs(drift) > TOLERANCE else None
