"""Pictures that came decoded from another thread: still ones, and the camera's live one with what was found in it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t


class Picture(QWidget):
    """One still picture, as large as its room allows, never distorted.

    Args:
        about: what it shows, for a screen reader.
        shape: width and height that it wants, pixels.
    """

    def __init__(self, name: str, about: Text, shape: QSize) -> None:
        super().__init__()
        self.setObjectName(name)
        self._about = about
        self._shape = shape
        self._image = QImage()
        self._words: Text | None = None
        self.setAccessibleName(about.in_language(language_of(self)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def empty(self) -> bool:
        """Whether there is no picture."""
        return self._image.isNull()

    def show_image(self, image: QImage | None, words: Text | None = None) -> None:
        """This one; None = none, then `words` stand in its place."""
        self._image = QImage() if image is None else image
        self._words = words
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._shape

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._shape / 2

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.setAccessibleName(self._about.in_language(language_of(self)))
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull():
            painter.setPen(QPen(QColor(t.LINE), 1, Qt.PenStyle.DashLine))
            painter.setBrush(QColor(t.GROUND))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
            if self._words is not None:
                painter.setPen(QColor(t.INK_SOFT))
                words = self._words.in_language(language_of(self))
                painter.drawText(self.rect().adjusted(6, 6, -6, -6), _CENTRED, words)
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        room = QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )
        painter.fillRect(room, QColor(t.SURFACE))
        painter.drawImage(room, self._image)
        painter.setPen(QPen(QColor(t.LINE), 1))
        painter.drawRect(room.adjusted(0, 0, -1, -1))


@dataclass(frozen=True, slots=True)
class Sight:
    """What the camera shows and what was found in it.

    Attributes:
        image: the frame.
        face: left, top, width, height of the face in the frame's pixels, or None.
        good: whether a portrait taken now would pass.
        words: the one thing to do, in large letters.
    """

    image: QImage
    face: tuple[float, float, float, float] | None
    good: bool
    words: Text | None


class LiveView(QWidget):
    """The live picture, four to three, with a frame for the head and one large sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("portrait.live")
        self._sight: Sight | None = None
        self._waiting: Text | None = None
        self.painted = 0
        """Frames that have reached the screen."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_sight(self, sight: Sight) -> None:
        """The newest frame."""
        self._sight = sight
        self.update()

    def wait(self, words: Text) -> None:
        """There is no frame; say why."""
        self._sight, self._waiting = None, words
        self.update()

    @property
    def waiting(self) -> bool:
        """Whether there is no frame yet."""
        return self._sight is None

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(320, 240)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t.GROUND))
        side = min(self.width() / 4, self.height() / 3)
        room = QRectF((self.width() - 4 * side) / 2, 0, 4 * side, 3 * side)
        sight = self._sight
        if sight is None:
            painter.fillRect(room, QColor(t.INK))
            if self._waiting is not None:
                self._say(painter, room, self._waiting, QColor(t.SURFACE))
            return
        image = sight.image
        part = min(image.width() / 4, image.height() / 3)
        cut = QRectF((image.width() - 4 * part) / 2, (image.height() - 3 * part) / 2, 4 * part, 3 * part)
        painter.drawImage(room, image, cut)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._guide(painter, room, good=sight.good)
        if sight.face is not None:
            scale = room.width() / cut.width()
            left, top, width, height = sight.face
            face = QRectF(
                room.x() + (left - cut.x()) * scale, room.y() + (top - cut.y()) * scale, width * scale, height * scale
            )
            self._corners(painter, face, QColor("#3BD17F" if sight.good else "#FFC24A"))
        if sight.words is not None:
            self._say(painter, room, sight.words, QColor("#FFFFFF"), ground=QColor(20, 35, 45, 215))
        self.painted += 1

    def _guide(self, painter: QPainter, room: QRectF, *, good: bool) -> None:
        """Where the pass photo will be cut, and an oval for the head."""
        height = room.height()
        frame = QRectF(0, 0, height * 0.75 * 0.98, height * 0.98)
        frame.moveCenter(room.center())
        around = QPainterPath()
        around.addRect(room)
        inner = QPainterPath()
        inner.addRect(frame)
        painter.fillPath(around.subtracted(inner), QColor(20, 35, 45, 120))
        oval = QRectF(0, 0, frame.width() * 0.62, frame.height() * 0.66)
        oval.moveCenter(QPointF(frame.center().x(), frame.top() + frame.height() * 0.45))
        painter.setPen(
            QPen(QColor("#3BD17F" if good else "#FFFFFF"), 3, Qt.PenStyle.SolidLine if good else Qt.PenStyle.DashLine)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(oval)

    def _corners(self, painter: QPainter, face: QRectF, colour: QColor) -> None:
        painter.setPen(QPen(colour, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        arm = face.width() / 5
        for x, dx in ((face.left(), arm), (face.right(), -arm)):
            for y, dy in ((face.top(), arm), (face.bottom(), -arm)):
                painter.drawLine(QPointF(x, y), QPointF(x + dx, y))
                painter.drawLine(QPointF(x, y), QPointF(x, y + dy))

    def _say(self, painter: QPainter, room: QRectF, words: Text, colour: QColor, ground: QColor | None = None) -> None:
        font = QFont(self.font())
        font.setPixelSize(t.TITLE)
        font.setBold(True)
        painter.setFont(font)
        band = QRectF(room.left(), room.bottom() - 64, room.width(), 64) if ground is not None else room
        if ground is not None:
            painter.fillRect(band, ground)
        painter.setPen(colour)
        painter.drawText(band, _CENTRED, words.in_language(language_of(self)))


_CENTRED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
