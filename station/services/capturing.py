"""What the three captures have in common: their turn, their leave, where a sample came from, who did it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Final

from devices.device import BiometricDevice, DeviceKind
from protocols.clearance import Clearance
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.samples import CaptureSource
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.services.counter import Counter
from station.services.prompts import Prompt, PromptKind
from station.services.sign_on import SignOn

WISHES: Final = frozenset({PromptKind.LOOK_AT_CAMERA, PromptKind.PLACE_FINGER, PromptKind.LIFT_FINGER, PromptKind.SIGN})
"""What a capture may want of the applicant."""


class CapturingDesk(ABC):
    """Base of the captures' desks.

    Args:
        step: the state in which this capture has its turn.
        kind: of the device that it captures with, whose slot has that name.
    """

    def __init__(self, counter: Counter, sign_on: SignOn, step: State, kind: DeviceKind) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._step = step
        self._slot = kind.value
        counter.leave.on_drop(self._leave_ended)

    @abstractmethod
    def _end_all(self) -> None:
        """What is under way shall not go on, nor show anything more. From any thread."""

    def _leave_ended(self) -> None:
        """Without leave nothing runs on: neither the device nor what the applicant was asked to do."""
        self._give_up()
        self._counter.prompts.take_back(WISHES)

    def _give_up(self) -> None:
        self._end_all()
        if self._slot in self._counter.bay.health():
            self._counter.bay.cancel(self._slot)

    def _may_record(self) -> str:
        """On the desk: the id of who serves now. Raises RuleError `sign_on.needed`, `sign_on.not_allowed`."""
        return self._sign_on.allowed(Permission.RECORD).id

    def finish(self, visit_id: str) -> Enrollment:
        """End the step. Raises RuleError: see `Enrollment.finish`."""
        by, at = self._may_record(), self._counter.clock.now()
        enrollment = self._counter.records.keep(
            visit_id,
            lambda enrollment, _: [self._finished(enrollment, at, by)],
            action="step.finished",
            facts={"step": self._step.value},
        )
        self._counter.prompts.say(Prompt(PromptKind.NOTHING))
        return enrollment

    def _finished(self, enrollment: Enrollment, at: datetime, by: str) -> h.StepFinished:
        if enrollment.state is not self._step:
            raise RuleError("visit.out_of_turn", f"in {enrollment.state.value}, not {self._step.value}")
        return enrollment.finish(at=at, by=by, hands=self._counter.settings.capture.exception_portrait)

    def _turn(self, visit_id: str) -> Clearance:
        """On the desk: the leave, if this capture has its turn.

        Raises:
            RuleError: `visit.out_of_turn`, `capture.not_cleared`, `sign_on.needed`.
        """
        self._may_record()
        state = self._counter.records.load(visit_id).state
        if state is not self._step:
            raise RuleError("visit.out_of_turn", f"in {state.value}, not {self._step.value}")
        return self._counter.leave.of(visit_id)

    def _same_leave(self, visit_id: str, leave: Clearance) -> None:
        """On the desk: what was taken under a leave is kept under that leave alone.

        Raises:
            RuleError: `capture.not_cleared`, it has been dropped or replaced meanwhile.
        """
        if self._counter.leave.of(visit_id) is not leave:
            raise RuleError("capture.not_cleared", way_on=WayOn.SCREEN_AGAIN)


def source_of(device: BiometricDevice) -> CaptureSource:
    """Which device a sample comes from. Raises DeviceLostError when it is closed."""
    info = device.info
    return CaptureSource(device.slot, info.maker, info.model, info.serial, info.firmware, info.simulated)


class Bell:
    """Rings a listener, and not again until it was answered: at most one wake-up is under way."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._ringing = False

    def ring(self) -> None:
        """There is news."""
        with self._lock:
            if self._ringing:
                return
            self._ringing = True
        self._wake()

    def answered(self) -> None:
        """The news was taken."""
        with self._lock:
            self._ringing = False
