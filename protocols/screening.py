"""From the answers so far to a verdict, and from a verdict that clears to the Clearance: minted here and nowhere else.

Pure: takes values, asks the clock it is handed, keeps nothing. Answers are a history that is only ever added to; the
newest one that still holds counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from protocols.answers import NOTHING, Answer, Limits, Standing, standing
from protocols.clearance import MINT, Clearance, DeviceKey
from protocols.clock import Clock
from protocols.condition import Blank, Condition, Value, Var, evaluate, variables
from protocols.schema import CLEARANCE_MINUTES, Item, Kind, Outcome, ProtocolDefinition, Rule, Subject, Text

__all__ = [
    "Answer",
    "Finding",
    "ItemState",
    "Mark",
    "Missing",
    "NotClearableError",
    "Screening",
    "Status",
    "Verdict",
    "device_subject",
]


class Status(StrEnum):
    """Where a screening stands."""

    INCOMPLETE = "incomplete"
    """Something is missing, or must be mended and answered anew (`Verdict.failed` then says what)."""
    RECHECK = "recheck"
    """A second reading is due at `Verdict.recheck_at`."""
    CLEARED = "cleared"
    REFUSED = "refused"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that is still wanted."""

    item_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds; `subject` names the device where the rule is about one, else it is empty."""

    rule_id: str
    text: Text
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the answers amount to now.

    Attributes:
        missing: answers still wanted, in the order of the checklist.
        failed: rules that hold, in the order of the document; the first one decided.
        recheck_at: from when every second reading that is due may be taken.
        valid_until: when a clearance given now would end; None unless cleared.
        propose_days: in how many days the applicant should come back, the latest that a failed rule proposes; None
            where none does.
    """

    status: Status
    missing: tuple[Missing, ...] = ()
    failed: tuple[Finding, ...] = ()
    recheck_at: datetime | None = None
    valid_until: datetime | None = None
    propose_days: int | None = None


class Mark(StrEnum):
    """How one line of the checklist stands."""

    MISSING = "missing"
    PASSED = "passed"
    HELD = "held"
    """Passed by an answer from before this visit's first one (a shift's item, an earlier disinfection)."""
    FAILED = "failed"
    RECHECK = "recheck"
    NOT_RELEVANT = "not_relevant"
    """Not asked, or not yet known whether it is to be asked."""


@dataclass(frozen=True, slots=True)
class ItemState:
    """One line of the checklist.

    Attributes:
        item: what is asked.
        subject: whose answer it is; an answer must carry it.
        mark: how it stands.
        answer: the answer that counts, or the first reading while a second is due.
        age: how old that answer is.
        holds_until: when it ends.
        recheck_at: from when the second reading counts.
    """

    item: Item
    subject: str
    mark: Mark
    answer: Answer | None = None
    age: timedelta | None = None
    holds_until: datetime | None = None
    recheck_at: datetime | None = None


class NotClearableError(Exception):
    """No clearance can be given now; `verdict` says why. Carries no personal data."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"screening is {verdict.status.value}")
        self.verdict = verdict


def device_subject(device: DeviceKey) -> str:
    """The subject of answers about a device."""
    return f"{device.slot}/{device.serial}"


@dataclass(frozen=True, slots=True)
class Screening:
    """Everything that a verdict depends on, but the time.

    Attributes:
        definition: the protocol in force, with the profile's parameters.
        visit_id: whose screening it is.
        officer_id: who would capture.
        devices: what a clearance shall cover, exactly.
        contact: those of `devices` that touch the applicant.
        answers: the history, in the order in which the answers were given; others' answers in it do no harm.
        used_by_others: contact devices that another visit (or nobody knows who) has used since their last logged
            disinfection: where `HygieneLog.used_by` says neither None nor this visit. One order of events, the log's,
            decides; a wall clock that was put back cannot.
    """

    definition: ProtocolDefinition
    visit_id: str
    officer_id: str
    devices: frozenset[DeviceKey]
    contact: frozenset[DeviceKey]
    answers: tuple[Answer, ...]
    used_by_others: frozenset[DeviceKey]

    def __post_init__(self) -> None:
        """Refuse a contact device that is none of the devices. Raises ValueError."""
        if not self.contact <= self.devices:
            raise ValueError("every contact device must be one of the devices")
        if not self.visit_id or not self.officer_id:
            raise ValueError("a screening needs a visit and an officer")

    def assess(self, clock: Clock) -> Verdict:
        """The verdict at this moment."""
        return self._judge(clock.now()).verdict

    def checklist(self, clock: Clock) -> tuple[ItemState, ...]:
        """Every item in force with its state, in the document's order, items about devices once for each."""
        now = clock.now()
        case = self._judge(now)
        return tuple(self._state(line, case, now) for line in case.lines)

    def clear(self, clock: Clock) -> Clearance:
        """Mint the leave to capture: the one place that does.

        It ends with the first answer that ends, after `clearance_minutes` at the latest, on both clocks.

        Raises:
            NotClearableError: the verdict is anything but cleared.
        """
        monotonic, now = clock.monotonic(), clock.now()
        verdict = self._judge(now).verdict
        if verdict.status is not Status.CLEARED or verdict.valid_until is None:
            raise NotClearableError(verdict)
        return Clearance(
            visit_id=self.visit_id,
            officer_id=self.officer_id,
            devices=self.devices,
            protocol=self.definition.ref,
            granted_at=now,
            expires_at=verdict.valid_until,
            expires_monotonic=monotonic + (verdict.valid_until - now).total_seconds(),
            mint=MINT,
        )

    def _judge(self, now: datetime) -> _Case:
        return _Case(self.definition, tuple(self._lines(now)), now)

    def _lines(self, now: datetime) -> Iterator[_Line]:
        history: dict[tuple[str, str], list[Answer]] = {}
        for answer in self.answers:
            history.setdefault((answer.item_id, answer.subject), []).append(answer)
        for item in self.definition.items:
            limits = _limits(self.definition, item)
            for subject in self._subjects(item):
                given = history.get((item.id, subject), [])
                yield _Line(item, subject, self._stands(item, subject, standing(item, limits, given, now)))

    def _approved_other_facts(self, answer: Answer) -> bool:
        """Whether what was told of the visit (reason, evidence) has been told anew after this approval."""
        told = {item.id: item for item in self.definition.items if item.subject is Subject.VISIT}
        given = next(place for place, each in enumerate(self.answers) if each is answer)
        return any(
            each.subject == self.visit_id
            and each.item_id in told
            and told[each.item_id].kind is not Kind.OFFICER
            and told[each.item_id].accepts(each.value)
            for each in self.answers[given + 1 :]
        )

    def _subjects(self, item: Item) -> tuple[str, ...]:
        match item.subject:
            case Subject.VISIT | Subject.APPLICANT:
                return (self.visit_id,)
            case Subject.OFFICER:
                return (self.officer_id,)
            case Subject.DEVICE:
                return tuple(device_subject(device) for device in sorted(self.contact))

    def _stands(self, item: Item, subject: str, found: Standing) -> Standing:
        """Void: an approver who has become the one who captures, an approval of other facts, a device used since."""
        own_approval = item.kind is Kind.OFFICER and found.value == self.officer_id
        if item.kind is Kind.OFFICER and found.answer is not None and self._approved_other_facts(found.answer):
            return NOTHING
        used = item.kind is Kind.DISINFECTION and any(subject == device_subject(key) for key in self.used_by_others)
        return NOTHING if own_approval or used else found

    def _state(self, line: _Line, case: _Case, now: datetime) -> ItemState:
        found, answer = line.found, line.found.answer
        if case.relevant(line) is not True:
            return ItemState(line.item, line.subject, Mark.NOT_RELEVANT)
        if answer is None:
            return ItemState(line.item, line.subject, Mark.MISSING)
        if found.recheck_at is not None:
            mark = Mark.RECHECK
        elif line in case.blamed:
            mark = Mark.FAILED
        else:
            mark = Mark.HELD if self._from_before(answer) else Mark.PASSED
        return ItemState(line.item, line.subject, mark, answer, now - answer.at, found.until, found.recheck_at)

    def _from_before(self, answer: Answer) -> bool:
        for each in self.answers:
            if each.subject == self.visit_id:
                return False
            if each is answer:
                return True
        return False


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One line of the checklist before the rules have spoken."""

    item: Item
    subject: str
    found: Standing


class _Case:
    """One application of the rules to the lines, at one moment."""

    def __init__(self, definition: ProtocolDefinition, lines: tuple[_Line, ...], now: datetime) -> None:
        self._definition = definition
        self._parameters = definition.values
        self._now = now
        self.lines = lines
        self._shared = self._answers([line for line in lines if line.item.subject is not Subject.DEVICE], {})
        self._by_device = {
            subject: self._answers([line for line in lines if line.subject == subject], self._shared)
            for subject in dict.fromkeys(line.subject for line in lines if line.item.subject is Subject.DEVICE)
        }
        self.blamed: set[_Line] = set()
        self._wanted: set[_Line] = set()
        self._undecided = False
        self.verdict = self._weigh()

    def relevant(self, line: _Line) -> bool | None:
        """Whether the line is to be asked; None = not known yet."""
        if line.item.relevant is None:
            return True
        return evaluate(line.item.relevant, self._seen_by(line), self._parameters)

    def _weigh(self) -> Verdict:
        failed: list[Finding] = []
        held: list[Rule] = []
        for rule in self._definition.rules:
            for subject in self._asked_of(rule):
                if self._applies(rule.when, subject):
                    failed.append(Finding(rule.id, rule.text, subject))
                    held.append(rule)
        for line in self.lines:
            if line.item.required:
                self._want(line, line.subject)
        rechecks = [line.found.recheck_at for line in self.lines if self._pending(line) and line.found.recheck_at]
        missing = tuple(Missing(line.item.id, line.subject) for line in self.lines if line in self._wanted)
        status = _status(held[0] if held else None, recheck=bool(rechecks), missing=bool(missing) or self._undecided)
        proposed = [
            round(self._definition.quantity(rule.propose_days)) for rule in held if rule.propose_days is not None
        ]
        return Verdict(
            status=status,
            missing=missing,
            failed=tuple(failed),
            recheck_at=max(rechecks, default=None),
            valid_until=self._valid_until() if status is Status.CLEARED else None,
            propose_days=max(proposed, default=None),
        )

    def _answers(self, lines: Sequence[_Line], known: dict[str, Value | Blank]) -> dict[str, Value | Blank]:
        """Item id to value, in the document's order, so that relevance finds the earlier ones settled."""
        answers = dict(known)
        for line in lines:
            relevant = line.item.relevant is None or evaluate(line.item.relevant, answers, self._parameters)
            unasked = Blank.UNKNOWN if relevant is None else Blank.IRRELEVANT
            answers[line.item.id] = line.found.value if relevant else unasked
        return answers

    def _seen_by(self, line: _Line) -> dict[str, Value | Blank]:
        return self._by_device[line.subject] if line.item.subject is Subject.DEVICE else self._shared

    def _asked_of(self, rule: Rule) -> tuple[str, ...]:
        named = {each.id for each in variables(rule.when) if isinstance(each, Var)}
        about_device = any(item.id in named and item.subject is Subject.DEVICE for item in self._definition.items)
        return tuple(self._by_device) if about_device else ("",)

    def _applies(self, when: Condition, subject: str) -> bool:
        """Whether the condition holds; blames its answers if so, wants those that it still waits for if unknown."""
        result = evaluate(when, self._by_device[subject] if subject else self._shared, self._parameters)
        if result is True:
            self.blamed.update(line for line in self._lines_of(when, subject) if line.found.answer is not None)
        elif result is None:
            self._undecided = True
            for line in self._lines_of(when, subject):
                self._want(line, subject)
        return result is True

    def _want(self, line: _Line, subject: str) -> None:
        """Ask for the line's answer; where it is not known yet whether it is asked, for what would tell."""
        relevant = self.relevant(line)
        if relevant is True and line.found.answer is None:
            self._wanted.add(line)
        elif relevant is None and line.item.relevant is not None:
            for each in self._lines_of(line.item.relevant, subject):
                self._want(each, subject)

    def _lines_of(self, condition: Condition, subject: str) -> list[_Line]:
        named = {each.id for each in variables(condition) if isinstance(each, Var)}
        return [
            line
            for line in self.lines
            if line.item.id in named and (line.item.subject is not Subject.DEVICE or line.subject == subject)
        ]

    def _pending(self, line: _Line) -> bool:
        return line.found.recheck_at is not None and self.relevant(line) is not False

    def _valid_until(self) -> datetime:
        ends = [line.found.until for line in self.lines if line.found.until and self.relevant(line)]
        return min([self._now + timedelta(minutes=self._parameters[CLEARANCE_MINUTES]), *ends])


def _limits(definition: ProtocolDefinition, item: Item) -> Limits:
    hold = timedelta(hours=definition.quantity(item.hold_hours))
    if item.repeat is None:
        return Limits(hold)
    after = timedelta(minutes=definition.quantity(item.repeat.after_minutes))
    return Limits(hold, definition.quantity(item.repeat.limit), after)


def _status(deciding: Rule | None, *, recheck: bool, missing: bool) -> Status:
    if deciding is not None and deciding.outcome is not Outcome.MEND:
        return Status.REFUSED if deciding.outcome is Outcome.REFUSE else Status.DEFERRED
    if recheck:
        return Status.RECHECK
    return Status.INCOMPLETE if deciding is not None or missing else Status.CLEARED
