"""Visits from their opening to their parking, putting off or end: who the applicant is, and that nobody is lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from protocols.screening import Status, Verdict
from station.domain import history as h
from station.domain.applicant import MINIMUM_AGE, Applicant
from station.domain.enrollment import Enrollment
from station.domain.history import DeferralReason, EndReason, EverRecorded, ParkReason
from station.domain.officer import SEES_APPLICANTS, Permission
from station.domain.step import OPEN_STATES, State
from station.errors import RuleError, WayOn
from station.services.biodata import BiodataCheck, BiodataForm, check
from station.services.calendar import Calendar
from station.services.cards import CardDesk
from station.services.codes import Codes
from station.services.counter import Counter
from station.services.position import PositionDesk
from station.services.records import Facts
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from station.store import VisitSummary, Work

LISTED: Final = OPEN_STATES | {State.PARKED, State.DEFERRED, State.SEALED, State.ERASED}
_REASONS: Final[Mapping[str, DeferralReason]] = MappingProxyType(
    {
        "not_urgent": DeferralReason.NOT_URGENT,
        "applicant_fever": DeferralReason.APPLICANT_FEVER,
        "officer_fever": DeferralReason.OFFICER_UNFIT,
    }
)
"""Ids of rules in the protocols that come with the program; any other rule is OTHER_RULE."""
_PUT_OFF: Final = frozenset({Status.REFUSED, Status.DEFERRED})


class Visits:
    """On the desk's thread, but `codes`."""

    def __init__(
        self,
        counter: Counter,
        sign_on: SignOn,
        calendar: Calendar,
        verdict: Callable[[str], Verdict],
        codes: Codes,
        *,
        position: PositionDesk,
        cards: CardDesk,
    ) -> None:
        self._counter = counter
        self._cards = cards
        self._position = position
        self._sign_on = sign_on
        self._calendar = calendar
        self._verdict = verdict
        self._old_enough: dict[str, date] = {}
        """Visits whose applicant was found too young, and the day from which they are not. In memory alone."""
        self.codes = codes

    def open(self) -> Enrollment:
        """A new visit with the day's next number.

        Raises:
            RuleError: `sign_on.needed`.
        """
        officer, at = self._sign_on.allowed(Permission.RECORD), self._counter.clock.now()
        visit_id = secrets.token_hex(16)
        self._counter.leave.keep_for(visit_id)
        with self._counter.records.work() as work:
            number = f"A-{work.visits.next_number(self._counter.today()):03d}"
            work.visits.add(visit_id, number, self._counter.settings.plan)
            work.visits.append(visit_id, h.Opened(number=number, at=at, by=officer.id))
            if (where := self._position.entry(officer.id)) is not None:
                work.visits.append(visit_id, where)
            work.audit.append("visit.opened", at=at, by=officer.id, visit_id=visit_id, facts={"number": number})
            self._counter.trail.sign_daily(work)
            enrollment = work.visits.load(visit_id)
            work.commit()
        return enrollment

    def listing(self) -> tuple[VisitSummary, ...]:
        """What waits: unfinished, parked, deferred, awaiting approval; and what was sealed or erased today.

        Raises:
            RuleError: `sign_on.needed`, `sign_on.not_allowed`.
        """
        self._sign_on.allowed(*SEES_APPLICANTS)
        today = datetime.combine(self._counter.today(), time(), self._counter.settings.zone.tz)
        with self._counter.records.work() as work:
            found = work.visits.summaries(LISTED, ended_since=today)
            self._counter.trail.note(work, Look.LISTED, *(each.visit_id for each in found if each.masked_nik))
        return found

    def unfinished(self) -> tuple[VisitSummary, ...]:
        """What a power cut or a closing left open, to be taken up at the same step."""
        with self._counter.records.work() as work:
            return tuple(work.visits.summaries(OPEN_STATES))

    def load(self, visit_id: str) -> Enrollment:
        """A recording as it stands. Raises RuleError `sign_on.needed`, `sign_on.not_allowed`."""
        self._sign_on.allowed(*SEES_APPLICANTS)
        with self._counter.records.work() as work:
            found = work.visits.load(visit_id)
            self._counter.trail.note(work, Look.OPENED, visit_id)
        return found

    def check(self, form: BiodataForm) -> BiodataCheck:
        """Which fields are wrong, and what to look at twice."""
        return check(form, self.codes, self._counter.today())

    def identify(
        self, visit_id: str, form: BiodataForm, *, read_back: bool, ever_recorded: EverRecorded, reason: str
    ) -> Enrollment:
        """The applicant is who the form says; the number of the KTP-el that was laid down for this visit is kept.

        Raises:
            RuleError: `biodata.invalid`, `identify.*`, `visit.out_of_turn`; `visit.too_early`, the same person was put
                off for fever and the day has not come. Of `identify.too_young` the day on which they are old enough is
                remembered for `defer`.
        """
        officer, checked, today = self._sign_on.allowed(Permission.RECORD), self.check(form), self._counter.today()
        applicant = checked.applicant
        if applicant is None:
            raise RuleError("biodata.invalid", ", ".join(sorted(checked.errors)))
        if not applicant.can_record(today):
            self._old_enough[visit_id] = _birthday(applicant.birth_date, MINIMUM_AGE)
        self._counter.leave.keep_for(visit_id)
        card = self._cards.presented(visit_id)

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            entry = enrollment.identify(
                applicant,
                read_back=read_back,
                ever_recorded=ever_recorded,
                warnings=checked.warnings,
                reason=reason,
                today=today,
                card=card,
                at=self._counter.clock.now(),
                by=officer.id,
            )
            if any(_has_fever(each, today) for each in _visits_of(applicant, work) if each.visit_id != visit_id):
                raise RuleError("visit.too_early")
            return [entry]

        facts: Facts = {"warnings": len(checked.warnings)}
        enrollment = self._counter.records.keep(visit_id, decide, action="visit.identified", facts=facts)
        self._old_enough.pop(visit_id, None)
        return enrollment

    def correct(self, visit_id: str, form: BiodataForm, reason: str, officer_id: str, password: str) -> Enrollment:
        """At the review: put the biodata right, as two officers saw. Another cloth than before means another portrait.

        Raises:
            RuleError: `biodata.*`, `identify.*`, `exception.one_officer`, `sign_on.*`, `visit.out_of_turn`,
                `visit.too_early`.
        """
        by, checked = self._sign_on.allowed(Permission.RECORD).id, self.check(form)
        if checked.applicant is None:
            raise RuleError("biodata.invalid", ", ".join(sorted(checked.errors)))
        second = self._sign_on.countersign(officer_id, password, Permission.CONFIRM_EXCEPTION)
        applicant, today = checked.applicant, self._counter.today()

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            entries = enrollment.correct(
                applicant,
                warnings=checked.warnings,
                reason=reason,
                second=second.id,
                today=today,
                at=self._counter.clock.now(),
                by=by,
            )
            if any(_has_fever(each, today) for each in _visits_of(applicant, work) if each.visit_id != visit_id):
                raise RuleError("visit.too_early")
            return list(entries)

        facts: Facts = {"warnings": len(checked.warnings), "officer": second.id}
        return self._counter.records.keep(visit_id, decide, action="visit.corrected", facts=facts)

    def park(self, visit_id: str, reason: ParkReason) -> Enrollment:
        """Let the visit wait; its leave to capture ends. Raises RuleError `visit.out_of_turn`."""
        by = self._sign_on.allowed(Permission.RECORD).id
        parked = self._counter.records.keep(
            visit_id,
            lambda _, __: [h.Parked(reason=reason, at=self._counter.clock.now(), by=by)],
            action="visit.parked",
            facts={"reason": reason.value},
        )
        self._counter.leave.drop(visit_id)
        return parked

    def resume(self, visit_id: str) -> Enrollment:
        """Take it up again, with screening, or with identifying where nobody was identified.

        Raises:
            RuleError: `visit.too_early`, put off for fever and the day has not come; `visit.out_of_turn`.
        """
        by = self._sign_on.allowed(Permission.RECORD).id

        self._counter.leave.keep_for(visit_id)

        def decide(enrollment: Enrollment, _: object) -> list[h.Entry]:
            if enrollment.state is State.DEFERRED and _has_fever(enrollment, self._counter.today()):
                raise RuleError("visit.too_early")
            where = self._position.entry(by)  # a van has moved since
            return [*([where] if where is not None else []), h.Resumed(at=self._counter.clock.now(), by=by)]

        return self._counter.records.keep(visit_id, decide, action="visit.resumed")

    def defer(self, visit_id: str) -> Enrollment:
        """Put it off: reason and proposed working day come from the verdict; readings are forgotten.

        Raises:
            RuleError: `visit.no_reason_to_defer`, screening neither refuses nor defers; `visit.out_of_turn`.
        """
        by = self._sign_on.allowed(Permission.RECORD).id
        if self.load(visit_id).state is State.IDENTIFY:
            if visit_id not in self._old_enough:
                raise RuleError("visit.no_reason_to_defer")
            rules: tuple[str, ...] = ()
            proposed, reason = self._old_enough[visit_id], DeferralReason.TOO_YOUNG
        else:
            proposed, reason, rules = self._put_off(self._verdict(visit_id))
        entry = h.Deferred(
            reason=reason,
            proposed=self._calendar.working_day_from(proposed),
            rules=rules,
            at=self._counter.clock.now(),
            by=by,
        )

        def decide(_: Enrollment, work: Work) -> list[h.Entry]:
            work.answers.forget_readings(visit_id)
            return [entry]

        facts: Facts = {"reason": reason.value}
        deferred = self._counter.records.keep(visit_id, decide, action="visit.deferred", facts=facts)
        self._counter.leave.drop(visit_id)
        return deferred

    def cancel(self, visit_id: str, reason: EndReason) -> Enrollment:
        """End it without a recording: captures and readings are destroyed.

        Raises:
            RuleError: `visit.put_off_instead`, screening refuses it; `visit.out_of_turn`.
        """
        by = self._sign_on.allowed(Permission.RECORD).id
        if self.load(visit_id).state is State.SCREENING and self._verdict(visit_id).status in _PUT_OFF:
            raise RuleError("visit.put_off_instead")

        def decide(_: Enrollment, work: Work) -> list[h.Entry]:
            work.answers.forget_readings(visit_id)
            work.blobs.destroy_captures(visit_id)
            return [h.Cancelled(reason=reason, at=self._counter.clock.now(), by=by)]

        facts: Facts = {"reason": reason.value}
        cancelled = self._counter.records.keep(visit_id, decide, action="visit.cancelled", facts=facts)
        self._counter.leave.drop(visit_id)
        return cancelled

    def _put_off(self, verdict: Verdict) -> tuple[date, DeferralReason, tuple[str, ...]]:
        if verdict.status not in _PUT_OFF or not verdict.failed:
            raise RuleError("visit.no_reason_to_defer", way_on=WayOn.SCREEN_AGAIN)
        rules = tuple(dict.fromkeys(finding.rule_id for finding in verdict.failed))
        reason = _REASONS.get(rules[0], DeferralReason.OTHER_RULE)
        if any(_REASONS.get(rule) is DeferralReason.APPLICANT_FEVER for rule in rules):
            reason = DeferralReason.APPLICANT_FEVER  # it holds until its day, whatever else is true as well
        return self._counter.today() + timedelta(days=verdict.propose_days or 1), reason, rules


def _visits_of(applicant: Applicant, work: Work) -> Iterator[Enrollment]:
    """Visits of the same person that ended without a recording."""
    for summary in work.visits.summaries_of(work.search.by_nik(applicant.nik.digits)):
        if summary.state in {State.DEFERRED, State.CANCELLED}:
            yield work.visits.load(summary.visit_id)


def _has_fever(visit: Enrollment, today: date) -> bool:
    """Whether the visit was put off for fever to a day that has not come."""
    put_off = (each for each in visit.entries if isinstance(each, h.Deferred))
    return any(each.reason is DeferralReason.APPLICANT_FEVER and today < each.proposed for each in put_off)


def _birthday(born: date, age: int) -> date:
    """The day on which that many years are full; of the 29th of February the 1st of March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
