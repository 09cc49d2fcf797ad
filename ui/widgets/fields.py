"""Where something is typed or chosen: a name above, the input, what is wrong with it in words below."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStyledItemDelegate, QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Label, restyle

_OPENING = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_F4})


class LineEdit(QLineEdit):
    """A line to type in. Where `keeps_return` is set Enter belongs to it, not to the screen's primary button."""

    _about: Text | None = None
    _example: Text | None = None

    def __init__(self, name: str, *, secret: bool = False, keeps_return: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._keeps_return = keeps_return
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
            self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        super().keyPressEvent(event)
        if self._keeps_return and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            if self._about is not None:
                self.about(self._about)
            if self._example is not None:
                self.example(self._example)

    def example(self, text: Text) -> None:
        """How it is written; stands there while nothing is."""
        self._example = text
        self.setPlaceholderText(text.in_language(language_of(self)))

    def about(self, text: Text) -> None:
        """What is asked, for a screen reader."""
        self._about = text
        self.setAccessibleName(text.in_language(language_of(self)))


class Choice(QComboBox):
    """One of many, nothing chosen beforehand. Typing a label's first letters finds it."""

    picked = Signal(str)
    _labels: Mapping[str, Text]
    _about: Text | None = None
    _empty = Text("Pilih …", "Choose …")

    def __init__(self, name: str, labels: Mapping[str, Text] | None = None) -> None:
        self._labels = {}
        super().__init__()
        self.setObjectName(name)
        self.setItemDelegate(QStyledItemDelegate(self))  # rows take the style sheet's height
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(self._pick)
        self.offer(labels or {})

    def offer(self, labels: Mapping[str, Text]) -> None:
        """What there is to choose from: value to label, in this order."""
        if self.count() and dict(labels) == dict(self._labels):
            return
        chosen = self.value
        self._labels = dict(labels)
        self.clear()
        for value in self._labels:
            self.addItem("", value)
        self._render()
        self.choose(chosen)

    @property
    def value(self) -> str:
        """What is chosen; "" while nothing is."""
        data = self.currentData()
        return data if isinstance(data, str) else ""

    def choose(self, value: str) -> None:
        """Show this one as chosen; a value that is not offered, as none."""
        self.setCurrentIndex(self.findData(value) if value else -1)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._render()

    def about(self, text: Text) -> None:
        """What is asked, for a screen reader."""
        self._about = text
        self._render()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys open the list; nothing is chosen before Enter, so that passing over a value is no answer."""
        if event.key() in _OPENING:
            self.showPopup()
        elif event.text().strip() and event.text().isprintable():
            self.showPopup()
            self.view().keyboardSearch(event.text())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scrolling past it is no answer either."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        side = 18
        painter.drawPixmap(self.width() - side - 12, (self.height() - side) // 2, icons.pixmap("down", t.INK, side))

    def _render(self) -> None:
        language = language_of(self)
        if self._about is not None:
            self.setAccessibleName(self._about.in_language(language))
        self.setPlaceholderText(self._empty.in_language(language))
        for index, label in enumerate(self._labels.values()):
            self.setItemText(index, label.in_language(language))

    def _pick(self, _: int) -> None:
        self.picked.emit(self.value)


class Segments(QWidget):
    """One of few, side by side, nothing chosen beforehand. Pressing chooses and tells at once.

    Args:
        caution: values that are shown in the colour of caution once chosen.
    """

    picked = Signal(str)

    def __init__(self, name: str, labels: Mapping[str, Text], *, caution: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.setObjectName(name)
        self._about: Text | None = None
        self._labels = dict(labels)
        self._buttons: dict[str, Button] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for value, label in self._labels.items():
            button = Button(label, f"{name}.{value}", "segment")
            button.setCheckable(True)
            button.setProperty("caution", "true" if value in caution else "false")
            button.clicked.connect(self._pressed)
            self._buttons[value] = button
            layout.addWidget(button, 1)
        if self._buttons:
            self.setFocusProxy(next(iter(self._buttons.values())))

    @property
    def value(self) -> str:
        """What is chosen; "" while nothing is."""
        return next((value for value, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, value: str) -> None:
        """Show this one as chosen, or none."""
        for each, button in self._buttons.items():
            button.setChecked(each == value)

    def about(self, text: Text) -> None:
        """What is asked, for a screen reader."""
        self._about = text
        self.relabel({})

    def relabel(self, labels: Mapping[str, Text]) -> None:
        """Other words for some of the values."""
        self._labels.update(labels)
        for value, button in self._buttons.items():
            label = self._labels[value]
            about = self._about
            button.say(label, None if about is None else Text(f"{about.id}: {label.id}", f"{about.en}: {label.en}"))

    def _pressed(self) -> None:
        pressed = next(value for value, button in self._buttons.items() if button is self.sender())
        self.choose(pressed)
        self.picked.emit(pressed)


class Field(QWidget):
    """A named input. `value` is what stands in it as text or code."""

    changed = Signal()

    def __init__(self, name: str, label: Text, control: LineEdit | Choice | Segments, *, quiet: bool = False) -> None:
        """`quiet`: no line for errors below."""
        super().__init__()
        self.control = control
        self._label = Label(label, "small")
        self._label.setBuddy(control)
        self._error = Label(None, "error")
        if quiet:
            self._error.hide()  # never shown before it has a parent: it would be a window of its own
        self.setObjectName(f"{name}.field")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for part in (self._label, control, self._error):
            layout.addWidget(part)
        if isinstance(control, LineEdit):
            control.textEdited.connect(self._edited)
        else:
            control.picked.connect(self._edited)
        control.about(label)
        self.setFocusProxy(control)

    @property
    def value(self) -> str:
        """As typed, or the code that is chosen."""
        return self.control.text() if isinstance(self.control, LineEdit) else self.control.value

    def fill(self, value: str) -> None:
        """Put this in."""
        if isinstance(self.control, LineEdit):
            self.control.setText(value)
        else:
            self.control.choose(value)

    def offer(self, labels: Mapping[str, Text]) -> None:
        """Of one of many: what there is to choose from."""
        assert isinstance(self.control, Choice)
        self.control.offer(labels)

    def wrong(self, why: Text | None) -> None:
        """Say what is wrong with it; None = nothing."""
        self._error.say(why)
        restyle(self.control, wrong="true" if why is not None else "false")

    def _edited(self, _: str) -> None:
        self.changed.emit()


def line(name: str, label: Text, *, secret: bool = False, quiet: bool = False, keeps_return: bool = False) -> Field:
    """A field to type in."""
    return Field(name, label, LineEdit(name, secret=secret, keeps_return=keeps_return), quiet=quiet)


def choice(name: str, label: Text, labels: Mapping[str, Text] | None = None, *, quiet: bool = False) -> Field:
    """A field with one of many."""
    return Field(name, label, Choice(name, labels), quiet=quiet)


def segments(
    name: str, label: Text, labels: Mapping[str, Text], *, quiet: bool = False, caution: frozenset[str] = frozenset()
) -> Field:
    """A field with one of few."""
    return Field(name, label, Segments(name, labels, caution=caution), quiet=quiet)


MINIMUM = QSize(t.TARGET, t.TARGET)
"""Least size of anything that is pressed."""
