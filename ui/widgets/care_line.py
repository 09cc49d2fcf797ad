"""What keeps a station well, for whoever looks after it: the last backup, and packets that are not well."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.language import Text
from ui.theme import tokens as t
from ui.widgets.text import Button, Label, row


class CareLine(QFrame):
    """Passive.

    Signals:
        backup_asked: make one.
        packets_asked: tell which packets.
    """

    backup_asked = Signal()
    packets_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("home.care")
        self.backup = Label(None, "body")
        self.backup.setObjectName("home.care.backup")
        self.packets = Label(None, "body", tone="danger")
        self.packets.setObjectName("home.care.packets")
        self.make = Button(Text("&Cadangkan …", "&Back up …"), "home.backup", icon="save")
        self.make.clicked.connect(self.backup_asked)
        self.which = Button(Text("&Rincian …", "&Details …"), "home.packets", icon="warning")
        self.which.clicked.connect(self.packets_asked)
        self.setLayout(row(self.backup, self.make, 1, self.packets, self.which, spacing=t.GRID))
        self.show_packets(None)

    def show_backup(self, words: Text, tone: str, *, busy: bool = False) -> None:
        """How old the last one is, or how far the one is that is being made."""
        self.backup.say(words)
        self.backup.tone(tone)
        self.make.setEnabled(not busy)

    def show_packets(self, words: Text | None) -> None:
        """How many are not well; None = none."""
        self.packets.say(words)
        for part in (self.packets, self.which):
            part.setVisible(words is not None)
