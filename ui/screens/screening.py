"""The checklist in front of every capture: one screen, no scrolling, nothing ticked beforehand, one next action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from protocols.schema import Subject
from protocols.screening import ItemState, Mark
from ui.language import Text
from ui.screens.checklist import ChecklistLine
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.text import Card, Label, empty, restyle

_HEADINGS: Final[Mapping[Subject, Text]] = {
    Subject.OFFICER: Text("Petugas", "Officer"),
    Subject.DEVICE: Text("Alat yang disentuh", "Devices that are touched"),
    Subject.VISIT: Text("Keperluan", "Errand"),
    Subject.APPLICANT: Text("Pemohon", "Applicant"),
}
_LEFT: Final = (Subject.OFFICER, Subject.DEVICE)
BEGIN: Final = Text("Mulai merekam", "Begin capture")

Key = tuple[str, str]


class ScreeningScreen(Screen):
    """Passive."""

    answered = Signal(str, str, object)
    reading = Signal(str, str, object)
    signature = Signal(str)

    def __init__(self) -> None:
        super().__init__("screening", Text("Periksa kesehatan", "Health screening"), BEGIN, icon="shield")
        self.lines: dict[Key, ChecklistLine] = {}
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for each in self._columns:
            each.setSpacing(t.GRID)
        sides = QHBoxLayout()
        sides.setSpacing(2 * t.GRID)
        for each in self._columns:
            sides.addLayout(each, 1)
        self.body.addLayout(sides)
        self.body.addStretch(1)
        self._band = QFrame()
        self._band.setProperty("role", "band")
        band = QVBoxLayout(self._band)
        band.setContentsMargins(2 * t.GRID, t.GRID, 2 * t.GRID, t.GRID)
        band.setSpacing(0)
        self.verdict = Label(None, "leadstrong", wrap=True)
        self.verdict.setObjectName("screening.verdict")
        self.detail = Label(None, "body", wrap=True)
        band.addWidget(self.verdict)
        band.addWidget(self.detail)
        self.body.addWidget(self._band)

    def first(self) -> QWidget | None:
        return None

    def show_items(
        self, items: Sequence[ItemState], about: Mapping[str, Text], told: Mapping[Key, Text], *, thermometer: bool
    ) -> None:
        """Every item as it stands. `about` names devices, `told` says in words what was answered."""
        keys = [(each.item.id, each.subject) for each in items]
        if keys != list(self.lines):
            self._build(items, about)
        for each in items:
            key = (each.item.id, each.subject)
            self.lines[key].show_state(each, told.get(key), thermometer=thermometer)

    def show_verdict(self, words: Text, detail: Text | None, tone: str, primary: Text, *, enabled: bool) -> None:
        """What it amounts to, and the one next action."""
        restyle(self._band, tone=tone)
        self.verdict.say(words)
        self.detail.say(detail)
        self.detail.setVisible(detail is not None)
        assert self.primary is not None
        self.primary.say(primary)
        self.primary.setEnabled(enabled)

    def go_to_next(self, items: Sequence[ItemState]) -> None:
        """Focus on the first thing that is still wanted, else on the next action."""
        for each in items:
            if each.mark is Mark.MISSING:
                self.lines[each.item.id, each.subject].waits().setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self.primary is not None and self.primary.isEnabled():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, items: Sequence[ItemState], about: Mapping[str, Text]) -> None:
        for column in self._columns:
            empty(column)
        made: dict[tuple[str, str], ChecklistLine] = {}
        for subject, heading in _HEADINGS.items():
            its = [state for state in items if state.item.subject is subject]
            if not its:
                continue
            card = Card(margin=12, spacing=4)
            card.column.addWidget(Label(heading, "small"))
            for state in its:
                line = self._line(state, about.get(state.subject) if subject is Subject.DEVICE else None)
                made[state.item.id, state.subject] = line
                card.column.addWidget(line)
            self._columns[0 if subject in _LEFT else 1].addWidget(card)
            card.show()  # now, so that its lines can take the focus
        for column in self._columns:
            column.addStretch(1)
        self.lines = {(state.item.id, state.subject): made[state.item.id, state.subject] for state in items}
        self._order()

    def _line(self, state: ItemState, named: Text | None) -> ChecklistLine:
        line = ChecklistLine(state.item, state.subject, named)
        line.answered.connect(self.answered)
        line.reading.connect(self.reading)
        line.signature.connect(self.signature)
        return line

    def _order(self) -> None:
        """Tab goes card by card, then to the primary button."""
        lines = [line for subject in _HEADINGS for line in self.lines.values() if line.item.subject is subject]
        stops = [widget for line in lines for widget in (line.control, line.button) if widget is not None]
        for before, after in pairwise([*stops, *((self.primary,) if self.primary is not None else ())]):
            QWidget.setTabOrder(before, after)
