"""The lines of the approver's list: who waits, since when, and why to look; drawn, so that hundreds cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.language import Language, Text, language_of
from ui.theme import tokens as t

LINE_HIGH: Final = 88
LINE: Final = int(Qt.ItemDataRole.UserRole)
"""Under which role of an item its `QueueLine` is kept."""
_TONES: Final = {
    "danger": (t.DANGER_SOFT, t.DANGER),
    "caution": (t.CAUTION_SOFT, t.CAUTION),
    "good": (t.GOOD_SOFT, t.GOOD),
    "info": (t.ACCENT_SOFT, t.ACCENT_STRONG),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A reason in one or two words; `tone` is `danger`, `caution`, `good` or `info`."""

    words: Text
    tone: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One recording in the list; nothing in it tells passers-by who it is."""

    visit_id: str
    number: str
    who: str
    waits: Text
    chips: tuple[Chip, ...]

    def spoken(self, language: Language) -> str:
        """The whole line in words, for a screen reader."""
        chips = ", ".join(each.words.in_language(language) for each in self.chips)
        return f"{self.number}, {self.waits.in_language(language)}, {chips}"


def draw_chips(painter: QPainter, room: QRect, chips: tuple[Chip, ...], language: Language) -> None:
    """As many as there is room for, side by side; the others as a number."""
    font = painter.font()
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    metrics, left = QFontMetrics(font), room.left()
    for n, chip in enumerate(chips):
        words = chip.words.in_language(language)
        wide, rest = metrics.horizontalAdvance(words) + 16, len(chips) - n - 1
        more = metrics.horizontalAdvance(f"+{rest}") + 6 if rest else 0
        if left + wide + more > room.right():
            painter.setPen(QColor(t.INK_SOFT))
            painter.drawText(QRect(left, room.top(), 40, room.height()), Qt.AlignmentFlag.AlignVCenter, f"+{rest + 1}")
            return
        ground, ink = _TONES[chip.tone]
        box = QRect(left, room.top(), wide, room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(box), 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        left += wide + 6


class QueueDelegate(QStyledItemDelegate):
    """Draws one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802, ARG002 - Qt's name, and its parameters
        return QSize(200, LINE_HIGH)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(LINE)
        widget = self.parent()
        if not isinstance(line, QueueLine) or not isinstance(widget, QWidget):
            return
        opened = QStyleOptionViewItem(option)
        self.initStyleOption(opened, index)
        opened.text = ""
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, opened, painter, widget)
        language = language_of(widget)
        room: QRect = option.rect.adjusted(16, 8, -12, -8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = QRect(room.left(), room.top(), room.width(), 24)
        self._words(painter, top, line.number, t.BODY, t.INK, bold=True)
        self._words(painter, top, line.waits.in_language(language), t.SMALL, t.INK_SOFT, right=True)
        self._words(painter, top.translated(0, 23), line.who, t.SMALL, t.INK_SOFT)
        draw_chips(painter, QRect(room.left(), room.bottom() - 21, room.width(), 22), line.chips, language)
        painter.restore()

    @staticmethod
    def _words(
        painter: QPainter, room: QRect, words: str, size: int, ink: str, *, bold: bool = False, right: bool = False
    ) -> None:
        font = QFont(painter.font())
        font.setPixelSize(size)
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        elided = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, elided)


class ChipRow(QWidget):
    """Chips by themselves, above a recording."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("queue.chips")
        self._chips: tuple[Chip, ...] = ()
        self.setFixedHeight(26)

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """These."""
        self._chips = chips
        self._say()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._say()

    def paintEvent(self, _: object) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_chips(painter, self.rect().adjusted(0, 2, 0, -2), self._chips, language_of(self))

    def _say(self) -> None:
        language = language_of(self)
        self.setAccessibleName(", ".join(each.words.in_language(language) for each in self._chips))
        self.update()
