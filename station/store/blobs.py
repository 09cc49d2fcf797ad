"""Captures and documents, each encrypted under a key of its record."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from station.errors import RuleError
from station.store.sealing import Purpose, RecordSeal
from station.store.tables import blobs

_PUT: Final = insert(blobs)
_GET: Final = select(blobs).where(blobs.c.id == bindparam("blob"))


class Blobs:
    """Bytes under random ids."""

    def __init__(self, connection: Connection, seal: RecordSeal) -> None:
        self._connection = connection
        self._seal = seal

    def put(self, visit_id: str, data: bytes, purpose: Purpose) -> str:
        """Keep bytes; returns their id.

        Raises:
            RuleError: `blob.destroyed`, the record's captures were destroyed, so none can be added.
        """
        blob_id = secrets.token_hex(16)
        sealed = self._seal.seal(visit_id, purpose, blob_id, data)
        row = {"id": blob_id, "visit_id": visit_id, "purpose": purpose.value, "data": sealed}
        self._connection.execute(_PUT, row)
        return blob_id

    def get(self, blob_id: str) -> bytes:
        """The bytes that were kept.

        Raises:
            RuleError: `blob.destroyed`, unknown or gone.
        """
        row = self._connection.execute(_GET, {"blob": blob_id}).one_or_none()
        if row is None:
            raise RuleError("blob.destroyed")
        return self._seal.open(row.visit_id, Purpose(row.purpose), blob_id, row.data)

    def has_captures(self, visit_id: str) -> bool:
        """Whether any capture of the record is there."""
        where = (blobs.c.visit_id == visit_id) & (blobs.c.purpose == Purpose.CAPTURE.value)
        return self._connection.execute(select(blobs.c.id).where(where).limit(1)).one_or_none() is not None

    def destroy(self, visit_id: str) -> None:
        """Everything of a record, captures and documents; its keys are the visit's to destroy. Idempotent."""
        self._connection.execute(delete(blobs).where(blobs.c.visit_id == visit_id))

    def destroy_captures(self, visit_id: str) -> None:
        """Destroy a record's captures and their key for good. Idempotent."""
        where = (blobs.c.visit_id == visit_id) & (blobs.c.purpose == Purpose.CAPTURE.value)
        self._connection.execute(delete(blobs).where(where))
        self._seal.destroy_key(visit_id, Purpose.CAPTURE)
