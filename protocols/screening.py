"""From the answers so far to a verdict, and from a verdict that clears to the Clearance: minted here and nowhere else.

Pure: takes values, asks the clock it is handed, keeps nothing. Answers are a history that is only ever added to; the
newest one that still holds counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from protocols.clearance import Clearance, DeviceKey
from protocols.clock import Clock
from protocols.condition import Value
from protocols.schema import Item, ProtocolDefinition, Text


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
class Answer:
    """One answer as it was given; never changed, never taken back.

    Attributes:
        subject: the visit's id, the officer's id or `device_subject(key)`, by the item's subject.
        value: as `Item.accepts` wants it.
        at: wall time, aware.
        by: id of the officer who gave it.
        source: where it came from, e.g. a thermometer's slot; empty for a person.
    """

    item_id: str
    subject: str
    value: Value
    at: datetime
    by: str
    source: str = ""


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
        propose_days: in how many days the applicant should come back; None where no rule proposes any.
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

    def assess(self, clock: Clock) -> Verdict:
        """The verdict at this moment."""
        raise AssertionError

    def checklist(self, clock: Clock) -> tuple[ItemState, ...]:
        """Every item in force with its state, in the document's order, items about devices once for each."""
        raise AssertionError

    def clear(self, clock: Clock) -> Clearance:
        """Mint the leave to capture: the one place that does.

        It ends with the first answer that ends, after `clearance_minutes` at the latest, on both clocks.

        Raises:
            NotClearableError: the verdict is anything but cleared.
        """
        raise AssertionError
