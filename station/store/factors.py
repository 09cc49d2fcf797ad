"""Officers' second factors: the secret of each one's authenticator, sealed under a key of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from station.errors import RuleError
from station.store.cipher import RecordCipher
from station.store.tables import second_factors


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What a code is checked with. `repr` hides the secret.

    Attributes:
        secret: random bytes shared with the officer's authenticator.
        last_step: the time step of the newest code that was taken, 0 before the first; no older one is taken again.
        confirmed: whether the officer has shown a right code; until then none is asked for.
    """

    secret: bytes
    last_step: int
    confirmed: bool

    def __repr__(self) -> str:
        return f"SecondFactor(last_step={self.last_step}, confirmed={self.confirmed})"


class SecondFactors:
    """At most one an officer."""

    def __init__(self, connection: Connection, cipher: RecordCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def put(self, officer_id: str, secret: bytes) -> None:
        """A new secret, not confirmed yet; it takes the place of an older one."""
        self.remove(officer_id)
        wrapped = self._cipher.new_key()
        sealed = self._cipher.seal(wrapped, secret, _bound(officer_id))
        row = {"officer_id": officer_id, "wrapped": wrapped, "secret": sealed, "last_step": 0, "confirmed_at": None}
        self._connection.execute(insert(second_factors), row)

    def get(self, officer_id: str) -> SecondFactor | None:
        """The officer's, or None where there is none. Raises `StoreError` `store.damaged`."""
        query = select(second_factors).where(second_factors.c.officer_id == officer_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        secret = self._cipher.open(row.wrapped, row.secret, _bound(officer_id))
        return SecondFactor(secret, row.last_step, row.confirmed_at is not None)

    def confirm(self, officer_id: str, at: datetime) -> None:
        """From now on a code is asked for. Raises `RuleError` `officer.no_factor`."""
        self._set(officer_id, confirmed_at=at)

    def note_step(self, officer_id: str, step: int) -> None:
        """The code of this time step was taken. Raises `RuleError` `officer.no_factor`."""
        self._set(officer_id, last_step=step)

    def remove(self, officer_id: str) -> None:
        """Take it away for good. Idempotent."""
        self._connection.execute(delete(second_factors).where(second_factors.c.officer_id == officer_id))

    def _set(self, officer_id: str, **values: object) -> None:
        where = second_factors.c.officer_id == officer_id
        if self._connection.execute(update(second_factors).where(where).values(values)).rowcount != 1:
            raise RuleError("officer.no_factor")


def _bound(officer_id: str) -> bytes:
    return f"ktpel\nsecond factor\n{officer_id}".encode()
