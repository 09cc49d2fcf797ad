"""Working days in Indonesia: Saturdays, Sundays and public holidays are none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


class Calendar:
    """National holidays, as the `holidays` package knows them. On the desk's thread: the tables are loaded late."""

    def __init__(self) -> None:
        self._holidays: HolidayBase | None = None

    def is_holiday(self, day: date) -> bool:
        """Whether it is a public holiday."""
        if self._holidays is None:
            from holidays import country_holidays  # noqa: PLC0415 - not needed before the first receipt

            self._holidays = country_holidays("ID")
        return day in self._holidays

    def working_day_from(self, day: date) -> date:
        """The day itself, or the next that offices work."""
        while day.weekday() >= 5 or self.is_holiday(day):
            day += timedelta(days=1)
        return day
