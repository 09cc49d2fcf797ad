"""Visits: their history, kept entry by entry, and what the list of them shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, literal, select, true, update
from sqlalchemy.dialects.sqlite import insert as upsert

from station.domain.approval import QUEUED, ApprovalHead, head_of, returned
from station.domain.enrollment import Enrollment
from station.domain.history import ENTRY_TYPES, Cancelled, Corrected, Deferred, Entry, Identified, Parked
from station.domain.risk import Finding, Reason
from station.domain.step import State, check_plan
from station.errors import RuleError
from station.store.known import Known
from station.store.sealing import Purpose, RecordSeal
from station.store.search import Search
from station.store.tables import entries, numbers, visits

_KINDS: Final = MappingProxyType({kind.__name__: kind for kind in ENTRY_TYPES})

_SEALED: Final = literal(State.SEALED.value, literal_execute=True)
_ERASED: Final = literal(State.ERASED.value, literal_execute=True)
"""Written into the statement: SQLite takes a partial index only where it reads its condition there."""

# Made once: for a statement that is built anew each time SQLAlchemy needs three times as long.
_APPEND: Final = insert(entries)
_ENTRIES: Final = select(entries).where(entries.c.visit_id == bindparam("visit")).order_by(entries.c.seq)
_PLAN: Final = select(visits.c.plan, visits.c.state).where(visits.c.id == bindparam("visit"))
_LINE: Final = (
    update(visits)
    .where(visits.c.id == bindparam("visit"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        updated_at=bindparam("at"),
        person=bindparam("new_person"),
    )
)


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """One line of the list. `name` and `masked_nik` are "" before anybody was identified, `name` again once sealed.

    Attributes:
        returned: the step that the approver wants done over, and why; None where nothing was sent back.
    """

    visit_id: str
    number: str
    state: State
    masked_nik: str
    name: str
    updated_at: datetime
    reason: str
    returned: tuple[State, str] | None = None

    def __repr__(self) -> str:
        return f"VisitSummary({self.visit_id}, {self.number}, {self.state.value})"


class Visits:
    """Every visit of the store, within one unit of work."""

    def __init__(self, connection: Connection, seal: RecordSeal, known: Known, search: Search) -> None:
        self._connection = connection
        self._seal = seal
        self._known = known
        self._search = search

    def add(self, visit_id: str, number: str, plan: tuple[State, ...]) -> None:
        """A new visit, without any entry yet, with keys of its own.

        Raises:
            ValueError: the plan is none.
        """
        row = {
            "id": visit_id,
            "number": number,
            "plan": ",".join(check_plan(plan)),
            "state": State.IDENTIFY.value,
            "reason": "",
        }
        self._connection.execute(insert(visits), row)
        self._seal.make_keys(visit_id)

    def append(self, visit_id: str, entry: Entry) -> Enrollment:
        """Add one entry; returns the enrollment as it stands with it.

        Raises:
            RuleError: `visit.out_of_turn`, `visit.unknown`.
        """
        enrollment = self.load(visit_id).then(entry)
        seq, kind = len(enrollment.entries), type(entry).__name__
        payload = self._seal.seal(visit_id, Purpose.DOCUMENT, f"entry {seq} {kind}", _adapter(kind).dump_json(entry))
        self._connection.execute(_APPEND, {"visit_id": visit_id, "seq": seq, "kind": kind, "payload": payload})
        line = {
            "visit": visit_id,
            "new_state": enrollment.state.value,
            "new_reason": entry.reason.value if isinstance(entry, Parked | Deferred | Cancelled) else "",
            "at": entry.at if enrollment.sealed is None else enrollment.sealed.at,  # in the lists it stays where it was
            "new_person": self._person(enrollment),
        }
        self._connection.execute(_LINE, line)
        if isinstance(entry, Identified | Corrected):
            self._search.note(visit_id, entry.applicant)
        self._known.enrollments[visit_id] = enrollment
        return enrollment

    def entries(self, visit_id: str) -> tuple[Entry, ...]:
        """The history, oldest first.

        Raises:
            RuleError: `visit.unknown`.
        """
        return self.load(visit_id).entries

    def load(self, visit_id: str) -> Enrollment:
        """The enrollment as its history tells it.

        Raises:
            RuleError: `visit.unknown`.
        """
        known = self._known.enrollments
        enrollment = known.pop(visit_id, None)  # and put last
        if enrollment is None:
            enrollment = Enrollment.of(visit_id, self._entries(visit_id), self._plan(visit_id))
        known[visit_id] = enrollment
        return enrollment

    def erase(self, visit_id: str, *, at: datetime, reason: str) -> None:
        """Destroy its history, its line's person and both its keys; number and id stay.

        Raises:
            RuleError: `visit.unknown`, `visit.erased`.
        """
        self._plan(visit_id)
        self._connection.execute(delete(entries).where(entries.c.visit_id == visit_id))
        self._search.forget(visit_id)
        for purpose in Purpose:
            self._seal.destroy_key(visit_id, purpose)
        line = {"state": State.ERASED.value, "reason": reason, "updated_at": at, "person": None}
        self._connection.execute(update(visits).where(visits.c.id == visit_id).values(line))

    def ended_before(self, state: State, at: datetime) -> tuple[str, ...]:
        """Ids of visits that stand in that state since before `at`, oldest first."""
        where = (visits.c.state != _SEALED) & (visits.c.state == state.value) & (visits.c.updated_at < at)
        return tuple(self._connection.execute(select(visits.c.id).where(where).order_by(visits.c.updated_at)).scalars())

    def summaries(
        self, states: AbstractSet[State] | None = None, *, ended_since: datetime | None = None
    ) -> tuple[VisitSummary, ...]:
        """Visits in the order in which they were opened; of every state where none is named.

        Those that were sealed or erased before `ended_since` stay out: they are the many.
        """
        wanted = frozenset(State) if states is None else states
        few = [state.value for state in wanted - {State.SEALED, State.ERASED}]
        # A query each, since SQLite finds no index for all at once.
        conditions = [(visits.c.state != _SEALED) & visits.c.state.in_(few)]
        since = true() if ended_since is None else visits.c.updated_at >= ended_since
        if State.SEALED in wanted:
            conditions.append((visits.c.state == _SEALED) & since)
        if State.ERASED in wanted:
            conditions.append((visits.c.state == _ERASED) & since)
        return self._summaries(*conditions)

    def summaries_of(self, visit_ids: AbstractSet[str]) -> tuple[VisitSummary, ...]:
        """These visits, in the order in which they were opened; those that are not there are left out."""
        return self._summaries(visits.c.id.in_(visit_ids))

    def numbered(self, number: str) -> tuple[VisitSummary, ...]:
        """Visits of that number, one a day, in the order in which they were opened."""
        return self._summaries(visits.c.number == number)

    def digest(self, visit_id: str) -> bytes:
        """SHA-256 over the whole history, every entry with its kind: it is another one after any further entry.

        Raises:
            RuleError: `visit.unknown`.
        """
        digest = hashlib.sha256()
        for entry in self.load(visit_id).entries:
            kind = type(entry).__name__
            told = _adapter(kind).dump_json(entry)
            digest.update(f"{kind}\n{len(told)}\n".encode() + told)
        return digest.digest()

    def heads(self) -> tuple[ApprovalHead, ...]:
        """What waits for an approver or for its seal, in the order of opening; no history is read for it."""
        queued = (visits.c.state != _SEALED) & visits.c.state.in_([state.value for state in QUEUED])
        query = select(visits).where(queued).order_by(visits.c.seq)
        found = []
        for row in self._connection.execute(query).all():
            person = self._told(row.id, row.person)
            if "found" not in person:  # kept by an older program
                found.append(head_of(self.load(row.id)))
                continue
            found.append(
                ApprovalHead(
                    visit_id=row.id,
                    number=row.number,
                    state=State(row.state),
                    masked_nik=person["masked_nik"],
                    masked_name=person["masked_name"],
                    since=datetime.fromisoformat(person["since"]),
                    found=tuple(Finding(Reason(reason), count) for reason, count in person["found"]),
                    captured_by=frozenset(person["captured_by"]),
                )
            )
        return tuple(found)

    def next_number(self, day: date) -> int:
        """The day's next number, from 1; given out once, unless the unit of work is rolled back."""
        query = upsert(numbers).values(day=day, last=1)
        query = query.on_conflict_do_update(index_elements=["day"], set_={"last": numbers.c.last + 1})
        self._connection.execute(query)
        number: int = self._connection.execute(select(numbers.c.last).where(numbers.c.day == day)).scalar_one()
        return number

    def _summaries(self, *conditions: ColumnElement[bool]) -> tuple[VisitSummary, ...]:
        rows = [row for each in conditions for row in self._connection.execute(select(visits).where(each))]
        found = []
        for row in sorted((row for row in rows if row.updated_at is not None), key=lambda row: row.seq):
            person = self._told(row.id, row.person)
            back = person.get("returned")
            found.append(
                VisitSummary(
                    visit_id=row.id,
                    number=row.number,
                    state=State(row.state),
                    masked_nik=person["masked_nik"],
                    name=person["name"],
                    updated_at=row.updated_at,
                    reason=row.reason,
                    returned=None if back is None else (State(back[0]), back[1]),
                )
            )
        return tuple(found)

    def skip_numbers(self, day: date, count: int) -> None:
        """Give the next `count` numbers of that day to nobody."""
        query = upsert(numbers).values(day=day, last=count)
        query = query.on_conflict_do_update(index_elements=["day"], set_={"last": numbers.c.last + count})
        self._connection.execute(query)

    def _plan(self, visit_id: str) -> tuple[State, ...]:
        found = self._connection.execute(_PLAN, {"visit": visit_id}).one_or_none()
        if found is None:
            raise RuleError("visit.unknown")
        if found.state == State.ERASED:
            raise RuleError("visit.erased")
        return tuple(State(step) for step in found.plan.split(","))

    def _entries(self, visit_id: str) -> tuple[Entry, ...]:
        return tuple(
            _adapter(row.kind).validate_json(
                self._seal.open(visit_id, Purpose.DOCUMENT, f"entry {row.seq} {row.kind}", row.payload)
            )
            for row in self._connection.execute(_ENTRIES, {"visit": visit_id})
        )

    def _told(self, visit_id: str, person: bytes | None) -> dict[str, Any]:
        """What `_person` kept for the lists."""
        if person is None:
            return {"masked_nik": "", "name": ""}
        told: dict[str, Any] = json.loads(self._seal.open(visit_id, Purpose.DOCUMENT, "person", person))
        return told

    def _person(self, enrollment: Enrollment) -> bytes | None:
        applicant = enrollment.applicant
        if applicant is None:
            return None
        name = "" if enrollment.state is State.SEALED else applicant.name
        person: dict[str, Any] = {"masked_nik": applicant.nik.masked, "name": name}
        back = returned(enrollment)
        if back is not None:
            person["returned"] = [back.step.value, back.reason]
        if enrollment.state in QUEUED:
            head = head_of(enrollment)
            person["masked_name"] = head.masked_name
            person["since"] = head.since.isoformat()
            person["found"] = [[each.reason.value, each.count] for each in head.found]
            person["captured_by"] = sorted(head.captured_by)
        return self._seal.seal(enrollment.visit_id, Purpose.DOCUMENT, "person", json.dumps(person).encode())


@cache
def _adapter(kind: str) -> TypeAdapter[Entry]:
    """Writes and reads one kind of entry as JSON; made when first needed, which costs some milliseconds."""
    return TypeAdapter(_KINDS[kind])
