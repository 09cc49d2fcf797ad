"""Eyes and hands on a window: find what is visible, press it, type into it, wait for it; by input events alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from station.errors import StationError, WayOn
from station.services.sign_on import PRACTICE_PASSWORD
from ui.widgets.text import Label

if TYPE_CHECKING:
    from ui.window import MainWindow

W = TypeVar("W", bound=QWidget)

PATIENCE_S: Final = 90
LOOK_MS: Final = 20
"""How often a condition is looked at."""


class AutopilotError(StationError):
    """The window did not come to show what was waited for."""

    def __init__(self, what: str, message: str) -> None:
        detail = f"{what}; {message}" if message else what
        super().__init__("autopilot.stuck", WayOn.CALL_TECHNICIAN, detail)


class Touch:
    """What an officer does at the window; each way raises AutopilotError where the window does not let it.

    Args:
        window: that is looked at.
        folder: where its pictures go.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self._pictures: list[Path] = []

    # -- hands

    def _press(self, name: str) -> None:
        self._wait(f"{name} to press", lambda: self._enabled(name))
        QTest.mouseClick(self._find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def _type(self, name: str, words: str) -> None:
        self._wait(f"{name} to type in", lambda: self._enabled(name))
        widget = self._find(QLineEdit, name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(widget, words) if words else QTest.keyClick(widget, Qt.Key.Key_Delete)

    def _choose(self, box: QComboBox, value: str) -> None:
        """Open the list, go down to the value, take it."""
        QTest.mouseClick(box, Qt.MouseButton.LeftButton)
        self._wait("the list", lambda: box.view().isVisible())
        QTest.keyClick(box.view(), Qt.Key.Key_Home)
        for _ in range(box.findData(value)):
            QTest.keyClick(box.view(), Qt.Key.Key_Down)
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
        self._wait("the choice", lambda: not box.view().isVisible())

    def _sign_form(self, name: str, officer: str, *, reason: str = "") -> None:
        """A second officer signs a question."""
        self._wait(f"the question {name}", lambda: self._enabled(f"{name}.primary"))
        if reason:
            self._type_in(name, "reason", reason)
        box = self._inside(QComboBox, name, "officer")
        if box.currentData() != officer:
            self._choose(box, officer)
        self._type_in(name, "password", PRACTICE_PASSWORD)
        self._press(f"{name}.primary")
        self._wait("the question to close", lambda: not self._seen(QWidget, f"{name}.primary"))

    def _type_in(self, form: str, name: str, words: str) -> None:
        widget = self._inside(QLineEdit, form, name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QTest.keyClicks(widget, words)

    def _inside(self, kind: type[W], form: str, name: str) -> W:
        dialog = self._find(QWidget, form)
        found = dialog.findChild(kind, name)
        if found is None:
            raise AutopilotError(f"{name} in {form}", self._text("message.sentence"))
        return found

    # -- eyes

    def _find(self, kind: type[W], name: str) -> W:
        """The visible widget of that name; of several the one in the newest window."""
        found = [widget for widget in self._window.findChildren(kind, name) if widget.isVisible()]
        if not found:
            raise AutopilotError(name, self._text("message.sentence"))
        return found[-1]

    def _seen(self, kind: type[QWidget], name: str) -> bool:
        return any(widget.isVisible() for widget in self._window.findChildren(kind, name))

    def _enabled(self, name: str) -> bool:
        return any(w.isVisible() and w.isEnabled() for w in self._window.findChildren(QWidget, name))

    def _shown(self, screen: str) -> bool:
        shown = self._window.screen_shown
        return shown is not None and shown.objectName() == screen

    def _text(self, name: str) -> str:
        label = self._window.findChild(Label, name)
        return label.text() if label is not None else ""

    def _devices_ready(self) -> bool:
        return all(card.ready for card in self._window.devices.cards.values())

    def _wait_for(self, kind: type[W], name: str) -> W:
        self._wait(name, lambda: self._seen(kind, name))
        return self._find(kind, name)

    def _wait(self, what: str, so: Callable[[], bool]) -> None:
        """Let the window live until it is so."""
        if so():
            return
        loop, looks = QEventLoop(), QTimer()
        left = PATIENCE_S * 1000 // LOOK_MS

        def look() -> None:
            nonlocal left
            left -= 1
            if so() or left < 0:
                loop.quit()

        looks.timeout.connect(look)
        looks.start(LOOK_MS)
        loop.exec()
        looks.stop()
        if left < 0 or not so():  # a loop that was ended from elsewhere has shown nothing
            raise AutopilotError(what, self._text("message.sentence"))

    def _picture(self, name: str) -> None:
        """The window as it stands, once what was asked to be painted is."""
        painted = QEventLoop()
        QTimer.singleShot(2 * LOOK_MS, painted.quit)
        painted.exec()
        path = self._folder / f"{len(self._pictures) + 1:02d}-{name}.png"
        if not self._window.grab().save(str(path)):
            raise AutopilotError(f"picture {name}", "")
        self._pictures.append(path)
