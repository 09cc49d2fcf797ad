"""Asks an officer for the second factor, over whatever needs their signature."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from station.domain.officer import FactorKind
from ui.dialogs.form import FormDialog
from ui.language import Text, fill
from ui.widgets.second_factor import SecondFactor


class FactorDialog(FormDialog):
    """Stays open until what was signed has been done, or somebody backs out."""

    def __init__(self, parent: QWidget, name: str, kinds: frozenset[FactorKind]) -> None:
        super().__init__(
            parent,
            "second_factor",
            fill(Text("Verifikasi kedua: {name}", "Second factor: {name}"), name=name),
            None,
            Text("Lanjut", "Go on"),
        )
        self.factor = SecondFactor("factor")
        self.content.addWidget(self.factor)
        self.factor.ask(kinds)
        (self.factor.pin if self.factor.kind is FactorKind.CARD else self.factor.code).setFocus()

    def problem(self, why: Text | None) -> None:
        """What was wrong with it: said beside the field, which begins anew."""
        self.factor.wrong(why)
        if why is not None:
            self.factor.clear()

    def _submit(self) -> None:
        if not self.factor.value:
            self.factor.clear()
            return
        super()._submit()
