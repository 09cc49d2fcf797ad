"""Approval from afar: a van without an approver reads a challenge out, an approver anywhere in the office answers it.

Works without any network: both stations hold the office's approval key. A code is good for one recording in one state
of its history and for the approver who gave it; any further entry makes it void.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from station.domain import history as h
from station.domain.approval import captured_by
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.security.lockout import remaining
from station.services.counter import Counter
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.store import Work

KEY_FOLDER: Final = "approval-key"
"""Where a key that is shared is put, in the station's folder."""
_OFFICER_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_NUMBER: Final = re.compile(r"[A-Z0-9-]{1,12}")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the operator reads out.

    Attributes:
        visit: the recording that it is for, as it stands.
        words: the challenge, `XXXX-XXXX-XXX`.
        key: name of the key that the answer must be made with.
    """

    visit: Enrollment
    words: str
    key: str


class CodesLockedError(RuleError):
    """`approval.code_locked`: too many wrong codes in a row. `wait`: until the next try."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("approval.code_locked", f"{round(wait.total_seconds())} s", WayOn.ASK_SUPERVISOR)


class ApprovalCodes:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on

    # -- in the van

    def pending(self, visit_id: str) -> Challenge | None:
        """The challenge that was read out and is good still; None where none is.

        Raises:
            RuleError: `sign_on.*`, `approval.no_key`.
        """
        self._sign_on.allowed(Permission.RECORD)
        with self._counter.records.work() as work:
            self._key(work)
            return self._challenge(work, work.visits.load(visit_id))

    def ask(self, visit_id: str, reason: str) -> Challenge:
        """No approver is here: that a code is asked for, and why, goes into the history.

        Raises:
            RuleError: `sign_on.*`, `approval.no_key`, `approval.why_missing`, `visit.out_of_turn`.
        """
        by, at = self._sign_on.allowed(Permission.RECORD).id, self._counter.clock.now()
        if not reason.strip():
            raise RuleError("approval.why_missing")

        def decide(_: Enrollment, work: Work) -> list[h.Entry]:
            self._key(work)
            return [h.ApprovalAsked(reason=reason.strip(), at=at, by=by)]

        self._counter.records.keep(visit_id, decide, action="approval.asked")
        challenge = self.pending(visit_id)
        assert challenge is not None
        return challenge

    def redeem(self, visit_id: str, approver: str, code: str) -> Enrollment:
        """The approver's answer: where it is right, the recording is approved in their name.

        Wrong ones are counted, and from the fifth in a row on they lock, longer with every further one. What was
        misheard is no guess and is not counted.

        Raises:
            RuleError: `approval.not_asked` (nothing was, or the recording has changed since), `approval.code_mistyped`,
                `approval.code_wrong`, `approval.own_recording`, `approval.no_key`, `officer.unknown`, `sign_on.*`.
            CodesLockedError: too many wrong ones.
        """
        from station.security import approval_code  # noqa: PLC0415 - crypto is loaded late

        by, at = self._sign_on.allowed(Permission.RECORD).id, self._counter.clock.now()
        approver, typed = approver.strip().lower(), approval_code.read_code(code)
        if not _OFFICER_ID.fullmatch(approver):
            raise RuleError("officer.unknown")
        if typed is None:
            raise RuleError("approval.code_mistyped")
        with self._counter.records.work() as work:
            self._check_lock(work)
            visit = work.visits.load(visit_id)
            self._check_approver(work, visit, approver, by)
            challenge = self._challenge(work, visit)
            if challenge is None:
                raise RuleError("approval.not_asked")
            right = approval_code.code(
                self._key(work), approver=approver, number=visit.number, challenge_=challenge.words
            )
            if not approval_code.same(right, typed):
                self._refuse(work, visit_id, approver, by)
        return self._counter.records.keep(
            visit_id,
            lambda _, __: [h.Approved(automatic=False, by_code=True, entered_by=by, at=at, by=approver)],
            action="visit.approved",
            facts={"automatic": False, "kind": "code", "officer": by, "subject": challenge.words},
            last=lambda work: work.approval_keys.clear_failures(),
        )

    # -- in the office

    def answer(self, number: str, challenge: str, password: str) -> str:
        """The code for what a van read out; whoever is signed on answers for it, with their second factor too.

        Raises:
            RuleError: `sign_on.*`, `approval.no_key`, `approval.number_wrong`, `approval.challenge_mistyped`.
            FactorNeededError: as `SignOn.sign_on`.
        """
        from station.security import approval_code  # noqa: PLC0415 - crypto is loaded late

        self._sign_on.allowed(Permission.APPROVE)
        told, words = "".join(number.split()).upper(), approval_code.read_challenge(challenge)
        if not _NUMBER.fullmatch(told):
            raise RuleError("approval.number_wrong")
        if words is None:
            raise RuleError("approval.challenge_mistyped")
        by, at = self._sign_on.confirm_fully(password).id, self._counter.clock.now()
        with self._counter.records.work() as work:
            code = approval_code.code(self._key(work), approver=by, number=told, challenge_=words)
            facts = {"number": told, "subject": words}
            work.audit.append("approval.code_given", at=at, by=by, facts=facts)
            work.commit()  # on record before anybody reads it out
        return code

    # -- the key

    def key_name(self) -> str:
        """What two stations compare to see whether they hold the same key; "" where there is none."""
        from station.security import approval_code  # noqa: PLC0415 - crypto is loaded late

        with self._counter.records.work() as work:
            key = work.approval_keys.get()
        return "" if key is None else approval_code.key_name(key)

    def share(self, passphrase: str, password: str, *, renew: bool = False) -> Path:
        """Write the key for other stations, made first where there is none or `renew` asks for another one.

        Raises:
            RuleError: `sign_on.*`, `keys.passphrase_weak`.
            StationError: `paper.not_written`.
        """
        from station.security import approval_code, approval_key  # noqa: PLC0415 - crypto is loaded late

        self._sign_on.allowed(Permission.APPROVE)
        approval_key.check_passphrase(passphrase)
        by, at = self._sign_on.confirm_fully(password).id, self._counter.clock.now()
        with self._counter.records.work() as work:
            key = work.approval_keys.get()
            if key is None or renew:
                key = approval_key.new_key()
                work.approval_keys.put(key, at)
                work.audit.append("approval.key_made", at=at, by=by, facts={"subject": approval_code.key_name(key)})
            work.audit.append("approval.key_shared", at=at, by=by, facts={"subject": approval_code.key_name(key)})
            work.commit()
        settings = self._counter.settings
        path = settings.folder / KEY_FOLDER / f"{approval_code.key_name(key)}{approval_key.SUFFIX}"
        approval_key.write(path, key, passphrase, station=settings.station.code)
        return path

    def take(self, path: Path, passphrase: str, password: str, officer_id: str, officer_password: str) -> str:
        """Take over the office's key, as two officers see: a supervisor who is signed on, and another one.

        Raises:
            RuleError: `sign_on.*`.
            StationError: `approval.key_file_absent`, `approval.key_file_damaged`, `keys.passphrase_wrong`.
        """
        from station.security import approval_code, approval_key  # noqa: PLC0415 - crypto is loaded late

        self._sign_on.allowed(Permission.APPROVE)
        by, at = self._sign_on.confirm(password).id, self._counter.clock.now()
        second = self._sign_on.countersign(officer_id, officer_password, Permission.CONFIRM_EXCEPTION).id
        key = approval_key.read(path, passphrase)
        with self._counter.records.work() as work:
            work.approval_keys.put(key, at)
            facts = {"subject": approval_code.key_name(key), "officer": second}
            work.audit.append("approval.key_taken", at=at, by=by, facts=facts)
            work.commit()
        return approval_code.key_name(key)

    # -- inside

    def _challenge(self, work: Work, visit: Enrollment) -> Challenge | None:
        from station.security import approval_code  # noqa: PLC0415 - crypto is loaded late

        last = visit.entries[-1]
        if visit.state is not State.APPROVAL or not isinstance(last, h.ApprovalAsked):
            return None
        words = approval_code.challenge(
            station=self._counter.settings.station.code,
            visit_id=visit.visit_id,
            number=visit.number,
            reason=last.reason,
            history=work.visits.digest(visit.visit_id),
        )
        return Challenge(visit, words, approval_code.key_name(self._key(work)))

    def _key(self, work: Work) -> bytes:
        key = work.approval_keys.get()
        if key is None:
            raise RuleError("approval.no_key", way_on=WayOn.ASK_SUPERVISOR)
        return key

    def _check_lock(self, work: Work) -> None:
        now = self._counter.clock.now()
        count, last = work.approval_keys.failures()
        left = remaining(count, last, now)
        if left:
            if last is not None and last > now:  # the clock was set back: the wait begins anew, and then ends
                work.approval_keys.note_time(now)
                work.commit()
            raise CodesLockedError(left)

    def _check_approver(self, work: Work, visit: Enrollment, approver: str, by: str) -> None:
        if approver == by:
            raise RuleError("sign_on.same_officer", way_on=WayOn.ASK_SUPERVISOR)
        if approver in captured_by(visit):
            raise RuleError("approval.own_recording", way_on=WayOn.ASK_SUPERVISOR)
        known = next((each for each in work.officers.all() if each.id == approver), None)
        if known is not None and not known.may(Permission.APPROVE):
            raise RuleError("sign_on.not_allowed", Permission.APPROVE.value, WayOn.ASK_SUPERVISOR)

    def _refuse(self, work: Work, visit_id: str, approver: str, by: str) -> NoReturn:
        """Count it, for good, before anybody is told."""
        at = self._counter.clock.now()
        work.approval_keys.note_failure(at)
        facts = {"officer": approver}
        work.audit.append("approval.code_wrong", at=at, by=by, visit_id=visit_id, facts=facts)
        work.commit()
        raise RuleError("approval.code_wrong", way_on=WayOn.ASK_SUPERVISOR)
