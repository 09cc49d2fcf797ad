"""Still pictures that came decoded from another thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
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
        room = QRect((self.width() - size.width()) // 2, (self.height() - size.height()) // 2, *size.toTuple())
        painter.fillRect(room, QColor(t.SURFACE))
        painter.drawImage(room, self._image)
        painter.setPen(QPen(QColor(t.LINE), 1))
        painter.drawRect(room.adjusted(0, 0, -1, -1))


_CENTRED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
