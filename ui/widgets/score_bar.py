"""A score beside the score that is wanted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.language import Text, fill, language_of
from ui.theme import tokens as t

_WORDS = Text("Mutu {score}, dibutuhkan {wanted}", "Quality {score}, wanted {wanted}")
_NONE = Text("Mutu dibutuhkan {wanted}", "Quality wanted {wanted}")


class ScoreBar(QWidget):
    """0 to 100, with a mark at what is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("score")
        self._score: int | None = None
        self._wanted = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: int | None, wanted: int) -> None:
        """A score, or None where there is none yet."""
        self._score, self._wanted = score, wanted
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, 48)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._describe()
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(t.INK))
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, self.width(), 22), Qt.AlignmentFlag.AlignLeft, self._words())
        track = QRectF(0, 28, self.width(), 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.SUNKEN))
        painter.drawRoundedRect(track, 7, 7)
        if self._score is not None:
            good = self._score >= self._wanted
            painter.setBrush(QColor(t.GOOD if good else t.CAUTION))
            painter.drawRoundedRect(QRectF(0, 28, max(14.0, track.width() * self._score / 100), 14), 7, 7)
        mark = track.width() * self._wanted / 100
        painter.setPen(QPen(QColor(t.INK), 2))
        painter.drawLine(int(mark), 24, int(mark), 46)

    def _words(self) -> str:
        words = fill(_NONE, wanted=self._wanted)
        if self._score is not None:
            words = fill(_WORDS, score=self._score, wanted=self._wanted)
        return words.in_language(language_of(self))

    def _describe(self) -> None:
        self.setAccessibleName(self._words())
