"""The checklist in front of every capture: answers are kept, the rules judge, and a verdict that clears gives leave.

Nothing is judged here: `protocols.screening` does. The leave it mints is kept in memory alone.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from devices.device import Device, DeviceKind
from devices.thermometer import Thermometer
from devices.thermometer.manual import ManualThermometer
from protocols.answers import Answer
from protocols.clearance import DeviceKey
from protocols.condition import Value
from protocols.in_force import InForce
from protocols.schema import Kind, ProtocolDefinition, Subject
from protocols.screening import (
    ItemState,
    Mark,
    NotClearableError,
    Screening,
    Status,
    Verdict,
    device_subject,
)
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Officer, Permission
from station.domain.step import CAPTURE_STATES, State
from station.errors import RuleError, StationError, WayOn
from station.services.chain import acquire
from station.services.counter import Counter
from station.services.prompts import Prompt, PromptKind
from station.services.protocol_choice import ProtocolChoice
from station.services.records import Facts
from station.services.sign_on import SignOn

MANUAL_SLOT: Final = "thermometer_manual"
"""The thermometer that an officer reads by eye; every station has one."""
TYPED_S: Final = 2.0
"""How long the two threads of a typed reading may take to meet."""
SCREENED_STATES: Final = frozenset({State.SCREENING, *CAPTURE_STATES})
"""Where answers are taken: before the captures, and during them to renew a leave that has ended."""


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """The checklist as the screen shows it.

    Attributes:
        approvers: who may be named as the one that approves; never the officer who captures.
        thermometer: whether a thermometer is attached; a reading can be entered by hand in any case.
    """

    visit_id: str
    definition: ProtocolDefinition
    items: tuple[ItemState, ...]
    verdict: Verdict
    approvers: tuple[Officer, ...]
    in_force: InForce
    thermometer: bool


class ScreeningDesk:
    """On the desk's thread, but `measure`, `enter_reading` and `cleared_until`."""

    def __init__(self, counter: Counter, sign_on: SignOn, protocol: ProtocolChoice) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._protocol = protocol

    def view(self, visit_id: str) -> ScreeningView:
        """The checklist now.

        Raises:
            RuleError: `sign_on.needed`, `protocol.none`, `protocol.unknown`.
        """
        screening, clock = self._screening(visit_id), self._counter.clock
        own = self._sign_on.officer().id
        return ScreeningView(
            visit_id=visit_id,
            definition=screening.definition,
            items=screening.checklist(clock),
            verdict=screening.assess(clock),
            approvers=tuple(
                each for each in self._sign_on.officers() if each.may(Permission.APPROVE) and each.id != own
            ),
            in_force=self._protocol.decided(),
            thermometer=DeviceKind.THERMOMETER.value in self._counter.bay.infos(),
        )

    def verdict(self, visit_id: str) -> Verdict:
        """What the answers amount to now."""
        return self._screening(visit_id).assess(self._counter.clock)

    def answer(self, visit_id: str, item_id: str, subject: str, value: Value) -> ScreeningView:
        """Yes or no, a choice, a text, or that a device was disinfected.

        Raises:
            RuleError: `screening.unknown_item`, `screening.unacceptable`, `screening.needs_password` for an approver,
                `screening.needs_reading` for a temperature, `visit.out_of_turn`.
            NotClearedError: the device is being wiped by somebody else this moment.
        """
        line = self._line(visit_id, item_id, subject)
        if line.item.kind is Kind.OFFICER:
            raise RuleError("screening.needs_password")
        if line.item.kind is Kind.TEMPERATURE:
            raise RuleError("screening.needs_reading")
        if line.item.kind is Kind.DISINFECTION and value is True:
            attached = self._counter.bay.contact_keys()
            device = next((key for key in attached if device_subject(key) == subject), None)
            if device is None:  # it has gone since the line was drawn
                raise RuleError("screening.unknown_item")
            with self._counter.gate.wiping(device):
                return self._keep(visit_id, line, value, wiped=device)
        return self._keep(visit_id, line, value)

    def approve(self, visit_id: str, item_id: str, officer_id: str, password: str) -> ScreeningView:
        """An officer other than the one who captures approves, by password. Raises RuleError `sign_on.*`."""
        line = self._line(visit_id, item_id, visit_id)
        if line.item.kind is not Kind.OFFICER:
            raise RuleError("screening.unacceptable")
        approver = self._sign_on.countersign(officer_id, password, Permission.APPROVE)
        return self._keep(visit_id, line, approver.id)

    def measure(self, visit_id: str, item_id: str, subject: str) -> Future[ScreeningView]:
        """Take a reading with the attached thermometer. From any thread."""
        self._counter.prompts.say(Prompt(PromptKind.MEASURE_TEMPERATURE, subject=subject))
        return self._read(DeviceKind.THERMOMETER.value, visit_id, item_id, subject, None)

    def enter_reading(self, visit_id: str, item_id: str, subject: str, celsius: float) -> Future[ScreeningView]:
        """A reading in °C that the officer took by eye. From any thread."""
        return self._read(MANUAL_SLOT, visit_id, item_id, subject, celsius)

    def clear(self, visit_id: str) -> Enrollment:
        """Give leave to capture; from SCREENING the visit moves on.

        Raises:
            RuleError: `screening.not_cleared`, `visit.out_of_turn`.
        """
        officer, decided = self._sign_on.allowed(Permission.RECORD), self._protocol.decided()
        screening, clock = self._screening(visit_id), self._counter.clock
        passed = tuple(s for s in screening.checklist(clock) if s.mark in {Mark.PASSED, Mark.HELD} and s.answer)
        try:
            clearance = screening.clear(clock)
        except NotClearableError as error:
            raise RuleError("screening.not_cleared", error.verdict.status.value, WayOn.SCREEN_AGAIN) from error
        entry = h.Cleared(
            protocol=clearance.protocol,
            decided_by=decided.decided_by,
            decided_at=decided.decided_at,
            decision_reason=decided.reason,
            items=tuple(_screened(each) for each in passed),
            expires_at=clearance.expires_at,
            approver=_value_of(passed, Kind.OFFICER, Subject.VISIT),
            reason=_value_of(passed, Kind.CHOICE, Subject.VISIT),
            at=clearance.granted_at,
            by=officer.id,
        )
        facts: Facts = {"protocol": clearance.protocol.id, "sha256": clearance.protocol.sha256, "count": len(passed)}
        enrollment = self._counter.records.keep(visit_id, lambda _, __: [entry], action="visit.cleared", facts=facts)
        self._counter.leave.grant(clearance)
        return enrollment

    def forget_expired(self) -> None:
        """At the start: erase temperatures that count no longer."""
        try:
            hold = longest_hold(self._protocol.definition())
        except RuleError:
            hold = timedelta(0)  # no protocol is in force, or none that the program knows: none counts
        with self._counter.records.work() as work:
            work.answers.forget_readings_before(self._counter.clock.now() - hold)
            work.commit()

    def cleared_until(self, visit_id: str) -> datetime | None:
        """When the leave that is held now ends or has ended; None where none is held. From any thread."""
        return self._counter.leave.until(visit_id)

    # -- on the desk

    def _screening(self, visit_id: str) -> Screening:
        officer, bay = self._sign_on.officer(), self._counter.bay
        definition = self._protocol.definition()
        devices, contact = bay.keys(), bay.contact_keys()
        contact &= devices  # one may have gone between the two looks
        subjects = (visit_id, officer.id, *(device_subject(key) for key in sorted(contact)))
        with self._counter.records.work() as work:
            answers = work.answers.of(subjects)
            used = frozenset(key for key in contact if work.hygiene.used_by(key) not in {None, visit_id})
        return Screening(definition, visit_id, officer.id, devices, contact, answers, used)

    def _line(self, visit_id: str, item_id: str, subject: str) -> ItemState:
        if self._counter.records.load(visit_id).state not in SCREENED_STATES:
            raise RuleError("visit.out_of_turn")
        for line in self._screening(visit_id).checklist(self._counter.clock):
            if (line.item.id, line.subject) == (item_id, subject):
                return line
        raise RuleError("screening.unknown_item")

    def _due(self, visit_id: str, item_id: str, subject: str) -> tuple[ItemState, str]:
        """The line of a temperature that may be taken now, and who takes it."""
        line = self._line(visit_id, item_id, subject)
        if line.item.kind is not Kind.TEMPERATURE:
            raise RuleError("screening.unacceptable")
        if line.mark is Mark.FAILED:
            raise RuleError("screening.reading_is_final", way_on=WayOn.ASK_SUPERVISOR)
        if line.recheck_at is not None and self._counter.clock.now() < line.recheck_at:
            raise RuleError("screening.too_early", way_on=WayOn.RETRY)
        return line, self._sign_on.officer().id

    def _read(
        self, slot: str, visit_id: str, item_id: str, subject: str, celsius: float | None
    ) -> Future[ScreeningView]:
        def take(device: Device, due: tuple[ItemState, str]) -> tuple[ItemState, float, str]:
            line, officer_id = due
            assert isinstance(device, Thermometer)
            if celsius is None:
                return line, device.measure(officer_id).celsius, officer_id
            assert isinstance(device, ManualThermometer)
            # The driver takes a typed value from another thread than the one that measures.
            typing = threading.Thread(target=device.enter, args=(celsius, TYPED_S), name="typed reading")
            typing.start()
            try:
                return line, device.measure(officer_id, TYPED_S).celsius, officer_id
            finally:
                typing.join()

        def keep(read: tuple[ItemState, float, str]) -> ScreeningView:
            line, value, officer_id = read
            return self._keep(visit_id, line, value, source=slot, measured_by=officer_id)

        return acquire(
            self._counter.desk,
            self._counter.bay,
            slot,
            check=lambda: self._due(visit_id, item_id, subject),
            take=take,
            keep=keep,
        )

    def _keep(
        self,
        visit_id: str,
        line: ItemState,
        value: Value,
        *,
        source: str = "",
        wiped: DeviceKey | None = None,
        measured_by: str = "",
    ) -> ScreeningView:
        """Write the answer; where the answers clear no longer, the leave ends."""
        if not line.item.accepts(value):
            raise RuleError("screening.unacceptable")
        wanted = Permission.RECORD if wiped is None else Permission.DISINFECT
        officer, at = self._sign_on.allowed(wanted), self._counter.clock.now()
        kept = value.strip() if isinstance(value, str) else value
        hold = longest_hold(self._protocol.definition())
        with self._counter.records.work() as work:
            if work.visits.load(visit_id).state not in SCREENED_STATES or (measured_by or officer.id) != officer.id:
                raise RuleError("visit.out_of_turn", "visit or officer has changed while a reading was taken")
            work.answers.add(Answer(line.item.id, line.subject, kept, at, officer.id, source))
            work.answers.forget_readings_before(at - hold)
            if wiped is not None:
                work.hygiene.mark_clean(wiped, by=officer.id, at=at)
            facts = {"item": line.item.id, "slot": wiped.slot if wiped else source}
            work.audit.append("screening.answered", at=at, by=officer.id, visit_id=visit_id, facts=facts)
            work.commit()
        self._weigh_leave()
        return self.view(visit_id)

    def _weigh_leave(self) -> None:
        """Whoever holds the leave, an answer about officer or device may have ended it: then it is dropped."""
        holder = self._counter.leave.holder
        if holder is None:
            return
        try:
            cleared = self.verdict(holder).status is Status.CLEARED
        except StationError:
            self._counter.leave.drop(holder)  # what cannot be judged is not cleared
            raise
        if not cleared:
            self._counter.leave.drop(holder)


def longest_hold(definition: ProtocolDefinition) -> timedelta:
    """How long any temperature counts under this protocol."""
    hours = (definition.quantity(item.hold_hours) for item in definition.items if item.kind is Kind.TEMPERATURE)
    return timedelta(hours=max(hours, default=0.0))


def _screened(line: ItemState) -> h.ScreenedItem:
    assert line.answer is not None
    match line.item.subject:
        case Subject.OFFICER:
            about = "officer"
        case Subject.DEVICE:
            about = line.subject.partition("/")[0]
        case _:
            about = "visit"
    return h.ScreenedItem(line.item.id, about, line.answer.at, line.answer.by, line.answer.source)


def _value_of(passed: tuple[ItemState, ...], kind: Kind, subject: Subject) -> str:
    """The first answer of that kind, "" where the protocol asks for none."""
    for line in passed:
        if line.item.kind is kind and line.item.subject is subject and line.answer is not None:
            return str(line.answer.value)
    return ""
