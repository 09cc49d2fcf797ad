"""The applicant's own window, on the second screen: the portrait that was taken, large, and yes or once more.

It shows nothing else, takes no key (the keyboard stays the officer's), and is there only while a portrait waits for its
approval.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t
from ui.widgets.pictures import Picture
from ui.widgets.text import Button, Label, row

TITLE = Text("Foto Anda", "Your portrait")
QUESTION = Text("Apakah foto ini boleh dipakai?", "May this portrait be used?")
LOOK = Text("Lihat foto Anda. Petugas akan membantu.", "Look at your portrait. The officer will help.")


class ApplicantWindow(QWidget):
    """Passive, frameless, over the whole of one screen.

    Signals:
        agreed: the applicant pressed yes.
        again: the applicant wants another one.
    """

    agreed = Signal()
    again = Signal()

    def __init__(self) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setObjectName("applicant")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAutoFillBackground(True)
        self._screen: QScreen | None = None
        self.picture = Picture("applicant.picture", TITLE, QSize(600, 800))
        self.question = Label(QUESTION, "loud", wrap=True)
        self.question.setObjectName("applicant.question")
        self.question.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.yes = Button(Text("Setuju", "I agree"), "applicant.yes", "primary", icon="check")
        self.more = Button(Text("Ulangi", "Once more"), "applicant.again", icon="again")
        self.yes.clicked.connect(self.agreed)
        self.more.clicked.connect(self.again)
        for button in (self.yes, self.more):
            button.setProperty("vast", "true")  # pressed by somebody who stands and has never seen it
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setIconSize(QSize(40, 40))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * t.GRID, 4 * t.GRID, 4 * t.GRID, 4 * t.GRID)
        layout.setSpacing(3 * t.GRID)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.question)
        buttons = row(spacing=4 * t.GRID)
        buttons.addWidget(self.more, 2)
        buttons.addWidget(self.yes, 3)
        layout.addLayout(buttons)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._screen_gone)

    def show_on(self, screen: QScreen, image: QImage, *, may_agree: bool, may_again: bool) -> None:
        """Cover this screen with the picture; the focus stays where it is."""
        self.setWindowTitle(TITLE.in_language(language_of(self)))
        self.picture.show_image(image)
        self.question.say(QUESTION if may_agree else LOOK)
        self.yes.setVisible(may_agree)
        self.more.setVisible(may_again)
        self._screen = screen
        if not self.isVisible():
            self.setScreen(screen)
            self.setGeometry(screen.geometry())
            self.setWindowState(Qt.WindowState.WindowFullScreen)  # `showFullScreen` would ask for the keyboard
            self.show()

    def leave(self) -> None:
        """Show nothing any more; not even the picture is kept."""
        self.picture.show_image(None)
        self.hide()

    def _screen_gone(self, screen: QScreen) -> None:
        """Qt would move the window to another screen: the officer's."""
        if screen is self._screen:
            self._screen = None
            self.leave()
