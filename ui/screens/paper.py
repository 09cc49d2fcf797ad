"""A paper for the applicant: the facts in large type, and how to save or print it. Receipt and deferral share it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from ui.language import Text, fill
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import line
from ui.widgets.text import Button, Card, Label, empty, row

SAVED = Text("Tersimpan: {file}", "Saved: {file}")


class PaperScreen(Screen):
    """Passive.

    Args:
        loud: what stands above the facts, small; the fact itself is in the largest type.
    """

    save_asked = Signal()
    print_asked = Signal()
    folder_asked = Signal()

    def __init__(self, name: str, title: Text, primary: Text, caption: Text) -> None:
        super().__init__(name, title, primary, icon="check")
        self.caption = Label(caption, "lead")
        self.loud = Label(None, "loud", wrap=True)
        self.loud.setObjectName(f"{name}.loud")
        self.place = Label(None, "lead", wrap=True)
        self.free = Label(
            Text(
                "GRATIS. Laporkan siapa pun yang meminta bayaran.", "FREE OF CHARGE. Report anyone who asks for money."
            ),
            "strong",
            tone="good",
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * t.GRID)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        card = Card(margin=3 * t.GRID, spacing=t.GRID)
        for part in (self.caption, self.loud, self.place, self.free):
            card.column.addWidget(part)
        card.column.addSpacing(t.GRID)
        card.column.addLayout(self._grid)
        card.column.addStretch(1)
        self.body.addWidget(card, 1)
        self.folder = line(f"{name}.folder", Text("Simpan PDF di folder", "Save the PDF in folder"))
        self.choose = Button(Text("&Folder …", "&Browse …"), f"{name}.choose")
        self.choose.clicked.connect(self.folder_asked)
        self.save = Button(Text("&Simpan PDF", "&Save PDF"), f"{name}.save", icon="save")
        self.save.clicked.connect(self.save_asked)
        self.print = Button(Text("Ce&tak", "Prin&t"), f"{name}.print", icon="print")
        self.print.clicked.connect(self.print_asked)
        self._paper = Card(margin=12)
        self._paper.column.addWidget(self.folder)
        self.saved = Label(None, "small", wrap=True)
        self.saved.setObjectName(f"{name}.saved")
        self._paper.column.addLayout(row(self.choose, self.save, self.print, self.saved, 1))
        self.body.addWidget(self._paper)

    def show_facts(self, facts: Sequence[tuple[Text, Text]]) -> None:
        """Name and value."""
        empty(self._grid)
        for number, (name, value) in enumerate(facts):
            self._grid.addWidget(Label(name, "soft"), number, 0)
            self._grid.addWidget(Label(value, "strong", wrap=True), number, 1)

    def show_loud(self, loud: Text, place: Text | None) -> None:
        """What the applicant must remember."""
        self.loud.say(loud)
        self.place.say(place)
        self.place.setVisible(place is not None)

    def offer_paper(self, *, offered: bool) -> None:
        """Whether there is a paper yet."""
        self._paper.setVisible(offered)
        self.saved.say(None)

    def show_saved(self, path: Path) -> None:
        """It lies there."""
        self.saved.say(fill(SAVED, file=path.name))
        self.saved.setToolTip(str(path))
