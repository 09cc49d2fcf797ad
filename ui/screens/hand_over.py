"""The finished card goes to its person: find the recording, lay the card down, two answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.language import Text, language_of
from ui.screens.home import VisitLine, VisitList
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import line, segments
from ui.widgets.text import Button, Card, Label, row

WANTED: Final = Text("Nomor antrean, tanda terima, atau NIK", "Visit number, receipt number, or NIK")
YES_NO: Final = {"yes": Text("Ya", "Yes"), "no": Text("Tidak", "No")}
OLD_CARD: Final = {
    "taken_back": Text("Ditarik", "Taken back"),
    "not_taken_back": Text("Tidak ditarik", "Not taken back"),
    "none": Text("Tidak punya", "Had none"),
}
FOUND: Final = Text("Rekaman yang ditemukan", "Recordings found")
NOBODY: Final = Text("Cari rekaman pemohon dahulu.", "Find the person's recording first.")


class HandOverScreen(Screen):
    """Passive.

    Signals:
        searched: what was typed.
        picked: the visit that was chosen of those found.
        card_disowned: the card that was read is not the new one.
    """

    searched = Signal(str)
    picked = Signal(str)
    card_disowned = Signal()

    def __init__(self) -> None:
        super().__init__(
            "hand_over", Text("Serahkan kartu", "Hand a card over"), Text("Serahkan", "Hand over"), icon="card_reader"
        )
        self.wanted = line("hand_over.wanted", WANTED)
        self.search = Button(Text("&Cari", "&Find"), "hand_over.search", icon="list")
        self.search.clicked.connect(lambda: self.searched.emit(self.wanted.value))
        self.list = VisitList("hand_over.visits")
        self.list.setMaximumHeight(150)
        self.list.entered_line.connect(self._picked)
        self.list.retold.connect(self._render)
        self._lines: tuple[VisitLine, ...] = ()
        self.who = Label(NOBODY, "leadstrong", wrap=True)
        self.who.setObjectName("hand_over.who")
        self.before = Label(None, "body", wrap=True, tone="caution")
        self.before.setObjectName("hand_over.before")
        self.card_seen = Label(None, "lead", wrap=True)
        self.card_seen.setObjectName("hand_over.card_seen")
        self.receipt = segments("receipt", Text("Tanda terima diperlihatkan?", "Receipt shown?"), YES_NO)
        self.old_card = segments("old_card", Text("Kartu lama", "The old card"), OLD_CARD)
        self._answers = QWidget()
        answers = row(spacing=3 * t.GRID)
        answers.addWidget(self.receipt, 2)
        answers.addWidget(self.old_card, 5)
        self._answers.setLayout(answers)
        card = Card(margin=2 * t.GRID, spacing=2 * t.GRID)
        for part in (self.who, self.before, self.card_seen, self._answers):
            card.column.addWidget(part)
        card.column.addStretch(1)
        self.body.addLayout(row(self.wanted, self.search, spacing=2 * t.GRID))
        self.body.addWidget(self.list)
        self.body.addWidget(card, 1)
        self.back = Button(Text("&Daftar", "&Lists"), "hand_over.home", icon="home")
        self.back.clicked.connect(self.went_back)
        self.aside.addWidget(self.back)
        self.clear()

    def first(self) -> QWidget | None:
        return self.wanted

    def press_primary(self) -> None:
        """Enter looks for what was typed, until a recording is open."""
        assert self.primary is not None
        if self.primary.isEnabled():
            self.primary.click()
        elif self.wanted.value.strip():
            self.search.click()

    def clear(self) -> None:
        """Nobody is served."""
        self.wanted.fill("")
        self.show_found(())
        self.show_visit(None, None)

    def show_found(self, lines: Sequence[VisitLine]) -> None:
        """What goes by the words; a list only where there is a choice."""
        self._lines = tuple(lines)
        self.list.setVisible(len(self._lines) > 1)
        self._render()

    def show_visit(self, who: Text | None, before: Text | None) -> None:
        """Whose recording is open, and what was given for it before."""
        self.who.say(who or NOBODY)
        self.before.say(before)
        self.before.setVisible(before is not None)
        self.receipt.fill("")
        self.old_card.fill("")
        self._answers.setVisible(who is not None)
        self.show_card(None)
        self.may_give(allowed=False)

    def show_card(self, words: Text | None, tone: str = "") -> None:
        """What is known of the card on the reader."""
        self.card_seen.say(words)
        self.card_seen.tone(tone)

    def may_give(self, *, allowed: bool) -> None:
        """Whether everything is there."""
        assert self.primary is not None
        self.primary.setEnabled(allowed)

    def _render(self) -> None:
        self.list.setAccessibleName(FOUND.in_language(language_of(self)))
        self.list.clear()
        for each in self._lines:
            self.list.add_line(each)

    def _picked(self) -> None:
        index = self.list.currentRow()
        if 0 <= index < len(self._lines):
            self.picked.emit(self._lines[index].visit_id)
