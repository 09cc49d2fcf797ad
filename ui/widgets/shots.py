"""Attempts side by side: small pictures with a line below each, the one that counts in a frame; a press enlarges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from ui.language import Text, fill, language_of, same
from ui.theme import tokens as t

CAPTION: int = 20
"""Pixels of the line below."""
USED = Text("dipakai", "used")
_TONES = {"good": t.GOOD, "caution": t.CAUTION, "soft": t.INK_SOFT}


@dataclass(frozen=True, slots=True, eq=False)
class ShotView:
    """One attempt as it is shown.

    Attributes:
        name: object name.
        about: what it is of, for the large picture's title and a screen reader.
        caption: one short line: score or number.
        used: whether it is the one that goes into the packet.
        tone: colour of the line, `good`, `caution` or `soft`.
    """

    name: str
    about: Text
    image: QImage
    caption: Text
    used: bool = False
    tone: str = "soft"


class Shot(QAbstractButton):
    """One attempt, `size` pixels with its line."""

    def __init__(self, view: ShotView, size: QSize) -> None:
        super().__init__()
        self.view = view
        self._size = size
        self.setObjectName(view.name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(size)
        self._small = view.image
        room = size - QSize(8, CAPTION + 8)
        if not view.image.isNull():
            ratio, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._small = view.image.scaled(room, ratio, smooth)
        self._say()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._size

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._say()
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = self.height() - CAPTION
        small = self._small.size()
        painter.drawImage((self.width() - small.width()) // 2, (high - small.height()) // 2, self._small)
        focused, used = self.hasFocus(), self.view.used
        edge = t.FOCUS if focused else t.ACCENT if used else t.LINE
        painter.setPen(QPen(QColor(edge), 3 if focused or used else 1))
        painter.drawRoundedRect(QRectF(0, 0, self.width(), high).adjusted(2, 2, -2, -2), 4, 4)
        font = self.font()
        font.setPixelSize(t.SMALL)
        font.setBold(used)
        painter.setFont(font)
        painter.setPen(QColor(_TONES[self.view.tone]))
        words = self.view.caption.in_language(language_of(self))
        painter.drawText(QRect(0, high, self.width(), CAPTION), Qt.AlignmentFlag.AlignCenter, words)

    def _say(self) -> None:
        told = fill(same("{about}, {caption}"), about=self.view.about, caption=self.view.caption)
        if self.view.used:
            told = fill(same("{told}, {used}"), told=told, used=USED)
        self.setAccessibleName(told.in_language(language_of(self)))


def nearest(shots: Sequence[Shot], chosen: Shot) -> list[ShotView]:
    """All attempts at the same thing, in their order."""
    return [each.view for each in shots if each.view.about == chosen.view.about]
