"""The camera's live picture: the newest frame, a guide for head and shoulders, one large sentence.

Nothing is queued here. A wake-up only asks for a paint; the frame is fetched while painting, so that whatever kept the
GUI's thread busy in between has made nothing older.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t

BRIGHT_GOOD: Final = "#3BD17F"
BRIGHT_CAUTION: Final = "#FFC24A"
"""Lines over a picture of any colour; `GOOD` and `CAUTION` are for white grounds."""
BAND: Final = 76
"""Height of the band below the picture that the sentence stands in, pixels: it covers nothing of the person."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What the camera shows and what was found in it.

    Attributes:
        image: the frame, as large as `LiveView.place` when it was asked for.
        monotonic: when it was decoded, seconds of `time.monotonic`.
        face: left, top, width, height of the face in the image's pixels, or None.
        good: whether a portrait taken now would pass.
        words: the one thing to do, in large letters.
        steady: how much of the steady second has passed, 0 to 1.
        guided: whether the pass photo's frame and the place for the head are drawn.
        judged: when the frame that the words are about was decoded, seconds; 0 where nothing was judged yet.
    """

    image: QImage
    monotonic: float
    face: tuple[float, float, float, float] | None
    good: bool
    words: Text | None
    steady: float = 0.0
    guided: bool = True
    judged: float = 0.0


Feed = Callable[[], Sight | None]
"""Gives the newest sight that was not given yet. Called while painting: it must not wait, nor paint."""


class LiveView(QWidget):
    """Fills its room with the picture, above the sentence.

    Args:
        name: object name.

    Attributes:
        painted: frames that have reached the screen, each counted once.
        age_s: how old the last one was when it had been painted, seconds since it was decoded.
        words_age_s: and how old the frame that its words are about; 0 where nothing was judged yet.
    """

    def __init__(self, name: str = "portrait.live") -> None:
        super().__init__()
        self.setObjectName(name)
        self.painted = 0
        self.age_s = 0.0
        self.words_age_s = 0.0
        self._feed: Feed | None = None
        self._sight: Sight | None = None
        self._waiting: Text | None = None
        self._band: tuple[tuple[int, str, bool, float], QPixmap] | None = None
        self._overlay: tuple[tuple[QSize, bool, float], QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # every pixel is painted: nothing is cleared before

    def watch(self, feed: Feed) -> None:
        """Show what this gives; after each wake-up call `update`."""
        self._feed = feed
        self.update()

    def wait(self, words: Text) -> None:
        """There is no frame; say why. The next frame takes the place of the words by itself."""
        self._sight, self._waiting = None, words
        self._name()
        self.update()

    def place(self, *, guided: bool) -> QSize:
        """Pixels of the screen that the picture has, with the sentence below it or without."""
        return QSize(self.width(), self.height() - (BAND if guided else 0)) * self.devicePixelRatio()

    @property
    def sight(self) -> Sight | None:
        """What is shown."""
        return self._sight

    @property
    def waiting(self) -> bool:
        """Whether there is no frame yet."""
        return self._sight is None

    @property
    def steady(self) -> float:
        """How far the ring is drawn, 0 to 1."""
        return 0.0 if self._sight is None else self._sight.steady

    @property
    def words(self) -> Text | None:
        """The sentence that is shown."""
        return self._waiting if self._sight is None else self._sight.words

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(540, 540)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(270, 270)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        fresh = self._feed() if self._feed is not None else None
        if fresh is not None:
            self._sight = fresh
        self._paint()
        if fresh is not None:
            self.painted += 1
            now = time.monotonic()
            self.age_s = now - fresh.monotonic
            self.words_age_s = now - fresh.judged if fresh.judged else 0.0

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._name()

    def _name(self) -> None:
        """The sentence, for a screen reader too."""
        words = self.words
        self.setAccessibleName("" if words is None else words.in_language(language_of(self)))

    def _paint(self) -> None:
        painter = QPainter(self)
        room, sight = QRectF(self.rect()), self._sight
        if sight is None:
            painter.fillRect(room, QColor(t.INK))
            if self._waiting is not None:
                _say(painter, room.adjusted(24, 24, -24, -24), self._waiting.in_language(language_of(self)))
            return
        if sight.guided:
            room.setHeight(room.height() - BAND)
            words = "" if sight.words is None else sight.words.in_language(language_of(self))
            key = (self.width(), words, sight.good, self.devicePixelRatio())
            if self._band is None or self._band[0] != key:
                self._band = key, _band(*key, painter.font())
                self._name()
            painter.drawPixmap(room.bottomLeft(), self._band[1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)  # in case the room has changed meanwhile
        painter.drawImage(room, sight.image)
        if sight.guided:
            self._guide(painter, room, sight)
        if sight.face is not None and not sight.good:
            scale = room.width() / sight.image.width()
            left, top, width, height = (scale * side for side in sight.face)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _corners(painter, QRectF(left, top, width, height), BRIGHT_CAUTION)

    def _guide(self, painter: QPainter, room: QRectF, sight: Sight) -> None:
        """The ring that fills, over what does not change from frame to frame and is drawn once."""
        key = (room.size().toSize(), sight.good, self.devicePixelRatio())
        if self._overlay is None or self._overlay[0] != key:
            self._overlay = key, _overlay(*key)
        painter.drawPixmap(QPointF(0, 0), self._overlay[1])
        if sight.steady > 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(BRIGHT_GOOD), 10, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(head_oval(portrait_frame(room)), 90 * 16, round(-360 * 16 * min(1.0, sight.steady)))


def _overlay(size: QSize, good: bool, ratio: float) -> QPixmap:
    """Where the pass photo will be cut, where head and shoulders belong."""
    drawn = QPixmap(size * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(20, 35, 45, 120))
    frame = portrait_frame(QRectF(0, 0, size.width(), size.height()))
    oval = head_oval(frame)
    painter = QPainter(drawn)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(frame.toRect(), Qt.GlobalColor.transparent)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(QColor(BRIGHT_GOOD if good else t.SURFACE), 3)
    if not good:
        line.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(oval)
    painter.drawPath(_shoulders(frame, oval))
    painter.end()
    return drawn


def _band(width: int, words: str, good: bool, ratio: float, font: QFont) -> QPixmap:
    """The sentence on its ground; laid out when it changes, not thirty times a second."""
    drawn = QPixmap(QSize(width, BAND) * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(t.GOOD if good else t.INK))
    painter = QPainter(drawn)
    painter.setFont(font)
    _say(painter, QRectF(12, 0, width - 24, BAND), words)
    painter.end()
    return drawn


def portrait_frame(room: QRectF) -> QRectF:
    """The pass photo's three to four, as large as the room lets it be."""
    height = 0.98 * min(room.height(), room.width() * 4 / 3)
    frame = QRectF(0, 0, 0.75 * height, height)
    frame.moveCenter(room.center())
    return frame


def head_oval(frame: QRectF) -> QRectF:
    """For a head whose photo is then cut with some room to spare on every side; the eyes are on its middle."""
    oval = QRectF(0, 0, 0.62 * frame.width(), 0.66 * frame.height())
    oval.moveCenter(QPointF(frame.center().x(), frame.top() + 0.45 * frame.height()))
    return oval


def _shoulders(frame: QRectF, oval: QRectF) -> QPainterPath:
    """From each side of the neck outward and down to the foot of the frame."""
    path, middle = QPainterPath(), frame.center().x()
    top = oval.bottom() + 0.02 * frame.height()
    for side in (-1, 1):
        neck = middle + side * 0.36 * oval.width()
        out = middle + side * 0.47 * frame.width()
        path.moveTo(QPointF(neck, top - 0.03 * frame.height()))
        path.quadTo(QPointF(neck + side * 6, top + 0.05 * frame.height()), QPointF(out, frame.bottom()))
    return path


def _corners(painter: QPainter, face: QRectF, colour: str) -> None:
    painter.setPen(QPen(QColor(colour), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    arm = face.width() / 6
    for x, dx in ((face.left(), arm), (face.right(), -arm)):
        for y, dy in ((face.top(), arm), (face.bottom(), -arm)):
            painter.drawLine(QPointF(x, y), QPointF(x + dx, y))
            painter.drawLine(QPointF(x, y), QPointF(x, y + dy))


def _say(painter: QPainter, room: QRectF, words: str) -> None:
    """White, as large as there is room for on two lines at the most."""
    font = QFont(painter.font())
    font.setBold(True)
    for size in (t.LOUD, t.TITLE, t.LEAD):
        font.setPixelSize(size)
        needed = QFontMetricsF(font).boundingRect(room, _CENTRED, words)
        if needed.width() <= room.width() and needed.height() <= room.height():
            break
    painter.setFont(font)
    painter.setPen(QColor(t.SURFACE))
    painter.drawText(room, _CENTRED, words)


_CENTRED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
