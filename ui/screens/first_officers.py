"""A new station: the first two supervisors, who answer for it together."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.language import Text, fill
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import Field, line
from ui.widgets.text import Card, Label


class FirstOfficersScreen(Screen):
    """Passive."""

    def __init__(self) -> None:
        super().__init__(
            "first_officers",
            Text("Dua penyelia pertama", "The first two supervisors"),
            Text("Simpan", "Save"),
            icon="check",
        )
        self._people: list[dict[str, Field]] = []
        cards = QHBoxLayout()
        cards.setSpacing(2 * t.GRID)
        for number in (1, 2):
            fields = {
                "id": line(f"officer{number}.id", Text("ID (huruf kecil, angka)", "Id (small letters, digits)")),
                "name": line(f"officer{number}.name", Text("Nama lengkap", "Full name")),
                "password": line(f"officer{number}.password", Text("Kata sandi", "Password"), secret=True),
            }
            card = Card(margin=3 * t.GRID)
            card.column.addWidget(Label(fill(Text("Penyelia {n}", "Supervisor {n}"), n=number), "leadstrong"))
            for field in fields.values():
                card.column.addWidget(field)
            self._people.append(fields)
            cards.addWidget(card)
        self.body.addWidget(
            Label(
                Text(
                    "Keduanya memutuskan protokol kesehatan dan menyetujui rekaman. "
                    "Masing-masing mengetik kata sandinya sendiri.",
                    "The two decide the health protocol and approve recordings. Each types their own password.",
                ),
                wrap=True,
            )
        )
        self.body.addLayout(cards)
        self.body.addStretch(1)

    def first(self) -> QWidget | None:
        return self._people[0]["id"]

    def values(self) -> tuple[dict[str, str], ...]:
        """What was typed, one mapping a person."""
        return tuple({key: field.value for key, field in person.items()} for person in self._people)

    def clear(self) -> None:
        """Forget what was typed."""
        for person in self._people:
            for field in person.values():
                field.fill("")
