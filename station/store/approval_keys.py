"""The office's approval key, sealed under a key of its own, and how often a wrong code was given in a row."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from station.store.cipher import RecordCipher
from station.store.tables import approval_keys

_ONLY: Final = 1
_BOUND: Final = b"ktpel\napproval key"


class ApprovalKeys:
    """At most one a station. Wrong codes are counted whether or not the key is changed meanwhile."""

    def __init__(self, connection: Connection, cipher: RecordCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def put(self, key: bytes, at: datetime) -> None:
        """From now on this one; an older one is gone."""
        wrapped = self._cipher.new_key()
        row = {"wrapped": wrapped, "key": self._cipher.seal(wrapped, key, _BOUND), "since": at}
        if self._connection.execute(update(approval_keys).values(row)).rowcount == 0:
            self._connection.execute(insert(approval_keys), {"id": _ONLY, "failures": 0, **row})

    def get(self) -> bytes | None:
        """The key, or None where there is none. Raises `StoreError` `store.damaged`."""
        row = self._connection.execute(select(approval_keys)).one_or_none()
        return None if row is None else self._cipher.open(row.wrapped, row.key, _BOUND)

    def failures(self) -> tuple[int, datetime | None]:
        """Wrong codes in a row, and when the last one was given."""
        row = self._connection.execute(select(approval_keys)).one_or_none()
        return (0, None) if row is None else (row.failures, row.last_failure_at)

    def note_failure(self, at: datetime) -> None:
        """A wrong code was given."""
        self._connection.execute(
            update(approval_keys).values(failures=approval_keys.c.failures + 1, last_failure_at=at)
        )

    def note_time(self, at: datetime) -> None:
        """When the last failure counts as given, once the clock was set back."""
        self._connection.execute(update(approval_keys).values(last_failure_at=at))

    def clear_failures(self) -> None:
        """The right one was given."""
        self._connection.execute(update(approval_keys).values(failures=0, last_failure_at=None))
