"""The promised day: working days alone count, and the hour is the office's own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.promise import PromiseRule

JAKARTA = ZoneInfo("Asia/Jakarta")
EID = frozenset({date(2020, 5, 21), date(2020, 5, 25), date(2020, 5, 26)})
"""Ascension Day and Eid al-Fitr of 2020, as far as they fell on working days; Sunday the 24th was a weekend anyway."""


def rule(days: int) -> PromiseRule:
    return PromiseRule(days, time(13, 0), "Kantor Kecamatan", "13.00-15.00")


def no_holiday(_: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("recorded", "days", "ready"),
    [
        (date(2020, 4, 13), 1, date(2020, 4, 14)),  # Monday, Tuesday
        (date(2020, 4, 17), 1, date(2020, 4, 20)),  # Friday, Monday
        (date(2020, 4, 18), 1, date(2020, 4, 20)),  # Saturday, Monday
        (date(2020, 4, 19), 1, date(2020, 4, 20)),  # Sunday, Monday
        (date(2020, 4, 16), 3, date(2020, 4, 21)),  # Thursday, Tuesday
        (date(2020, 4, 13), 30, date(2020, 5, 25)),  # six weeks
    ],
)  # fmt: skip
def test_weekends_do_not_count(recorded: date, days: int, ready: date) -> None:
    now = datetime.combine(recorded, time(23, 59), tzinfo=JAKARTA)
    promise = rule(days).given_at(now, is_holiday=no_holiday)
    assert promise.ready_from == datetime.combine(ready, time(13, 0), tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("recorded", "days", "ready"),
    [
        (date(2020, 5, 20), 1, date(2020, 5, 22)),  # over Ascension Day
        (date(2020, 5, 22), 1, date(2020, 5, 27)),  # over a weekend and both days of Eid
        (date(2020, 5, 20), 2, date(2020, 5, 27)),
        (date(2020, 5, 25), 1, date(2020, 5, 27)),  # recorded on the holiday itself
    ],
)
def test_holidays_do_not_count(recorded: date, days: int, ready: date) -> None:
    now = datetime.combine(recorded, time(10, 0), tzinfo=JAKARTA)
    assert rule(days).given_at(now, is_holiday=EID.__contains__).ready_from.date() == ready


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 30),
    holidays=st.frozensets(st.dates(date(2020, 1, 1), date(2030, 12, 31)), max_size=40),
)
def test_between_the_recording_and_the_promise_lie_exactly_the_promised_working_days(
    day: date, days: int, holidays: frozenset[date]
) -> None:
    now = datetime.combine(day, time(10, 0), tzinfo=JAKARTA)
    promise = rule(days).given_at(now, is_holiday=holidays.__contains__)
    ready = promise.ready_from.date()
    between = [day + timedelta(days=n) for n in range(1, (ready - day).days + 1)]
    worked = [each for each in between if each.weekday() < 5 and each not in holidays]
    assert len(worked) == days
    assert worked[-1] == ready
    assert (promise.place, promise.hours) == ("Kantor Kecamatan", "13.00-15.00")
    assert promise.ready_from.tzinfo is JAKARTA


@pytest.mark.parametrize(
    ("days", "place", "words"),
    [(0, "Kantor", "1 to 30"), (31, "Kantor", "1 to 30"), (1, "", "names a place"), (1, "  ", "names a place")],
)
def test_a_promise_of_nothing_is_refused(days: int, place: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PromiseRule(days, time(13, 0), place, "")
