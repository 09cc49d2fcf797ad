"""Live ink on a white sheet, in the pad's own proportions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from devices.signature_pad import PadGeometry, PenSample
from ui.language import Text, language_of
from ui.theme import tokens as t


class InkView(QWidget):
    """Shows strokes as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("signature.ink")
        self._samples: Sequence[PenSample] = ()
        self._geometry: PadGeometry | None = None
        self._words: Text | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def strokes(self) -> int:
        """How many strokes there are."""
        downs = [False, *(sample.down for sample in self._samples)]
        return sum(now and not before for before, now in pairwise(downs))

    @property
    def points(self) -> int:
        """How many samples are shown."""
        return len(self._samples)

    def show_ink(self, samples: Sequence[PenSample], geometry: PadGeometry | None) -> None:
        """All of it, anew."""
        self._samples, self._geometry = samples, geometry
        self.update()

    def wait(self, words: Text | None) -> None:
        """What stands on the empty sheet."""
        self._words = words
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(720, 300)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(360, 150)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = self._sheet()
        painter.setPen(QPen(QColor(t.LINE_STRONG), 2))
        painter.setBrush(QColor(t.SURFACE))
        painter.drawRoundedRect(sheet, 6, 6)
        base = sheet.top() + sheet.height() * 0.78
        painter.setPen(QPen(QColor(t.LINE), 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(sheet.left() + 32, base), QPointF(sheet.right() - 32, base))
        geometry = self._geometry
        if geometry is None or not self._samples:
            if self._words is not None:
                font = self.font()
                font.setPixelSize(t.LEAD)
                painter.setFont(font)
                painter.setPen(QColor(t.INK_SOFT))
                painter.drawText(sheet, Qt.AlignmentFlag.AlignCenter, self._words.in_language(language_of(self)))
            return
        pen = QPen(QColor("#10243F"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path(sheet, geometry))

    def _sheet(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        geometry = self._geometry
        if geometry is None:
            return room
        wide, high = geometry.max_x - geometry.min_x, geometry.max_y - geometry.min_y
        scale = min(room.width() / wide, room.height() / high)
        sheet = QRectF(0, 0, wide * scale, high * scale)
        sheet.moveCenter(room.center())
        return sheet

    def _path(self, sheet: QRectF, geometry: PadGeometry) -> QPainterPath:
        scale = sheet.width() / (geometry.max_x - geometry.min_x)
        path, drawing = QPainterPath(), False
        for sample in self._samples:
            point = QPointF(
                sheet.left() + (sample.x - geometry.min_x) * scale, sheet.top() + (sample.y - geometry.min_y) * scale
            )
            if sample.down and drawing:
                path.lineTo(point)
            elif sample.down:
                path.moveTo(point)
                path.lineTo(point + QPointF(0.1, 0))
            drawing = sample.down
        return path
