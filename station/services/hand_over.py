"""Handing the finished card over: the recording is found, the new card laid on the reader, its number bound to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.hand_over import hand_over
from station.domain.officer import Permission
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.services.cards import CardDesk
from station.services.counter import Counter
from station.services.finding import Finding
from station.services.records import Facts
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.store import VisitSummary, Work


class HandOver:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn, finding: Finding, cards: CardDesk) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._finding = finding
        self._cards = cards

    def find(self, wanted: str) -> tuple[VisitSummary, ...]:
        """Sealed recordings that go by this number or NIK, newest first.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`; `hand_over.not_sealed`, what goes by it is not sealed;
                `hand_over.unknown`, nothing does.
        """
        self._sign_on.allowed(Permission.RECORD)
        found = self._finding.find(wanted)
        sealed = tuple(each for each in found if each.state is State.SEALED)
        if not sealed:
            raise RuleError("hand_over.not_sealed" if found else "hand_over.unknown")
        return sealed

    def open(self, visit_id: str) -> Enrollment:
        """The recording, for the officer to see that the person is the one; and the new card is waited for.

        That it was opened is on record.

        Raises:
            RuleError: `hand_over.not_sealed`, `visit.unknown`, `sign_on.needed`, `sign_on.not_allowed`.
        """
        officer, at = self._sign_on.allowed(Permission.RECORD), self._counter.clock.now()
        with self._counter.records.work() as work:
            enrollment = work.visits.load(visit_id)
            if enrollment.state is not State.SEALED:
                raise RuleError("hand_over.not_sealed")
            work.audit.append("visit.opened_for_card", at=at, by=officer.id, visit_id=visit_id, facts={})
            work.commit()
        self._cards.watch(visit_id)
        return enrollment

    def give(self, visit_id: str, *, receipt_shown: bool, old_card: h.OldCard) -> Enrollment:
        """The card on the reader is this recording's, and given to its person.

        Raises:
            RuleError: as `domain.hand_over.hand_over`; `hand_over.other_visit`, the card is another recording's.
        """
        return self._give(visit_id, receipt_shown, old_card, supervisor="", reason="")

    def give_again(
        self, visit_id: str, officer_id: str, password: str, reason: str, *, receipt_shown: bool, old_card: h.OldCard
    ) -> Enrollment:
        """As `give`, where one was given already: a supervisor stands for it, and says why.

        Raises:
            RuleError: as `give`, and as `SignOn.countersign`.
        """
        supervisor = self._sign_on.countersign(officer_id, password, Permission.APPROVE)
        return self._give(visit_id, receipt_shown, old_card, supervisor=supervisor.id, reason=reason)

    def _give(
        self, visit_id: str, receipt_shown: bool, old_card: h.OldCard, *, supervisor: str, reason: str
    ) -> Enrollment:
        by, at = self._sign_on.allowed(Permission.RECORD).id, self._counter.clock.now()
        card = self._cards.presented(visit_id)

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            entry = hand_over(
                enrollment,
                card,
                receipt_shown=receipt_shown,
                old_card=old_card,
                at=at,
                by=by,
                supervisor=supervisor,
                reason=reason,
            )
            if work.search.by_card(entry.card.uid) - {visit_id}:
                raise RuleError("hand_over.other_visit", way_on=WayOn.ASK_SUPERVISOR)
            work.search.note_card(visit_id, entry.card.uid)
            return [entry]

        facts: Facts = {
            "kind": old_card.value,
            "receipt": receipt_shown,
            "officer": supervisor,
            "simulated": card is not None and card.source.simulated,
        }
        given = self._counter.records.keep(visit_id, decide, action="card.handed_over", facts=facts)
        self._cards.stop()
        return given
