"""The portrait: live with one large hint, then still, for the applicant to approve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from ui.language import Text, fill
from ui.screens.screen import Screen
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.attempts import AttemptStrip, AttemptView, Swatch
from ui.widgets.card_photo import CardPhotoPane
from ui.widgets.pictures import Picture
from ui.widgets.switch import Switch
from ui.widgets.text import Button, Card, Label
from ui.widgets.viewfinder import LiveView

SHOOT = Text("Ambil foto  (Spasi)", "Take portrait  (Space)")
AGREE = Text("Pemohon setuju", "The applicant agrees")
LOOK = Text("Menyambungkan kamera …", "Connecting the camera …")
QUESTION = Text("Apakah foto ini boleh dipakai?", "May this portrait be used?")
FITS = Text("Foto memenuhi syarat.", "The portrait is good.")
REMARKED = Text("Dapat dipakai, dengan catatan:", "Can be used, with remarks:")
MISSES = Text("Belum memenuhi syarat:", "Not good enough yet:")
TRY = Text("Foto ke-{n} dari {most}", "Portrait {n} of {most}")
TAKEN = Text("Foto yang sudah diambil", "Portraits taken")
AUTOMATIC = Text("Otomatis", "Automatic")
ITSELF = Text("Foto diambil sendiri setelah diam satu detik.", "Takes itself after one still second.")
HAND = Text("Tekan Spasi untuk mengambil foto.", "Press Space to take it.")
ON_THEIR_SCREEN = Text("Pemohon melihatnya di layar sendiri.", "The applicant sees it on their own screen.")

SIDE: Final = 256
"""Width of the card beside the picture, pixels."""
SETTLE_MS: Final = 700
"""For so long a fresh picture cannot be approved: a press that was meant for the shutter comes too late to be a yes."""


class PortraitScreen(Screen):
    """Passive. Two faces: `live` and `still`.

    Signals:
        retake: another picture is wanted.
        force: a supervisor shall let this one pass.
        more: a supervisor shall let more be taken.
        picked: the attempt of this number shall be shown.
        automatic: whether pictures shall be taken by themselves.
    """

    retake = Signal()
    force = Signal()
    more = Signal()
    picked = Signal(int)
    automatic = Signal(bool)

    def __init__(self) -> None:
        super().__init__("portrait", Text("Pas foto", "Portrait"), SHOOT, icon="camera")
        self.live = LiveView()
        self.live.wait(LOOK)
        self.still = Picture("portrait.still", Text("Foto yang diambil", "The portrait taken"), QSize(420, 560))
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self._settled)
        self._ready = False
        self._faces = QStackedWidget()
        self._faces.addWidget(self.live)
        self._faces.addWidget(self.still)
        sides = QHBoxLayout()
        sides.setSpacing(2 * t.GRID)
        sides.addWidget(self._faces, 1)
        sides.addWidget(self._side())
        self.body.addLayout(sides, 1)
        self.again = Button(Text("&Ulangi foto", "&Retake"), "portrait.retake", icon="again")
        self.again.clicked.connect(self.retake)
        self.force_button = Button(
            Text("Pakai juga (penyelia) …", "Use it (supervisor) …"), "portrait.force", icon="stamp"
        )
        self.force_button.clicked.connect(self.force)
        self.more_button = Button(Text("Foto lagi …", "Take more …"), "portrait.more", icon="camera")
        self.more_button.clicked.connect(self.more)
        for each in (self.again, self.force_button, self.more_button):
            self.aside.addWidget(each)
        self.show_live()

    def _side(self) -> QWidget:
        self.cloth = Swatch()
        self.tries = Label(None, "lead")
        self.tries.setObjectName("portrait.tries")
        self.auto = Switch(AUTOMATIC, "portrait.automatic")
        self.auto.clicked.connect(self.automatic)
        self._how = Label(ITSELF, "soft", wrap=True)
        self._question = Label(QUESTION, "title", wrap=True)
        self._verdict = Label(None, "leadstrong", wrap=True)
        self.hints = Label(None, "lead", wrap=True)
        self.hints.setObjectName("portrait.hints")
        self._theirs = Label(ON_THEIR_SCREEN, "soft", wrap=True)
        self._theirs.setObjectName("portrait.theirs")
        self._taken = Label(TAKEN, "small")
        self.attempts = AttemptStrip()
        self.attempts.picked.connect(self.picked)
        self.card_photo = CardPhotoPane()
        side = Card(margin=t.GRID, spacing=2 * t.GRID)
        side.setFixedWidth(SIDE)
        self._while_live: tuple[QWidget, ...] = (self.cloth, self.tries, self.auto, self._how)
        self._while_still: tuple[QWidget, ...] = (self._question, self._verdict, self.hints, self._theirs)
        for each in (*self._while_live, *self._while_still):
            side.column.addWidget(each)
        side.column.addWidget(self.card_photo)
        side.column.addStretch(1)
        side.column.addWidget(self._taken)
        side.column.addWidget(self.attempts)
        return side

    @property
    def is_live(self) -> bool:
        """Whether the camera is watched, not a picture shown."""
        return self._faces.currentWidget() is self.live

    def show_automatic(self, *, on: bool) -> None:
        """Whether pictures are taken by themselves."""
        self.auto.setChecked(on)
        self._how.say(ITSELF if on else HAND)

    def show_tries(self, number: int, most: int) -> None:
        """Which attempt the next picture will be."""
        self.tries.say(fill(TRY, n=number, most=most))

    def show_attempts(self, attempts: Sequence[AttemptView]) -> None:
        """What has been taken so far, to choose from."""
        self.attempts.show_attempts(attempts)
        self.attempts.setVisible(bool(attempts))
        self._taken.setVisible(bool(attempts))

    def show_live(self) -> None:
        """Watch the camera."""
        self._settling.stop()
        self._face(self.live, live=True)
        self.again.setVisible(False)
        self.force_button.setVisible(False)
        self.more_button.setVisible(False)
        assert self.primary is not None
        self.primary.say(SHOOT)
        self.primary.setIcon(icons.icon("camera", t.SURFACE))
        self.primary.setEnabled(True)
        self.primary.setFocus()

    def show_still(
        self, image: QImage, hints: Sequence[Text], *, ready: bool, may_retake: bool = True, theirs: bool = False
    ) -> None:
        """A picture was taken.

        Args:
            image: the pass photo that it would be.
            hints: what is not as it should be.
            ready: whether it may be approved; if not, it needs a supervisor.
            may_retake: whether attempts are left; if not, a supervisor can grant more.
            theirs: whether the applicant sees it on a screen of their own.
        """
        fresh = self.is_live
        self.still.show_image(image)
        self._verdict.say((REMARKED if ready else MISSES) if hints else FITS)
        self._verdict.tone("caution" if hints else "good")
        self.hints.say(Text("\n".join(f"• {h.id}" for h in hints), "\n".join(f"• {h.en}" for h in hints)))
        self._face(self.still, live=False)
        self.hints.setVisible(bool(hints))
        self._theirs.setVisible(theirs)
        self.again.setVisible(may_retake)
        self.more_button.setVisible(not may_retake)
        self.force_button.setVisible(not ready)
        self._ready = ready
        assert self.primary is not None
        self.primary.say(AGREE)
        self.primary.setIcon(icons.icon("check", t.SURFACE))
        if fresh:
            self.primary.setEnabled(False)
            self.still.setFocus()  # takes no key: what is pressed now was meant for the camera
            self._settling.start()
        else:
            self._settled()

    def _settled(self) -> None:
        assert self.primary is not None
        self.primary.setEnabled(self._ready)
        if self._ready:
            self.primary.setFocus()
        elif self.again.isVisible():
            self.again.setFocus()
        else:
            self.force_button.setFocus()

    def _face(self, face: QWidget, *, live: bool) -> None:
        self._faces.setCurrentWidget(face)
        for each in self._while_live:
            each.setVisible(live)
        for each in self._while_still:
            each.setVisible(not live)
        self.card_photo.setVisible(live and self.card_photo.offered)
