"""Who serves: tap a name, type the password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from station.domain.officer import Officer, Role
from ui.language import Text, fill, same
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import line
from ui.widgets.second_factor import SecondFactor
from ui.widgets.text import Button, Card, Label, row

ROLES: Final[Mapping[Role, Text]] = {
    Role.OPERATOR: Text("Operator", "Operator"),
    Role.SUPERVISOR: Text("Penyelia", "Supervisor"),
    Role.TECHNICIAN: Text("Teknisi", "Technician"),
    Role.AUDITOR: Text("Pemeriksa", "Auditor"),
}


class SignOnScreen(Screen):
    """Passive."""

    officer_picked = Signal(str)

    def __init__(self) -> None:
        super().__init__("sign_on", Text("Siapa yang bertugas?", "Who is serving?"))
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons: dict[str, Button] = {}
        self._grid = QGridLayout()
        self._grid.setSpacing(t.GRID)
        self.password = line("sign_on.password", Text("Kata sandi", "Password"), secret=True)
        self.primary = Button(Text("Masuk", "Sign on"), "sign_on.primary", "primary", icon="person")
        self.primary.clicked.connect(self.went_on)
        self.factor = SecondFactor("sign_on.factor")
        self.hint = Label(None, "small", wrap=True)
        card = self._card = Card(margin=4 * t.GRID, spacing=2 * t.GRID)
        card.setFixedWidth(640)
        card.column.addLayout(self._grid)
        card.column.addWidget(self.password)
        card.column.addWidget(self.factor)
        card.column.addLayout(row(self.hint, self.primary))
        self.header.removeWidget(self.lead)
        self.lead.setVisible(False)
        self.body.addSpacing(2 * t.GRID)
        self.body.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addStretch(1)

    def first(self) -> QWidget | None:
        return next(iter(self._buttons.values()), self.password)

    def show_officers(self, officers: Sequence[Officer], hint: str | None) -> None:
        """Everybody who may sign on, and in practice the password."""
        for button in self._buttons.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for index, officer in enumerate(officers):
            name = fill(same("{name}\n{role}"), name=officer.name, role=ROLES[officer.role])
            button = Button(name, f"officer.{officer.id}", "tile", icon="person")
            button.setCheckable(True)
            button.clicked.connect(self._pressed)
            self._buttons[officer.id] = button
            self._grid.addWidget(button, index // 2, index % 2)
            button.show()  # now, so that it can take the focus
        before: QWidget = self._card
        for button in self._buttons.values():  # before the password's field, which hands the focus on to its line
            QWidget.setTabOrder(before, button)
            before = button
        practice = Text("Latihan: kata sandi {word}", "Practice: the password is {word}")
        self.hint.say(None if hint is None else fill(practice, word=hint))

    def choose(self, officer_id: str) -> None:
        """Show who is signing on, and ask for the password."""
        for each, button in self._buttons.items():
            button.setChecked(each == officer_id)
        self.password.setFocus()

    def problem(self, why: Text | None) -> None:
        """What was wrong with the password, or with the second factor where that is asked."""
        self.password.wrong(None if self.factor.asked else why)
        self.factor.wrong(why)

    def begin(self) -> None:
        """An empty password, nothing else asked, nothing wrong."""
        self.factor.ask(frozenset())
        self.password.fill("")
        self.password.wrong(None)
        self.open(True)

    def open(self, free: bool) -> None:
        """Whether the officer who is chosen may try."""
        assert self.primary is not None
        self.primary.setEnabled(free)

    def _pressed(self) -> None:
        for officer_id, button in self._buttons.items():
            if button is self.sender():
                self.officer_picked.emit(officer_id)
