"""The applicant with both hands in the picture, where fingers are missing: live, then one to keep."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.pictures import Picture
from ui.widgets.text import Button, Label, row
from ui.widgets.viewfinder import LiveView

TITLE: Final = Text("Foto bersama tangan", "Photo with both hands")
ASK: Final = Text(
    "Pemohon mengangkat kedua tangan di samping wajah, telapak ke kamera.",
    "The applicant holds both hands up beside the face, palms to the camera.",
)
CHECK: Final = Text("Apakah wajah dan kedua tangan terlihat?", "Are the face and both hands to be seen?")
TAKE: Final = Text("Ambil foto  (Spasi)", "Take photo  (Space)")
KEEP: Final = Text("Pakai foto ini", "Use this photo")
SHAPE: Final = QSize(720, 405)
"""Pixels: the whole of a wide frame, since hands are held beside the face."""


class WithHandsDialog(QDialog):
    """Passive. Esc backs out, but not while a picture is being taken; what was taken so far stays in the record.

    Attributes:
        busy: whether a picture is being taken.

    Signals:
        shoot: take one.
        retake: watch the camera again.
        closed: it is gone, either way.
    """

    shoot = Signal()
    retake = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("with_hands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setLocale(parent.locale())
        self.setWindowTitle(TITLE.in_language(language_of(self)))
        self.busy = False
        self.live = LiveView("with_hands.live")
        self.still = Picture("with_hands.still", TITLE, SHAPE)
        self._faces = QStackedWidget()
        self._faces.setFixedSize(SHAPE)
        self._faces.addWidget(self.live)
        self._faces.addWidget(self.still)
        self._ask = Label(ASK, "lead", wrap=True)
        self.problem = Label(None, "error", wrap=True)
        self.problem.setObjectName("with_hands.problem")
        self.primary = Button(TAKE, "with_hands.primary", "primary", icon="camera")
        self.primary.setDefault(True)
        self.primary.clicked.connect(self._pressed)
        self.again = Button(Text("&Ulangi foto", "&Retake"), "with_hands.again", icon="again")
        self.again.clicked.connect(self.retake)
        back = Button(Text("Kembali", "Back"), "with_hands.back")
        back.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * t.GRID, 3 * t.GRID, 3 * t.GRID, 2 * t.GRID)
        layout.setSpacing(t.GRID)
        for part in (Label(TITLE, "leadstrong"), self._ask, self._faces, self.problem):
            layout.addWidget(part)
        layout.addLayout(row(back, self.again, 1, self.primary))
        self.show_live()

    @property
    def is_live(self) -> bool:
        """Whether the camera is watched."""
        return self._faces.currentWidget() is self.live

    def show_live(self) -> None:
        """Watch the camera."""
        self._faces.setCurrentWidget(self.live)
        self._ask.say(ASK)
        self.again.setVisible(False)
        self.primary.say(TAKE)
        self.primary.setIcon(icons.icon("camera", t.SURFACE))
        self.primary.setFocus()

    def show_still(self, image: QImage) -> None:
        """The one that was taken."""
        self.still.show_image(image)
        self._faces.setCurrentWidget(self.still)
        self._ask.say(CHECK)
        self.again.setVisible(True)
        self.primary.say(KEEP)
        self.primary.setIcon(icons.icon("check", t.SURFACE))
        self.again.setFocus()  # a second press of the shutter keeps nothing that nobody has looked at

    def done(self, result: int) -> None:
        """Closed either way: the keyboard goes back to the window."""
        super().done(result)
        self.closed.emit()
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()

    def reject(self) -> None:
        if not self.busy:
            super().reject()

    def _pressed(self) -> None:
        if self.is_live:
            self.shoot.emit()
        else:
            self.accept()
