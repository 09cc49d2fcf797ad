"""The approver's desk: at the left what waits, by risk; at the right the chosen recording with all its attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from devices.positions import FingerPosition
from station.domain.step import State
from ui.language import Text, fill, language_of, same
from ui.screens.home import VisitList
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.queue_list import LINE, Chip, ChipRow, QueueDelegate, QueueLine
from ui.widgets.rail import STEPS
from ui.widgets.shots import Shot, ShotView, nearest
from ui.widgets.text import Button, Card, Elided, Label, empty

APPROVE = Text("Setujui dan segel …", "Approve and seal …")
SEAL = Text("Segel", "Seal")
CLEAN = Text("Setujui {n} yang be&rsih …", "Approve the {n} c&lean ones …")
NOTHING = Text("Tidak ada yang menunggu persetujuan.", "Nothing waits for approval.")
LOADING = Text("Membuka rekaman …", "Opening the recording …")
TITLE = Text("Persetujuan: {n} menunggu", "Approval: {n} waiting")
SIDES = (Text("Tangan kanan", "Right hand"), Text("Tangan kiri", "Left hand"))
SHORT = (
    Text("Jempol", "Thumb"),
    Text("Telunjuk", "Index"),
    Text("Tengah", "Middle"),
    Text("Manis", "Ring"),
    Text("Kelingking", "Little"),
)
PORTRAIT = QSize(112, 160)
PRINT = QSize(78, 108)
INK = QSize(180, 92)
LIST_WIDE = 328
TEN_WIDE = 10 * (PRINT.width() + 4) + 5 * t.GRID
"""Pixels that ten prints need in a row."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordView:
    """One recording as it is shown. `repr` tells nobody's data.

    Attributes:
        remarks: what was excepted, forced or sent back, and who stood for it.
    """

    number: str
    name: str = field(repr=False)
    chips: tuple[Chip, ...]
    biodata: tuple[tuple[Text, Text], ...] = field(repr=False)
    remarks: tuple[Text, ...] = field(repr=False)
    portraits: tuple[ShotView, ...]
    signatures: tuple[ShotView, ...]


class QueueScreen(Screen):
    """Passive."""

    picked = Signal(str)
    send_back = Signal()
    approve_clean = Signal()
    enlarged = Signal(object)
    code_asked = Signal()
    share_asked = Signal()
    take_asked = Signal()

    def __init__(self) -> None:
        super().__init__("queue", Text("Persetujuan", "Approval"), APPROVE, icon="stamp")
        self.list = VisitList()
        self.list.setObjectName("queue.list")
        self.list.setItemDelegate(QueueDelegate(self.list))
        self.list.setFixedWidth(LIST_WIDE)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.when_empty(NOTHING)
        self.list.entered_line.connect(self.press_primary)
        self.list.currentRowChanged.connect(self._row_changed)
        self.list.retold.connect(self._respeak)
        self._lines: tuple[QueueLine, ...] = ()
        self._shots: list[Shot] = []
        self.who = Elided("leadstrong", least=120, most=900)
        self.who.setObjectName("queue.who")
        self.chips = ChipRow()
        self.remarks = Label(None, "body", wrap=True)
        self.remarks.setObjectName("queue.remarks")
        self._portraits, self._signatures = QHBoxLayout(), QVBoxLayout()
        self._below = QHBoxLayout()
        """Where signatures go in a narrow window."""
        self._biodata = QGridLayout()
        self._biodata.setHorizontalSpacing(2 * t.GRID)
        self._biodata.setVerticalSpacing(1)
        self._biodata.setColumnStretch(1, 1)
        self._prints = QGridLayout()
        self._prints.setHorizontalSpacing(4)
        self._prints.setVerticalSpacing(2)
        middle = QHBoxLayout()
        middle.setSpacing(2 * t.GRID)
        middle.addWidget(self.list)
        middle.addWidget(self._detail(), 1)
        self.body.addLayout(middle, 1)
        self.return_button = Button(Text("Kem&balikan …", "Send &back …"), "queue.send_back", icon="again")
        self.return_button.clicked.connect(self.send_back)
        self.clean_button = Button(fill(CLEAN, n=0), "queue.clean", icon="check")
        self.clean_button.clicked.connect(self.approve_clean)
        self.aside.addWidget(self.return_button)
        self.aside.addWidget(self.clean_button)
        for words, name, asked in (
            (Text("Kode un&tuk mobil …", "Code for a &van …"), "queue.code", self.code_asked),
            (Text("&Simpan kunci …", "&Save the key …"), "queue.share", self.share_asked),
            (Text("&Ambil kunci …", "&Take a key …"), "queue.take", self.take_asked),
        ):
            button = Button(words, name, "quiet")
            button.clicked.connect(asked)
            self.header.addWidget(button)
        self.show_record(None)

    def first(self) -> QWidget | None:
        return self.list

    @property
    def chosen(self) -> str:
        """The visit whose line is chosen; "" where there is none."""
        row = self.list.currentRow()
        return self._lines[row].visit_id if 0 <= row < len(self._lines) else ""

    def show_lines(self, lines: Sequence[QueueLine], chosen: str, waiting: int, clean: int) -> None:
        """The list; `chosen` stays chosen, or the line that took its place. Tells nobody that a line was picked."""
        row = max(self.list.currentRow(), 0)
        self._lines = tuple(lines)
        ids = [each.visit_id for each in lines]
        row = ids.index(chosen) if chosen in ids else min(row, len(lines) - 1)
        self.list.blockSignals(True)
        self.list.clear()
        for line in self._lines:
            item = QListWidgetItem()
            item.setData(LINE, line)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._respeak()
        self.title.say(fill(TITLE, n=waiting))
        self.clean_button.say(fill(CLEAN, n=clean))
        self.clean_button.setEnabled(clean > 0)

    def show_record(self, view: RecordView | None, words: Text | None = None) -> None:
        """One recording without its prints; None = none, then `words` stand there."""
        self._forget()
        self.who.say(words if view is None else same(f"{view.number}   {view.name}"))
        self.chips.show_chips(() if view is None else view.chips)
        for number, (name, value) in enumerate(() if view is None else view.biodata):
            self._biodata.addWidget(Label(name, "small"), number, 0, Qt.AlignmentFlag.AlignTop)
            self._biodata.addWidget(Label(value, "small", wrap=True), number, 1)
        remarks = () if view is None else view.remarks
        told = Text("\n".join(each.id for each in remarks), "\n".join(each.en for each in remarks))
        self.remarks.say(told if remarks else None)
        self.remarks.setVisible(bool(remarks))
        self._fill(self._portraits, () if view is None else view.portraits, PORTRAIT)
        self._fill(self._signatures if self._wide else self._below, () if view is None else view.signatures, INK)
        self._scroll.verticalScrollBar().setValue(0)

    def show_prints(
        self, fingers: Mapping[FingerPosition, Sequence[ShotView]], missing: Mapping[FingerPosition, Text]
    ) -> None:
        """Every attempt at every finger, one below the other; of a finger that was not taken, why.

        Both hands stand beside each other where the window is wide enough for ten prints.
        """
        empty(self._prints)
        beside = self._wide
        below = 2 + max((len(views) for views in fingers.values()), default=0)
        for place, position in enumerate(FingerPosition):
            side, finger = divmod(place, 5)
            top, column = (0, place + side) if beside else (side * below, finger)
            if finger == 0:
                self._prints.addWidget(Label(SIDES[side], "strong"), top, column, 1, 5)
            self._prints.addWidget(Label(SHORT[finger], "small"), top + 1, column)
            if position in missing:
                why = Label(missing[position], "small", wrap=True, tone="caution")
                why.setFixedWidth(PRINT.width())
                self._prints.addWidget(why, top + 2, column, Qt.AlignmentFlag.AlignTop)
            for number, view in enumerate(fingers.get(position, ())):
                self._prints.addWidget(self._shot(view, PRINT), top + 2 + number, column, Qt.AlignmentFlag.AlignTop)
        self._prints.setColumnMinimumWidth(5, t.GRID)
        self._prints.setColumnStretch(11, 1)

    def allow(self, *, approve: Text | None, may_return: bool) -> None:
        """What may be done with the chosen recording; `approve` are the primary button's words, None = not pressed."""
        assert self.primary is not None
        self.primary.setEnabled(approve is not None)
        if approve is not None:
            self.primary.say(approve)
        self.return_button.setEnabled(may_return)

    def _detail(self) -> QWidget:
        card = Card(margin=12, spacing=6)
        card.column.addWidget(self.who)
        card.column.addWidget(self.chips)
        card.column.addWidget(self.remarks)
        top = QHBoxLayout()
        top.setSpacing(2 * t.GRID)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addLayout(self._biodata)
        side.addStretch(1)
        top.addLayout(self._portraits)
        top.addLayout(side, 1)
        top.addLayout(self._signatures)
        card.column.addLayout(top)
        card.column.addLayout(self._prints)
        card.column.addLayout(self._below)
        card.column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("queue.record")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(card)
        return self._scroll

    @property
    def _wide(self) -> bool:
        """Whether ten prints have room in a row."""
        return self._scroll.viewport().width() >= TEN_WIDE

    def _forget(self) -> None:
        """Nobody's pictures stay behind."""
        self._shots.clear()
        for layout in (self._portraits, self._signatures, self._below, self._prints, self._biodata):
            empty(layout)

    def _fill(self, shelf: QBoxLayout, views: Sequence[ShotView], size: QSize) -> None:
        for view in views:
            shelf.addWidget(self._shot(view, size), 0, Qt.AlignmentFlag.AlignTop)
        shelf.addStretch(1)

    def _shot(self, view: ShotView, size: QSize) -> Shot:
        shot = Shot(view, size)
        shot.clicked.connect(self._pressed)
        self._shots.append(shot)
        return shot

    def _pressed(self) -> None:
        shot = self.sender()
        assert isinstance(shot, Shot)
        self.enlarged.emit(nearest(self._shots, shot))

    def _row_changed(self, _: int) -> None:
        self.picked.emit(self.chosen)

    def _respeak(self) -> None:
        language = language_of(self)
        self.list.setAccessibleName(STEPS[State.APPROVAL].in_language(language))
        for row, line in enumerate(self._lines):
            self.list.item(row).setText(line.spoken(language))
