"""Ten fingers, one after another, without a key between them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from devices.positions import FingerPosition
from ui.language import Text, fill, same
from ui.screens.screen import Screen
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.hands import FINGERS, FingerView, Hands
from ui.widgets.pictures import Picture
from ui.widgets.score_bar import ScoreBar
from ui.widgets.text import Button, Card, Label

DONE = Text("Lanjut", "Go on")
COUNT = Text("{n} dari 10 selesai", "{n} of 10 done")
TRIES = Text("Percobaan {n} dari {most}", "Attempt {n} of {most}")
AGAIN = Text("Ambil &ulang {finger}", "Take {finger} a&gain")
HANDS = Text("&Foto bersama tangan …", "&Photo with both hands …")
HANDS_TAKEN = Text("&Foto bersama tangan: ada", "&Photo with both hands: taken")
EXCEPT = Text("&Kecualikan {finger} …", "E&xcept {finger} …")
SHOWN = Text("Gambar: {finger}", "Shown: {finger}")


class FingerprintsScreen(Screen):
    """Passive."""

    finger_picked = Signal(object)
    except_asked = Signal()
    withdraw_asked = Signal()
    retake_asked = Signal()
    hands_asked = Signal()

    def __init__(self) -> None:
        super().__init__("fingerprints", Text("Sidik jari", "Fingerprints"), DONE, icon="check")
        self.wish = Label(None, "loud", wrap=True)
        self.wish.setObjectName("fingerprints.wish")
        self.wish.setMinimumHeight(88)
        self.count = Label(None, "lead")
        self.count.setObjectName("fingerprints.count")
        self.hands = Hands()
        self.hands.selected.connect(self.finger_picked)
        self.print = Picture("fingerprints.print", Text("Sidik jari terakhir", "The last print"), QSize(200, 240))
        self.shown = Label(None, "soft", wrap=True)
        self.shown.setObjectName("fingerprints.shown")
        self.named = Label(None, "leadstrong", wrap=True)
        self.score = ScoreBar()
        self.tries = Label(None, "soft")
        self.hint = Label(None, "body", wrap=True, tone="caution")
        self.progress = QProgressBar()
        self.progress.setObjectName("fingerprints.progress")
        self.progress.setRange(0, 100)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("0 %")
        self.body.addLayout(self._sides(), 1)
        self.except_button = Button(Text("&Kecualikan jari …", "E&xcept finger …"), "fingerprints.except", icon="cross")
        self.except_button.clicked.connect(self.except_asked)
        self.withdraw_button = Button(
            Text("&Ambil juga jari ini", "T&ake this finger after all"), "fingerprints.withdraw", icon="again"
        )
        self.withdraw_button.clicked.connect(self.withdraw_asked)
        self.withdraw_button.setVisible(False)
        self.aside.addWidget(self.except_button)
        self.aside.addWidget(self.withdraw_button)
        self.again_button = Button(fill(AGAIN, finger=same("…")), "fingerprints.again", icon="again")
        self.again_button.clicked.connect(self.retake_asked)
        self.again_button.setVisible(False)
        self.aside.addWidget(self.again_button)
        self.hands_button = Button(HANDS, "fingerprints.hands", icon="camera")
        self.hands_button.clicked.connect(self.hands_asked)
        self.hands_button.setVisible(False)
        self.aside.addWidget(self.hands_button)

    def _sides(self) -> QHBoxLayout:
        """What to do and how far it is; beside it the finger that is spoken of."""
        left = Card(margin=2 * t.GRID)
        left.column.addWidget(self.wish)
        left.column.addWidget(self.progress)
        left.column.addWidget(self.hands, 1)
        left.column.addWidget(self.count)
        right = Card(margin=2 * t.GRID)
        right.setFixedWidth(280)
        right.column.addWidget(self.named)
        right.column.addWidget(self.print, 1)
        right.column.addWidget(self.shown)
        right.column.addWidget(self.score)
        right.column.addWidget(self.tries)
        right.column.addWidget(self.hint)
        sides = QHBoxLayout()
        sides.setSpacing(2 * t.GRID)
        sides.addWidget(left, 1)
        sides.addWidget(right)
        return sides

    def first(self) -> QWidget | None:
        return self.hands

    def show_wish(self, words: Text, tone: str = "") -> None:
        """What the applicant shall do, in large type."""
        self.wish.say(words)
        self.wish.tone(tone)

    def show_progress(self, part: float) -> None:
        """How much of the image has arrived, 0 to 1."""
        self.progress.setValue(round(100 * part))
        self.progress.setAccessibleName(f"{round(100 * part)} %")

    def show_hands(self, fingers: Mapping[FingerPosition, FingerView], done: int, *, complete: bool) -> None:
        """How all ten stand, and whether the step may end."""
        self.hands.show_fingers(fingers)
        self.count.say(fill(COUNT, n=done))
        assert self.primary is not None
        self.primary.setEnabled(complete)
        if complete:
            self.primary.setFocus()

    def show_finger(
        self, position: FingerPosition, score: int | None, wanted: int, tries: tuple[int, int], hint: Text | None
    ) -> None:
        """The finger that is spoken of: its best score, its attempts, what to do better."""
        self.named.say(FINGERS[position])
        self.score.show_score(score, wanted)
        self.tries.say(fill(TRIES, n=tries[0], most=tries[1]))
        self.hint.say(hint)

    def show_print(self, image: QImage | None, position: FingerPosition | None = None) -> None:
        """One impression, and whose: the last one is rarely of the finger that is asked for next."""
        self.print.show_image(image, Text("Belum ada", "None yet"))
        self.shown.say(fill(SHOWN, finger=FINGERS[position]) if position is not None else None)

    def offer(
        self, position: FingerPosition | None, *, excepted: bool, may_except: bool, may_retake: bool = False
    ) -> None:
        """What may be done with the finger that is selected."""
        self.except_button.setVisible(not excepted)
        self.withdraw_button.setVisible(excepted)
        self.again_button.setVisible(may_retake)
        self.except_button.setEnabled(position is not None and may_except)
        if position is not None:
            self.except_button.say(fill(EXCEPT, finger=FINGERS[position]))
            self.again_button.say(fill(AGAIN, finger=FINGERS[position]))

    def offer_hands(self, *, offered: bool, taken: bool) -> None:
        """Where fingers are missing: the picture with both hands."""
        self.hands_button.setVisible(offered)
        self.hands_button.say(HANDS_TAKEN if taken else HANDS)
        self.hands_button.setIcon(icons.icon("check" if taken else "camera", t.GOOD if taken else t.INK))
