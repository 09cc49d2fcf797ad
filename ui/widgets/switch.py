"""A thing that is on or off, as a slider with its words beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from ui.language import Text, fill, language_of
from ui.theme import tokens as t

TRACK: Final = QSize(52, 28)
"""Pixels of the slider."""
ON: Final = Text("{what}: nyala", "{what}: on")
OFF: Final = Text("{what}: mati", "{what}: off")


class Switch(QAbstractButton):
    """Space or a press turns it over; its words tell which way it is, so that colour is not needed for it.

    Args:
        what: what is on or off.
        name: object name, the same in both languages.
    """

    def __init__(self, what: Text, name: str) -> None:
        super().__init__()
        self._what = what
        self.setObjectName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._say)
        self._say()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(TRACK.width() + 3 * t.GRID + self.fontMetrics().horizontalAdvance(self.text()), t.TARGET)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._say()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.FOCUS), 3))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)
        on = self.isChecked()
        track = QRectF(4, (self.height() - TRACK.height()) / 2, TRACK.width(), TRACK.height())
        painter.setPen(QPen(QColor(t.ACCENT if on else t.LINE_STRONG), 2))
        painter.setBrush(QColor(t.ACCENT if on else t.SURFACE))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, track.height() - 10, track.height() - 10)
        knob.moveCenter(track.center())
        knob.moveLeft(track.right() - knob.width() - 5 if on else track.left() + 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.SURFACE if on else t.LINE_STRONG))
        painter.drawEllipse(knob)
        painter.setPen(QColor(t.INK))
        words = self.rect().adjusted(TRACK.width() + t.GRID + 4, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())

    def _say(self) -> None:
        words = fill(ON if self.isChecked() else OFF, what=self._what).in_language(language_of(self))
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
