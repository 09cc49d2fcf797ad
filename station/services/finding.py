"""Finding a recording again: by its number, its receipt's number, the NIK, or words of the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from station.domain.step import State
from station.services.counter import Counter
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from station.store import VisitSummary, Work

MOST: Final = 50
"""More than that nobody reads: another word is needed."""
_NIK: Final = re.compile(r"\d{16}")
_RECEIPT: Final = re.compile(r".+-\d{8}-(.+-\d+|\d+)")


class Finding:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on

    def find(self, wanted: str) -> tuple[VisitSummary, ...]:
        """What goes by that number, NIK or name, newest first, at most `MOST`. That somebody looked is on record.

        Args:
            wanted: a visit's number, a receipt's number, 16 digits, or whole words of a name in any order.

        Raises:
            RuleError: `sign_on.needed`.
        """
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        with self._counter.records.work() as work:
            found = _find(work, " ".join(wanted.split()).upper())[::-1][:MOST]
            work.audit.append("visit.searched", at=at, by=by, facts={"count": len(found)})
            if not self._counter.trail.note(work, Look.LISTED, *(each.visit_id for each in found if each.masked_nik)):
                work.commit()
        return found


def _find(work: Work, wanted: str) -> tuple[VisitSummary, ...]:
    digits = wanted.replace(" ", "").replace(".", "")
    if _NIK.fullmatch(digits):
        return work.visits.summaries_of(work.search.by_nik(digits))
    numbered = work.visits.numbered(wanted)
    if numbered:
        return numbered
    receipt = _RECEIPT.fullmatch(wanted)
    if receipt is not None:
        same_number = work.visits.numbered(receipt[1])
        there = (each for each in same_number if each.state is not State.ERASED)
        return tuple(each for each in there if _receipt_number(work, each.visit_id) == wanted)
    return work.visits.summaries_of(work.search.by_name(wanted))


def _receipt_number(work: Work, visit_id: str) -> str:
    receipt = work.visits.load(visit_id).receipt
    return "" if receipt is None else receipt.receipt_number.upper()
