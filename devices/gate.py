"""The gate in front of every biometric device: clearance and hygiene, asked on every acquisition.

One gate serves a whole station. The station tells it who stands at the counter (`attend`, `leave`); the base class
of biometric devices asks it before and after each acquisition. It knows no screens and no store: hygiene is kept
behind the `HygieneLog` protocol, which the station's store implements and tests implement in memory.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from protocols.clearance import Clearance, DeviceKey, NotClearedError, Refusal
from protocols.clock import Clock


class HygieneLog(Protocol):
    """Durable memory of which contact device touched whom since it was last wiped.

    A key never seen before counts as used. Both methods may block on a disk; both raise `OSError` when the record
    cannot be read or written, and the gate then refuses.
    """

    def used_by(self, device: DeviceKey) -> str | None:
        """The visit that used the device since its last disinfection, `"?"` if unknown, None if it is clean."""
        ...

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        """Write durably that the device is used by this visit, before it is armed."""
        ...


class CaptureGate:
    """Decides, for every frame, poll, ink and image, whether it may come.

    Thread-safe: devices ask from their worker threads, the station tells from its own.
    """

    def __init__(self, clock: Clock, hygiene: HygieneLog) -> None:
        self._clock = clock
        self._hygiene = hygiene
        self._lock = threading.Lock()
        self._logging = threading.Lock()
        """Held while the log is asked and then written, so that no other visit's use falls between the two."""
        self._visit_id: str | None = None
        self._officer_id: str | None = None
        self._armed: dict[DeviceKey, str] = {}
        self._wipes: Counter[DeviceKey] = Counter()
        """Disinfections begun and ended, both counted: odd while one is being recorded."""

    def attend(self, visit_id: str, officer_id: str) -> None:
        """From now on this officer serves this visit; a change of either ends every earlier leave."""
        with self._lock:
            if (visit_id, officer_id) != (self._visit_id, self._officer_id):
                self._armed.clear()
            self._visit_id, self._officer_id = visit_id, officer_id

    def leave(self) -> None:
        """Nobody stands at the counter: nothing may be acquired, and no device stays armed."""
        with self._lock:
            self._visit_id = self._officer_id = None
            self._armed.clear()

    def arm(self, clearance: Clearance | None, device: DeviceKey, *, contact: bool) -> None:
        """Let a device serve this visit; for a contact device, write first that it is used.

        Raises:
            NotClearedError: no valid clearance, not disinfected since its last applicant, or hygiene unrecorded.
        """
        with self._lock:
            visit_id = self._covered_visit(clearance, device)
            wipes = self._wipes[device]
        if contact:
            self._use(device, visit_id)
        with self._lock:
            if self._covered_visit(clearance, device) != visit_id:
                raise NotClearedError(Refusal.OTHER_VISIT)
            if wipes % 2 or self._wipes[device] != wipes:
                raise NotClearedError(Refusal.NOT_DISINFECTED)
            self._armed[device] = visit_id

    @contextmanager
    def wiping(self, device: DeviceKey) -> Iterator[None]:
        """Record a disinfection inside this: the device is disarmed, and none can be armed before it has ended.

        Without it a device that is wiped while it serves a visit would go on serving, be logged as clean, and carry
        that visit's touch to the next one. Armed again it is used again, and logged so.
        """
        with self._lock:
            if self._wipes[device] % 2:
                raise NotClearedError(Refusal.NOT_DISINFECTED)
            self._armed.pop(device, None)
            self._wipes[device] += 1
        try:
            yield
        finally:
            with self._lock:
                self._wipes[device] += 1

    def admit(self, clearance: Clearance | None, device: DeviceKey) -> None:
        """Pass silently if the device may acquire now.

        Raises:
            NotClearedError: in every other case.
        """
        with self._lock:
            visit_id = self._covered_visit(clearance, device)
            if self._armed.get(device) != visit_id:
                raise NotClearedError(Refusal.NOT_ARMED)

    def disarm(self, device: DeviceKey) -> None:
        """The device serves nobody until it is armed again. Idempotent; hygiene is not touched."""
        with self._lock:
            self._armed.pop(device, None)

    def _covered_visit(self, clearance: Clearance | None, device: DeviceKey) -> str:
        if clearance is None:
            raise NotClearedError(Refusal.NO_CLEARANCE)
        if self._visit_id is None or self._officer_id is None:
            raise NotClearedError(Refusal.REVOKED)
        refusal = clearance.refusal(
            visit_id=self._visit_id, officer_id=self._officer_id, device=device, clock=self._clock
        )
        if refusal is not None:
            raise NotClearedError(refusal)
        return self._visit_id

    def _use(self, device: DeviceKey, visit_id: str) -> None:
        try:
            with self._logging:
                user = self._hygiene.used_by(device)
                if user is not None and user != visit_id:
                    raise NotClearedError(Refusal.NOT_DISINFECTED)
                if user is None:
                    self._hygiene.mark_used(device, visit_id)
        except OSError as error:
            raise NotClearedError(Refusal.HYGIENE_UNRECORDED) from error
