"""Live ink on a white sheet, in the pad's own proportions; where the sheet is the pad, also what is done on it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QHideEvent,
    QInputDevice,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPointerEvent,
    QSinglePointEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from devices.signature_pad import PadGeometry, PenSample
from devices.signature_pad.sheet import Phase, PointerEvent
from station.biometrics.signature_pen import width_mm
from ui.language import Text, language_of
from ui.theme import tokens as t

INK: Final = "#10243F"
THINNEST: Final = 1.5
"""Pixels of ink at the least, whatever the sheet's scale."""
MM_PER_INCH: Final = 25.4
MOUSE: Final = -1
PEN: Final = -2
"""Pointers by name; the points of a touch count from 0."""
PHASES: Final = {
    QEvent.Type.MouseButtonPress: Phase.PRESS,
    QEvent.Type.MouseButtonDblClick: Phase.PRESS,
    QEvent.Type.MouseMove: Phase.DRAG,
    QEvent.Type.MouseButtonRelease: Phase.LIFT,
    QEvent.Type.TabletPress: Phase.PRESS,
    QEvent.Type.TabletMove: Phase.DRAG,
    QEvent.Type.TabletRelease: Phase.LIFT,
}
TOUCHES: Final = {
    QEventPoint.State.Pressed: Phase.PRESS,
    QEventPoint.State.Updated: Phase.DRAG,
    QEventPoint.State.Released: Phase.LIFT,
}


class InkView(QWidget):
    """Shows strokes as they come.

    Signals:
        drawn: what a pointer did on the sheet (`PointerEvent`), while it may be signed on.
    """

    drawn = Signal(object)

    def __init__(self, name: str = "signature.ink") -> None:
        super().__init__()
        self.setObjectName(name)
        self._samples: Sequence[PenSample] = ()
        self._geometry: PadGeometry | None = None
        self._words: Text | None = None
        self._canvas: QPixmap | None = None
        """The ink that has been drawn, of this size."""
        self._is_pad = False
        self._down: dict[int, PointerEvent] = {}
        """The last of every pointer that touches."""
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setTabletTracking(True)
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

    @property
    def is_pad(self) -> bool:
        """Whether it may be signed on."""
        return self._is_pad

    def show_ink(self, samples: Sequence[PenSample], geometry: PadGeometry | None) -> None:
        """All of it; where it only grew, nothing but what is new is drawn."""
        shown = self._samples
        grown = geometry == self._geometry and len(samples) >= len(shown) and shown[:1] == samples[:1]
        self._samples, self._geometry = samples, geometry
        if not grown or not shown or self._canvas is None:
            self._canvas = None
            self.update()
        elif len(samples) > len(shown):
            self.update(self._draw(self._canvas, len(shown)))

    def wait(self, words: Text | None) -> None:
        """What stands on the empty sheet."""
        self._words = words
        self.update()

    def be_pad(self, on: bool) -> None:
        """Whether the sheet may be signed on."""
        if on != self._is_pad:
            self._lift()
            self._is_pad = on
            self.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)

    def tabletEvent(self, event: QTabletEvent) -> None:  # noqa: N802 - Qt's name
        touching = event.type() is not QEvent.Type.TabletMove or bool(event.buttons() & Qt.MouseButton.LeftButton)
        phase = PHASES[event.type()] if touching else Phase.HOVER
        knows = event.device().hasCapability(QInputDevice.Capability.Pressure)
        self._point(event, event.position(), phase, PEN, event.pressure() if knows else 1.0, stylus=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._mouse(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._mouse(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._mouse(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._mouse(event)

    def event(self, event: QEvent) -> bool:
        """Fingers, which have no handler of their own; with it they are not told as a mouse again."""
        if not isinstance(event, QTouchEvent) or not self._is_pad:
            return super().event(event)
        if event.type() is QEvent.Type.TouchCancel:
            self._lift()
        knows = event.device().hasCapability(QInputDevice.Capability.Pressure)
        for point in event.points():
            if (phase := TOUCHES.get(point.state())) is not None:
                self._point(event, point.position(), phase, point.id(), point.pressure() if knows else 1.0)
        event.accept()
        return True

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.update()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._lift()
        super().hideEvent(event)

    def _mouse(self, event: QMouseEvent) -> None:
        if event.type() is QEvent.Type.MouseMove or event.button() is Qt.MouseButton.LeftButton:
            self._point(event, event.position(), PHASES[event.type()], MOUSE, 1.0)
        else:
            event.ignore()

    def _point(
        self,
        event: QSinglePointEvent | QPointerEvent,
        place: QPointF,
        phase: Phase,
        pointer: int,
        pressure: float,
        *,
        stylus: bool = False,
    ) -> None:
        """Tell it; a pointer is heard from where it comes down on the sheet, wherever it goes then."""
        sheet = self._sheet()
        begun = sheet.contains(place) if phase in {Phase.HOVER, Phase.PRESS} else pointer in self._down
        if not (self._is_pad and begun):
            event.ignore()
            return
        told = PointerEvent(
            x=(place.x() - sheet.left()) / sheet.width(),
            y=(place.y() - sheet.top()) / sheet.height(),
            pressure=pressure,
            phase=phase,
            time_ms=event.timestamp() or round(1000 * time.monotonic()),
            pointer=pointer,
            stylus=stylus,
        )
        if phase in {Phase.PRESS, Phase.DRAG}:
            self._down[pointer] = told
        else:
            self._down.pop(pointer, None)
        event.accept()
        self.drawn.emit(told)

    def _lift(self) -> None:
        """Every pointer that touches: what it does from here on is not seen."""
        for told in self._down.values():
            self.drawn.emit(replace(told, phase=Phase.LIFT))
        self._down.clear()

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
        painter.drawPixmap(0, 0, self._inked())

    def _inked(self) -> QPixmap:
        """The ink on nothing, as large as the view."""
        ratio = self.devicePixelRatio()
        size = self.size() * ratio
        if self._canvas is None or self._canvas.size() != size:
            self._canvas = QPixmap(size)
            self._canvas.setDevicePixelRatio(ratio)
            self._canvas.fill(Qt.GlobalColor.transparent)
            self._draw(self._canvas, 0)
        return self._canvas

    def _draw(self, canvas: QPixmap, start: int) -> QRect:
        """The samples from this one on, as wide as the pen presses; returns where the canvas has changed."""
        geometry = self._geometry
        assert geometry is not None
        sheet = self._sheet()
        scale = sheet.width() / (geometry.max_x - geometry.min_x)
        per_mm = scale * geometry.dpi / MM_PER_INCH
        painter = QPainter(canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(INK), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)

        def place(sample: PenSample) -> QPointF:
            return sheet.topLeft() + QPointF(sample.x - geometry.min_x, sample.y - geometry.min_y) * scale

        before = self._samples[start - 1] if start else None
        changed, last = QRectF(), place(before) if before is not None and before.down else None
        for sample in self._samples[start:]:
            here = place(sample)
            if sample.down:
                pen.setWidthF(max(THINNEST, per_mm * width_mm(sample.pressure, geometry.max_pressure)))
                painter.setPen(pen)
                stroke = QLineF(last or here, here + QPointF(0.01, 0))  # a line of no length leaves no dot
                painter.drawLine(stroke)
                margin = pen.widthF()
                changed |= QRectF(stroke.p1(), stroke.p2()).normalized().adjusted(-margin, -margin, margin, margin)
            last = here if sample.down else None
        painter.end()
        return changed.toAlignedRect()

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
