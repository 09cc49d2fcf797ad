"""Something to look at in front of the window, with buttons that open questions of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t
from ui.widgets.text import Button, Label, row

CLOSE = Text("Tutup", "Close")


class PanelDialog(QDialog):
    """Esc closes it.

    Args:
        name: object name.
        width: least, pixels.
    """

    def __init__(self, parent: QWidget, name: str, title: Text, *, width: int = 640) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setLocale(parent.locale())
        self.setWindowTitle(title.in_language(language_of(self)))
        self.setMinimumWidth(width)
        self.close_button = Button(CLOSE, f"{name}.close")
        self.close_button.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * t.GRID, 3 * t.GRID, 3 * t.GRID, 2 * t.GRID)
        layout.setSpacing(2 * t.GRID)
        layout.addWidget(Label(title, "leadstrong", wrap=True))
        self.content = QVBoxLayout()
        self.content.setSpacing(t.GRID)
        layout.addLayout(self.content, 1)
        layout.addLayout(row(1, self.close_button))

    def done(self, result: int) -> None:
        """Closed: the keyboard goes back to the window."""
        super().done(result)
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()
