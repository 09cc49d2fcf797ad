"""The way of a visit, step by step: done, now, later. Above it the visit's number, below it how to leave it.

While a station is set up its steps stand there in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from station.domain.step import State
from ui.language import Text, language_of, same
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Label

STEPS: Final[Mapping[StrEnum, Text]] = {
    State.IDENTIFY: Text("Identitas", "Identity"),
    State.SCREENING: Text("Kesehatan", "Health"),
    State.PORTRAIT: Text("Pas foto", "Portrait"),
    State.FINGERPRINTS: Text("Sidik jari", "Fingerprints"),
    State.SIGNATURE: Text("Tanda tangan", "Signature"),
    State.REVIEW: Text("Tinjau", "Review"),
    State.RECEIPT: Text("Tanda terima", "Receipt"),
    State.APPROVAL: Text("Persetujuan", "Approval"),
    State.SEALED: Text("Segel", "Seal"),
}
VISIT: Final = Text("Kunjungan", "Visit")
_DONE: Final = Text("selesai", "done")
_NOW: Final = Text("sekarang", "now")
_LATER: Final = Text("nanti", "later")


class Steps(QWidget):
    """The steps themselves, drawn; said to screen readers as one description."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail.steps")
        self._names = STEPS
        self._steps: tuple[StrEnum, ...] = tuple(STEPS)
        self._now: StrEnum | None = None
        self._done: frozenset[StrEnum] = frozenset()

    def show_way(
        self,
        steps: Sequence[StrEnum],
        now: StrEnum | None,
        done: frozenset[StrEnum],
        names: Mapping[StrEnum, Text] = STEPS,
    ) -> None:
        """Which steps there are, where we are, what is done, and what each is called."""
        self._steps, self._now, self._done, self._names = tuple(steps), now, done, names
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, 44 * len(self._steps))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._describe()
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        language = language_of(self)
        for index, step in enumerate(self._steps):
            top = 44.0 * index
            done, now = step in self._done, step is self._now
            if now:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(t.ACCENT_SOFT))
                painter.drawRoundedRect(QRectF(0, top + 2, self.width(), 40), 6, 6)
            if index + 1 < len(self._steps):
                painter.setPen(QPen(QColor(t.GOOD if done else t.LINE), 2))
                painter.drawLine(22, int(top) + 35, 22, int(top) + 53)
            self._disc(painter, QRectF(9, top + 9, 26, 26), index + 1, done=done, now=now)
            font = QFont(self.font())
            font.setBold(now)
            painter.setFont(font)
            painter.setPen(QColor(t.INK if now or done else t.INK_SOFT))
            room = QRectF(46, top, self.width() - 48, 44)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._names[step].in_language(language))

    def _disc(self, painter: QPainter, disc: QRectF, number: int, *, done: bool, now: bool) -> None:
        painter.setPen(QPen(QColor(t.GOOD if done else t.ACCENT if now else t.LINE_STRONG), 2))
        painter.setBrush(QColor(t.GOOD if done else t.ACCENT if now else t.SURFACE))
        painter.drawEllipse(disc)
        if done:
            painter.drawPixmap(disc.adjusted(4, 4, -4, -4).toRect(), icons.pixmap("check", t.SURFACE))
            return
        font = QFont(self.font())
        font.setPixelSize(t.SMALL)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(t.SURFACE if now else t.INK_SOFT))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(number))

    def _describe(self) -> None:
        language = language_of(self)
        words = []
        for step in self._steps:
            how = _NOW if step is self._now else _DONE if step in self._done else _LATER
            words.append(f"{self._names[step].in_language(language)}: {how.in_language(language)}")
        self.setAccessibleName("; ".join(words))


class Rail(QFrame):
    """Left side of the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "side")
        self.squeeze(False)
        self._caption = Label(VISIT, "small")
        self.number = Label(None, "title")
        self.number.setObjectName("rail.number")
        self.nik = Label(None, "small")
        self.nik.setObjectName("rail.nik")
        self.steps = Steps()
        self.park = Button(Text("Tit&ipkan", "P&ark"), "rail.park", icon="pause")
        self.cancel = Button(Text("Batalka&n", "Ca&ncel visit"), "rail.cancel", "danger", icon="trash")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 2 * t.GRID, 12, 2 * t.GRID)
        layout.setSpacing(t.GRID)
        for part in (self._caption, self.number, self.nik):
            layout.addWidget(part)
        layout.addSpacing(t.GRID)
        layout.addWidget(self.steps)
        layout.addStretch(1)
        layout.addWidget(self.park)
        layout.addWidget(self.cancel)

    def show_visit(
        self, number: str, nik: str, steps: Sequence[StrEnum], now: State | None, done: frozenset[State]
    ) -> None:
        """A visit is under way."""
        self._caption.say(VISIT)
        self._show_number(True)
        self.number.say(same(number))
        self.nik.say(same(f"NIK {nik}") if nik else Text("NIK belum diisi", "No NIK yet"))
        self.steps.show_way(steps, now, done)

    def show_steps(self, caption: Text, names: Mapping[StrEnum, Text], now: StrEnum) -> None:
        """Something else with steps is under way; what stands before this one is done."""
        self._caption.say(caption)
        self._show_number(False)
        steps = tuple(names)
        self.steps.show_way(steps, now, frozenset(steps[: steps.index(now)]), names)
        self.may(park=False, cancel=False)

    def _show_number(self, shown: bool) -> None:
        self.number.setVisible(shown)
        self.nik.setVisible(shown)

    def squeeze(self, narrow: bool) -> None:
        """Whether the window is narrow."""
        self.setFixedWidth(184 if narrow else 208)

    def may(self, *, park: bool, cancel: bool) -> None:
        """Which ways out there are."""
        self.park.setVisible(park)
        self.cancel.setVisible(cancel)
