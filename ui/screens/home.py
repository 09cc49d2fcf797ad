"""Between two applicants: call the next one, or take up what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ui.language import Text, fill, language_of, same
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.care_line import CareLine
from ui.widgets.fields import Segments
from ui.widgets.text import Button, Card, Label, row


class Shelf(StrEnum):
    """Which list."""

    WAITING = "waiting"
    DEFERRED = "deferred"
    APPROVAL = "approval"
    SEALED = "sealed"


SHELVES: Final[Mapping[Shelf, Text]] = {
    Shelf.WAITING: Text("Menunggu", "Waiting"),
    Shelf.DEFERRED: Text("Ditunda", "Put off"),
    Shelf.APPROVAL: Text("Persetujuan", "To approve"),
    Shelf.SEALED: Text("Selesai hari ini", "Finished today"),
}
APPROVALS: Final = Text("&Setujui rekaman ({n}) …", "Approve recording&s ({n}) …")
_EMPTY: Final[Mapping[Shelf, Text]] = {
    Shelf.WAITING: Text("Tidak ada kunjungan yang menunggu.", "No visit is waiting."),
    Shelf.DEFERRED: Text("Tidak ada kunjungan yang ditunda.", "No visit was put off."),
    Shelf.APPROVAL: Text("Tidak ada yang menunggu persetujuan.", "Nothing waits for approval."),
    Shelf.SEALED: Text("Belum ada yang selesai hari ini.", "Nothing was finished today."),
}


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit in a list: what is shown in two lines."""

    visit_id: str
    head: Text
    foot: Text


class VisitList(QListWidget):
    """Arrow keys choose a line; Enter, or a double tap, opens it."""

    entered_line = Signal()
    retold = Signal()

    def __init__(self, name: str = "home.visits") -> None:
        super().__init__()
        self._nothing: Text | None = None
        self.setObjectName(name)
        self.setUniformItemSizes(True)
        self.itemDoubleClicked.connect(self._entered)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentRow() >= 0:
            self.entered_line.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def add_line(self, line: VisitLine) -> None:
        """One more, below the others."""
        language = language_of(self)
        item = QListWidgetItem(f"{line.head.in_language(language)}\n{line.foot.in_language(language)}")
        item.setSizeHint(QSize(100, 60))
        self.addItem(item)

    def when_empty(self, words: Text) -> None:
        """What stands in a list without lines."""
        self._nothing = words
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self._nothing is not None and not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(t.INK_SOFT))
            words = self._nothing.in_language(language_of(self))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.retold.emit()

    def _entered(self, _: QListWidgetItem) -> None:
        self.entered_line.emit()


class HomeScreen(Screen):
    """Passive."""

    shelf_picked = Signal(str)
    visit_picked = Signal(str)
    protocol_asked = Signal()
    officers_asked = Signal()
    station_asked = Signal()
    hand_over_asked = Signal()
    approvals_asked = Signal()
    answers_asked = Signal()

    def __init__(self) -> None:
        super().__init__("home", Text("Loket siap", "The counter is ready"))
        self.primary = Button(Text("Pemohon baru", "New applicant"), "home.primary", "primary", icon="plus")
        self.primary.setProperty("grand", "true")
        self.primary.clicked.connect(self.went_on)
        self.protocol = Button(Text("&Protokol …", "&Protocol …"), "home.protocol", "quiet")
        self.protocol.clicked.connect(self.protocol_asked)
        self.officers = Button(Text("Petu&gas …", "O&fficers …"), "home.officers", "quiet")
        self.officers.clicked.connect(self.officers_asked)
        self.station = Button(Text("S&tasiun …", "S&tation …"), "home.station", "quiet")
        self.station.clicked.connect(self.station_asked)
        self.hand_over = Button(
            Text("Serahkan &kartu …", "Hand a &card over …"), "home.hand_over", "secondary", icon="card_reader"
        )
        self.hand_over.clicked.connect(self.hand_over_asked)
        self.approvals = Button(fill(APPROVALS, n=0), "home.approvals", "secondary", icon="stamp")
        self.approvals.clicked.connect(self.approvals_asked)
        self.answers = Button(Text("&Data pribadi …", "Personal &data …"), "home.answers", "quiet")
        self.answers.clicked.connect(self.answers_asked)
        self.shelves = Segments("shelf", {shelf.value: words for shelf, words in SHELVES.items()})
        self.shelves.about(Text("Daftar", "List"))
        self.shelves.picked.connect(self.shelf_picked)
        self.list = VisitList()
        self.list.entered_line.connect(self._opened)
        self.list.retold.connect(self._render)
        self.list.currentRowChanged.connect(self._row_changed)
        self.open = Button(Text("&Buka", "&Open"), "home.open", icon="list")
        self.open.clicked.connect(self._opened)
        self._lines: tuple[VisitLine, ...] = ()
        self._shelf = Shelf.WAITING
        top = Card(margin=2 * t.GRID)
        self.law = Label(None, "lead", wrap=True)
        self.law.setObjectName("home.law")
        top.column.addLayout(row(self.primary, self.law, spacing=3 * t.GRID))
        self.primary.setFixedWidth(320)
        self.care = CareLine()
        for care in (self.protocol, self.officers, self.answers, self.station):  # of those who look after the counter
            self.header.addWidget(care)
        self.body.addWidget(top)
        self.body.addWidget(self.care)
        self.body.addLayout(row(self.shelves))
        self.body.addWidget(self.list, 1)
        self._nothing = Label(None)  # room where a list would be
        self.body.addWidget(self._nothing, 1)
        self._nothing.hide()
        self.aside.addWidget(self.hand_over)
        self.aside.addWidget(self.approvals)
        self.foot.addWidget(self.open)

    def first(self) -> QWidget | None:
        return self.primary

    def show_work(self, *, records: bool, sees: bool) -> None:
        """Whether whoever serves calls applicants, and whether they see any list of them."""
        assert self.primary is not None
        self.primary.setVisible(records)
        self.shelves.setVisible(sees)
        self.list.setVisible(sees)
        self.open.setVisible(sees)
        self._nothing.setVisible(not sees)

    def show_counts(self, counts: Mapping[Shelf, int]) -> None:
        """How many visits are on each list."""
        self.shelves.relabel({s.value: fill(same("{name}  {n}"), name=SHELVES[s], n=counts.get(s, 0)) for s in SHELVES})

    def show_approvals(self, count: int) -> None:
        """How many recordings wait for whoever may approve."""
        self.approvals.say(fill(APPROVALS, n=count))

    def show_lines(self, shelf: Shelf, lines: Sequence[VisitLine]) -> None:
        """One list."""
        self._lines, self._shelf = tuple(lines), shelf
        self.shelves.choose(shelf.value)
        self.list.when_empty(_EMPTY[shelf])
        self._render()

    def _render(self) -> None:
        self.list.setAccessibleName(SHELVES[self._shelf].in_language(language_of(self)))
        chosen = self.list.currentRow()
        self.list.clear()
        for each in self._lines:
            self.list.add_line(each)
        if 0 <= chosen < len(self._lines):
            self.list.setCurrentRow(chosen)
        self._row_changed(self.list.currentRow())

    def _row_changed(self, index: int) -> None:
        self.open.setEnabled(0 <= index < len(self._lines) and self._shelf is not Shelf.SEALED)

    def _opened(self) -> None:
        index = self.list.currentRow()
        if 0 <= index < len(self._lines) and self._shelf is not Shelf.SEALED:
            self.visit_picked.emit(self._lines[index].visit_id)
