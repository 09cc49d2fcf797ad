"""The one thread on which the record is kept: every service call, store access, encoding and PDF runs here, in order.

Nothing on it waits for a device: device threads wait for it (the hygiene log), and two threads that wait for each
other stand still for good.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, TypeVar

from station.errors import StationError, WayOn

T = TypeVar("T")

_Job = Callable[[], None]

PAUSE_S: Final = 0.2
"""How long nobody has asked for anything before a chore goes on."""


class Desk:
    """A worker thread with a queue. All methods may be called from any thread.

    Args:
        on_bug: told every exception that a job raised, on the desk's thread; for the log.
    """

    def __init__(self, on_bug: Callable[[BaseException], None] = lambda _: None) -> None:
        self._on_bug = on_bug
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._chores: deque[Callable[[], bool]] = deque()

    def start(self) -> None:
        """Begin to work. Idempotent."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="desk")
                self._thread.start()

    def stop(self) -> None:
        """Run what is queued, then end and join. Idempotent; never called from the desk itself."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._jobs.put(None)
        if thread is not None:
            thread.join()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` after everything asked for before; the future gets its result or exception.

        A desk that does not work fails the future with StationError `desk.closed`.
        """
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it, whatever it is; the thread lives on
                self._on_bug(error)
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            working = self._thread is not None
            if working:
                self._jobs.put(run)
        if not working:
            future.set_running_or_notify_cancel()
            future.set_exception(StationError("desk.closed", WayOn.RETRY))
        return future

    def here(self) -> bool:
        """Whether the caller runs on the desk's thread."""
        return threading.current_thread() is self._thread

    def between(self, chore: Callable[[], bool]) -> None:
        """Run `chore`, which is short, again and again whenever nobody asks for anything, until it returns False.

        On the desk's thread. Several take turns; one that waits already is not put there twice.
        """
        if chore not in self._chores:
            self._chores.append(chore)

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=PAUSE_S if self._chores else None)
            except queue.Empty:
                self._do_chore()
                continue
            if job is None:
                self._chores.clear()
                return
            job()

    def _do_chore(self) -> None:
        chore = self._chores.popleft()
        try:
            more = chore()
        except Exception as error:  # noqa: BLE001 - told as any job's; the thread lives on
            self._on_bug(error)
        else:
            if more:
                self.between(chore)
