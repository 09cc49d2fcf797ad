"""What every screen has: a title, room for the work, and at the foot one primary button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.language import Text
from ui.theme import tokens as t
from ui.widgets.text import Button, Label


class Screen(QWidget):
    """Enter presses the primary button, Esc goes back.

    Args:
        name: object name, the same in both languages.
        title: what is done here.
        primary: words of the one primary button; None where there is none.
    """

    went_on = Signal()
    went_back = Signal()
    spoke = Signal()
    """The language is another one."""

    def __init__(self, name: str, title: Text, primary: Text | None = None, *, icon: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.title = Label(title, "title")
        self.title.setObjectName(f"{name}.title")
        self.lead = Label(None, "soft")
        self.header = QHBoxLayout()
        self.header.setSpacing(2 * t.GRID)
        self.header.addWidget(self.title)
        self.header.addWidget(self.lead, 1, Qt.AlignmentFlag.AlignBottom)
        self.body = QVBoxLayout()
        self.body.setSpacing(t.GRID)
        self.aside = QHBoxLayout()
        self.aside.setSpacing(t.GRID)
        self.primary: Button | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * t.GRID, t.GRID, 2 * t.GRID, t.GRID)
        layout.setSpacing(t.GRID)
        layout.addLayout(self.header)
        layout.addLayout(self.body, 1)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(t.GRID)
        self.foot.addLayout(self.aside)
        self.foot.addStretch(1)
        if primary is not None:
            self.primary = Button(primary, f"{name}.primary", "primary", icon=icon)
            self.primary.clicked.connect(self.went_on)
            self.foot.addWidget(self.primary)
        layout.addLayout(self.foot)

    def first(self) -> QWidget | None:
        """What has the focus when the screen appears."""
        return self.primary

    def press_primary(self) -> None:
        """Enter."""
        if self.primary is not None and self.primary.isVisible() and self.primary.isEnabled():
            self.primary.click()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.spoke.emit()

    def go_back(self) -> None:
        """Esc."""
        self.went_back.emit()
