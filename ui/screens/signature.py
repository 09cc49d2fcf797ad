"""The signature: ink appears on screen while it is written on the pad."""

from __future__ import annotations

from PySide6.QtCore import Signal

from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.ink import InkView
from ui.widgets.text import Button, Card, Label

INVITE = Text("Silakan tanda tangan di papan", "Please sign on the pad")
OPENING = Text("Menyiapkan papan …", "Preparing the pad …")


class SignatureScreen(Screen):
    """Passive."""

    cleared = Signal()
    unable = Signal()

    def __init__(self) -> None:
        super().__init__("signature", Text("Tanda tangan", "Signature"), Text("Terima", "Accept"), icon="check")
        self.wish = Label(INVITE, "loud", wrap=True)
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

    def show_ready(self, *, written: bool) -> None:
        """Whether there is any ink to accept."""
        assert self.primary is not None
        changed = self.primary.isEnabled() != written
        self.primary.setEnabled(written)
        self.clear.setEnabled(written)
        if changed and written:
            self.primary.setFocus()
