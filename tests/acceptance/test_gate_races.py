"""What may happen between two looks of the gate: each leaves nothing armed, and the log on the safe side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from devices.gate import CaptureGate
from protocols.clearance import Clearance, DeviceKey, NotClearedError, Refusal
from protocols.clock import ManualClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening, device_subject

PAD = DeviceKey("signature_pad", "P1")


class Log:
    """In memory; something may happen while it is asked."""

    def __init__(self) -> None:
        self.user: str | None = None
        self.meanwhile: Callable[[], None] | None = None
        self.marked: list[str] = []

    def used_by(self, device: DeviceKey) -> str | None:
        assert device == PAD
        user, happen, self.meanwhile = self.user, self.meanwhile, None
        if happen is not None:
            happen()
        return user

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        assert device == PAD
        self.user = visit_id
        self.marked.append(visit_id)


def clearance(clock: ManualClock, visit: str) -> Clearance:
    answers = (
        Answer("applicant_hands_clean", visit, True, clock.now(), "o"),
        Answer("device_disinfected", device_subject(PAD), True, clock.now(), "o"),
    )
    pads = frozenset({PAD})
    return Screening(builtin("routine"), visit, "o", pads, pads, answers, frozenset()).clear(clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(NotClearedError) as caught:
        act()
    return caught.value.refusal


def test_a_device_wiped_while_it_is_being_armed_is_not_armed(clock: ManualClock) -> None:
    log = Log()
    gate = CaptureGate(clock, log)
    leave = clearance(clock, "v")
    gate.attend("v", "o")

    def wipe() -> None:
        with gate.wiping(PAD):
            log.user = None

    log.user, log.meanwhile = "v", wipe
    assert refusal(lambda: gate.arm(leave, PAD, contact=True)) is Refusal.NOT_DISINFECTED
    assert refusal(lambda: gate.admit(leave, PAD)) is Refusal.NOT_ARMED
    gate.arm(leave, PAD, contact=True)
    gate.admit(leave, PAD)
    assert log.user == "v", "armed again is used again"


def test_while_a_disinfection_is_recorded_nothing_is_armed_and_no_second_one_begins(clock: ManualClock) -> None:
    gate = CaptureGate(clock, Log())
    leave = clearance(clock, "v")
    gate.attend("v", "o")
    gate.arm(leave, PAD, contact=True)
    with gate.wiping(PAD):
        assert refusal(lambda: gate.admit(leave, PAD)) is Refusal.NOT_ARMED
        assert refusal(lambda: gate.arm(leave, PAD, contact=True)) is Refusal.NOT_DISINFECTED
        assert refusal(gate.wiping(PAD).__enter__) is Refusal.NOT_DISINFECTED
    gate.arm(leave, PAD, contact=True)


def test_a_disinfection_that_could_not_be_recorded_leaves_the_device_disarmed_and_usable_anew(
    clock: ManualClock,
) -> None:
    log = Log()
    gate = CaptureGate(clock, log)
    leave = clearance(clock, "v")
    gate.attend("v", "o")
    gate.arm(leave, PAD, contact=True)
    with pytest.raises(OSError, match="disk full"), gate.wiping(PAD):
        raise OSError("disk full")
    assert refusal(lambda: gate.admit(leave, PAD)) is Refusal.NOT_ARMED
    assert log.user == "v"
    gate.arm(leave, PAD, contact=True)


@pytest.mark.parametrize("event", ["another visit", "nobody", "late"])
def test_what_ends_the_leave_while_the_log_is_written_leaves_the_device_disarmed(
    clock: ManualClock, event: str
) -> None:
    log = Log()
    gate = CaptureGate(clock, log)
    leave = clearance(clock, "v")
    gate.attend("v", "o")
    log.meanwhile = {
        "another visit": lambda: gate.attend("w", "o"),
        "nobody": gate.leave,
        "late": lambda: clock.advance(timedelta(hours=3)),
    }[event]
    expected = {"another visit": Refusal.OTHER_VISIT, "nobody": Refusal.REVOKED, "late": Refusal.EXPIRED}[event]
    assert refusal(lambda: gate.arm(leave, PAD, contact=True)) is expected
    gate.attend("v", "o")
    assert refusal(lambda: gate.admit(leave, PAD)) in {Refusal.NOT_ARMED, Refusal.EXPIRED}
    assert log.marked == ["v"], "the log errs on the safe side"


def test_two_visits_arming_at_once_are_never_both_let_to_a_clean_device(clock: ManualClock) -> None:
    log = Log()
    gate = CaptureGate(clock, log)
    first, second = clearance(clock, "v"), clearance(clock, "w")
    gate.attend("v", "o")
    outcome: list[Refusal] = []

    def arm_for_the_other() -> None:
        gate.attend("w", "o")
        begun.set()
        outcome.append(refusal(lambda: gate.arm(second, PAD, contact=True)))

    begun, other = threading.Event(), threading.Thread(target=arm_for_the_other)

    def meanwhile() -> None:
        other.start()
        assert begun.wait(5)

    log.meanwhile = meanwhile
    assert refusal(lambda: gate.arm(first, PAD, contact=True)) is Refusal.OTHER_VISIT
    other.join(5)
    assert (outcome, log.marked) == ([Refusal.NOT_DISINFECTED], ["v"])
