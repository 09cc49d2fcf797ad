"""One sentence and one button at the foot of the window: what is the matter, and the way on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from ui.language import Text
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Label, restyle

UNDERSTOOD = Text("Mengerti", "Understood")


class MessageBar(QFrame):
    """Always there, so that nothing jumps; empty while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self.setProperty("role", "band")
        self.setFixedHeight(60)
        self._sign = Label()
        self._sign.setFixedWidth(28)
        self.sentence = Label(None, "body", wrap=True)
        self.sentence.setObjectName("message.sentence")
        self.button = Button(UNDERSTOOD, "message.button")
        self.button.clicked.connect(self._pressed)
        self._action: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * t.GRID, 4, 4, 4)
        layout.setSpacing(t.GRID)
        layout.addWidget(self._sign)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.button)
        self.hush()

    @property
    def speaking(self) -> bool:
        """Whether it says something."""
        return not self.button.isHidden()

    def say(
        self, sentence: Text, tone: str = "info", button: Text = UNDERSTOOD, action: Callable[[], None] | None = None
    ) -> None:
        """Show a sentence; pressing the button hides it and does `action`."""
        self._action = action
        restyle(self, tone=tone)
        name, colour = {
            "danger": ("warning", t.DANGER),
            "caution": ("warning", t.CAUTION),
            "good": ("check", t.GOOD),
        }.get(tone, ("flag", t.ACCENT))
        self._sign.setPixmap(icons.pixmap(name, colour, 24))
        self._sign.setVisible(True)
        self.sentence.say(sentence)
        self.button.say(button)
        self.button.setVisible(True)

    def hush(self) -> None:
        """Nothing to say."""
        self._action = None
        restyle(self, tone="")
        self._sign.setVisible(False)
        self.sentence.say(None)
        self.button.setVisible(False)

    def _pressed(self) -> None:
        action = self._action
        self.hush()
        if action is not None:
            action()
