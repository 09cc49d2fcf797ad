"""Waiting after wrong passwords: longer each time, never without end, and no clock shortens it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.security.lockout import FIRST_WAIT, LONGEST_WAIT, MOST_FAILURES, remaining, wait

AT = datetime(2020, 4, 13, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (8, 40), (9, 60), (10, 60), (10_000, 60)]
)
def test_it_doubles_up_to_an_hour(failures: int, minutes: int) -> None:
    assert wait(failures) == minutes * MINUTE


@given(failures=st.integers(0, 2000))
def test_it_never_gets_shorter_with_another_failure(failures: int) -> None:
    assert wait(failures) <= wait(failures + 1) <= LONGEST_WAIT


def test_it_runs_down_and_ends() -> None:
    left = [remaining(MOST_FAILURES, AT, AT + minutes * MINUTE) for minutes in (0, 1, 5, 6)]
    assert left == [FIRST_WAIT, FIRST_WAIT - MINUTE, timedelta(), timedelta()]
    assert remaining(0, None, AT) == timedelta()


@given(back=st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_a_clock_set_back_does_not_shorten_it(back: timedelta) -> None:
    assert remaining(MOST_FAILURES, AT, AT - back) == FIRST_WAIT
