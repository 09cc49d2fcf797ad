"""The audit trail on disk: chained in the same transaction as what it tells of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from station.domain.audit import (
    CLOCK_WENT_BACK,
    GENESIS,
    AuditEntry,
    AuditHead,
    Fact,
    canonical,
    check,
    link,
    statement,
    went_back,
)
from station.store.known import Known
from station.store.tables import audit_entries, audit_heads

NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
_ADD: Final = insert(audit_entries)
_NEWEST: Final = (
    select(audit_entries.c.seq, audit_entries.c.hash, audit_entries.c.at).order_by(audit_entries.c.seq.desc()).limit(1)
)


class Audit:
    """Lines that are only ever added, and the station's signatures over how far they went."""

    def __init__(self, connection: Connection, known: Known) -> None:
        self._connection = connection
        self._known = known

    def append(
        self, action: str, *, at: datetime, by: str, visit_id: str = "", facts: Mapping[str, Fact] = NO_FACTS
    ) -> AuditEntry:
        """Add one line, chained to the newest; where the clock has gone back since, a line that says so comes first.

        Raises:
            ValueError: an action or a fact that may not stand in the trail; `station.domain.audit.check` says which.
        """
        check(action, facts)
        before = self.newest_at()
        back = went_back(before, at) if before is not None else None
        if back is not None:
            self._add(CLOCK_WENT_BACK, at, by, "", {"number": round(back.total_seconds())})
        return self._add(action, at, by, visit_id, facts)

    def newest_at(self) -> datetime | None:
        """When the newest line was written, None where there is none."""
        return self._newest()[2]

    def _add(self, action: str, at: datetime, by: str, visit_id: str, facts: Mapping[str, Fact]) -> AuditEntry:
        newest, previous = self.head()
        seq, at = newest + 1, at.astimezone(UTC)
        digest = link(previous, canonical(seq, at, action, by=by, visit_id=visit_id, facts=facts))
        line = AuditEntry(seq, at, action, by, visit_id, dict(facts), digest)
        row = {
            "seq": seq,
            "at": at,
            "action": action,
            "by": by,
            "visit_id": visit_id,
            "facts": json.dumps(dict(facts), sort_keys=True),
            "hash": line.hash,
        }
        self._connection.execute(_ADD, row)
        self._known.head = seq, digest, at
        return line

    def entries(self, from_seq: int = 0, to_seq: int | None = None) -> Iterator[AuditEntry]:
        """Every line from `from_seq` on, and up to `to_seq` where one is named, in stored order."""
        query = select(audit_entries).where(audit_entries.c.seq >= from_seq).order_by(audit_entries.c.seq)
        if to_seq is not None:
            query = query.where(audit_entries.c.seq <= to_seq)
        for row in self._connection.execute(query):
            yield _entry(row)

    def of(self, visit_id: str) -> tuple[AuditEntry, ...]:
        """Every line about one visit."""
        query = select(audit_entries).where(audit_entries.c.visit_id == visit_id).order_by(audit_entries.c.seq)
        return tuple(_entry(row) for row in self._connection.execute(query))

    def head(self) -> tuple[int, bytes]:
        """How far the trail goes: number and hash of the newest line; 0 and `GENESIS` where there is none."""
        seq, newest, _ = self._newest()
        return seq, newest

    def _newest(self) -> tuple[int, bytes, datetime | None]:
        if self._known.head is None:
            row = self._connection.execute(_NEWEST).one_or_none()
            self._known.head = (0, GENESIS, None) if row is None else (row.seq, row.hash, row.at)
        return self._known.head

    def hash_before(self, seq: int) -> bytes:
        """The hash to which the line of that number is chained; `GENESIS` where there is none before it."""
        query = select(audit_entries.c.hash).where(audit_entries.c.seq < seq).order_by(audit_entries.c.seq.desc())
        found: bytes | None = self._connection.execute(query.limit(1)).scalar_one_or_none()
        return GENESIS if found is None else found

    def sign_head(self, sign: Callable[[bytes], bytes], *, at: datetime) -> AuditHead:
        """Have the newest line signed, and keep that; a head that is signed already is not signed again."""
        seq, newest = self.head()
        signed = self._connection.execute(select(audit_heads).where(audit_heads.c.seq == seq)).one_or_none()
        if signed is not None:
            return _head(signed)
        head = AuditHead(seq, newest, at.astimezone(UTC), sign(statement(seq, newest, at)))
        row = {"seq": head.seq, "hash": head.hash, "at": head.at, "signature": head.signature}
        self._connection.execute(insert(audit_heads), row)
        return head

    def newest_head(self) -> AuditHead | None:
        """The signed head that went furthest."""
        query = select(audit_heads).order_by(audit_heads.c.seq.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _head(row)

    def heads(self) -> tuple[AuditHead, ...]:
        """Every signed head, oldest first."""
        query = select(audit_heads).order_by(audit_heads.c.seq)
        return tuple(_head(row) for row in self._connection.execute(query))


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(row.seq, row.at, row.action, row.by, row.visit_id, json.loads(row.facts), row.hash)


def _head(row: Row[Any]) -> AuditHead:
    return AuditHead(row.seq, row.hash, row.at, row.signature)
