"""Covers the whole window while nobody is at the counter: who is signed on, and the way back."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import Text, fill
from ui.theme import tokens as t
from ui.widgets.fields import line
from ui.widgets.text import Button, Card, Label, row

TITLE: Final = Text("Layar terkunci", "The screen is locked")
WHO: Final = Text(
    "{name} sedang bertugas. Pekerjaan tetap seperti ditinggalkan.", "{name} serves. The work stays as it was."
)


class LockCover(QWidget):
    """A child of the window, over all its other children, which take no input meanwhile."""

    opened = Signal()
    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("lock")
        self.setAutoFillBackground(True)
        self._before: QWidget | None = None
        self._stilled: list[QWidget] = []
        self.who = Label(None, "body", wrap=True)
        self.who.setObjectName("lock.who")
        self.password = line("lock.password", Text("Kata sandi", "Password"), secret=True)
        self.primary = Button(Text("Buka", "Unlock"), "lock.primary", "primary", icon="person")
        self.primary.clicked.connect(self.opened)
        self.other = Button(Text("Petugas lain", "Another officer"), "lock.other")
        self.other.clicked.connect(self.left)
        card = Card(margin=4 * t.GRID, spacing=2 * t.GRID)
        card.setFixedWidth(640)
        card.column.addWidget(self.who)
        card.column.addWidget(self.password)
        card.column.addLayout(row(self.other, 1, self.primary))
        title = Label(TITLE, "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addSpacing(2 * t.GRID)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.hide()
        window.installEventFilter(self)

    def cover(self, name: str) -> None:
        """From now on nothing else is seen or pressed; `name` serves."""
        window = self.parentWidget()
        assert window is not None
        self._before = window.focusWidget()
        self._stilled = [
            each
            for each in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if each is not self and not each.isWindow() and each.isEnabled()
        ]
        for each in self._stilled:
            each.setEnabled(False)
        self.who.say(fill(WHO, name=name))
        self.password.fill("")
        self.password.wrong(None)
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.password.setFocus()

    def uncover(self) -> None:
        """Everything as it was, the focus too."""
        self.password.fill("")
        self.hide()
        for each in self._stilled:
            each.setEnabled(True)
        self._stilled = []
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()
        self._before = None

    def problem(self, why: Text) -> None:
        """What was wrong with the password."""
        self.password.fill("")
        self.password.wrong(why)
        self.password.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """No key goes through to the screen below, but the one that changes the language."""
        if event.key() == Qt.Key.Key_F2:
            event.ignore()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.primary.click()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget) and self.isVisible():
            self.setGeometry(watched.rect())
        return False
