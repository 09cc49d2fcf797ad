"""Answers as history, and what one item's history amounts to now. Pure values and times; no rule is applied here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protocols.condition import Blank, Value
from protocols.schema import Item


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given; never changed, never taken back. Its repr tells no value.

    Attributes:
        subject: the visit's id, the officer's id or `device_subject(key)`, by the item's subject.
        value: as `Item.accepts` wants it.
        at: wall time, aware.
        by: id of the officer who gave it.
        source: where it came from, e.g. a thermometer's slot; empty for a person.

    Raises:
        ValueError: `at` has no zone.
    """

    item_id: str
    subject: str
    value: Value = field(repr=False)
    at: datetime
    by: str
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a time that could mean several moments."""
        if self.at.tzinfo is None:
            raise ValueError("the time of an answer needs a zone")


@dataclass(frozen=True, slots=True)
class Limits:
    """An item's numbers, taken from its definition's parameters.

    Attributes:
        hold: greatest age that counts.
        repeat_limit: reading from which a second one is wanted, °C; None = one reading counts.
        repeat_after: least time between the two.
    """

    hold: timedelta
    repeat_limit: float | None = None
    repeat_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an item's history amounts to.

    Attributes:
        value: the value that counts; `Blank.UNKNOWN` while there is none or a second reading is due.
        answer: the answer that gave it, or the first reading while a second one is due.
        until: when it ends.
        recheck_at: from when a second reading counts; None where none is due.
    """

    value: Value | Blank = field(default=Blank.UNKNOWN, repr=False)
    answer: Answer | None = None
    until: datetime | None = None
    recheck_at: datetime | None = None


NOTHING = Standing()


def standing(item: Item, limits: Limits, history: Iterable[Answer], now: datetime) -> Standing:
    """What the history of one item and one subject, in the order in which it was given, amounts to at `now`.

    What the item could never accept was never an answer. Where the wall clock went back, what was written before cannot
    be put in order with what came after: everything up to an answer from the future, or up to one that is later
    than its successor, is void.
    """
    given: list[Answer] = []
    for answer in history:
        if not item.accepts(answer.value):
            continue
        if given and answer.at < given[-1].at:
            given.clear()
        given.append(answer)
    if not given or given[-1].at > now:
        return NOTHING
    result = _two_readings(given, limits) if limits.repeat_limit is not None else None
    if result is None:
        newest = given[-1]
        result = Standing(newest.value, newest, newest.at + limits.hold)
    return result if result.until is not None and now < result.until else NOTHING


def _two_readings(given: list[Answer], limits: Limits) -> Standing:
    """A reading below the limit counts at once; one at or above it only after a second one, which is final.

    A second reading taken too early is passed over. Final means: while the refusing reading holds, no further one is
    heard, or else one would measure until it fits.
    """
    assert limits.repeat_limit is not None
    current = NOTHING
    for answer in given:
        reading = answer.value
        assert not isinstance(reading, str)
        high = reading >= limits.repeat_limit
        until = answer.at + limits.hold
        if current.until is None or answer.at >= current.until:
            current = NOTHING
        if current.recheck_at is not None:
            if answer.at >= current.recheck_at:
                current = Standing(reading, answer, until)
        elif current.answer is None or not _refusing(current, limits.repeat_limit):
            if high:
                current = Standing(Blank.UNKNOWN, answer, until, answer.at + limits.repeat_after)
            else:
                current = Standing(reading, answer, until)
    return current


def _refusing(current: Standing, limit: float) -> bool:
    return isinstance(current.value, float | int) and current.value >= limit
