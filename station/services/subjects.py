"""Whose record is meant: by what stands on a paper, by the NIK, or by when and with what device it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from station.domain.enrollment import Enrollment
from station.domain.history import Positioned
from station.domain.nik import Nik
from station.domain.samples import CaptureSource
from station.domain.step import State
from station.errors import RuleError

if TYPE_CHECKING:
    from station.store import Work

_ID: Final = re.compile(r"[0-9a-f]{32}")
_PAPER: Final = re.compile(r"(?:.+-)?(\d{8})-([A-Z]-\d+|\d+)")
"""A receipt's number, or its end: the day of the opening and the visit's number."""


def one(work: Work, wanted: str, zone: timezone) -> str:
    """The id of the visit that goes by its id, by its receipt's number, or by `20200413-A-001`.

    Raises:
        RuleError: `visit.unknown`; `visit.erased` for an id.
    """
    if _ID.fullmatch(wanted):
        work.visits.load(wanted)
        return wanted
    told = _PAPER.fullmatch(wanted.strip().upper())
    if told is not None:
        for summary in work.visits.numbered(told[2]):
            if summary.state is not State.ERASED:
                opened = work.visits.load(summary.visit_id).entries[0].at.astimezone(zone)
                if f"{opened:%Y%m%d}" == told[1]:
                    return summary.visit_id
    raise RuleError("visit.unknown")


def of_person(work: Work, nik: str) -> tuple[Enrollment, ...]:
    """Every record of that person, oldest first. Raises RuleError `access.no_nik`."""
    try:
        digits = Nik.parse(nik).digits
    except ValueError as error:
        raise RuleError("access.no_nik") from error
    summaries = work.visits.summaries_of(work.search.by_nik(digits))  # in the order of opening
    found = (work.visits.load(each.visit_id) for each in summaries)
    same = (each for each in found if each.applicant is not None and each.applicant.nik.digits == digits)
    return tuple(same)


def between(work: Work, first: datetime, last: datetime, device: str = "") -> Iterator[Enrollment]:
    """Records in which something happened in that time, or that lay in the store then; oldest first.

    Args:
        work: unit of work.
        first: from when on, aware.
        last: until when, aware.
        device: a serial number; then only records with a capture of that device.
    """
    for summary in work.visits.summaries():
        if summary.state is State.ERASED:
            continue
        visit = work.visits.load(summary.visit_id)
        made = any(first <= entry.at <= last for entry in visit.entries)
        if made and (not device or device in {source.serial for source in sources(visit)}):
            yield visit


def sources(visit: Enrollment) -> Iterator[CaptureSource]:
    """The device of every capture of a record."""
    yield from (each.source for each in visit.portraits)
    yield from (each.source for each in visit.exception_portraits)
    yield from (each.source for each in visit.fingers)
    yield from (each.source for each in visit.signatures)
    for entry in visit.entries:
        if isinstance(entry, Positioned) and entry.position is not None:
            yield entry.position.source
