"""The gate, driven at random: nothing biometric without a valid clearance, nothing refused with one.

The machine drives the real gate, screening and base classes of devices. Beside it stands a model that knows no code of
theirs: it keeps plain facts of what happened, in order, and says from the circular's sentences what must be allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from devices.camera import Camera, Frame
from devices.device import BiometricDevice, DeviceInfo, DeviceKind, SelfTestResult
from devices.fingerprint import FingerImage, FingerRequest, Progress, SingleFingerScanner
from devices.gate import CaptureGate
from devices.positions import FingerPosition
from devices.signature_pad import PadButton, PadGeometry, PenSample, SignaturePad
from protocols.clearance import Clearance, DeviceKey, NotClearedError
from protocols.clock import ManualClock
from protocols.condition import Value
from protocols.schema import builtin
from protocols.screening import Answer, NotClearableError, Screening, Status, device_subject

START = datetime(2020, 4, 13, 1, 0, tzinfo=UTC)
EMERGENCY = builtin("emergency-2020")
OFFICERS = ("officer-1", "officer-2")
VISITS = ("visit-1", "visit-2", "visit-3")
SLOTS = ("camera", "fingerprint", "signature_pad")
CONTACT = ("fingerprint", "signature_pad")
LIMIT = 37.3
TALLY: Counter[str] = Counter()


class Wire:
    """Counts what the hardware is asked; one a device."""

    def __init__(self) -> None:
        self.asked = 0
        self.during: Callable[[], None] | None = None

    def ask(self) -> None:
        """The hardware is asked; what happens meanwhile happens here."""
        self.asked += 1
        if self.during is not None:
            self.during()


class _Parts:
    """What the three small devices have in common: an identity and a wire."""

    def __init__(self, kind: DeviceKind, serial: str) -> None:
        self.identity = DeviceInfo(kind, "Test", "In memory", serial, simulated=True)
        self.wire = Wire()


class MemoryCamera(Camera):
    def __init__(self, gate: CaptureGate, parts: _Parts) -> None:
        super().__init__("camera", gate)
        self._parts = parts

    def _do_open(self) -> DeviceInfo:
        return self._parts.identity

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_self_test(self) -> SelfTestResult:
        return SelfTestResult(True, ())

    def _do_read(self, timeout_s: float) -> Frame:
        self._parts.wire.ask()
        return Frame(np.zeros((2, 2, 3), np.uint8), START, timeout_s, 0)


class MemoryScanner(SingleFingerScanner):
    def __init__(self, gate: CaptureGate, parts: _Parts) -> None:
        super().__init__("fingerprint", gate)
        self._parts = parts

    def _do_open(self) -> DeviceInfo:
        return self._parts.identity

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_self_test(self) -> SelfTestResult:
        return SelfTestResult(True, ())

    def _do_finger_present(self) -> bool:
        self._parts.wire.ask()
        return True

    def _do_capture(self, timeout_s: float, progress: Progress | None) -> FingerImage:
        self._parts.wire.ask()
        assert timeout_s > 0
        assert progress is None
        return FingerImage(np.zeros((2, 2), np.uint8), 500, 8, START)

    def _do_wait_removed(self, timeout_s: float) -> None:
        self._parts.wire.ask()
        assert timeout_s > 0


class MemoryPad(SignaturePad):
    def __init__(self, gate: CaptureGate, parts: _Parts) -> None:
        super().__init__("signature_pad", gate)
        self._parts = parts

    @property
    def geometry(self) -> PadGeometry:
        return PadGeometry(0, 0, 100, 50, 400, 1)

    def _do_open(self) -> DeviceInfo:
        return self._parts.identity

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_self_test(self) -> SelfTestResult:
        return SelfTestResult(True, ())

    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]:
        self._parts.wire.ask()
        return (PenSample(1, 1, 1, down=True, time_ms=round(timeout_s * 1000)),)

    def _do_read_buttons(self) -> tuple[PadButton, ...]:
        self._parts.wire.ask()
        return ()

    def _do_clear(self) -> None:
        self._parts.wire.ask()


class MemoryHygiene:
    """A log that can be made to fail, as a full disk does. It outlives a restart."""

    def __init__(self) -> None:
        self.users: dict[DeviceKey, str | None] = {}
        self.broken = False

    def used_by(self, device: DeviceKey) -> str | None:
        if self.broken:
            raise OSError("disk full")
        return self.users.get(device, "?")

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        if self.broken:
            raise OSError("disk full")
        self.users[device] = visit_id


ACQUISITIONS: dict[str, tuple[str, ...]] = {
    "camera": ("read",),
    "fingerprint": ("finger_present", "capture", "wait_removed"),
    "signature_pad": ("read_ink", "read_buttons", "clear"),
}
ASKED_FOR = {"capture": (FingerRequest((FingerPosition.RIGHT_INDEX,)),)}
"""What some of them want to know beyond the clearance."""


# the model: facts in order, and what they mean


@dataclass
class Fact:
    """One answer: who or what it is about, and when the wall clock said it was."""

    about: str
    what: str
    value: Value
    at: float


@dataclass
class Leave:
    """What the model remembers of a clearance: when it was given, and when it must end on either clock."""

    visit: str
    officer: str
    keys: frozenset[DeviceKey]
    given: float
    wall_end: float
    mono_end: float


@dataclass
class Model:
    """Times are minutes since the start, on the wall or on the monotonic clock."""

    wall: float = 0.0
    mono: float = 0.0
    facts: list[Fact] = field(default_factory=list)
    counter: tuple[str, str] | None = None
    serving: dict[DeviceKey, str] = field(default_factory=dict)
    touched_by: dict[DeviceKey, str | None] = field(default_factory=dict)
    log_broken: bool = False

    def last(self, about: str, what: str, hours: float) -> tuple[Value, float] | None:
        """The newest answer, if it is neither from the future nor too old, and when it ends."""
        found = [fact for fact in self.facts if (fact.about, fact.what) == (about, what)]
        if not found or not found[-1].at <= self.wall < found[-1].at + hours * 60:
            return None
        return found[-1].value, found[-1].at + hours * 60

    def temperature(self, about: str, hours: float) -> tuple[bool, float] | None:
        """(well, end) of a settled measurement; None while there is none or a second reading is due."""
        readings = [fact for fact in self.facts if (fact.about, fact.what) == (about, "temperature")]
        for place in range(len(readings) - 1, 0, -1):
            if readings[place - 1].at > readings[place].at:
                readings = readings[place:]  # the clock was put back in between
                break
        if not readings or readings[-1].at > self.wall:
            return None
        place, verdict = 0, None
        while place < len(readings):
            first = readings[place]
            end = first.at + hours * 60
            if float(first.value) < LIMIT:
                verdict = (True, end)
                place += 1
                continue
            verdict = None
            second = next((i for i in range(place + 1, len(readings)) if readings[i].at >= first.at + 5), None)
            lapsed = next((i for i in range(place + 1, len(readings)) if readings[i].at >= end), None)
            if second is None:
                break
            if lapsed is not None and lapsed <= second:
                place = lapsed
                continue
            end = readings[second].at + hours * 60
            verdict = (float(readings[second].value) < LIMIT, end)
            place = second + 1
            if not verdict[0]:
                while place < len(readings) and readings[place].at < end:
                    place += 1
        return verdict if verdict is not None and self.wall < verdict[1] else None

    def passes_until(self, visit: str, officer: str, keys: dict[str, DeviceKey]) -> float | None:
        """Until when everything the circular asks for is so, on the wall clock; None if it is not so now."""
        ends = [self.wall + 60]
        for about, hours in ((officer, 8.0), (visit, 2.0)):
            heat = self.temperature(about, hours)
            if heat is None or not heat[0]:
                return None
            ends.append(heat[1])
        wanted: list[tuple[str, str, float, Callable[[Value], bool]]] = [
            (officer, "mask", 8, lambda value: value is True),
            (officer, "gloves", 8, lambda value: value is True),
            (visit, "reason", 2, lambda value: value != "not_urgent"),
            (visit, "evidence", 2, bool),
            (visit, "approver", 2, lambda value: value != officer),
            (visit, "hands", 2, lambda value: value in {"soap", "sanitizer"}),
        ]
        told = [(fact.about, fact.what) for fact in self.facts if fact.what in {"reason", "evidence", "approver"}]
        of_visit = [what for about, what in told if about == visit]
        if of_visit and of_visit[-1] != "approver":
            return None  # something was told after the approval
        for slot in CONTACT:
            if self.touched_by.get(keys[slot], "?") not in (None, visit):
                return None
            wanted.append((device_subject(keys[slot]), "wiped", 8, lambda value: value is True))
        for about, what, hours, good in wanted:
            found = self.last(about, what, hours)
            if found is None or not good(found[0]):
                return None
            ends.append(found[1])
        return min(ends)

    def covers(self, leave: Leave | None, key: DeviceKey) -> bool:
        return (
            leave is not None
            and self.counter == (leave.visit, leave.officer)
            and key in leave.keys
            and leave.given <= self.wall < leave.wall_end
            and self.mono < leave.mono_end
        )

    def may_arm(self, leave: Leave | None, key: DeviceKey) -> bool:
        if not self.covers(leave, key):
            return False
        assert leave is not None
        return key.slot not in CONTACT or (not self.log_broken and self.touched_by.get(key, "?") in (None, leave.visit))

    def may_acquire(self, leave: Leave | None, key: DeviceKey) -> bool:
        return self.covers(leave, key) and leave is not None and self.serving.get(key) == leave.visit


ITEM = {
    "mask": "officer_mask",
    "gloves": "officer_gloves",
    "reason": "urgent_reason",
    "evidence": "urgency_evidence",
    "approver": "urgency_approver",
    "hands": "applicant_hands",
    "wiped": "device_disinfected",
}
GOOD_OFFICER: dict[str, Value] = {"mask": True, "gloves": True, "temperature": 36.5}
GOOD_VISIT: dict[str, Value] = {"reason": "hospital", "evidence": "RS/1", "temperature": 36.6, "hands": "soap"}
HEATS = st.sampled_from([36.2, 37.2, 37.3, 38.4])


class GateMachine(RuleBasedStateMachine):
    """One station over some days."""

    def __init__(self) -> None:
        super().__init__()
        TALLY["runs"] += 1
        self.hygiene = MemoryHygiene()
        self.answers: list[Answer] = []
        self.model = Model()
        self.serials = Counter(SLOTS)
        self.wall = START
        self.clearances: list[tuple[Clearance, Leave]] = []
        self.visit, self.officer = VISITS[0], OFFICERS[0]
        self._start()

    def _start(self) -> None:
        """A process begins: the wall clock goes on, the monotonic one and the gate are new."""
        self.clock = ManualClock(self.wall)
        self.gate = CaptureGate(self.clock, self.hygiene)
        self.model.mono, self.model.counter = 0.0, None
        self.model.serving.clear()
        self.clearances.clear()
        self.devices: dict[str, BiometricDevice] = {}
        self.wires: dict[str, Wire] = {}
        for slot in SLOTS:
            self._plug(slot)

    def _plug(self, slot: str) -> None:
        parts = _Parts(DeviceKind(slot), f"{slot}-{self.serials[slot]}")
        kinds: dict[str, type[MemoryCamera] | type[MemoryScanner] | type[MemoryPad]] = {
            "camera": MemoryCamera,
            "fingerprint": MemoryScanner,
            "signature_pad": MemoryPad,
        }
        device = kinds[slot](self.gate, parts)
        device.open()
        self.devices[slot], self.wires[slot] = device, parts.wire

    def _keys(self) -> dict[str, DeviceKey]:
        return {slot: device.key for slot, device in self.devices.items()}

    def _screening(self) -> Screening:
        keys = self._keys()
        contact = frozenset(keys[slot] for slot in CONTACT)
        soiled = frozenset(key for key in contact if self.hygiene.users.get(key, "?") not in (None, self.visit))
        return Screening(
            EMERGENCY, self.visit, self.officer, frozenset(keys.values()), contact, tuple(self.answers), soiled
        )

    def _answer(self, about: str, what: str, value: Value) -> None:
        item = ITEM.get(what) or ("officer_temperature" if about in OFFICERS else "applicant_temperature")
        self.answers.append(Answer(item, about, value, self.clock.now(), self.officer))
        self.model.facts.append(Fact(about, what, value, self.model.wall))

    def _choose(self, pick: int) -> tuple[Clearance | None, Leave | None]:
        """The newest clearance mostly, an older one or none sometimes."""
        if not self.clearances or pick == 9:
            return None, None
        return self.clearances[-1] if pick < 7 else self.clearances[pick % len(self.clearances)]

    @invariant()
    def steps_are_counted(self) -> None:
        TALLY["steps"] += 1

    @initialize()
    def first_sitting(self) -> None:
        self.a_sitting_goes_well()

    # people

    @rule()
    def everything_is_answered_well(self) -> None:
        for what, value in GOOD_OFFICER.items():
            self._answer(self.officer, what, value)
        for what, value in GOOD_VISIT.items():
            self._answer(self.visit, what, value)
        self._answer(self.visit, "approver", "head-of-office")

    @rule()
    def a_sitting_goes_well(self) -> None:
        """What random steps alone would hardly ever line up; each part is held to the model all the same."""
        self.everything_is_answered_well()
        for slot in CONTACT:
            self._disinfect(slot)
        self.attend()
        self.clear()
        self.everything_is_armed()

    @rule()
    def everything_is_armed(self) -> None:
        for slot in SLOTS:
            self.arm(slot, pick=0)

    @rule(what=st.sampled_from(["mask", "gloves"]), value=st.booleans())
    def officer_answers(self, what: str, value: bool) -> None:
        self._answer(self.officer, what, value)

    @rule(
        given=st.sampled_from(
            [("reason", "hospital"), ("reason", "not_urgent"), ("hands", "soap"), ("hands", "not_cleaned"),
             ("approver", "head-of-office"), ("approver", OFFICERS[0]), ("evidence", "SK/7")]
        )
    )  # fmt: skip
    def applicant_answers(self, given: tuple[str, str]) -> None:
        self._answer(self.visit, *given)

    @rule(officer=st.booleans(), heat=HEATS)
    def temperature_is_taken(self, officer: bool, heat: float) -> None:
        self._answer(self.officer if officer else self.visit, "temperature", heat)

    @rule(
        officer=st.booleans(),
        series=st.lists(st.tuples(HEATS, st.sampled_from([1, 5, 7, 130])), min_size=2, max_size=4),
    )
    def temperature_is_taken_again_and_again(self, officer: bool, series: list[tuple[float, float]]) -> None:
        self.everything_is_answered_well()
        for heat, minutes in series:
            self.time_passes(minutes)
            self.temperature_is_taken(officer, heat)
            self.clear()

    @rule()
    def attend(self) -> None:
        self.gate.attend(self.visit, self.officer)
        if self.model.counter != (self.visit, self.officer):
            self.model.serving.clear()
        self.model.counter = (self.visit, self.officer)

    @rule(visit=st.sampled_from(VISITS))
    def another_visit_is_called_or_resumed(self, visit: str) -> None:
        self.visit = visit
        self.attend()

    @rule(officer=st.sampled_from(OFFICERS))
    def another_officer_takes_over(self, officer: str) -> None:
        self.officer = officer
        self.attend()

    @rule()
    def visit_is_parked(self) -> None:
        self.gate.leave()
        self.model.counter = None
        self.model.serving.clear()

    # clocks, power, hardware

    @rule(minutes=st.sampled_from([0.1, 0.5, 1, 3, 5, 7, 20, 60, 130, 490]))
    def time_passes(self, minutes: float) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self.model.wall += minutes
        self.model.mono += minutes

    @rule(minutes=st.sampled_from([-500, -30, -3, -0.5, 2, 40, 500]))
    def wall_clock_is_put(self, minutes: float) -> None:
        self.clock.set_wall(self.clock.now() + timedelta(minutes=minutes))
        self.model.wall += minutes

    @rule()
    def station_restarts(self) -> None:
        self.wall = self.clock.now()
        self._start()

    @rule(slot=st.sampled_from(SLOTS), new=st.booleans())
    def device_is_replugged(self, slot: str, new: bool) -> None:
        self.devices[slot].disarm()
        self.model.serving.pop(self.devices[slot].key, None)
        self.devices[slot].close()
        self.serials[slot] += new
        self._plug(slot)

    @rule(broken=st.booleans())
    def disk_fills_or_empties(self, broken: bool) -> None:
        self.hygiene.broken = self.model.log_broken = broken

    @rule(slot=st.sampled_from(CONTACT))
    def device_is_disinfected(self, slot: str) -> None:
        self._disinfect(slot)

    def _disinfect(self, slot: str) -> None:
        key = self.devices[slot].key
        with self.gate.wiping(key):
            self.hygiene.users[key] = None
        self.model.touched_by[key] = None
        self.model.serving.pop(key, None)
        self._answer(device_subject(key), "wiped", True)

    # what is held to the model

    @rule()
    def clear(self) -> None:
        screening = self._screening()
        verdict = screening.assess(self.clock)
        until = self.model.passes_until(self.visit, self.officer, self._keys())
        assert (verdict.status is Status.CLEARED) == (until is not None), (verdict, until)
        if until is None:
            try:
                screening.clear(self.clock)
            except NotClearableError:
                TALLY["not cleared"] += 1
                return
            raise AssertionError("cleared what the model does not clear")
        clearance = screening.clear(self.clock)
        TALLY["cleared"] += 1
        assert abs((clearance.expires_at - START).total_seconds() / 60 - until) < 1e-6
        leave = Leave(
            self.visit, self.officer, frozenset(self._keys().values()), self.model.wall, until,
            self.model.mono + until - self.model.wall,
        )  # fmt: skip
        self.clearances.append((clearance, leave))

    @rule(slot=st.sampled_from(SLOTS), pick=st.integers(0, 9))
    def arm(self, slot: str, pick: int) -> None:
        clearance, leave = self._choose(pick)
        key = self.devices[slot].key
        allowed = self.model.may_arm(leave, key)
        try:
            self.devices[slot].arm(clearance)
        except NotClearedError:
            assert not allowed
            TALLY["arm refused"] += 1
        else:
            assert allowed
            TALLY["armed"] += 1
            assert leave is not None
            self.model.serving[key] = leave.visit
            if slot in CONTACT:
                self.model.touched_by[key] = leave.visit
        if slot in CONTACT and not self.hygiene.broken:
            assert self.hygiene.used_by(key) == self.model.touched_by.get(key, "?")

    @rule(slot=st.sampled_from(SLOTS))
    def disarm(self, slot: str) -> None:
        self.devices[slot].disarm()
        self.model.serving.pop(self.devices[slot].key, None)

    @rule(slot=st.sampled_from(SLOTS), way=st.integers(0, 2), pick=st.integers(0, 9))
    def acquire(self, slot: str, way: int, pick: int) -> None:
        self._acquire(slot, way, pick)

    @rule(way=st.integers(0, 2))
    def acquire_from_all(self, way: int) -> None:
        for slot in SLOTS:
            self._acquire(slot, way, pick=0)

    @rule(
        slot=st.sampled_from(SLOTS),
        way=st.integers(0, 2),
        event=st.sampled_from(["park", "late", "wiped", "visit"]),
    )
    def something_happens_while_the_wire_is_asked(self, slot: str, way: int, event: str) -> None:
        happenings: dict[str, Callable[[], None]] = {
            "park": self.visit_is_parked,
            "late": partial(self.time_passes, 130),
            "wiped": partial(self._disinfect, "fingerprint"),
            "visit": partial(self.another_visit_is_called_or_resumed, "visit-2"),
        }
        self.wires[slot].during = happenings[event]
        try:
            self._acquire(slot, way, 0)
        finally:
            self.wires[slot].during = None

    def _acquire(self, slot: str, way: int, pick: int) -> None:
        clearance, leave = self._choose(pick)
        device, wire, key = self.devices[slot], self.wires[slot], self.devices[slot].key
        names = ACQUISITIONS[slot]
        before, asked = wire.asked, self.model.may_acquire(leave, key)
        try:
            name = names[way % len(names)]
            getattr(device, name)(clearance, *ASKED_FOR.get(name, ()))
        except NotClearedError:
            TALLY["refused"] += 1
            assert not (asked and self.model.may_acquire(leave, key)), "refused with a valid clearance"
        else:
            TALLY["acquired"] += 1
            assert asked, "came without a valid clearance"
            assert self.model.may_acquire(leave, key), "handed over what came too late"
        # A pad that begins to serve throws older ink away first, which asks its wire once more.
        most = 2 if slot == "signature_pad" else 1
        assert asked <= wire.asked - before <= most * asked, "the wire may be asked under a valid clearance alone"


def test_nothing_biometric_comes_without_a_valid_clearance_and_nothing_is_refused_with_one() -> None:
    TALLY.clear()
    run_state_machine_as_test(
        GateMachine,
        settings=settings(
            max_examples=600,
            stateful_step_count=60,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert TALLY["steps"] >= 10_000, TALLY
    # A run in which hardly anything is ever allowed, or ever refused, would prove nothing.
    for what in ("cleared", "not cleared", "armed", "arm refused", "acquired", "refused"):
        assert TALLY[what] >= 500, TALLY
