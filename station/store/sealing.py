"""Keys of single records, and what rests under them.

Two keys a record: one for what was captured, which is destroyed when the packet is sealed, and one for the rest
(entries, documents). What is sealed is bound to its visit and its place, so that no row can be put in another's stead.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from station.errors import RuleError
from station.store.cipher import RecordCipher
from station.store.tables import record_keys


class Purpose(StrEnum):
    """Which of a record's two keys: for captures (pixels, ink), or for documents and the record itself."""

    CAPTURE = "capture"
    DOCUMENT = "document"


class RecordSeal:
    """Seals and opens with a record's keys, which are read once a unit of work."""

    def __init__(self, connection: Connection, cipher: RecordCipher) -> None:
        self._connection = connection
        self._cipher = cipher
        self._wrapped: dict[tuple[str, Purpose], bytes] = {}

    def make_keys(self, visit_id: str) -> None:
        """Both keys of a new record."""
        rows = [{"visit_id": visit_id, "purpose": each.value, "wrapped": self._cipher.new_key()} for each in Purpose]
        self._connection.execute(insert(record_keys), rows)

    def destroy_key(self, visit_id: str, purpose: Purpose) -> None:
        """From the commit on, nothing opens what it sealed."""
        self._wrapped.pop((visit_id, purpose), None)
        where = (record_keys.c.visit_id == visit_id) & (record_keys.c.purpose == purpose.value)
        self._connection.execute(delete(record_keys).where(where))

    def seal(self, visit_id: str, purpose: Purpose, place: str, data: bytes) -> bytes:
        """Encrypt for one place of one record. Raises `RuleError` `blob.destroyed` where the key is gone."""
        return self._cipher.seal(self._key(visit_id, purpose), data, _bound(visit_id, purpose, place))

    def open(self, visit_id: str, purpose: Purpose, place: str, data: bytes) -> bytes:
        """The bytes that were sealed for this place of this record."""
        return self._cipher.open(self._key(visit_id, purpose), data, _bound(visit_id, purpose, place))

    def _key(self, visit_id: str, purpose: Purpose) -> bytes:
        if (visit_id, purpose) not in self._wrapped:
            where = (record_keys.c.visit_id == visit_id) & (record_keys.c.purpose == purpose.value)
            found = self._connection.execute(select(record_keys.c.wrapped).where(where)).scalar_one_or_none()
            if found is None:
                raise RuleError("blob.destroyed")
            self._wrapped[visit_id, purpose] = found
        return self._wrapped[visit_id, purpose]


def _bound(visit_id: str, purpose: Purpose, place: str) -> bytes:
    return f"ktpel\n{visit_id}\n{purpose.value}\n{place}".encode()
