"""The photo on the applicant's card, beside the live face: to look at, and gone with the step."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ui.language import Text, fill
from ui.theme import tokens as t
from ui.widgets.pictures import Picture
from ui.widgets.text import Button, Label

READ: Final = Text("Foto di &kartu", "Photo on the &card")
ABOUT: Final = Text("Foto di kartu pemohon", "The photo on the applicant's card")
LAY: Final = Text("Tempelkan KTP-el pemohon", "Lay the applicant's KTP-el down")
READING: Final = Text("{done} dari {whole} bita", "{done} of {whole} bytes")
BEGUN: Final = Text("Membaca kartu …", "Reading the card …")
SEEN: Final = Text("Hanya untuk dilihat petugas.", "For the officer's eye alone.")
SIZE: Final = QSize(120, 160)


class CardPhotoPane(QWidget):
    """Passive.

    Attributes:
        offered: whether it is shown at all, beside the live picture.

    Signals:
        asked: the photo shall be read, or read again.
    """

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card_photo")
        self.offered = False
        self.picture = Picture("card_photo.picture", ABOUT, SIZE)
        self.picture.setMinimumHeight(SIZE.height() * 3 // 5)
        self.picture.setMaximumHeight(SIZE.height())
        self.picture.show_image(None, LAY)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.words = Label(SEEN, "small", wrap=True)
        self.words.setObjectName("card_photo.words")
        self.button = Button(READ, "card_photo.read", icon="card_reader")
        self.button.clicked.connect(self.asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(t.GRID)
        for each in (self.picture, self.progress, self.words, self.button):
            layout.addWidget(each)
        self.clear()

    def clear(self) -> None:
        """No photo, and nothing being read."""
        self._rest(None)

    def show_photo(self, image: QImage) -> None:
        """This is the one."""
        self._rest(image)

    def show_progress(self, done: int, whole: int) -> None:
        """How far it is, bytes; a `whole` of 0 = it begins."""
        self.picture.show_image(None, BEGUN)
        self.button.setEnabled(False)
        self.progress.setVisible(True)
        self.progress.setRange(0, whole)
        self.progress.setValue(done)
        self.words.say(fill(READING, done=done, whole=whole) if whole else None)

    def _rest(self, image: QImage | None) -> None:
        self.picture.show_image(image, LAY)
        self.progress.setVisible(False)
        self.words.say(SEEN)
        self.button.setEnabled(True)
