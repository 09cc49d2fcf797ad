"""The attempts at a portrait, side by side, one of them chosen; and the cloth that is wanted behind the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from ui.language import Text, fill, language_of
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Label, column, empty

PHOTO: Final = Text("Foto {n}", "Portrait {n}")
GOOD: Final = Text("Foto {n}: memenuhi syarat", "Portrait {n}: good")
LOW: Final = Text("Foto {n}: belum memenuhi syarat", "Portrait {n}: not good enough")
THUMB: Final = QSize(66, 88)
"""Pixels of a small picture."""
MARK: Final = 22
"""Side of the mark in its corner, pixels."""

CLOTHS: Final[Mapping[str, tuple[Text, str]]] = {
    "red": (Text("Merah", "Red"), "#B3202A"),
    "blue": (Text("Biru", "Blue"), "#1D5FAE"),
    "orange": (Text("Oranye", "Orange"), "#E8792B"),
}
"""Each backdrop's word, and the colour that it is shown by; what the camera takes for it is the guidance's business."""
WANTED: Final = Text("Latar belakang", "Background")


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt as it is shown.

    Attributes:
        number: from 1.
        image: the pass photo that it would be.
        good: whether it may be accepted as it is.
        chosen: whether it is the one that is shown large.
    """

    number: int
    image: QImage
    good: bool
    chosen: bool


class Thumb(QAbstractButton):
    """One attempt, small, with a mark in its corner."""

    def __init__(self, view: AttemptView) -> None:
        super().__init__()
        self.number = view.number
        self._view = view
        self.setObjectName(f"portrait.attempt{view.number}")
        self.setCheckable(True)
        self.setChecked(view.chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())
        self._image = view.image.scaled(
            THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._say()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return THUMB + QSize(8, 8)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._say()

    def nextCheckState(self) -> None:  # noqa: N802 - Qt's name
        """A press chooses; nothing is ever chosen off."""
        self.setChecked(True)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self._image.size()
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(left, top, self._image)
        good = self._view.good
        mark = QRectF(left + size.width() - MARK - 2, top + size.height() - MARK - 2, MARK, MARK)
        painter.setPen(QPen(QColor(t.SURFACE), 2))
        painter.setBrush(QColor(t.GOOD if good else t.FOCUS))
        painter.drawEllipse(mark)
        drawn = icons.pixmap("check" if good else "warning", t.SURFACE if good else t.INK)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(mark.adjusted(4, 4, -4, -4), drawn, QRectF(drawn.rect()))
        edge = t.FOCUS if self.hasFocus() else t.ACCENT if self.isChecked() else t.LINE
        painter.setPen(QPen(QColor(edge), 4 if self.hasFocus() or self.isChecked() else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 4, 4)

    def _say(self) -> None:
        language = language_of(self)
        words = GOOD if self._view.good else LOW
        self.setText(fill(PHOTO, n=self.number).in_language(language))
        self.setAccessibleName(fill(words, n=self.number).in_language(language))


class AttemptStrip(QWidget):
    """Up to three of them."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("portrait.attempts")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_attempts(self, attempts: Sequence[AttemptView]) -> None:
        """These and no others."""
        empty(self._row)
        for each in attempts:
            thumb = Thumb(each)
            thumb.clicked.connect(self._pressed)
            self._row.addWidget(thumb)
        self._row.addStretch(1)

    def _pressed(self) -> None:
        thumb = self.sender()
        assert isinstance(thumb, Thumb)
        self.picked.emit(thumb.number)


class Swatch(QWidget):
    """A piece of the wanted cloth, with its word."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("portrait.backdrop")
        self._patch = _Patch()
        self._word = Label(None, "leadstrong")
        self._word.setObjectName("portrait.backdrop.word")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(t.GRID)
        layout.addWidget(self._patch)
        layout.addLayout(column(Label(WANTED, "small"), self._word, spacing=0), 1)

    def show_cloth(self, name: str) -> None:
        """`red`, `blue` or `orange`."""
        word, colour = CLOTHS[name]
        self._word.say(word)
        self._patch.dye(colour)


class _Patch(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor(t.SUNKEN)
        self.setFixedSize(t.TARGET, t.TARGET)

    def dye(self, colour: str) -> None:
        self._colour = QColor(colour)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.LINE_STRONG), 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
