"""When and where the applicant collects: worked out once, at the receipt, and kept.

The President's target is 24 hours and the time must be announced (Permendagri 19/2018; domain reference, section 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Promise:
    """A certain time and place: `ready_from` is aware, in the office's own zone."""

    ready_from: datetime
    place: str
    hours: str


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """What an office promises.

    Attributes:
        working_days: full working days until collection, 1 to 30.
        opens: from when on that day, local time.
        place: where.
        hours: until when, in words for the receipt.

    Raises:
        ValueError: a number of days outside the range, or no place.
    """

    working_days: int
    opens: time
    place: str
    hours: str

    def __post_init__(self) -> None:
        """Refuse a promise that promises nothing."""
        if not 1 <= self.working_days <= 30:
            raise ValueError("an office promises 1 to 30 working days")
        if not self.place.strip():
            raise ValueError("a promise names a place")

    def given_at(self, now: datetime, *, is_holiday: Callable[[date], bool]) -> Promise:
        """The promise made at `now` (aware, office's zone); Saturdays, Sundays and holidays do not count."""
        day, left = now.date(), self.working_days
        while left:
            day += timedelta(days=1)
            if day.weekday() < 5 and not is_holiday(day):
                left -= 1
        return Promise(datetime.combine(day, self.opens, tzinfo=now.tzinfo), self.place, self.hours)
