"""The leave to capture, in memory alone: one clearance for one visit, gone with the process.

Whoever captures asks here and passes it on; the gate in front of every device judges it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from devices.gate import CaptureGate
from protocols.clearance import Clearance
from station.errors import RuleError, WayOn


class CaptureLeave:
    """Holds the clearance that screening gave last. Thread-safe."""

    def __init__(self, gate: CaptureGate) -> None:
        self._gate = gate
        self._lock = threading.Lock()
        self._clearance: Clearance | None = None
        self._on_drop: list[Callable[[], None]] = []

    def on_drop(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever leave has ended, on the thread that ended it; it returns soon and never raises."""
        with self._lock:
            self._on_drop.append(listener)

    def grant(self, clearance: Clearance) -> None:
        """From now on this visit may be captured by this officer, and no other."""
        self._gate.attend(clearance.visit_id, clearance.officer_id)
        with self._lock:
            self._clearance = clearance

    def of(self, visit_id: str) -> Clearance:
        """The visit's clearance, ended or not: the gate refuses one that has ended and says why.

        Raises:
            RuleError: `capture.not_cleared`, there is none.
        """
        with self._lock:
            clearance = self._clearance
        if clearance is None or clearance.visit_id != visit_id:
            raise RuleError("capture.not_cleared", way_on=WayOn.SCREEN_AGAIN)
        return clearance

    def until(self, visit_id: str) -> datetime | None:
        """When the visit's clearance ends or has ended; None where there is none."""
        with self._lock:
            clearance = self._clearance
        return clearance.expires_at if clearance is not None and clearance.visit_id == visit_id else None

    @property
    def holder(self) -> str | None:
        """The visit that holds leave; None = nobody."""
        with self._lock:
            return None if self._clearance is None else self._clearance.visit_id

    def keep_for(self, visit_id: str) -> None:
        """Somebody is at the counter: no other visit's leave remains."""
        holder = self.holder
        if holder is not None and holder != visit_id:
            self.drop(holder)

    def drop(self, visit_id: str | None = None) -> None:
        """No more leave for this visit, or (None) for any: nothing may be acquired, no device stays armed."""
        with self._lock:
            held = self._clearance
            if visit_id is not None and held is not None and held.visit_id != visit_id:
                return
            self._clearance = None
            listeners = tuple(self._on_drop)
        self._gate.leave()
        for listener in listeners:
            listener()
