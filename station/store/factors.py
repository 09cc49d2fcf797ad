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
        last_step: the time step of the newest code that was taken; that one and older ones are not taken again.
    """

    secret: bytes
    last_step: int

    def __repr__(self) -> str:
        return f"SecondFactor(last_step={self.last_step})"


class SecondFactors:
    """At most one an officer."""

    def __init__(self, connection: Connection, cipher: RecordCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def put(self, officer_id: str, factor: SecondFactor, at: datetime) -> None:
        """From now on a code is asked for; an older secret is gone."""
        self.remove(officer_id)
        wrapped = self._cipher.new_key()
        sealed = self._cipher.seal(wrapped, factor.secret, _bound(officer_id))
        row = {"officer_id": officer_id, "wrapped": wrapped, "secret": sealed, "last_step": factor.last_step}
        self._connection.execute(insert(second_factors), {**row, "since": at})

    def get(self, officer_id: str) -> SecondFactor | None:
        """The officer's, or None where there is none. Raises `StoreError` `store.damaged`."""
        query = select(second_factors).where(second_factors.c.officer_id == officer_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return SecondFactor(self._cipher.open(row.wrapped, row.secret, _bound(officer_id)), row.last_step)

    def note_step(self, officer_id: str, step: int) -> None:
        """The code of this time step was taken. Raises `RuleError` `officer.no_factor`."""
        where = second_factors.c.officer_id == officer_id
        if self._connection.execute(update(second_factors).where(where).values(last_step=step)).rowcount != 1:
            raise RuleError("officer.no_factor")

    def remove(self, officer_id: str) -> bool:
        """Take it away for good; whether there was one."""
        where = second_factors.c.officer_id == officer_id
        return self._connection.execute(delete(second_factors).where(where)).rowcount == 1


def _bound(officer_id: str) -> bytes:
    return f"ktpel\nsecond factor\n{officer_id}".encode()
