"""Everything on one page, for the applicant and the officer to look at together before it is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from devices.positions import FingerPosition
from station.domain.step import State
from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.hands import FINGERS
from ui.widgets.pictures import Picture
from ui.widgets.rail import STEPS
from ui.widgets.text import Button, Card, Label, empty, row

REDO = Text("Ulangi", "Redo")


class ReviewScreen(Screen):
    """Passive."""

    redo = Signal(object)
    correct = Signal()

    def __init__(self) -> None:
        super().__init__(
            "review",
            Text("Tinjau bersama pemohon", "Review with the applicant"),
            Text("Semua benar, buat tanda terima", "All correct, make the receipt"),
            icon="receipt",
        )
        self.portrait = Picture("review.portrait", STEPS[State.PORTRAIT], QSize(180, 240))
        self.signature = Picture("review.signature", STEPS[State.SIGNATURE], QSize(240, 80))
        self.mark = Label(None, "small")
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.mark.setObjectName("review.mark")
        self.fingers = {
            position: Picture(f"review.finger{int(position)}", name, QSize(76, 92))
            for position, name in FINGERS.items()
        }
        self._notes = {position: Label(None, "small") for position in FINGERS}
        self._redo: dict[State, Button] = {}
        self._biodata = QGridLayout()
        self._biodata.setHorizontalSpacing(2 * t.GRID)
        self._biodata.setVerticalSpacing(2)
        self._biodata.setColumnStretch(1, 1)
        self.remarks = Label(None, "small", wrap=True)
        self.remarks.setObjectName("review.remarks")
        top = QHBoxLayout()
        top.setSpacing(2 * t.GRID)
        top.addWidget(self._portrait_card())
        top.addWidget(self._biodata_card(), 1)
        self.body.addLayout(top, 3)
        self.body.addWidget(self._fingers_card(), 2)
        correct = Button(Text("Perbaiki &biodata …", "Correct &biodata …"), "review.correct")
        correct.clicked.connect(self.correct)
        self.aside.addWidget(correct)

    def first(self) -> QWidget | None:
        return self.primary

    def show_biodata(self, lines: Sequence[tuple[Text, Text]]) -> None:
        """Name and value."""
        empty(self._biodata)
        for number, (name, value) in enumerate(lines):
            self._biodata.addWidget(Label(name, "small"), number, 0)
            self._biodata.addWidget(Label(value, "strong", wrap=True), number, 1)

    def show_pictures(
        self,
        portrait: QImage,
        fingers: Mapping[FingerPosition, QImage],
        signature: QImage | None,
        unsigned: Text,
        *,
        mark: Text | None = None,
    ) -> None:
        """What was taken; `mark`: what stands in the signature's place."""
        self.portrait.show_image(portrait)
        for position, picture in self.fingers.items():
            picture.show_image(fingers.get(position), Text("—", "—"))
        self.signature.show_image(signature, unsigned)
        self.mark.say(mark)
        self.mark.setVisible(mark is not None)

    def show_notes(self, notes: Mapping[FingerPosition, Text], remarks: Text | None) -> None:
        """A word below each finger, and what is missing or was excepted."""
        for position, label in self._notes.items():
            label.say(notes.get(position))
        self.remarks.say(remarks)
        self.remarks.setVisible(remarks is not None)

    def _portrait_card(self) -> QWidget:
        card = Card(margin=12)
        card.column.addWidget(self.portrait, 1)
        card.column.addWidget(self._redo_button(State.PORTRAIT))
        return card

    def _biodata_card(self) -> QWidget:
        card = Card(margin=12)
        card.column.addLayout(self._biodata)
        card.column.addStretch(1)
        signed = QVBoxLayout()
        signed.setSpacing(2)
        signed.addWidget(self.signature, 1)
        signed.addWidget(self.mark)
        foot = row(self._redo_button(State.SIGNATURE))
        foot.insertLayout(0, signed, 1)
        card.column.addLayout(foot)
        return card

    def _fingers_card(self) -> QWidget:
        card = Card(margin=12)
        prints = QHBoxLayout()
        prints.setSpacing(6)
        for position in FingerPosition:
            one = QVBoxLayout()
            one.setSpacing(0)
            one.addWidget(self.fingers[position], 1)
            one.addWidget(self._notes[position])
            prints.addLayout(one, 1)
        card.column.addLayout(prints, 1)
        self._redo_button(State.FINGERPRINTS)
        foot = row(self.remarks, self._redo[State.FINGERPRINTS])
        foot.setStretchFactor(self.remarks, 1)
        card.column.addLayout(foot)
        return card

    def _redo_button(self, step: State) -> Button:
        name = STEPS[step]
        spoken = Text(f"Ulangi {name.id.lower()}", f"Redo {name.en.lower()}")
        button = Button(spoken, f"review.redo.{step.value}", icon="again")
        button.clicked.connect(self._pressed)
        self._redo[step] = button
        return button

    def _pressed(self) -> None:
        for step, button in self._redo.items():
            if button is self.sender():
                self.redo.emit(step)
