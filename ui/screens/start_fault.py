"""Why the station is not open: title, one sentence of cause, one button as the way on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal

from ui.language import Text, fill, moment_text, same
from ui.messages.start import Deed, Fault, button_of
from ui.screens.screen import Screen
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Card, Label, row

NOW = Text("Jam komputer: {at}", "The computer's clock: {at}")
WORKING = Text("Cadangan diperiksa dan dipasang …", "The backup is checked and put in place …")
NEWEST = Text("Catatan terakhir: {at}", "The last record: {at}")


class StartFaultScreen(Screen):
    """Passive.

    Signals:
        clock_trusted: the clock is right as it is.
    """

    clock_trusted = Signal()

    def __init__(self) -> None:
        super().__init__("start_fault", Text("Stasiun belum terbuka", "The station is not open"))
        self.header.removeWidget(self.title)
        self.lead.setVisible(False)
        sign = Label()
        sign.setPixmap(icons.pixmap("warning", t.CAUTION, 56))
        sign.setFixedSize(QSize(56, 56))
        self.cause = Label(None, "lead", wrap=True)
        self.cause.setObjectName("start_fault.cause")
        self.now = Label(None, "strong", wrap=True)
        self.newest = Label(None, "strong", wrap=True)
        self.first_do = Label(None, "body", wrap=True)
        self.first_do.setObjectName("start_fault.first")
        self.detail = Label(None, "small", wrap=True)
        self.detail.setObjectName("start_fault.detail")
        self.trust = Button(Text("Jam ini &benar", "The clock is &right"), "start_fault.trust", icon="clock")
        self.trust.clicked.connect(self.clock_trusted)
        self.primary = Button(button_of(Deed.RETRY), "start_fault.primary", "primary")
        self.primary.clicked.connect(self.went_on)
        card = Card(margin=4 * t.GRID, spacing=2 * t.GRID)
        card.setFixedWidth(680)
        card.column.addLayout(row(sign, self.title, 1, spacing=2 * t.GRID))
        for part in (self.cause, self.now, self.newest, self.first_do):
            card.column.addWidget(part)
        card.column.addSpacing(t.GRID)
        card.column.addLayout(row(self.trust, 1, self.primary))
        card.column.addWidget(self.detail)
        self.body.addStretch(1)
        self.body.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(2)
        self.show_clock(None, None)

    def show_fault(self, fault: Fault, cause: Text, detail: str) -> None:
        """What is the matter; `detail`: a line for whoever is called."""
        self.title.say(fault.title)
        self.cause.say(cause)
        self.first_do.say(fault.first)
        self.detail.say(same(detail))
        assert self.primary is not None
        self.primary.say(button_of(fault.deed))
        self.show_clock(None, None)

    def busy(self, busy: bool) -> None:
        """Something is being done, which may take minutes."""
        assert self.primary is not None
        self.primary.setEnabled(not busy)
        if busy:
            self.cause.say(WORKING)

    def show_clock(self, now: datetime | None, newest: datetime | None) -> None:
        """Both times in the office's zone, where they are what differs."""
        for label, words, at in ((self.now, NOW, now), (self.newest, NEWEST, newest)):
            label.say(None if at is None else fill(words, at=moment_text(at)))
            label.setVisible(at is not None)
        self.trust.setVisible(now is not None)
