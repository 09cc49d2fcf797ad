"""One recording: what its history amounts to, what may happen next, and what must not.

`Enrollment` is a value. A command checks the rules and returns the entry to be kept; `then` gives the enrollment with
that entry added. Nothing here reads a clock, a file or a device: times, attempts and names are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.applicant import Applicant
from station.domain.folding import told
from station.domain.portraits import PortraitsTaken
from station.domain.samples import (
    IRISES_NOT_CAPTURED,
    Accepted,
    CardSeen,
    ExceptionPortrait,
    FingerAttempt,
    FingerException,
    Likeness,
    LikenessVerdict,
    NotCaptured,
    NotCapturedReason,
    PortraitAttempt,
    SignatureSample,
)
from station.domain.step import (
    ANEW,
    BARE_OF_CAPTURES,
    CAPTURE_STATES,
    DEFAULT_PLAN,
    NEXT_IN_PLAN,
    TRANSITIONS,
    Event,
    State,
    check_plan,
)
from station.errors import RuleError, WayOn

_EVENTS: Final[Mapping[type[h.Entry], Event]] = MappingProxyType(
    {
        h.Identified: Event.IDENTIFIED,
        h.StepFinished: Event.CAPTURED,
        h.StepRedone: Event.REDONE,
        h.Reviewed: Event.REVIEWED,
        h.ReceiptIssued: Event.RECEIPT_ISSUED,
        h.Approved: Event.APPROVED,
        h.Returned: Event.RETURNED,
        h.Sealed: Event.SEALED,
        h.Parked: Event.PARKED,
        h.Resumed: Event.RESUMED,
        h.Deferred: Event.DEFERRED,
        h.Cancelled: Event.CANCELLED,
    }
)
"""Entries that move a recording; `Cleared` does only from SCREENING, the others never."""

_BELONGS_TO: Final[Mapping[type[h.Entry], State]] = MappingProxyType(
    {
        h.PortraitTaken: State.PORTRAIT,
        h.PortraitForced: State.PORTRAIT,
        h.MorePortraits: State.PORTRAIT,
        h.PortraitAccepted: State.PORTRAIT,
        h.ExceptionPortraitTaken: State.FINGERPRINTS,
        h.FingerTaken: State.FINGERPRINTS,
        h.SlapTaken: State.FINGERPRINTS,
        h.LikenessFound: State.FINGERPRINTS,
        h.LikenessSettled: State.FINGERPRINTS,
        h.FingerExcepted: State.FINGERPRINTS,
        h.FingerExceptionWithdrawn: State.FINGERPRINTS,
        h.SignatureTaken: State.SIGNATURE,
        h.SignatureNotCaptured: State.SIGNATURE,
        h.Corrected: State.REVIEW,
        h.ApprovalAsked: State.APPROVAL,
        h.HandedOver: State.SEALED,
    }
)


@dataclass(frozen=True, slots=True)
class Enrollment(PortraitsTaken):
    """A recording as it stands.

    Attributes:
        visit_id: random, carries no meaning.
        plan: order of the capture steps, the portrait first.
        entries: its history, oldest first.
        state: where it stands.
        finished: capture steps that are done.
        due_anew: capture steps that are being done over and for which nothing new has been taken yet.
        handed_over: cards that were given for it, the newest last.
        parked_from: where it stood when it was parked.
    """

    visit_id: str
    plan: tuple[State, ...] = DEFAULT_PLAN
    entries: tuple[h.Entry, ...] = ()
    state: State = State.IDENTIFY
    number: str = ""
    applicant: Applicant | None = None
    identified: h.Identified | None = None
    cleared: h.Cleared | None = None
    signatures: tuple[SignatureSample, ...] = ()
    signature_missing: NotCaptured | None = None
    finished: frozenset[State] = frozenset()
    due_anew: frozenset[State] = frozenset()
    receipt: h.ReceiptIssued | None = None
    approved: h.Approved | None = None
    sealed: h.Sealed | None = None
    handed_over: tuple[h.HandedOver, ...] = ()
    deferred: h.Deferred | None = None
    parked: h.Parked | None = None
    parked_from: State | None = None

    def __repr__(self) -> str:
        return f"Enrollment({self.visit_id}, {self.state.value}, {len(self.entries)} entries)"

    @classmethod
    def of(cls, visit_id: str, entries: Iterable[h.Entry], plan: tuple[State, ...] = DEFAULT_PLAN) -> Enrollment:
        """What a stored history amounts to.

        Raises:
            RuleError: `visit.out_of_turn`, the history breaks the table.
            ValueError: the plan is none.
        """
        enrollment = cls(visit_id, check_plan(plan))
        for entry in entries:
            enrollment = enrollment.then(entry)
        return enrollment

    # -- reading

    def may_retake(self, position: FingerPosition) -> bool:
        """Whether a finger that is done may be taken once more, since the step is being done over."""
        doing_over = self.fingers_before > 0 and self.state is State.FINGERPRINTS
        return doing_over and self.exception(position) is None and bool(self.attempts_left(position))

    @property
    def simulated(self) -> bool:
        """Whether anything in it came from a simulator."""
        taken: tuple[PortraitAttempt | ExceptionPortrait | FingerAttempt | SignatureSample, ...]
        taken = (*self.portraits, *self.exception_portraits, *self.fingers, *self.signatures)
        card = self.identified.card if self.identified is not None else None
        if card is not None and card.source.simulated:
            return True
        return any(each.source.simulated for each in taken) or any(
            entry.position.source.simulated
            for entry in self.entries
            if isinstance(entry, h.Positioned) and entry.position is not None
        )

    @property
    def not_captured(self) -> tuple[NotCaptured, ...]:
        """Modalities of a full recording that are missing altogether."""
        return (IRISES_NOT_CAPTURED, *((self.signature_missing,) if self.signature_missing else ()))

    @property
    def mark(self) -> FingerAttempt | None:
        """The thumbprint that stands for the signature of whoever cannot sign; None where there is none, or no need."""
        return self.thumb() if self.signature_missing is not None else None

    def may(self, event: Event) -> bool:
        """Whether the table has a way on from here by this event."""
        return (self.state, event) in TRANSITIONS

    # -- commands: check, and return the entry to be kept

    def identify(
        self,
        applicant: Applicant,
        *,
        read_back: bool,
        ever_recorded: h.EverRecorded,
        warnings: tuple[str, ...],
        reason: str,
        today: date,
        at: datetime,
        by: str,
        card: CardSeen | None = None,
    ) -> h.Identified:
        """The applicant is who the biodata say.

        Raises:
            RuleError: `identify.not_read_back`, `identify.too_young`, `identify.reason_missing`, `visit.out_of_turn`.
        """
        self._want(Event.IDENTIFIED)
        if not read_back:
            raise RuleError("identify.not_read_back")
        if not applicant.can_record(today):
            raise RuleError("identify.too_young")
        if (warnings or ever_recorded is not h.EverRecorded.NO) and not reason.strip():
            raise RuleError("identify.reason_missing")
        return h.Identified(
            applicant=applicant,
            ever_recorded=ever_recorded,
            confirmed=warnings,
            reason=reason.strip(),
            card=card,
            at=at,
            by=by,
        )

    def correct(
        self,
        applicant: Applicant,
        *,
        warnings: tuple[str, ...],
        reason: str,
        second: str,
        today: date,
        at: datetime,
        by: str,
    ) -> tuple[h.Entry, ...]:
        """Put the biodata right; where they want another cloth behind the portrait, that is done over.

        Raises:
            RuleError: `identify.too_young`, `identify.reason_missing`, `biodata.unchanged`, `exception.one_officer`,
                `visit.out_of_turn`.
        """
        self._want_state(State.REVIEW)
        if second == by:
            raise RuleError("exception.one_officer")
        if not reason.strip():
            raise RuleError("identify.reason_missing")
        if applicant == self.applicant:
            raise RuleError("biodata.unchanged")
        if not applicant.can_record(today):
            raise RuleError("identify.too_young")
        corrected = h.Corrected(
            applicant=applicant, confirmed=warnings, reason=reason.strip(), second=second, at=at, by=by
        )
        if self.applicant is not None and applicant.background is not self.applicant.background:
            return corrected, h.StepRedone(step=State.PORTRAIT, at=at, by=by)
        return (corrected,)

    def take_portrait(self, attempt: PortraitAttempt, *, at: datetime, by: str) -> h.PortraitTaken:
        """Keep one portrait.

        Raises:
            RuleError: `portrait.attempts_used`.
        """
        self._want_state(State.PORTRAIT)
        if not self.portrait_attempts_left:
            raise RuleError("portrait.attempts_used", way_on=WayOn.ASK_SUPERVISOR)
        return h.PortraitTaken(attempt=attempt, at=at, by=by)

    def grant_portraits(self, granted_by: str, reason: str, *, at: datetime, by: str) -> h.MorePortraits:
        """A supervisor lets as many portraits be taken again.

        Raises:
            RuleError: `portrait.attempts_left` while there are some, `portrait.reason_missing`.
        """
        self._want_state(State.PORTRAIT)
        if self.portrait_attempts_left:
            raise RuleError("portrait.attempts_left")
        if not reason.strip():
            raise RuleError("portrait.reason_missing")
        return h.MorePortraits(granted_by=granted_by, reason=reason.strip(), at=at, by=by)

    def accept_portrait(self, number: int, accepted: Accepted, *, at: datetime, by: str) -> h.PortraitAccepted:
        """The applicant approves one of the portraits, whichever.

        Raises:
            RuleError: `portrait.unknown`, or `portrait.needs_force` where hints stand that do more than warn and no
                supervisor signed.
        """
        self._want_state(State.PORTRAIT)
        attempt = self.portrait(number)
        if attempt is None:
            raise RuleError("portrait.unknown")
        if attempt.needs_force:
            raise RuleError("portrait.needs_force", way_on=WayOn.ASK_SUPERVISOR)
        return h.PortraitAccepted(number=number, accepted=accepted, at=at, by=by)

    def take_exception_portrait(
        self, portrait: ExceptionPortrait, *, at: datetime, by: str
    ) -> h.ExceptionPortraitTaken:
        """Keep a picture of the applicant with both hands.

        Raises:
            RuleError: `exception.absent`, no finger is missing.
        """
        self._want_state(State.FINGERPRINTS)
        if not self.exceptions:
            raise RuleError("exception.absent")
        return h.ExceptionPortraitTaken(portrait=portrait, at=at, by=by)

    def take_finger(self, attempt: FingerAttempt, *, at: datetime, by: str) -> h.FingerTaken:
        """Keep one impression.

        Raises:
            RuleError: `fingerprint.excepted`, `fingerprint.attempts_used`.
        """
        self._want_state(State.FINGERPRINTS)
        if self.exception(attempt.position) is not None:
            raise RuleError("fingerprint.excepted")
        if not self.attempts_left(attempt.position):
            raise RuleError("fingerprint.attempts_used", way_on=WayOn.ASK_SUPERVISOR)
        return h.FingerTaken(attempt=attempt, at=at, by=by)

    def except_finger(self, exception: FingerException, *, at: datetime, by: str) -> h.FingerExcepted:
        """Declare that a finger is not taken.

        Raises:
            RuleError: `exception.one_officer`, `exception.reason_missing`, `exception.exists`, `exception.taken`.
        """
        self._want_state(State.FINGERPRINTS)
        if exception.declared_by == exception.confirmed_by or not exception.confirmed_by:
            raise RuleError("exception.one_officer", way_on=WayOn.ASK_SUPERVISOR)
        if not exception.reason.strip():
            raise RuleError("exception.reason_missing")
        if self.exception(exception.position) is not None:
            raise RuleError("exception.exists")
        if self.attempts(exception.position):
            raise RuleError("exception.taken")
        return h.FingerExcepted(exception=exception, at=at, by=by)

    def settle_likeness(
        self, likeness: Likeness, verdict: LikenessVerdict, reason: str, *, at: datetime, by: str
    ) -> h.LikenessSettled:
        """The officer decides whether two prints are of one finger.

        Raises:
            RuleError: `likeness.unknown`, nothing of the kind waits; `likeness.reason_missing` where both shall stay.
        """
        self._want_state(State.FINGERPRINTS)
        if likeness not in self.likenesses:
            raise RuleError("likeness.unknown")
        if verdict is LikenessVerdict.DIFFERENT and not reason.strip():
            raise RuleError("likeness.reason_missing")
        return h.LikenessSettled(
            position=likeness.position,
            number=likeness.number,
            other=likeness.other,
            other_number=likeness.other_number,
            verdict=verdict,
            reason=reason.strip(),
            at=at,
            by=by,
        )

    def finish(self, *, at: datetime, by: str, hands: bool = False) -> h.StepFinished:
        """End the capture step that is under way.

        Args:
            at: when.
            by: whom.
            hands: whether this station wants a picture with both hands where fingers are missing. Histories made
                before it did are none the worse, so it is asked here and never when they are read.

        Raises:
            RuleError: `portrait.not_accepted`, `fingerprint.missing`, `likeness.undecided`, `signature.missing`,
                `exception.portrait_missing`, `visit.out_of_turn`, and `step.nothing_new` where it is done over and
                nothing has been taken since.
        """
        self._want_complete(self.state)
        if hands and self.state is State.FINGERPRINTS and self.wants_hands:
            raise RuleError("exception.portrait_missing")
        return h.StepFinished(step=self.state, at=at, by=by)

    def cannot_sign(self, confirmed_by: str, *, at: datetime, by: str) -> h.SignatureNotCaptured:
        """The applicant cannot sign.

        Raises:
            RuleError: `exception.one_officer`.
        """
        self._want_state(State.SIGNATURE)
        if not confirmed_by or confirmed_by == by:
            raise RuleError("exception.one_officer", way_on=WayOn.ASK_SUPERVISOR)
        missing = NotCaptured("signature", NotCapturedReason.UNABLE_TO_SIGN, confirmed_by)
        return h.SignatureNotCaptured(reason=missing, at=at, by=by)

    # -- history

    def then(self, entry: h.Entry) -> Enrollment:
        """This enrollment with one more entry.

        Raises:
            RuleError: `visit.out_of_turn`, the table has no such way; as `finish`, where a step is said to be done.
        """
        return replace(told(self._moved(entry), entry), entries=(*self.entries, entry))

    def _moved(self, entry: h.Entry) -> Enrollment:
        """The state that the entry leads to."""
        wanted = _BELONGS_TO.get(type(entry))
        if wanted is not None:
            self._want_state(wanted)
            return self
        if isinstance(entry, h.Opened):
            self._want_state(State.IDENTIFY)
            return self
        if isinstance(entry, h.Positioned):
            return self
        if isinstance(entry, h.Cleared) and self.state in CAPTURE_STATES:
            return self
        event = Event.CLEARED if isinstance(entry, h.Cleared) else _EVENTS[type(entry)]
        self._want(event)
        target = TRANSITIONS[self.state, event]
        finished = self.finished
        match entry:
            case h.StepFinished():
                self._want_complete(entry.step)
                finished |= {entry.step}
            case h.StepRedone() | h.Returned():
                if entry.step not in CAPTURE_STATES:
                    raise RuleError("visit.no_such_step")
                finished -= {entry.step}
        if target == NEXT_IN_PLAN:
            target = next((step for step in self.plan if step not in finished), State.REVIEW)
        elif target == ANEW:
            target = self._taken_up_at()
        parked_from = self.state if isinstance(entry, h.Parked) else self.parked_from
        return replace(self, state=State(target), finished=finished, parked_from=parked_from)

    def _taken_up_at(self) -> State:
        """Where a visit goes on after a pause."""
        if self.applicant is None:
            return State.IDENTIFY
        return self.parked_from if self.parked_from in BARE_OF_CAPTURES else State.SCREENING

    def _want(self, event: Event) -> None:
        if not self.may(event):
            raise RuleError("visit.out_of_turn", f"{event.value} in {self.state.value}")

    def _want_complete(self, step: State) -> None:
        """The capture step is under way and has all that it is for."""
        self._want(Event.CAPTURED)
        self._want_state(step)
        if step is State.PORTRAIT and self.accepted() is None:
            raise RuleError("portrait.not_accepted")
        if step is State.FINGERPRINTS and self.next_finger() is not None:
            raise RuleError("fingerprint.missing")
        if step is State.FINGERPRINTS and self.undecided:
            raise RuleError("likeness.undecided")
        if step is State.SIGNATURE and not self.signatures and self.signature_missing is None:
            raise RuleError("signature.missing")
        if step in self.due_anew:
            raise RuleError("step.nothing_new")

    def _want_state(self, state: State) -> None:
        if self.state is not state:
            raise RuleError("visit.out_of_turn", f"in {self.state.value}, not {state.value}")
