"""Every page of the store is looked at once after each start, some at a time, while nobody asks for anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from station.errors import StoreDamagedError
from station.services.counter import Counter

SLICE: Final = 512
"""Pages, 2 MB: some 6 ms in which a question may have to wait."""


class PageRound:
    """On the desk's thread, but `subscribe`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._after = 0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[StoreDamagedError], None]] = []

    def subscribe(self, listener: Callable[[StoreDamagedError], None]) -> None:
        """Tell `listener` of `store.damaged`, on the desk's thread. From any thread."""
        with self._lock:
            self._listeners.append(listener)

    def begin(self) -> None:
        """From the first page on."""
        self._after = 0
        self._counter.desk.between(self._look)

    def _look(self) -> bool:
        broken = self._counter.records.broken_pages(self._after, SLICE)
        if not broken:
            self._after += SLICE
            return broken is not None
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(StoreDamagedError(f"{len(broken)} pages do not authenticate"))
        return False
