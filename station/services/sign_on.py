"""Who serves at the counter, and the second signature that some steps need.

A password is checked by argon2, slowly on purpose; whoever has a second factor gives a code of it too. Failures in a
row lock an officer out, longer with every further one, across restarts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NoReturn

from station.domain.history import Parked, ParkReason
from station.domain.officer import Officer, Permission, Role
from station.domain.step import CAPTURE_STATES, State
from station.errors import RuleError, WayOn
from station.security.lockout import remaining
from station.services.counter import Counter
from station.services.proofs import SHOWN_S, CardShown, FactorNeededError, Proof, kinds_of

if TYPE_CHECKING:
    from station.store import Work

AT_COUNTER: Final = frozenset({State.IDENTIFY, State.SCREENING, *CAPTURE_STATES, State.REVIEW, State.RECEIPT})
"""States in which the applicant stands before this officer: parked when the officer leaves."""

_LONG_NUMBER: Final = re.compile(r"\d{12}")
"""An id goes to the log and the audit trail, which take no number as long as a NIK or a civil servant's."""

PRACTICE_PASSWORD: Final = "latihan-2020"  # noqa: S105 - shown on the screen in practice, where nothing is real


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An officer to be taken on. `repr` hides the password."""

    id: str
    name: str
    role: Role
    password: str

    def __repr__(self) -> str:
        return f"NewOfficer({self.id}, {self.role.value})"


PRACTICE_OFFICERS: Final = (
    NewOfficer("petugas", "Rina Operator (latihan)", Role.OPERATOR, PRACTICE_PASSWORD),
    NewOfficer("penyelia", "Budi Penyelia (latihan)", Role.SUPERVISOR, PRACTICE_PASSWORD),
    NewOfficer("penyelia2", "Sari Penyelia (latihan)", Role.SUPERVISOR, PRACTICE_PASSWORD),
)


class LockedOutError(RuleError):
    """`sign_on.locked`: too many failures in a row. `wait_s`: whole seconds until the next try."""

    def __init__(self, wait: timedelta) -> None:
        self.wait_s = math.ceil(wait.total_seconds())
        super().__init__("sign_on.locked", f"{self.wait_s} s", WayOn.ASK_SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Session:
    """An officer's turn at the counter."""

    officer: Officer
    since: datetime
    must_enrol: bool = False
    """The role must have a second factor and the officer has none: nothing is allowed before there is one."""


class SignOn:
    """Officers and passwords. On the desk's thread, but `session` and `practice_hint`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._session: Session | None = None
        self._heard_by: list[Callable[[Session], None]] = []
        self._decoy: str | None = None
        self._shown: dict[str, Proof] = {}
        """What officers show before their password is looked at."""

    @property
    def session(self) -> Session | None:
        """Who serves now. From any thread."""
        return self._session

    @property
    def must_enrol(self) -> bool:
        """Whether whoever serves now may do nothing but take on a second factor. From any thread."""
        session = self._session
        return session is not None and session.must_enrol

    @property
    def practice_hint(self) -> str | None:
        """The password of every practice officer; None where the station is in earnest. From any thread."""
        return PRACTICE_PASSWORD if self._counter.settings.practice else None

    def officer(self) -> Officer:
        """Who serves now.

        Raises:
            RuleError: `sign_on.needed`.
        """
        if self._session is None:
            raise RuleError("sign_on.needed", way_on=WayOn.SIGN_ON)
        return self._session.officer

    def allowed(self, *any_of: Permission) -> Officer:
        """Who serves now, if their role allows it, or one of these.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`, `sign_on.factor_missing` (their role must have one).
        """
        officer = self.officer()
        if not any(officer.may(each) for each in any_of):
            raise RuleError("sign_on.not_allowed", any_of[0].value, WayOn.SIGN_ON)
        if self.must_enrol:
            raise RuleError("sign_on.factor_missing")
        return officer

    def officers(self) -> tuple[Officer, ...]:
        """Everybody who may sign on."""
        return tuple(each for each in self.everybody() if each.active)

    def everybody(self) -> tuple[Officer, ...]:
        """Whoever serves here or ever did."""
        with self._counter.records.work() as work:
            return tuple(work.officers.all())

    def show(self, officer_id: str, proof: Proof) -> None:
        """What this officer shows besides the password that comes next; looked at with that, and then forgotten."""
        self._shown[officer_id] = proof

    def sign_on(self, officer_id: str, password: str, code: str | None = None) -> Session:
        """Begin to serve; whoever served before is signed off.

        Raises:
            RuleError: `sign_on.failed`, `sign_on.code_wrong` (also one that was used before).
            FactorNeededError: `sign_on.code_needed`, `sign_on.card_needed`: the password is right, neither `code` nor
                what was shown before is.
            LockedOutError: after too many failures.
        """
        officer = self._verified(officer_id, password, code)
        if self._session is not None:
            self.sign_off()
        session = Session(officer, self._counter.clock.now(), self._lacks_factor(officer))
        self._audit("sign_on.done", officer.id, session.since)
        self._session = session
        for each in self._heard_by:
            each(session)
        return session

    def on_sign_on(self, listener: Callable[[Session], None]) -> None:
        """Tell `listener` of every officer who begins to serve, on the desk's thread. Called once, by the wiring."""
        self._heard_by.append(listener)

    def forget(self) -> None:
        """The station was closed under whoever served: nobody does any more, and nothing of it can be written."""
        self._session = None

    def sign_off(self) -> None:
        """End the turn: what was at the counter is parked, no leave to capture remains. Idempotent."""
        session = self._session
        if session is None:
            return
        self._counter.leave.drop()
        at, by = self._counter.clock.now(), session.officer.id
        with self._counter.records.work() as work:
            for summary in work.visits.summaries(AT_COUNTER):
                work.visits.append(summary.visit_id, Parked(reason=ParkReason.OFFICER_CHANGE, at=at, by=by))
                facts = {"reason": ParkReason.OFFICER_CHANGE.value}
                work.audit.append("visit.parked", at=at, by=by, visit_id=summary.visit_id, facts=facts)
            work.audit.append("sign_on.ended", at=at, by=by, facts={})
            self._counter.trail.end(work)
            work.commit()
        self._counter.trail.ended()
        self._session = None

    def countersign(self, officer_id: str, password: str, permission: Permission, code: str | None = None) -> Officer:
        """A second officer stands for a step with their password, and a code where they have a second factor.

        Raises:
            RuleError: `sign_on.same_officer`, `sign_on.not_allowed`, `sign_on.factor_missing`, and as `sign_on`.
        """
        if self._session is not None and officer_id == self._session.officer.id:
            raise RuleError("sign_on.same_officer", way_on=WayOn.ASK_SUPERVISOR)
        officer = self._verified(officer_id, password, code)
        if not officer.may(permission):
            raise RuleError("sign_on.not_allowed", permission.value, WayOn.ASK_SUPERVISOR)
        if self._lacks_factor(officer):
            raise RuleError("sign_on.factor_missing", way_on=WayOn.ASK_SUPERVISOR)
        return officer

    def confirm(self, password: str) -> Officer:
        """The officer signed on stands for a step with their own password: the code was given when the turn began.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.factor_missing`, `sign_on.failed`.
            LockedOutError: after too many failures.
        """
        officer = self.officer()
        if self.must_enrol:
            raise RuleError("sign_on.factor_missing")
        return self._verified(officer.id, password, with_factor=False)

    def confirm_fully(self, password: str, code: str | None = None) -> Officer:
        """The officer signed on stands for a change of what they sign on with: as at the beginning of the turn.

        Raises as `confirm` and `sign_on`.
        """
        return self._verified(self.officer().id, password, code)

    def note_locked(self) -> None:
        """The screen was covered since nobody touched it."""
        self._audit("sign_on.locked", self.officer().id, self._counter.clock.now())

    def unlock(self, password: str) -> Officer:
        """The officer signed on is back, and says so with their own password.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.failed`.
            LockedOutError: after too many failures.
        """
        officer = self._verified(self.officer().id, password, with_factor=False)
        self._audit("sign_on.unlocked", officer.id, self._counter.clock.now())
        return officer

    def enrolled(self) -> None:
        """Whoever is signed on has a second factor now."""
        if self._session is not None:
            self._session = Session(self._session.officer, self._session.since)

    def note_failure(self, officer_id: str, code: str) -> None:
        """A card was refused, for the audit trail; the card counts its own failures."""
        with self._counter.records.work() as work:
            facts = {"officer": officer_id, "code": code}
            work.audit.append("sign_on.failed", at=self._counter.clock.now(), by="", facts=facts)
            work.commit()

    def needs_first_officer(self) -> bool:
        """Whether nobody has been taken on yet."""
        return not self.officers()

    def add_first_officers(self, first: NewOfficer, second: NewOfficer) -> None:
        """Take on the first two, who together decide which protocol is in force.

        Raises:
            RuleError: `officer.not_first`, `officer.two_supervisors`, `officer.id_unfit`, `officer.id_long_number`,
                `officer.name_missing`, `password.too_weak`.
        """
        if not self.needs_first_officer():
            raise RuleError("officer.not_first", way_on=WayOn.ASK_SUPERVISOR)
        if first.id == second.id or {first.role, second.role} != {Role.SUPERVISOR}:
            raise RuleError("officer.two_supervisors")
        self.take_on(first, second)

    def add_officer(self, newcomer: NewOfficer, password: str) -> Officer:
        """Take on another one; whoever is signed on answers for it with their own `password`.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`, `sign_on.failed`, `sign_on.locked`, `officer.exists`,
                `officer.id_unfit`, `officer.id_long_number`, `officer.name_missing`, `password.too_weak`.
        """
        self.allowed(Permission.MANAGE_OFFICERS)
        self.take_on(newcomer, by=self.confirm(password).id)
        return Officer(newcomer.id, newcomer.name.strip(), newcomer.role)

    def take_on(self, *newcomers: NewOfficer, by: str = "") -> None:
        """Keep new officers, all or none; the caller has seen to who may ask for it, `by` name. Raises as above."""
        from station.security import passwords  # noqa: PLC0415 - argon2 is loaded on the desk's thread

        at = self._counter.clock.now()
        with self._counter.records.work() as work:
            for each in newcomers:
                if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,31}", each.id):
                    raise RuleError("officer.id_unfit")
                if _LONG_NUMBER.search(each.id):
                    raise RuleError("officer.id_long_number")
                if not each.name.strip():
                    raise RuleError("officer.name_missing")
                passwords.check_strength(each.password, own=(each.id, each.name))
                work.officers.add(Officer(each.id, each.name.strip(), each.role), passwords.hash(each.password))
                work.audit.append("officer.added", at=at, by=by, facts={"officer": each.id, "role": each.role.value})
            work.commit()

    def _verified(
        self, officer_id: str, password: str, code: str | None = None, *, with_factor: bool = True
    ) -> Officer:
        from station.security import passwords  # noqa: PLC0415 - argon2 is loaded on the desk's thread

        now = self._counter.clock.now()
        with self._counter.records.work() as work:
            officer = next((each for each in work.officers.all() if each.id == officer_id and each.active), None)
            if officer is None:
                self._refuse_unknown(password)
            count, last = work.officers.failures(officer_id)
            if left := remaining(count, last, now):
                if last is not None and last > now:  # the clock was set back: the wait begins anew, and then ends
                    work.officers.note_time(officer_id, now)
                    work.commit()
                raise LockedOutError(left)
            kept = work.officers.password_hash(officer_id)
            if not passwords.verify(kept, password):
                self._fail(work, officer_id, now, "sign_on.failed")
            step = self._step(work, officer_id, code, now) if with_factor else None
            if step is not None:
                work.factors.note_step(officer_id, step)
            if count:
                work.officers.clear_failures(officer_id)
            if rehash := passwords.needs_rehash(kept):
                work.officers.set_password_hash(officer_id, passwords.hash(password))
            if count or rehash or step is not None:
                work.commit()
        return officer

    def _refuse_unknown(self, password: str) -> NoReturn:
        """An unknown name takes as long as a wrong password."""
        from station.security import passwords  # noqa: PLC0415 - argon2 is loaded on the desk's thread

        if self._decoy is None:
            self._decoy = passwords.hash("nobody's password")
        passwords.verify(self._decoy, password)
        raise RuleError("sign_on.failed", way_on=WayOn.SIGN_ON)

    def _step(self, work: Work, officer_id: str, code: str | None, now: datetime) -> int | None:
        """The time step of a right code; None of a card, and for an officer without a second factor."""
        shown = self._shown.pop(officer_id, None)
        proof: Proof | None = shown if code is None else code
        kinds = kinds_of(work, officer_id)
        if not kinds:
            return None
        factor, card = work.factors.get(officer_id), work.cards.get(officer_id)
        if isinstance(proof, CardShown):
            fresh = self._counter.clock.monotonic() - proof.monotonic <= SHOWN_S
            if fresh and card is not None and proof.fingerprint == card.fingerprint:
                return None
        elif proof is not None and factor is not None:
            from station.security import one_time  # noqa: PLC0415 - loaded where somebody has an authenticator

            step = one_time.step_taken(factor.secret, proof, now, after=factor.last_step)
            if step is None:
                self._fail(work, officer_id, now, "sign_on.code_wrong")
            return step
        raise FactorNeededError(officer_id, kinds)

    def _lacks_factor(self, officer: Officer) -> bool:
        """Whether the role must have a second factor and the officer has none."""
        if officer.role not in self._counter.settings.officers.second_factor:
            return False
        with self._counter.records.work() as work:
            return not kinds_of(work, officer.id)

    def _fail(self, work: Work, officer_id: str, now: datetime, code: str) -> NoReturn:
        """Count it, for good, before anybody is told."""
        work.officers.note_failure(officer_id, now)
        work.audit.append("sign_on.failed", at=now, by="", facts={"officer": officer_id, "code": code})
        work.commit()
        raise RuleError(code, way_on=WayOn.SIGN_ON)

    def _audit(self, action: str, officer_id: str, at: datetime) -> None:
        with self._counter.records.work() as work:
            work.audit.append(action, at=at, by=officer_id, facts={"officer": officer_id})
            work.commit()
