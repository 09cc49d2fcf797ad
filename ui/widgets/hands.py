"""Two hands seen from above, as the applicant sees their own: ten fingers, each with its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from devices.positions import FingerPosition as F
from ui.language import Text, fill, language_of
from ui.theme import icons
from ui.theme import tokens as t

FINGERS: Final = {
    F.RIGHT_THUMB: Text("Jempol kanan", "Right thumb"),
    F.RIGHT_INDEX: Text("Telunjuk kanan", "Right index"),
    F.RIGHT_MIDDLE: Text("Jari tengah kanan", "Right middle"),
    F.RIGHT_RING: Text("Jari manis kanan", "Right ring"),
    F.RIGHT_LITTLE: Text("Kelingking kanan", "Right little"),
    F.LEFT_THUMB: Text("Jempol kiri", "Left thumb"),
    F.LEFT_INDEX: Text("Telunjuk kiri", "Left index"),
    F.LEFT_MIDDLE: Text("Jari tengah kiri", "Left middle"),
    F.LEFT_RING: Text("Jari manis kiri", "Left ring"),
    F.LEFT_LITTLE: Text("Kelingking kiri", "Left little"),
}


class FingerState(StrEnum):
    """How a finger stands."""

    WAITING = "waiting"
    NOW = "now"
    GOOD = "good"
    LOW = "low"
    EXCEPTED = "excepted"


STATES: Final = {
    FingerState.WAITING: Text("belum", "not yet"),
    FingerState.NOW: Text("sekarang", "now"),
    FingerState.GOOD: Text("baik", "good"),
    FingerState.LOW: Text("terbaik dari semua percobaan", "best of all attempts"),
    FingerState.EXCEPTED: Text("dikecualikan", "excepted"),
}
_COLOURS: Final = {
    FingerState.WAITING: ("#E9EEF1", t.LINE_STRONG),
    FingerState.NOW: (t.ACCENT, t.ACCENT_STRONG),
    FingerState.GOOD: (t.GOOD, t.GOOD),
    FingerState.LOW: (t.CAUTION, t.CAUTION),
    FingerState.EXCEPTED: (t.SUNKEN, t.LINE_STRONG),
}
_RIGHT: Final = {
    # Where a finger joins the palm (x, y), its length, width, lean in degrees; palm 0..100 wide, hand 0..200 high.
    F.RIGHT_THUMB: (10.0, 158.0, 66.0, 26.0, -42.0),
    F.RIGHT_INDEX: (22.0, 108.0, 78.0, 23.0, -9.0),
    F.RIGHT_MIDDLE: (47.0, 100.0, 88.0, 23.0, -1.0),
    F.RIGHT_RING: (72.0, 104.0, 80.0, 22.0, 6.0),
    F.RIGHT_LITTLE: (95.0, 116.0, 62.0, 20.0, 15.0),
}
_HAND: Final = QSize(190, 214)
_GAP: Final = 60


@dataclass(frozen=True, slots=True)
class FingerView:
    """What is shown of one finger: its state, and the score of its best attempt if there is one."""

    state: FingerState
    score: int | None = None


class Hands(QWidget):
    """Ten fingers. Arrow keys or a tap select one; `selected` tells which."""

    selected = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("hands")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._fingers: Mapping[F, FingerView] = {}
        self._selected: F | None = None
        self._describe()

    @property
    def chosen(self) -> F | None:
        """The finger that was selected by hand."""
        return self._selected

    def show_fingers(self, fingers: Mapping[F, FingerView]) -> None:
        """How all ten stand."""
        self._fingers = dict(fingers)
        self._describe()
        self.update()

    def choose(self, position: F | None) -> None:
        """Select one, or none."""
        self._selected = position
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(2 * _HAND.width() + _GAP, _HAND.height()) * 1.2

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(2 * _HAND.width() + _GAP, _HAND.height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._describe()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        order = [*reversed([F(n) for n in range(6, 11)]), *(F(n) for n in range(1, 6))]  # as they lie on screen
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        index = order.index(self._selected) + step if self._selected in order else (0 if step > 0 else -1)
        self._take(order[index % len(order)])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        position = self._at(event.position())
        if position is not None:
            self._take(position)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.update()

    def centre_of(self, position: F) -> QPointF:
        """Where on the widget a finger's tip is: where one would tap."""
        _, length, _ = self._finger(position)
        return self._transform(position).map(QPointF(0, -length + 14))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for left in (True, False):
            self._palm(painter, left=left)
        for position in F:
            self._draw(painter, position)
        if self.hasFocus():
            painter.resetTransform()
            painter.setPen(QPen(QColor(t.FOCUS), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 8, 8)

    def _take(self, position: F) -> None:
        self.choose(position)
        self.selected.emit(position)

    def _scale(self) -> float:
        whole = self.minimumSizeHint()
        return min(self.width() / whole.width(), self.height() / whole.height())

    def _base(self, *, left: bool) -> QTransform:
        scale = self._scale()
        whole = self.minimumSizeHint() * scale
        transform = QTransform()
        transform.translate((self.width() - whole.width()) / 2, (self.height() - whole.height()) / 2)
        transform.scale(scale, scale)
        if left:
            transform.translate(_HAND.width() - 56, 6)
            transform.scale(-1, 1)
        else:
            transform.translate(_HAND.width() + _GAP + 56, 6)
        return transform

    def _finger(self, position: F) -> tuple[QPointF, float, float]:
        right = F((position - 1) % 5 + 1)
        x, y, length, width, _ = _RIGHT[right]
        return QPointF(x, y), length, width

    def _transform(self, position: F) -> QTransform:
        """From a finger's own plane (origin where it joins, tip upwards) to the widget."""
        transform = self._base(left=position > 5)
        root, _, _ = self._finger(position)
        transform.translate(root.x(), root.y())
        transform.rotate(_RIGHT[F((position - 1) % 5 + 1)][4])
        return transform

    def _shape(self, position: F) -> QRectF:
        _, length, width = self._finger(position)
        return QRectF(-width / 2, -length, width, length + 10)

    def _at(self, point: QPointF) -> F | None:
        for position in F:
            inverse, possible = self._transform(position).inverted()
            if possible and self._shape(position).adjusted(-2, -6, 2, 6).contains(inverse.map(point)):
                return position
        return None

    def _palm(self, painter: QPainter, *, left: bool) -> None:
        painter.setTransform(self._base(left=left))
        painter.setPen(QPen(QColor(t.LINE_STRONG), 1.5))
        painter.setBrush(QColor("#E9EEF1"))
        painter.drawRoundedRect(QRectF(8, 100, 98, 104), 30, 34)

    def _draw(self, painter: QPainter, position: F) -> None:
        view = self._fingers.get(position, FingerView(FingerState.WAITING))
        fill_colour, edge = _COLOURS[view.state]
        shape = self._shape(position)
        painter.setTransform(self._transform(position))
        chosen = position is self._selected
        painter.setPen(QPen(QColor(t.FOCUS if chosen else edge), 3.5 if chosen else 1.5))
        painter.setBrush(QColor(fill_colour))
        painter.drawRoundedRect(shape, shape.width() / 2, shape.width() / 2)
        centre = self.centre_of(position)
        painter.resetTransform()
        side = 11 * self._scale()
        room = QRectF(0, 0, 2 * side, 2 * side)
        room.moveCenter(centre)
        if view.score is not None:
            font = QFont(self.font())
            font.setPixelSize(max(10, round(11 * self._scale())))
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor(t.SURFACE if view.state is not FingerState.WAITING else t.INK))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(view.score))
        elif view.state is FingerState.EXCEPTED:
            painter.drawPixmap(room.toRect(), icons.pixmap("cross", t.DANGER))

    def _describe(self) -> None:
        language = language_of(self)
        words = []
        for position, name in FINGERS.items():
            view = self._fingers.get(position, FingerView(FingerState.WAITING))
            words.append(f"{name.in_language(language)}: {STATES[view.state].in_language(language)}")
        chosen = Text("Terpilih: {finger}. ", "Selected: {finger}. ")
        lead = "" if self._selected is None else fill(chosen, finger=FINGERS[self._selected]).in_language(language)
        self.setAccessibleName(lead + "; ".join(words))
