"""The tables. A change here needs a migration of its own, a test compares the two."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

from station.domain.audit import moment

NAMES: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware time as text in UTC, to the microsecond: sorts as it reads, comes back aware."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok: bool | None = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as the base
        return None if value is None else moment(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as the base
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(naming_convention=NAMES)

visits = Table(
    "visits",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("number", Text, nullable=False, index=True),
    Column("plan", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated_at", Moment),
    Column("person", LargeBinary),
    Index("ix_visits_open_state", "state", sqlite_where=text("state != 'sealed'")),
    Index("ix_visits_sealed_at", "updated_at", sqlite_where=text("state = 'sealed'")),
    Index("ix_visits_erased_at", "updated_at", sqlite_where=text("state = 'erased'")),
)
"""`state`, `reason` and `person` (masked NIK and name, and what an approver's list shows, sealed) are what the entries
amount to, kept for the lists."""

record_keys = Table(
    "record_keys",
    metadata,
    Column("visit_id", Text, ForeignKey("visits.id"), primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

entries = Table(
    "entries",
    metadata,
    Column("visit_id", Text, ForeignKey("visits.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

blobs = Table(
    "blobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("visit_id", Text, ForeignKey("visits.id"), nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("is_reading", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Index("ix_answers_subject_seq", "subject", "seq"),
    sqlite_autoincrement=True,  # forgotten readings leave gaps, and order is all there is
)

hygiene = Table(
    "hygiene",
    metadata,
    Column("slot", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("used_by", Text),
    Column("cleaned_by", Text),
    Column("cleaned_at", Moment),
)

officers = Table(
    "officers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_failure_at", Moment),
    Column("off_since", Moment),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("officer_id", Text, ForeignKey("officers.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("since", Moment, nullable=False),
)

officer_cards = Table(
    "officer_cards",
    metadata,
    Column("officer_id", Text, ForeignKey("officers.id"), primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
)

search_words = Table(
    "search_words",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("visit_id", Text, ForeignKey("visits.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""`token`: keyed hash of a NIK, or of one word of a name."""

approval_keys = Table(
    "approval_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("since", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_failure_at", Moment),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("protocol_id", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("first_officer", Text, nullable=False),
    Column("second_officer", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("action", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("visit_id", Text, nullable=False, index=True),
    Column("facts", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

packets = Table(
    "packets",
    metadata,
    Column("visit_id", Text, ForeignKey("visits.id"), primary_key=True),
    Column("file", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("acknowledged_at", Moment),
)
"""Sealed packets that should lie in their folder; `fault` is what was last told of one, `acknowledged_at` when the
station learned that the centre has it."""

numbers = Table(
    "numbers",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)
