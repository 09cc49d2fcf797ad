"""Keys of single records, and what rests under them.

Two keys a record: one for what was captured, which is destroyed when the packet is sealed, and one for the rest
(entries, documents). What is sealed is bound to its visit and its place, so that no row can be put in another's stead.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from station.errors import RuleError
from station.store.cipher import RecordCipher
from station.store.known import Known
from station.store.tables import record_keys

_KEY: Final = select(record_keys.c.wrapped).where(
    record_keys.c.visit_id == bindparam("visit"), record_keys.c.purpose == bindparam("which")
)


class Purpose(StrEnum):
    """Which of a record's two keys: for captures (pixels, ink), or for documents and the record itself."""

    CAPTURE = "capture"
    DOCUMENT = "document"


class RecordSeal:
    """Seals and opens with a record's keys, which are read once."""

    def __init__(self, connection: Connection, cipher: RecordCipher, known: Known) -> None:
        self._connection = connection
        self._cipher = cipher
        self._known = known

    def make_keys(self, visit_id: str) -> None:
        """Both keys of a new record."""
        made = {each.value: self._cipher.new_key() for each in Purpose}
        rows = [{"visit_id": visit_id, "purpose": which, "wrapped": wrapped} for which, wrapped in made.items()]
        self._connection.execute(insert(record_keys), rows)
        self._known.keys.update({(visit_id, which): wrapped for which, wrapped in made.items()})

    def destroy_key(self, visit_id: str, purpose: Purpose) -> None:
        """From the commit on, nothing opens what it sealed."""
        self._known.forget_visit(visit_id)
        where = (record_keys.c.visit_id == visit_id) & (record_keys.c.purpose == purpose.value)
        self._connection.execute(delete(record_keys).where(where))

    def seal(self, visit_id: str, purpose: Purpose, place: str, data: bytes) -> bytes:
        """Encrypt for one place of one record. Raises `RuleError` `blob.destroyed` where the key is gone."""
        return self._cipher.seal(self._key(visit_id, purpose), data, _bound(visit_id, purpose, place))

    def open(self, visit_id: str, purpose: Purpose, place: str, data: bytes) -> bytes:
        """The bytes that were sealed for this place of this record."""
        return self._cipher.open(self._key(visit_id, purpose), data, _bound(visit_id, purpose, place))

    def _key(self, visit_id: str, purpose: Purpose) -> bytes:
        known = self._known.keys
        if (visit_id, purpose.value) not in known:
            query = {"visit": visit_id, "which": purpose.value}
            found = self._connection.execute(_KEY, query).scalar_one_or_none()
            if found is None:
                raise RuleError("blob.destroyed")
            known[visit_id, purpose.value] = found
        return known[visit_id, purpose.value]


def _bound(visit_id: str, purpose: Purpose, place: str) -> bytes:
    return f"ktpel\n{visit_id}\n{purpose.value}\n{place}".encode()
