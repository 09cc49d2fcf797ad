"""A QR code, drawn from its modules."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.language import Text, language_of

QUIET = 4
"""Modules of white around it, as ISO/IEC 18004 asks."""
SIDE = 264
"""Pixels: some five for each module of a code with sixty letters."""


class QrCode(QWidget):
    """Black on white, whatever the theme: a phone reads it.

    Args:
        modules: row by row from the top, 1 is dark; without the quiet zone.
        about: what it is, for a screen reader.
    """

    def __init__(self, name: str, modules: tuple[bytes, ...], about: Text) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(about.in_language(language_of(self)))
        self._modules = modules
        self.setFixedSize(SIDE, SIDE)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        size = SIDE // (len(self._modules) + 2 * QUIET)  # whole pixels: no module is wider than another
        start = (SIDE - size * len(self._modules)) / 2
        for y, line in enumerate(self._modules):
            for x, dark in enumerate(line):
                if dark:
                    painter.fillRect(QRectF(start + x * size, start + y * size, size, size), Qt.GlobalColor.black)
