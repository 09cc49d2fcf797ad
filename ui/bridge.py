"""The one door between the GUI's thread and all others.

A job goes to the desk, its outcome comes back by a queued signal to a slot of this object, which lives on the GUI's
thread: whatever is called from there runs there. Nothing else connects threads: a function connected straight to a
worker's signal would run in the worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from station.services.desk import Desk

T = TypeVar("T")
Done = Callable[[T], None]
Failed = Callable[[BaseException], None]


class Errand:
    """One question under way. Once forgotten, its answer is thrown away on arrival. GUI thread only."""

    def __init__(self, done: Callable[[Any], None], failed: Failed) -> None:
        self._done = done
        self._failed = failed
        self._wanted = True

    def forget(self) -> None:
        """Whoever asked is no longer there."""
        self._wanted = False

    def deliver(self, future: Future[Any]) -> None:
        """Tell whoever asked how it went."""
        if not self._wanted:
            return
        self._wanted = False
        try:
            result = future.result()
        except (Exception, CancelledError) as error:  # noqa: BLE001 - the one who asked judges what it is
            self._failed(error)
        else:
            self._done(result)


class Waker(QObject):
    """Calls a function of the GUI's thread when another thread rings; rings that come before the call are one."""

    _rung = Signal()

    def __init__(self, awake: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._awake = awake
        self._lock = threading.Lock()
        self._pending = False
        self._closed = False
        self._rung.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def ring(self) -> None:
        """There is news. From any thread."""
        with self._lock:
            if self._pending or self._closed:
                return
            self._pending = True
            self._rung.emit()

    def close(self) -> None:
        """Nobody listens any more; from here on a ring does nothing."""
        with self._lock:
            self._closed = True

    @Slot()
    def _wake(self) -> None:
        with self._lock:
            self._pending = False
            if self._closed:
                return
        self._awake()


class Bridge(QObject):
    """Made on the GUI's thread and owned by it.

    Attributes:
        news: what another thread told through `tell`, as it came.
    """

    news = Signal(object)
    _arrived = Signal(object, object)
    _told = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lock = threading.Lock()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def ask(self, job: Callable[[], T], done: Done[T], failed: Failed) -> Errand:
        """Run `job` on the desk; then one of the two functions here."""
        return self.watch(self._desk.submit(job), done, failed)

    def watch(self, future: Future[T], done: Done[T], failed: Failed) -> Errand:
        """Once the future has ended, run one of the two functions here."""
        errand = Errand(done, failed)
        future.add_done_callback(lambda ended: self._emit(errand, ended))
        return errand

    def waker(self, awake: Callable[[], None]) -> Waker:
        """For a mailbox: its `ring` goes to the other thread, `awake` runs here."""
        return Waker(awake, self)

    def tell(self, news: object) -> None:
        """Pass something on as `news`. From any thread."""
        with self._lock:
            if not self._closed:
                self._told.emit(news)

    def close(self) -> None:
        """From here on nothing is delivered; what other threads still say is lost. Idempotent."""
        with self._lock:
            self._closed = True

    def _emit(self, errand: Errand, ended: Future[Any]) -> None:
        """On the thread that ended the future."""
        with self._lock:
            if not self._closed:
                self._arrived.emit(errand, ended)

    @Slot(object, object)
    def _deliver(self, errand: Errand, ended: Future[Any]) -> None:
        if not self._closed:
            errand.deliver(ended)

    @Slot(object)
    def _pass_on(self, news: object) -> None:
        if not self._closed:
            self.news.emit(news)
