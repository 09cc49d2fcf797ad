"""Strokes kept as pixels, so that what is added to a signature costs its own length and not all that stands already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from devices.signature_pad import PadGeometry, PenSample

INK: Final = "#10243F"
WIDTH: Final = 3
MARGIN: Final = WIDTH + 2
"""How far ink reaches beyond the path of the pen, with its soft edge."""


class InkCanvas:
    """The ink of one widget, in its coordinates, on nothing. GUI thread only."""

    def __init__(self) -> None:
        self._pixels = QPixmap()
        self._where: tuple[QRectF, PadGeometry, QSize, float] | None = None
        self._count = 0
        self._last: PenSample | None = None

    def forget(self) -> None:
        """No pixel of the ink is kept."""
        self._pixels, self._where = QPixmap(), None
        self._count, self._last = 0, None

    def draw(
        self, samples: Sequence[PenSample], geometry: PadGeometry, sheet: QRectF, size: QSize, ratio: float
    ) -> QRect:
        """Show all of these samples, of which those of the last call need no more drawing where they are the same.

        Args:
            samples: all of a signature so far.
            geometry: what their numbers mean.
            sheet: where the pad's surface lies in the widget.
            size: of the widget.
            ratio: device pixels of the screen to each of its own.

        Returns:
            What has changed.
        """
        where, count = (QRectF(sheet), geometry, size, ratio), self._count
        goes_on = where == self._where and len(samples) >= count and (not count or samples[count - 1] is self._last)
        if not goes_on:
            self._pixels = QPixmap(size * ratio)
            self._pixels.setDevicePixelRatio(ratio)
            self._pixels.fill(Qt.GlobalColor.transparent)
            self._where, count = where, 0
        path = _path(samples, count, sheet, geometry)
        self._count, self._last = len(samples), samples[-1] if samples else None
        if not path.isEmpty():
            painter = QPainter(self._pixels)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            round_ends = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(QColor(INK), WIDTH, Qt.PenStyle.SolidLine, *round_ends))
            painter.drawPath(path)
            painter.end()
        if not goes_on:
            return QRect(0, 0, size.width(), size.height())
        return path.boundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect()

    def paint(self, painter: QPainter) -> None:
        """Lay it over what the painter has painted."""
        painter.drawPixmap(0, 0, self._pixels)


def _path(samples: Sequence[PenSample], start: int, sheet: QRectF, geometry: PadGeometry) -> QPainterPath:
    """From the sample before the start on, where a stroke runs through it."""
    scale = sheet.width() / (geometry.max_x - geometry.min_x)
    left, top = sheet.left() - geometry.min_x * scale, sheet.top() - geometry.min_y * scale
    path = QPainterPath()
    drawing = bool(start) and samples[start - 1].down
    if drawing:
        path.moveTo(left + samples[start - 1].x * scale, top + samples[start - 1].y * scale)
    for index in range(start, len(samples)):
        sample = samples[index]
        if sample.down:
            point = QPointF(left + sample.x * scale, top + sample.y * scale)
            if not drawing:
                path.moveTo(point)
                point += QPointF(0.1, 0)
            path.lineTo(point)
        drawing = sample.down
    return path
