"""Covers the screen after some minutes without a touch. Nothing below it ends: fields, ink and captures stay.

Input is heard at the windows, not at the application: a filter there would see every paint and timer too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication, QDialog

from ui.messages import sentence_of
from ui.presenters.floor import Floor
from ui.widgets.lock_cover import LockCover

if TYPE_CHECKING:
    from station.domain.officer import Officer

INPUT: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)
MINUTE_MS: Final = 60_000


class IdleLock(QObject):
    """GUI thread only.

    Args:
        floor: the presenters' floor.
        pause: lets the screen that is shown put its live picture away.
        resume: and take it up again.

    Attributes:
        timer: runs out when nothing was touched for the time that the settings name.
        cover: what is seen then.
    """

    def __init__(self, floor: Floor, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        super().__init__(floor.window)
        self._floor = floor
        self._pause, self._resume = pause, resume
        self._asking = False
        self._put_away: list[QDialog] = []
        """Questions that stood in front of the window."""
        self.cover = LockCover(floor.window)
        self.cover.opened.connect(self._unlock)
        self.cover.left.connect(self._leave)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(floor.station.settings.officers.idle_lock_minutes * MINUTE_MS)
        self.timer.timeout.connect(self.lock)
        application = QApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._window_came)

    @property
    def locked(self) -> bool:
        """Whether the screen is covered."""
        return not self.cover.isHidden()

    def begin(self) -> None:
        """An officer serves; count from now on, where the settings want it."""
        for window in QGuiApplication.topLevelWindows():
            self._watch(window)
        self.noticed()

    def end(self) -> None:
        """Nobody serves: nothing to lock. Idempotent."""
        self.timer.stop()
        if self.locked:
            self.cover.uncover()
            self._put_away.clear()

    def noticed(self) -> None:
        """Somebody works here."""
        if self.timer.interval() > 0 and not self.locked and self._floor.station.sign_on.session is not None:
            self.timer.start()

    def lock(self) -> None:
        """Cover the screen now. Idempotent; nothing where nobody serves."""
        session = self._floor.station.sign_on.session
        if session is None or self.locked:
            return
        self.timer.stop()
        self._pause()
        self._clear_front()
        self.cover.cover(session.officer.name)
        self._floor.window.activateWindow()
        self._floor.bridge.ask(self._floor.station.sign_on.note_locked, lambda _: None, self._floor.tell)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in INPUT:
            self.noticed()
        return False

    def _watch(self, window: QWindow) -> None:
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def _window_came(self, window: QWindow | None) -> None:
        if window is None:
            return
        self._watch(window)
        if self.locked:  # what was under way below asks something
            QTimer.singleShot(0, self, self._clear_front)

    def _clear_front(self) -> None:
        """Hide the questions in front of the window; they come back as they are."""
        for each in QApplication.topLevelWidgets():
            if isinstance(each, QDialog) and each.isVisible():
                each.hide()
                self._put_away.append(each)
                each.finished.connect(partial(self._answered, each))

    def _answered(self, question: QDialog, _: int) -> None:
        """What was under way has ended below the cover: there is nothing to come back to."""
        if question in self._put_away:
            self._put_away.remove(question)

    def _unlock(self) -> None:
        password = self.cover.password.value
        if self._asking or not password:
            return
        self._asking = True
        sign_on = self._floor.station.sign_on
        self._floor.bridge.ask(lambda: sign_on.unlock(password), self._unlocked, self._refused)

    def _unlocked(self, _: Officer) -> None:
        self._asking = False
        self.cover.uncover()
        back, self._put_away = self._put_away, []
        for each in back:
            each.show()
        self._resume()
        self.noticed()

    def _refused(self, error: BaseException) -> None:
        self._asking = False
        self.cover.problem(sentence_of(error))

    def _leave(self) -> None:
        """Another officer: what is under way is parked, as at any signing off."""
        back, self._put_away = self._put_away, []
        for each in back:
            each.reject()
        self._floor.sign_off()
