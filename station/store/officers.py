"""Officers, their passwords' hashes, and how often a wrong one was given in a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from station.domain.officer import Officer, Role
from station.errors import RuleError
from station.store.tables import officers


class Officers:
    """Everybody who serves at this station, and whoever did."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, officer: Officer, password_hash: str) -> None:
        """A new officer.

        Raises:
            RuleError: `officer.exists`.
        """
        taken = select(officers.c.id).where(officers.c.id == officer.id)
        if self._connection.execute(taken).one_or_none() is not None:
            raise RuleError("officer.exists")
        row = {
            "id": officer.id,
            "name": officer.name,
            "role": officer.role.value,
            "password_hash": password_hash,
            "failures": 0,
        }
        self._connection.execute(insert(officers), row)

    def get(self, officer_id: str) -> Officer:
        """One officer.

        Raises:
            RuleError: `officer.unknown`.
        """
        return _officer(self._row(officer_id))

    def all(self) -> tuple[Officer, ...]:
        """Everybody, by name."""
        query = select(officers).order_by(officers.c.name, officers.c.id)
        return tuple(_officer(row) for row in self._connection.execute(query))

    def password_hash(self, officer_id: str) -> str:
        """What `passwords.verify` compares with. Raises `RuleError` `officer.unknown`."""
        kept: str = self._row(officer_id).password_hash
        return kept

    def set_password_hash(self, officer_id: str, password_hash: str) -> None:
        """A new password, or the same one at a higher cost. Raises `RuleError` `officer.unknown`."""
        self._set(officer_id, password_hash=password_hash)

    def note_failure(self, officer_id: str, at: datetime) -> None:
        """A wrong password was given. Raises `RuleError` `officer.unknown`."""
        self._set(officer_id, failures=officers.c.failures + 1, last_failure_at=at)

    def note_time(self, officer_id: str, at: datetime) -> None:
        """When the last failure counts as given, once the clock was set back. Raises `RuleError` `officer.unknown`."""
        self._set(officer_id, last_failure_at=at)

    def clear_failures(self, officer_id: str) -> None:
        """The right one was given. Raises `RuleError` `officer.unknown`."""
        self._set(officer_id, failures=0, last_failure_at=None)

    def failures(self, officer_id: str) -> tuple[int, datetime | None]:
        """Wrong passwords in a row, and when the last one was given. Raises `RuleError` `officer.unknown`."""
        row = self._row(officer_id)
        return row.failures, row.last_failure_at

    def switch(self, officer_id: str, off_since: datetime | None) -> None:
        """Switched off since then, or on again (None). Raises `RuleError` `officer.unknown`."""
        self._set(officer_id, off_since=off_since)

    def _row(self, officer_id: str) -> Row[*tuple[object, ...]]:
        row = self._connection.execute(select(officers).where(officers.c.id == officer_id)).one_or_none()
        if row is None:
            raise RuleError("officer.unknown")
        return row

    def _set(self, officer_id: str, **values: object) -> None:
        changed = self._connection.execute(update(officers).where(officers.c.id == officer_id).values(values))
        if changed.rowcount != 1:
            raise RuleError("officer.unknown")


def _officer(row: Row[*tuple[object, ...]]) -> Officer:
    return Officer(row.id, row.name, Role(row.role), row.off_since is None)
