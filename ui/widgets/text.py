"""Words on the screen: labels and buttons that say their sentence again when the language changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import icons
from ui.theme import tokens as t


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties and let the style sheet see them."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Label(QLabel):
    """One sentence, selectable by no one, wrapped where asked for."""

    _text: Text | None = None

    def __init__(self, text: Text | None = None, role: str = "body", *, wrap: bool = False, tone: str = "") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.say(text)

    def say(self, text: Text | None) -> None:
        """Show this sentence; None = nothing."""
        self._text = text
        self._render()

    def tone(self, tone: str) -> None:
        """Colour it: `good`, `caution`, `danger` or `""`."""
        restyle(self, tone=tone)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._render()

    def _render(self) -> None:
        self.setText("" if self._text is None else self._text.in_language(language_of(self)))


class Elided(Label):
    """A label on one line that yields: what has no room ends in an ellipsis, and whoever points at it reads it all.

    Args:
        least: narrowest that it becomes, pixels.
        most: widest that it asks for, pixels.
    """

    def __init__(self, role: str = "body", *, least: int, most: int) -> None:
        self._least, self._most = least, most
        super().__init__(None, role)

    @property
    def shown(self) -> str:
        """What there is room for."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        whole = super().sizeHint()
        return QSize(min(whole.width(), self._most), whole.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), self._least), wanted.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            self.shown,
            self.foregroundRole(),
        )

    def _render(self) -> None:
        super()._render()
        self._tell()

    def _tell(self) -> None:
        self.setToolTip(self.text() if self.shown != self.text() else "")


class Button(QPushButton):
    """One action. `&` before a letter makes Alt and that letter press it.

    Args:
        name: object name, the same in both languages.
        role: `primary` (one a screen), `secondary`, `danger`, `quiet`, `onbar`, `tile`, `segment`.
    """

    _text: Text | None = None
    _spoken: Text | None = None

    def __init__(
        self, text: Text, name: str, role: str = "secondary", *, icon: str = "", spoken: Text | None = None
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon:
            light = role in {"primary", "onbar"}
            colour = t.SURFACE if light else {"danger": t.DANGER, "quiet": t.ACCENT}.get(role, t.INK)
            self.setIcon(icons.icon(icon, colour))
            self.setIconSize(QSize(24, 24))
        self.say(text, spoken)

    def say(self, text: Text, spoken: Text | None = None) -> None:
        """Its words; `spoken` is what a screen reader says where the words alone are too short."""
        self._text, self._spoken = text, spoken
        self._render()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._render()

    def _render(self) -> None:
        if self._text is None:
            return
        language = language_of(self)
        self.setText(self._text.in_language(language))
        spoken = self._spoken or self._text
        self.setAccessibleName(spoken.in_language(language).replace("&", "").replace("\n", ", "))


class Plate(QPushButton):
    """Lines of words that can be pressed; they yield where they are `Elided`.

    Args:
        name: object name.
        about: what pressing does, for a screen reader.
    """

    def __init__(self, name: str, about: Text, *lines: Label) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "plate")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._about = about
        for each in lines:
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = column(*lines, spacing=0)
        inside.setContentsMargins(8, 2, 8, 2)
        self.setLayout(inside)
        self._say()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._inside.minimumSize()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self._say()

    @property
    def _inside(self) -> QLayout:
        layout = self.layout()
        assert layout is not None
        return layout

    def _say(self) -> None:
        self.setAccessibleName(self._about.in_language(language_of(self)))


class Card(QFrame):
    """A white ground with a column of things on it."""

    def __init__(self, *, margin: int = 2 * t.GRID, spacing: int = t.GRID, role: str = "card") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(spacing)


def row(*parts: QWidget | int, spacing: int = t.GRID) -> QHBoxLayout:
    """Widgets side by side; an int is a stretch."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout


def column(*parts: QWidget | int, spacing: int = t.GRID) -> QVBoxLayout:
    """Widgets one below the other; an int is a stretch."""
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        else:
            layout.addWidget(part)
    return layout


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
