"""The main window: bar, rail, work, devices, message. Passive; the conductor fills it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.language import Language, Text, language_of, locale_of
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.device_panel import DevicePanel
from ui.widgets.message_bar import MessageBar
from ui.widgets.rail import Rail
from ui.widgets.text import Label
from ui.widgets.top_bar import TopBar

LEAST = (1024, 720)
"""Pixels: the screens of the counters that are out there."""
WIDE = 1200
"""Pixels from which rail and devices have all the room they like."""
TITLE = Text("Stasiun Perekaman KTP-el", "KTP-el Recording Station")


class MainWindow(QWidget):
    """One window for everything.

    Signals:
        painted: once, after the first time that it stood on the screen.
        key_pressed: a function key (Qt.Key) that no widget wanted.
        closed: it was closed.
    """

    painted = Signal()
    key_pressed = Signal(object)
    closed = Signal()

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.setObjectName("main")
        self.setLocale(locale_of(language))
        self._painted = False
        self.top = TopBar()
        self.rail = Rail()
        self.devices = DevicePanel()
        self.message = MessageBar()
        self.work = QStackedWidget()
        self.work.setObjectName("work")
        self._wait = Label(Text("Membuka stasiun …", "Opening the station …"), "title")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.work.addWidget(self._wait)
        foot = QHBoxLayout()
        foot.setContentsMargins(t.GRID, 0, t.GRID, t.GRID)
        foot.addWidget(self.message)
        centre = QVBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(self.work, 1)
        centre.addLayout(foot)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(centre, 1)
        middle.addWidget(self.devices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top)
        layout.addLayout(middle, 1)
        self.rail.setVisible(False)
        self.devices.setVisible(False)
        self.setWindowTitle(TITLE.in_language(language))
        self.setMinimumSize(*LEAST)
        self.resize(1280, 800)

    @property
    def language(self) -> Language:
        """In which language it speaks."""
        return language_of(self)

    def speak(self, language: Language) -> None:
        """Switch; every widget says its words again."""
        self.setLocale(locale_of(language))
        self.setWindowTitle(TITLE.in_language(language))

    @property
    def screen_shown(self) -> Screen | None:
        """The screen in the middle."""
        current = self.work.currentWidget()
        return current if isinstance(current, Screen) else None

    def show_wait(self) -> None:
        """Nothing but that the station is being opened."""
        self.message.hush()
        self.work.setCurrentWidget(self._wait)

    def show_screen(self, screen: Screen) -> None:
        """Bring a screen to the middle and put the focus where the work begins."""
        if self.work.indexOf(screen) < 0:
            self.work.addWidget(screen)
        self.work.setCurrentWidget(screen)
        first = screen.first()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        screen = self.screen_shown
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if screen is not None:
                screen.press_primary()
            case Qt.Key.Key_Escape if screen is not None:
                screen.go_back()
            case Qt.Key.Key_F1 | Qt.Key.Key_F2 | Qt.Key.Key_F4 | Qt.Key.Key_F9 as key:
                self.key_pressed.emit(key)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.painted.emit)  # once this paint is over, if we are still there

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        narrow = self.width() < WIDE
        self.rail.squeeze(narrow)
        self.devices.squeeze(narrow)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        super().closeEvent(event)
        self.closed.emit()
