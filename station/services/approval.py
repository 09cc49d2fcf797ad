"""Approval: what waits for it, a look at one recording, yes or back; many at once where nothing stands out.

Nobody approves what they captured. A look at somebody's captures is itself put on record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from station.config import Approval
from station.domain import history as h
from station.domain.approval import ApprovalHead, captured_by, head_of
from station.domain.enrollment import Enrollment
from station.domain.officer import Officer, Permission
from station.domain.risk import is_clean
from station.domain.step import CAPTURE_STATES, State
from station.errors import RuleError, WayOn
from station.services.counter import Counter
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from station.store import Work


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch.

    Attributes:
        approved: ids of the visits that may be sealed now, in the order given.
        own: numbers of those that the approver captured something of; another officer approves them.
        changed: numbers of those that somebody else dealt with meanwhile, or that are clean no longer.
    """

    approved: tuple[str, ...]
    own: tuple[str, ...]
    changed: tuple[str, ...]


class ApprovalDesk:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on

    def queue(self) -> tuple[ApprovalHead, ...]:
        """What waits: the heaviest risk first, of equals the one that waits longest; last what only lacks its seal.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`.
        """
        self._sign_on.allowed(Permission.APPROVE)
        with self._counter.records.work() as work:
            heads = work.visits.heads()
            self._counter.trail.note(work, Look.LISTED, *(each.visit_id for each in heads))
        return tuple(sorted(heads, key=lambda each: (each.state is State.SEALING, -each.weight, each.since)))

    def look(self, visit_id: str) -> Enrollment:
        """One recording, for the approver's eyes; that they looked is on record before it is shown.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`, `visit.unknown`.
        """
        by, at = self._sign_on.allowed(Permission.APPROVE).id, self._counter.clock.now()
        with self._counter.records.work() as work:
            visit = work.visits.load(visit_id)
            facts = {"state": visit.state.value}
            work.audit.append("record.viewed", at=at, by=by, visit_id=visit_id, facts=facts)
            work.commit()
        return visit

    def approve(self, visit_id: str, officer_id: str = "", password: str = "") -> Enrollment:
        """Let it be sealed: a supervisor who captured nothing of it, or by itself where the profile says so.

        Raises:
            RuleError: `approval.needs_supervisor`, `approval.own_recording`, `sign_on.*`, `visit.out_of_turn`.
        """
        at = self._counter.clock.now()
        automatic = not officer_id and self._counter.settings.approval is Approval.AUTOMATIC
        by = self._by() if automatic else self._supervisor(officer_id, password).id

        def decide(visit: Enrollment, _: Work) -> list[h.Entry]:
            if not automatic and by in captured_by(visit):
                raise RuleError("approval.own_recording", way_on=WayOn.ASK_SUPERVISOR)
            return [h.Approved(automatic=automatic, at=at, by=by)]

        facts = {"automatic": automatic}
        return self._counter.records.keep(visit_id, decide, action="visit.approved", facts=facts)

    def approve_clean(self, visit_ids: Sequence[str], password: str) -> BatchResult:
        """Let all of these be sealed that nothing stands out in; whoever is signed on answers with their own password.

        Each is looked at again as it is kept, and has its own line in the audit trail; a failure in the middle leaves
        those before it approved.

        Raises:
            RuleError: `sign_on.*`.
            StoreError: it could not be written.
        """
        self._sign_on.allowed(Permission.APPROVE)
        by = self._sign_on.confirm(password).id
        approved, own, changed = [], [], []
        for visit_id in visit_ids:
            visit = self._counter.records.load(visit_id)
            if visit.state is not State.APPROVAL or not is_clean(head_of(visit).found):
                changed.append(visit.number)
            elif by in captured_by(visit):
                own.append(visit.number)
            else:
                self._counter.records.keep(
                    visit_id,
                    lambda _, __: [h.Approved(automatic=False, at=self._counter.clock.now(), by=by)],
                    action="visit.approved",
                    facts={"automatic": False, "kind": "batch"},
                )
                approved.append(visit_id)
        return BatchResult(tuple(approved), tuple(own), tuple(changed))

    def send_back(self, visit_id: str, step: State, reason: str, officer_id: str, password: str) -> Enrollment:
        """The approver wants one capture done over, after a new screening. Whoever captured it may say so too.

        Raises:
            RuleError: `visit.no_such_step`, `approval.reason_missing`, `approval.needs_supervisor`, `sign_on.*`,
                `visit.out_of_turn`.
        """
        if step not in CAPTURE_STATES:
            raise RuleError("visit.no_such_step")
        if not reason.strip():
            raise RuleError("approval.reason_missing")
        by, at = self._supervisor(officer_id, password).id, self._counter.clock.now()
        back = self._counter.records.keep(
            visit_id,
            lambda _, __: [h.Returned(step=step, reason=reason.strip(), at=at, by=by)],
            action="visit.returned",
            facts={"step": step.value},
        )
        self._counter.leave.drop(visit_id)
        return back

    def _by(self) -> str:
        session = self._sign_on.session
        return session.officer.id if session is not None else ""

    def _supervisor(self, officer_id: str, password: str) -> Officer:
        if not officer_id:
            raise RuleError("approval.needs_supervisor", way_on=WayOn.ASK_SUPERVISOR)
        session = self._sign_on.session
        if session is not None and session.officer.id == officer_id and session.officer.may(Permission.APPROVE):
            # A supervisor at the counter of their own approves what another officer captured.
            return self._sign_on.confirm(password)
        return self._sign_on.countersign(officer_id, password, Permission.APPROVE)
