"""Scripted faults of a wire: plain values that a simulator asks for, frame by frame. No driver looks in here."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What may happen to one frame on its way to the station."""

    STRAY = "stray"
    """A byte that belongs to no frame comes first (the boot byte 0x55 of fingerprint modules)."""
    NOISE = "noise"
    """A burst of random bytes comes first."""
    BAD_SUM = "bad_sum"
    """One bit of it is flipped."""
    TRUNCATED = "truncated"
    """Its second half never comes; the next frame follows at once."""
    LOST = "lost"
    """It never comes; the next one does."""
    MUTE = "mute"
    """It and all that would follow in this reply never come."""
    RESET = "reset"
    """The device restarts instead: the rest of the reply and all that it held in memory are gone."""


@dataclass(slots=True)
class _Planned:
    fault: Fault
    skip: int
    times: int


class FaultPlan:
    """Which faults are still to come. Thread-safe: scripted by one thread, consumed by the simulator's."""

    def __init__(self) -> None:
        self._planned: deque[_Planned] = deque()
        self._lock = threading.Lock()

    def schedule(self, fault: Fault, *, skip: int = 0, times: int = 1) -> None:
        """Let `skip` frames pass (after those of earlier plans), then befall the next `times` frames."""
        if skip < 0 or times < 1:
            raise ValueError("a fault befalls at least one frame, after none or some")
        with self._lock:
            self._planned.append(_Planned(fault, skip, times))

    def clear(self) -> None:
        """Nothing more goes wrong."""
        with self._lock:
            self._planned.clear()

    @property
    def exhausted(self) -> bool:
        """Whether every planned fault has happened."""
        with self._lock:
            return not self._planned

    def befalls(self) -> Fault | None:
        """What happens to the frame that is to be sent now."""
        with self._lock:
            if not self._planned:
                return None
            planned = self._planned[0]
            if planned.skip:
                planned.skip -= 1
                return None
            planned.times -= 1
            if not planned.times:
                self._planned.popleft()
            return planned.fault
