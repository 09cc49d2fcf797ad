"""Approved recordings are sealed one after another behind the screens: the desk takes other questions in between.

What cannot be sealed stays approved and unsealed; whoever listens is told, the list shows it, and it is tried again
when somebody asks, or at the next start.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from station.domain.enrollment import Enrollment
from station.errors import StationError
from station.services.desk import Desk


@dataclass(frozen=True, slots=True)
class SealTold:
    """One attempt has ended.

    Attributes:
        error: why it is not sealed; None = it is.
        left: how many still stand in line.
    """

    visit_id: str
    error: BaseException | None
    left: int


class SealingLine:
    """Thread-safe.

    Args:
        desk: does the work, one recording a job.
        seal: what is done with each.
    """

    def __init__(self, desk: Desk, seal: Callable[[str], Enrollment]) -> None:
        self._desk = desk
        self._seal = seal
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._now: str | None = None
        self._listeners: list[Callable[[SealTold], None]] = []

    def subscribe(self, listener: Callable[[SealTold], None]) -> None:
        """Tell `listener` of every recording that was sealed or could not be, on the desk's thread."""
        with self._lock:
            self._listeners.append(listener)

    def add(self, visit_ids: Iterable[str]) -> None:
        """Seal these when it is their turn; what stands in line already is not put there twice."""
        with self._lock:
            for visit_id in visit_ids:
                if visit_id != self._now and visit_id not in self._waiting:
                    self._waiting.append(visit_id)
        self._call_next()

    @property
    def length(self) -> int:
        """How many stand in line, the one under way among them."""
        with self._lock:
            return len(self._waiting) + (self._now is not None)

    def _call_next(self) -> None:
        with self._lock:
            if self._now is not None or not self._waiting:
                return
            visit_id = self._now = self._waiting.popleft()
        self._desk.submit(lambda: self._seal(visit_id)).add_done_callback(
            lambda ended: self._ended(visit_id, ended.exception())
        )

    def _ended(self, visit_id: str, error: BaseException | None) -> None:
        with self._lock:
            self._now = None
            if isinstance(error, StationError) and error.code == "desk.closed":
                self._waiting.clear()  # the station has ended; the next start seals them
                return
            told = SealTold(visit_id, error, len(self._waiting))
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(told)
        self._call_next()
