"""Officers' second factors: the secret of each one's authenticator, sealed under a key of its own, and their cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from station.errors import RuleError
from station.store.cipher import RecordCipher
from station.store.tables import officer_cards, second_factors


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


@dataclass(frozen=True, slots=True)
class CardBinding:
    """Whose card it is.

    Attributes:
        fingerprint: SHA-256 of its certificate, 64 hexadecimal digits.
        since: when it was bound.
        by: who bound it.
    """

    fingerprint: str
    since: datetime
    by: str


class OfficerCards:
    """At most one an officer, and each of one officer alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, officer_id: str, card: CardBinding) -> None:
        """From now on this one is the officer's; one before it is no longer.

        Raises:
            RuleError: `officer_card.taken`, it is another officer's.
        """
        query = select(officer_cards.c.officer_id).where(officer_cards.c.fingerprint == card.fingerprint)
        if self._connection.execute(query).scalar_one_or_none() not in {None, officer_id}:
            raise RuleError("officer_card.taken")
        self.remove(officer_id)
        row = {"officer_id": officer_id, "fingerprint": card.fingerprint, "since": card.since, "by": card.by}
        self._connection.execute(insert(officer_cards), row)

    def get(self, officer_id: str) -> CardBinding | None:
        """The officer's, or None where there is none."""
        query = select(officer_cards).where(officer_cards.c.officer_id == officer_id)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else CardBinding(row.fingerprint, row.since, row.by)

    def remove(self, officer_id: str) -> bool:
        """Unbind it; whether there was one."""
        where = officer_cards.c.officer_id == officer_id
        return self._connection.execute(delete(officer_cards).where(where)).rowcount == 1


def _bound(officer_id: str) -> bytes:
    return f"ktpel\nsecond factor\n{officer_id}".encode()
