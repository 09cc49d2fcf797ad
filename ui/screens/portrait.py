"""The portrait: live with one large hint, then still, for the applicant to approve."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.pictures import LiveView, Picture
from ui.widgets.text import Button, Card, Label

SHOOT = Text("Ambil foto  (Spasi)", "Take portrait  (Space)")
AGREE = Text("Pemohon setuju", "The applicant agrees")
LOOK = Text("Menyambungkan kamera …", "Connecting the camera …")
QUESTION = Text("Apakah foto ini boleh dipakai?", "May this portrait be used?")
FITS = Text("Foto memenuhi syarat.", "The portrait is good.")
MISSES = Text("Belum memenuhi syarat:", "Not good enough yet:")


class PortraitScreen(Screen):
    """Passive. Two faces: `live` and `still`."""

    retake = Signal()
    force = Signal()

    def __init__(self) -> None:
        super().__init__("portrait", Text("Pas foto", "Portrait"), SHOOT, icon="camera")
        self.live = LiveView()
        self.live.wait(LOOK)
        self.still = Picture("portrait.still", Text("Foto yang diambil", "The portrait taken"), QSize(420, 560))
        self.question = Label(QUESTION, "loud", wrap=True)
        self.verdict = Label(None, "leadstrong", wrap=True)
        self.hints = Label(None, "lead", wrap=True)
        self.hints.setObjectName("portrait.hints")
        side = Card(margin=3 * t.GRID, spacing=2 * t.GRID)
        side.column.addWidget(self.question)
        side.column.addWidget(self.verdict)
        side.column.addWidget(self.hints)
        side.column.addStretch(1)
        shown = QWidget()
        shown_layout = QHBoxLayout(shown)
        shown_layout.setContentsMargins(0, 0, 0, 0)
        shown_layout.setSpacing(2 * t.GRID)
        shown_layout.addWidget(self.still, 3)
        shown_layout.addWidget(side, 2)
        watched = QWidget()
        watched_layout = QVBoxLayout(watched)
        watched_layout.setContentsMargins(0, 0, 0, 0)
        watched_layout.addWidget(self.live)
        self._faces = QStackedWidget()
        self._faces.addWidget(watched)
        self._faces.addWidget(shown)
        self.body.addWidget(self._faces, 1)
        self.again = Button(Text("&Ulangi foto", "&Retake"), "portrait.retake", icon="again")
        self.again.clicked.connect(self.retake)
        self.force_button = Button(
            Text("Pakai walau begitu (penyelia) …", "Use it anyway (supervisor) …"), "portrait.force", icon="stamp"
        )
        self.force_button.clicked.connect(self.force)
        self.aside.addWidget(self.again)
        self.aside.addWidget(self.force_button)
        self.show_live()

    @property
    def is_live(self) -> bool:
        """Whether the camera is watched, not a picture shown."""
        return self._faces.currentIndex() == 0

    def show_live(self) -> None:
        """Watch the camera."""
        self._faces.setCurrentIndex(0)
        self.again.setVisible(False)
        self.force_button.setVisible(False)
        assert self.primary is not None
        self.primary.say(SHOOT)
        self.primary.setIcon(icons.icon("camera", t.SURFACE))
        self.primary.setEnabled(True)
        self.primary.setFocus()

    def show_still(self, image: QImage, hints: list[Text], *, forced: bool) -> None:
        """A picture was taken; with hints it needs a supervisor."""
        self.still.show_image(image)
        good = not hints or forced
        self.verdict.say(FITS if not hints else MISSES)
        self.verdict.tone("good" if not hints else "caution")
        self.hints.say(Text("\n".join(f"• {h.id}" for h in hints), "\n".join(f"• {h.en}" for h in hints)))
        self.hints.setVisible(bool(hints))
        self.again.setVisible(True)
        self.force_button.setVisible(not good)
        self._faces.setCurrentIndex(1)
        assert self.primary is not None
        self.primary.say(AGREE)
        self.primary.setIcon(icons.icon("check", t.SURFACE))
        self.primary.setEnabled(good)
        (self.primary if good else self.again).setFocus()
