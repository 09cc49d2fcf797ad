"""A question with a few fields. It stays open until what was asked has been done, or somebody backs out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.language import Text, language_of
from ui.theme import tokens as t
from ui.widgets.fields import Field
from ui.widgets.text import Button, Label

BACK = Text("Kembali", "Back")
FILL_ALL = Text("Isi semuanya dahulu.", "Fill in everything first.")


class FormDialog(QDialog):
    """Enter submits, Esc backs out; while something is being done neither does.

    Args:
        name: object name.
        fields: in the order of the screen, by their keys in `values`.
        optional: keys of the fields that may stay empty.
        danger: the button is the colour of danger.
    """

    submitted = Signal()

    def __init__(  # noqa: PLR0917 - a question is read in this order
        self,
        parent: QWidget,
        name: str,
        title: Text,
        intro: Text | None,
        primary: Text,
        fields: Mapping[str, Field] | None = None,
        *,
        optional: Collection[str] = (),
        danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setLocale(parent.locale())
        self.setWindowTitle(title.in_language(language_of(self)))
        self.setMinimumWidth(560)
        self.fields = dict(fields or {})
        self._optional = frozenset(optional)
        self._busy = False
        self._problem = Label(None, "error", wrap=True)
        self._problem.setObjectName(f"{name}.problem")
        self.primary = Button(primary, f"{name}.primary", "danger" if danger else "primary")
        self.primary.setDefault(True)
        self.primary.clicked.connect(self._submit)
        back = Button(BACK, f"{name}.back")
        back.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * t.GRID, 3 * t.GRID, 3 * t.GRID, 2 * t.GRID)
        layout.setSpacing(t.GRID)
        layout.addWidget(Label(title, "leadstrong", wrap=True))
        if intro is not None:
            layout.addWidget(Label(intro, "body", wrap=True))
        layout.addSpacing(t.GRID)
        self.content = QVBoxLayout()
        self.content.setSpacing(4)
        layout.addLayout(self.content)
        for field in self.fields.values():
            self.content.addWidget(field)
        layout.addWidget(self._problem)
        foot = QHBoxLayout()
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(self.primary)
        layout.addLayout(foot)
        if self.fields:
            next(iter(self.fields.values())).setFocus()

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: field.value for key, field in self.fields.items()}

    def busy(self, busy: bool) -> None:
        """Something is being done."""
        self._busy = busy

    def problem(self, why: Text | None) -> None:
        """What was wrong with it."""
        self._problem.say(why)

    def done(self, result: int) -> None:
        """Closed either way: the keyboard goes back to the window."""
        super().done(result)
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()

    def reject(self) -> None:
        if not self._busy:
            super().reject()

    def _submit(self) -> None:
        if self._busy:
            return
        wanted = (field for key, field in self.fields.items() if key not in self._optional)
        empty = next((field for field in wanted if not field.value.strip()), None)
        if empty is not None:
            self.problem(FILL_ALL)
            empty.setFocus()
            return
        self.problem(None)
        self.submitted.emit()
