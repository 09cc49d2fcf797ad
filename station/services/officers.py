"""The station's officers: who serves, who does no longer, and what each may change about their own account.

Nobody is deleted: an officer who goes is switched off, and what they recorded keeps their name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from station.domain.officer import FactorKind, Officer, Permission, Role
from station.errors import RuleError, WayOn
from station.security.lockout import remaining
from station.services.counter import Counter
from station.services.proofs import kinds_of
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.store import Work

LEAST_SUPERVISORS: Final = 2
"""So many decide together which protocol is in force."""


@dataclass(frozen=True, slots=True)
class OfficerState:
    """One line of the list.

    Attributes:
        officer: who.
        factors: what is asked of them besides a password.
        locked_s: whole seconds for which they are locked out still; 0 where they are not.
    """

    officer: Officer
    factors: frozenset[FactorKind]
    locked_s: int


class OfficersDesk:
    """On the desk's thread. Taking the first ones and others on is `SignOn`'s."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on

    def listing(self) -> tuple[OfficerState, ...]:
        """Everybody, those who serve first. Raises RuleError `sign_on.needed`, `sign_on.not_allowed`."""
        self._sign_on.allowed(Permission.MANAGE_OFFICERS)
        now = self._counter.clock.now()
        with self._counter.records.work() as work:
            everybody = sorted(work.officers.all(), key=lambda each: not each.active)
            return tuple(
                OfficerState(each, kinds_of(work, each.id), _locked_s(work, each.id, now)) for each in everybody
            )

    def change_password(self, current: str, new: str) -> None:
        """Whoever is signed on takes another password.

        Raises:
            RuleError: `sign_on.*`, `password.too_weak`, `password.same`.
        """
        officer = self._sign_on.confirm(current)
        if new == current:
            raise RuleError("password.same")
        self._set_password(officer, new, by=officer.id)

    def set_password(self, officer_id: str, new: str, password: str) -> None:
        """An officer forgot theirs and types a new one; whoever manages officers answers with their own `password`.

        Raises:
            RuleError: `sign_on.*`, `sign_on.same_officer`, `officer.unknown`, `password.too_weak`.
        """
        by = self._manager(officer_id, password)
        with self._counter.records.work() as work:
            officer = work.officers.get(officer_id)
        self._set_password(officer, new, by=by)

    def switch_off(self, officer_id: str, password: str) -> None:
        """They serve no longer; their second factors are gone.

        Raises:
            RuleError: `sign_on.*`, `sign_on.same_officer`, `officer.unknown`; `officer.two_supervisors_left`, there
                would be too few to decide a protocol.
        """
        by, at = self._manager(officer_id, password), self._counter.clock.now()

        def switch(work: Work) -> None:
            leaving = work.officers.get(officer_id)
            others = [each for each in work.officers.all() if each.active and each.role is Role.SUPERVISOR]
            if leaving in others and len(others) <= LEAST_SUPERVISORS:
                raise RuleError("officer.two_supervisors_left", way_on=WayOn.ASK_SUPERVISOR)
            work.officers.switch(officer_id, at)
            work.factors.remove(officer_id)
            work.cards.remove(officer_id)

        self._change(officer_id, by, switch, action="officer.switched_off")

    def switch_on(self, officer_id: str, password: str) -> None:
        """They serve again, with the password that they had. Raises as `switch_off`."""
        by = self._manager(officer_id, password)
        self._change(officer_id, by, lambda work: work.officers.switch(officer_id, None), action="officer.switched_on")

    def unlock(self, officer_id: str, password: str) -> None:
        """They need not wait any longer after wrong passwords. Raises as `switch_off`."""
        by = self._manager(officer_id, password)
        self._change(officer_id, by, lambda work: work.officers.clear_failures(officer_id), action="officer.unlocked")

    def _manager(self, officer_id: str, password: str) -> str:
        if self._sign_on.allowed(Permission.MANAGE_OFFICERS).id == officer_id:
            raise RuleError("sign_on.same_officer", way_on=WayOn.ASK_SUPERVISOR)
        return self._sign_on.confirm(password).id

    def _set_password(self, officer: Officer, new: str, *, by: str) -> None:
        from station.security import passwords  # noqa: PLC0415 - argon2 is loaded on the desk's thread

        passwords.check_strength(new, own=(officer.id, officer.name))
        hashed = passwords.hash(new)
        self._change(
            officer.id,
            by,
            lambda work: work.officers.set_password_hash(officer.id, hashed),
            action="officer.password_changed",
        )

    def _change(self, officer_id: str, by: str, change: Callable[[Work], None], *, action: str) -> None:
        with self._counter.records.work() as work:
            change(work)
            work.audit.append(action, at=self._counter.clock.now(), by=by, facts={"officer": officer_id})
            work.commit()


def _locked_s(work: Work, officer_id: str, now: datetime) -> int:
    count, last = work.officers.failures(officer_id)
    return math.ceil(remaining(count, last, now).total_seconds())
