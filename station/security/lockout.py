"""How long an officer waits after wrong passwords or codes: longer with every further one, and across restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

MOST_FAILURES: Final = 5
"""So many in a row are forgiven at once, but for the last of them."""
FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=1)
"""At most 24 guesses a day, and nobody is locked out of a counter for a day by a colleague's joke."""


def wait(failures: int) -> timedelta:
    """After so many wrong ones in a row: nothing below `MOST_FAILURES`, then doubling up to `LONGEST_WAIT`."""
    if failures < MOST_FAILURES:
        return timedelta()
    doublings = min(failures - MOST_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def remaining(failures: int, last: datetime | None, now: datetime) -> timedelta:
    """What is left of it. A clock that was set back does not shorten it: then the whole of it is still to come."""
    if last is None:
        return timedelta()
    return max(timedelta(), wait(failures) - max(timedelta(), now - last))
