"""The applicant's own windows, on the second screen: the portrait that was taken, and the sheet that is signed on.

Each shows nothing else, takes no key (the keyboard stays the officer's), and is there only while its question waits.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t
from ui.widgets.ink import InkView
from ui.widgets.pictures import Picture
from ui.widgets.text import Button, Label, row

TITLE = Text("Foto Anda", "Your portrait")
QUESTION = Text("Apakah foto ini boleh dipakai?", "May this portrait be used?")
LOOK = Text("Lihat foto Anda. Petugas akan membantu.", "Look at your portrait. The officer will help.")
SIGNATURE = Text("Tanda tangan Anda", "Your signature")
SIGN_HERE = Text("Silakan tanda tangan di atas", "Please sign above")


def second_screen(window: QWidget) -> QScreen | None:
    """The screen that faces the applicant: the first on which our window does not stand; None where it is alone."""
    ours = window.screen()
    return next((each for each in QGuiApplication.screens() if each is not ours), None)


class FacingWindow(QWidget):
    """Passive, frameless, over the whole of one screen: something to look at, words, two large buttons.

    Args:
        title: of the window, for whoever cannot see it.
        view: what is looked at.
        words: below it.
        less, more: the two buttons, the weightier one to the right.
    """

    def __init__(self, title: Text, view: QWidget, words: Text, less: Button, more: Button) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self.setObjectName("applicant")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAutoFillBackground(True)
        self._title = title
        self._screen: QScreen | None = None
        self.question = Label(words, "loud", wrap=True)
        self.question.setObjectName("applicant.question")
        self.question.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button in (less, more):
            button.setProperty("vast", "true")  # pressed by somebody who stands and has never seen it
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setIconSize(QSize(40, 40))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * t.GRID, 4 * t.GRID, 4 * t.GRID, 4 * t.GRID)
        layout.setSpacing(3 * t.GRID)
        layout.addWidget(view, 1)
        layout.addWidget(self.question)
        buttons = row(spacing=4 * t.GRID)
        buttons.addWidget(less, 2)
        buttons.addWidget(more, 3)
        layout.addLayout(buttons)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._screen_gone)

    def cover(self, screen: QScreen) -> None:
        """Stand over this screen; the focus stays where it is."""
        self._name()
        self._screen = screen
        if not self.isVisible():
            self.setScreen(screen)
            self.setGeometry(screen.geometry())
            self.setWindowState(Qt.WindowState.WindowFullScreen)  # `showFullScreen` would ask for the keyboard
            self.show()

    def leave(self) -> None:
        """Show nothing any more."""
        self.hide()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._name()

    def _name(self) -> None:
        self.setWindowTitle(self._title.in_language(language_of(self)))

    def _screen_gone(self, screen: QScreen) -> None:
        """Qt would move the window to another screen: the officer's."""
        if screen is self._screen:
            self._screen = None
            self.leave()


class ApplicantWindow(FacingWindow):
    """The portrait that was taken, large, and yes or once more.

    Signals:
        agreed: the applicant pressed yes.
        again: the applicant wants another one.
    """

    agreed = Signal()
    again = Signal()

    def __init__(self) -> None:
        self.picture = Picture("applicant.picture", TITLE, QSize(600, 800))
        self.yes = Button(Text("Setuju", "I agree"), "applicant.yes", "primary", icon="check")
        self.more = Button(Text("Ulangi", "Once more"), "applicant.again", icon="again")
        super().__init__(TITLE, self.picture, QUESTION, self.more, self.yes)
        self.yes.clicked.connect(self.agreed)
        self.more.clicked.connect(self.again)

    def show_on(self, screen: QScreen, image: QImage, *, may_agree: bool, may_again: bool) -> None:
        """Cover this screen with the picture."""
        self.picture.show_image(image)
        self.question.say(QUESTION if may_agree else LOOK)
        self.yes.setVisible(may_agree)
        self.more.setVisible(may_again)
        self.cover(screen)

    def leave(self) -> None:
        """Not even the picture is kept."""
        self.picture.show_image(None)
        super().leave()


class SigningWindow(FacingWindow):
    """The sheet, as large as the screen, and done or once more.

    Signals:
        accepted: the applicant has finished.
        again: the applicant begins anew.
    """

    accepted = Signal()
    again = Signal()

    def __init__(self) -> None:
        self.ink = InkView("applicant.ink")
        self.done = Button(Text("Selesai", "Done"), "applicant.done", "primary", icon="check")
        self.anew = Button(Text("Hapus", "Clear"), "applicant.anew", icon="again")
        super().__init__(SIGNATURE, self.ink, SIGN_HERE, self.anew, self.done)
        self.done.clicked.connect(self.accepted)
        self.anew.clicked.connect(self.again)

    def show_ready(self, *, written: bool) -> None:
        """Whether there is any ink to accept."""
        self.done.setEnabled(written)
        self.anew.setEnabled(written)

    def leave(self) -> None:
        """Not even the ink is kept."""
        self.ink.show_ink((), None)
        self.ink.be_pad(False)
        super().leave()
