"""What is asked besides a password: six digits of an authenticator, or a card in the reader and its PIN."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station.domain.officer import FactorKind
from ui.language import Text
from ui.widgets.fields import Field, LineEdit, line
from ui.widgets.text import Button, Label

CODE: Final = Text("Kode 6 angka dari aplikasi autentikator", "Six digits from the authenticator")
PIN: Final = Text("PIN kartu petugas", "PIN of the officer's card")
LAY: Final = Text(
    "Masukkan kartu petugas ke pembaca, lalu ketik PIN-nya.", "Put the card into the reader, type its PIN."
)
SWITCH: Final = {
    FactorKind.CODE: Text("Pakai kartu", "Use the card"),
    FactorKind.CARD: Text("Pakai kode", "Use a code"),
}


def digits(name: str, label: Text, *, most: int, secret: bool = False) -> Field:
    """A field that takes digits alone."""
    made = line(name, label, secret=secret)
    assert isinstance(made.control, LineEdit)
    made.control.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{most}}}"), made.control))
    made.control.setInputMethodHints(made.control.inputMethodHints() | Qt.InputMethodHint.ImhDigitsOnly)
    return made


class SecondFactor(QWidget):
    """Asks for one of the kinds that an officer has; where there are two, a button changes to the other."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._kinds: frozenset[FactorKind] = frozenset()
        self._kind = FactorKind.CODE
        self.code = digits(f"{name}.code", CODE, most=6)
        self.pin = digits(f"{name}.pin", PIN, most=8, secret=True)
        self._lay = Label(LAY, "body", wrap=True)
        self.other = Button(SWITCH[FactorKind.CODE], f"{name}.other", "quiet")
        self.other.clicked.connect(self._change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self._lay, self.code, self.pin):
            layout.addWidget(part)
        layout.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self.ask(frozenset())

    @property
    def kind(self) -> FactorKind:
        """Which one is asked for now."""
        return self._kind

    @property
    def asked(self) -> bool:
        """Whether anything is."""
        return bool(self._kinds)

    @property
    def value(self) -> str:
        """The code, or the card's PIN."""
        return self._field.value

    def ask(self, kinds: frozenset[FactorKind]) -> None:
        """Ask for one of these, with empty fields; for none of them, show nothing."""
        self._kinds = kinds
        self._show(FactorKind.CARD if kinds == {FactorKind.CARD} else FactorKind.CODE)

    def clear(self) -> None:
        """Forget what was typed, and begin anew."""
        self._field.fill("")
        self._field.setFocus()

    def wrong(self, why: Text | None) -> None:
        """What was wrong with it."""
        self._field.wrong(why)

    @property
    def _field(self) -> Field:
        return self.code if self._kind is FactorKind.CODE else self.pin

    def _change(self) -> None:
        self._show(FactorKind.CARD if self._kind is FactorKind.CODE else FactorKind.CODE)
        self._field.setFocus()

    def _show(self, kind: FactorKind) -> None:
        self._kind = kind
        for field in (self.code, self.pin):
            field.fill("")
            field.wrong(None)
        self.code.setVisible(self.asked and kind is FactorKind.CODE)
        self.pin.setVisible(self.asked and kind is FactorKind.CARD)
        self._lay.setVisible(self.asked and kind is FactorKind.CARD)
        self.other.setVisible(len(self._kinds) > 1)
        self.other.say(SWITCH[kind])
        self.setVisible(self.asked)
