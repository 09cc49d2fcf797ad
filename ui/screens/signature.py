"""The signature: ink appears on screen while it is written on the pad, or on the screen itself."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal

from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.ink import InkView
from ui.widgets.text import Button, Card, Label


class Where(Enum):
    """Where the applicant signs, with what is said to them and to the officer."""

    PAD = Text("Silakan tanda tangan di papan", "Please sign on the pad")
    HERE = Text("Silakan tanda tangan di sini", "Please sign here")
    THERE = Text("Pemohon menandatangani di layarnya", "The applicant signs on their own screen")


ON_THE_PAD = Text("Pemohon juga boleh menekan tombol di papan.", "The applicant may press the pad's buttons, too.")
OPENING = Text("Menyiapkan papan …", "Preparing the pad …")


class SignatureScreen(Screen):
    """Passive.

    Signals:
        cleared: the ink shall be thrown away.
        unable: the applicant cannot sign.
    """

    cleared = Signal()
    unable = Signal()

    def __init__(self) -> None:
        super().__init__("signature", Text("Tanda tangan", "Signature"), Text("Terima", "Accept"), icon="check")
        self.wish = Label(Where.PAD.value, "loud", wrap=True)
        self.wish.setObjectName("signature.wish")
        self.ink = InkView()
        card = Card(margin=2 * t.GRID, spacing=2 * t.GRID)
        card.column.addWidget(self.wish)
        card.column.addWidget(self.ink, 1)
        self.body.addWidget(card, 1)
        self.clear = Button(Text("&Hapus", "Cl&ear"), "signature.clear", icon="again")
        self.clear.clicked.connect(self.cleared)
        self.cannot = Button(Text("Tidak &dapat menandatangani …", "Cann&ot sign …"), "signature.cannot", icon="cross")
        self.cannot.clicked.connect(self.unable)
        self.aside.addWidget(self.clear)
        self.aside.addWidget(self.cannot)

    def show_where(self, where: Where) -> None:
        """Where it is signed."""
        self.wish.say(where.value)

    def show_buttons(self, *, on: bool) -> None:
        """Whether the pad has buttons of its own."""
        self.lead.say(ON_THE_PAD if on else None)

    def show_ready(self, *, written: bool) -> None:
        """Whether there is any ink to accept."""
        assert self.primary is not None
        changed = self.primary.isEnabled() != written
        self.primary.setEnabled(written)
        self.clear.setEnabled(written)
        if changed and written:
            self.primary.setFocus()
