"""The biodata read aloud from the screen, in large type, and the one question that saves a duplicate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from station.domain.history import EverRecorded
from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import line, segments
from ui.widgets.text import Button, Card, Label, empty, row

EVER: Final = {
    EverRecorded.NO.value: Text("Belum pernah", "Never"),
    EverRecorded.YES.value: Text("Pernah", "Yes"),
    EverRecorded.UNSURE.value: Text("Tidak yakin", "Not sure"),
}
READ: Final = {
    "yes": Text("Ya, semua benar", "Yes, all is right"),
    "no": Text("Ada yang salah", "Something wrong"),
}


SAVE: Final = Text("Simpan, lanjut periksa kesehatan", "Save, on to screening")
CORRECT: Final = Text("Simpan perbaikan", "Save the correction")


class ReadBackScreen(Screen):
    """Passive."""

    def __init__(self) -> None:
        super().__init__(
            "read_back",
            Text("Bacakan kepada pemohon", "Read aloud to the applicant"),
            SAVE,
            icon="check",
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * t.GRID)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        aloud = Card(margin=2 * t.GRID)
        aloud.column.addLayout(self._grid)
        self.read = segments(
            "read",
            Text("Sudah dibacakan; apakah pemohon membenarkan?", "Read aloud; does the applicant agree?"),
            READ,
            quiet=True,
            caution=frozenset({"no"}),
        )
        self.ever = segments(
            "ever",
            Text("Pernah direkam KTP-el, di mana pun?", "Ever recorded for a KTP-el, anywhere?"),
            EVER,
            quiet=True,
        )
        self.warnings = Label(None, "body", wrap=True, tone="caution")
        self.reason = line("reason", Text("Alasan dilanjutkan (wajib)", "Reason to go on (required)"), quiet=True)
        self.body.addWidget(aloud, 1)
        questions = row(spacing=3 * t.GRID)
        questions.addWidget(self.read, 4)
        questions.addWidget(self.ever, 5)
        self.body.addLayout(questions)
        self.body.addWidget(self.warnings)
        self.body.addWidget(self.reason)
        self.back = Button(Text("&Ubah biodata", "Chan&ge biodata"), "read_back.back")
        self.back.clicked.connect(self.went_back)
        self.aside.addWidget(self.back)

    def first(self) -> QWidget | None:
        return self.read

    def show_lines(self, lines: Sequence[tuple[Text, Text]]) -> None:
        """What is read: name and value."""
        empty(self._grid)
        for number, (name, value) in enumerate(lines):
            self._grid.addWidget(Label(name, "soft"), number, 0)
            self._grid.addWidget(Label(value, "leadstrong", wrap=True), number, 1)
        self._grid.setRowStretch(len(lines), 1)

    def show_kind(self, *, corrected: bool) -> None:
        """Whether biodata that were kept before are put right: then it is not asked again who was recorded before."""
        self.ever.setVisible(not corrected)
        assert self.primary is not None
        self.primary.say(CORRECT if corrected else SAVE)

    def clear(self) -> None:
        """Nothing answered yet."""
        self.read.fill("")
        self.ever.fill("")
        self.reason.fill("")

    def want_reason(self, why: Text | None) -> None:
        """Show what is to be looked at, and ask for a reason; None = nothing."""
        self.warnings.say(why)
        self.warnings.setVisible(why is not None)
        self.reason.setVisible(why is not None)
