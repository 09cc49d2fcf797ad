"""The keys rest under a passphrase: asked before anything can be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import line
from ui.widgets.text import Button, Card, Label, row


class PassphraseScreen(Screen):
    """Passive."""

    def __init__(self) -> None:
        super().__init__("passphrase", Text("Stasiun terkunci", "The station is locked"))
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.phrase = line("passphrase.phrase", Text("Frasa sandi stasiun", "The station's passphrase"), secret=True)
        self.primary = Button(Text("Buka stasiun", "Open the station"), "passphrase.primary", "primary", icon="shield")
        self.primary.clicked.connect(self.went_on)
        card = Card(margin=4 * t.GRID, spacing=2 * t.GRID)
        card.setFixedWidth(640)
        why = Text(
            "Kunci data disimpan di bawah frasa sandi.\nPenyelia atau teknisi yang mengetiknya.",
            "The data's keys rest under a passphrase.\nA supervisor or a technician types it.",
        )
        card.column.addWidget(Label(why))
        card.column.addWidget(self.phrase)
        card.column.addLayout(row(1, self.primary))
        self.header.removeWidget(self.lead)
        self.lead.setVisible(False)
        self.body.addSpacing(2 * t.GRID)
        self.body.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)

    def first(self) -> QWidget | None:
        return self.phrase

    def busy(self, busy: bool) -> None:
        """The station is being opened."""
        assert self.primary is not None
        self.primary.setEnabled(not busy)
