"""What screening needs to outlive a restart: answers, hygiene of contact devices, which protocol is in force."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from protocols.answers import Answer
from protocols.clearance import DeviceKey, ProtocolRef
from protocols.in_force import InForce
from station.store.tables import answers, decisions, hygiene

UNKNOWN_USER: Final = "?"
"""Who used a device that was never seen before."""


class Answers:
    """Answers in the order in which they were given."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, answer: Answer) -> None:
        """Keep one answer."""
        row = {
            "subject": answer.subject,
            "item_id": answer.item_id,
            "value": json.dumps(answer.value),
            "is_reading": isinstance(answer.value, int | float) and not isinstance(answer.value, bool),
            "at": answer.at,
            "by": answer.by,
            "source": answer.source,
        }
        self._connection.execute(insert(answers), row)

    def of(self, subjects: Iterable[str]) -> tuple[Answer, ...]:
        """Every answer about these subjects, oldest first."""
        query = select(answers).where(answers.c.subject.in_(list(subjects))).order_by(answers.c.seq)
        return tuple(
            Answer(row.item_id, row.subject, json.loads(row.value), row.at, row.by, row.source)
            for row in self._connection.execute(query)
        )

    def forget_readings(self, visit_id: str) -> None:
        """Erase the numbers measured of the applicant; whoever resumes the visit measures anew."""
        where = (answers.c.subject == visit_id) & answers.c.is_reading
        self._connection.execute(delete(answers).where(where))

    def forget(self, visit_id: str) -> None:
        """Erase whatever was answered of the applicant."""
        self._connection.execute(delete(answers).where(answers.c.subject == visit_id))

    def forget_before(self, at: datetime) -> int:
        """Erase every answer that was given earlier, of officers and devices too; how many there were."""
        return self._connection.execute(delete(answers).where(answers.c.at < at)).rowcount

    def forget_readings_before(self, at: datetime) -> None:
        """Erase every number that was measured earlier, of officers too: it counts no longer, so nobody needs it."""
        self._connection.execute(delete(answers).where((answers.c.at < at) & answers.c.is_reading))


class Hygiene:
    """Who touched which contact device since it was last wiped."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def used_by(self, device: DeviceKey) -> str | None:
        """The visit that used it since, `UNKNOWN_USER` where it was never seen, None where it is clean."""
        row = self._connection.execute(select(hygiene.c.used_by).where(_is(device))).one_or_none()
        return UNKNOWN_USER if row is None else row.used_by

    def last_cleaned(self) -> dict[str, datetime]:
        """Slot to its last disinfection, whichever device stood there."""
        query = select(hygiene.c.slot, hygiene.c.cleaned_at).where(hygiene.c.cleaned_at.is_not(None))
        found: dict[str, datetime] = {}
        for row in self._connection.execute(query):
            found[row.slot] = max(row.cleaned_at, found.get(row.slot, row.cleaned_at))
        return found

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        """The visit touches it."""
        values = {"slot": device.slot, "serial": device.serial, "used_by": visit_id}
        query = upsert(hygiene).values(values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["slot", "serial"], set_=values))

    def mark_clean(self, device: DeviceKey, by: str, at: datetime) -> None:
        """It was wiped."""
        values = {"slot": device.slot, "serial": device.serial, "used_by": None, "cleaned_by": by, "cleaned_at": at}
        query = upsert(hygiene).values(values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["slot", "serial"], set_=values))


class Decisions:
    """Which protocol was put in force, by whom and why; never changed, the newest holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, decision: InForce) -> None:
        """Two officers decided."""
        first, second = decision.decided_by
        row = {
            "protocol_id": decision.ref.id,
            "version": decision.ref.version,
            "sha256": decision.ref.sha256,
            "first_officer": first,
            "second_officer": second,
            "decided_at": decision.decided_at,
            "reason": decision.reason,
        }
        self._connection.execute(insert(decisions), row)

    def newest(self) -> InForce | None:
        """What holds, or None where nobody has decided yet."""
        row = self._connection.execute(select(decisions).order_by(decisions.c.seq.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        ref = ProtocolRef(row.protocol_id, row.version, row.sha256)
        return InForce(ref, (row.first_officer, row.second_officer), row.decided_at, row.reason)


def _is(device: DeviceKey) -> ColumnElement[bool]:
    return (hygiene.c.slot == device.slot) & (hygiene.c.serial == device.serial)
