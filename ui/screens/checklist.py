"""One line of the checklist: how it stands, what is asked, where it is answered; never answered for anyone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from protocols.schema import Item, Kind
from protocols.screening import ItemState, Mark
from ui.language import Text, fill, language_of, same
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.fields import Choice, LineEdit, Segments
from ui.widgets.text import Button, Label, column, row

YES_NO: Final = {"yes": Text("Ya", "Yes"), "no": Text("Tidak", "No")}
WIPED: Final = {"yes": Text("Ya", "Yes"), "no": Text("Belum", "Not yet")}
MEASURE: Final = Text("Ukur", "Measure")
NOTE: Final = Text("Catat", "Record")
SIGN: Final = Text("Minta kata sandi …", "Ask password …")
_MARKS: Final = {
    Mark.MISSING: ("ring", t.LINE_STRONG, Text("belum dijawab", "not answered")),
    Mark.PASSED: ("check", t.GOOD, Text("lulus", "passed")),
    Mark.HELD: ("check", t.GOOD, Text("masih berlaku", "still holds")),
    Mark.FAILED: ("cross", t.DANGER, Text("tidak lulus", "failed")),
    Mark.RECHECK: ("clock", t.CAUTION, Text("ukur ulang", "measure again")),
    Mark.NOT_RELEVANT: ("ring", t.LINE, Text("tidak ditanyakan", "not asked")),
}


class ChecklistLine(QWidget):
    """One item about one subject.

    Signals:
        answered: (item id, subject, value): bool or str.
        reading: (item id, subject, °C as a float, or None = by the thermometer).
        signature: (item id): an officer's password is wanted.
    """

    answered = Signal(str, str, object)
    reading = Signal(str, str, object)
    signature = Signal(str)

    def __init__(self, item: Item, subject: str, about: Text | None) -> None:
        super().__init__()
        self.item, self.subject = item, subject
        label = item.label if about is None else fill(same("{a}: {b}"), a=item.label, b=about)
        name = f"item.{item.id}" if about is None else f"item.{item.id}.{subject.partition('/')[0]}"
        self.setObjectName(name)
        self._mark = Label()
        self._mark.setFixedSize(24, 24)
        self._mark.setObjectName(f"{name}.mark")
        self._label = Label(label, wrap=True)
        self._told = Label(None, "small", wrap=True)
        self._told.setVisible(False)
        self._thermometer = True
        self.control: Segments | Choice | LineEdit | Button
        self.button: Button | None = None
        self._make_control(name)
        self._lay_out()
        self._spoken = label
        self._name_control()

    def _lay_out(self) -> None:
        """Long answers below the words, short ones beside them."""
        controls = [self.control, *((self.button,) if self.button is not None else ())]
        words = column(self._label, self._told, spacing=0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(t.GRID)
        layout.addWidget(self._mark)
        if self.item.kind in {Kind.CHOICE, Kind.TEXT}:
            words.setSpacing(2)
            words.addLayout(row(*controls))
            layout.addLayout(words, 1)
        else:
            layout.addLayout(words, 1)
            for control in controls:
                layout.addWidget(control)
        self.setMinimumHeight(50)

    def _make_control(self, name: str) -> None:
        match self.item.kind:
            case Kind.YES_NO | Kind.DISINFECTION:
                labels = WIPED if self.item.kind is Kind.DISINFECTION else YES_NO
                segments = Segments(f"{name}.answer", labels, caution=frozenset({"no"}))
                segments.setFixedWidth(168)
                segments.picked.connect(self._yes_no)
                self.control = segments
            case Kind.CHOICE:
                choice = Choice(f"{name}.answer", {option.id: option.label for option in self.item.options})
                choice.picked.connect(self._picked)
                self.control = choice
            case Kind.TEMPERATURE | Kind.TEXT:
                temperature = self.item.kind is Kind.TEMPERATURE
                edit = LineEdit(f"{name}.answer", keeps_return=True)
                if temperature:
                    edit.setFixedWidth(80)
                edit.setPlaceholderText("°C" if temperature else "")
                edit.returnPressed.connect(self._typed)
                edit.textChanged.connect(self._relabel)
                self.control = edit
                self.button = Button(MEASURE if temperature else NOTE, f"{name}.button")
                self.button.setFixedWidth(108 if temperature else 96)
                self.button.clicked.connect(self._typed)
            case Kind.OFFICER:
                button = Button(SIGN, f"{name}.answer")
                button.setFixedWidth(216)
                button.clicked.connect(self._sign)
                self.control = button

    def show_state(self, state: ItemState, told: Text | None, *, thermometer: bool) -> None:
        """How it stands; `told` says in words what was answered."""
        self._thermometer = thermometer
        self.setVisible(state.mark is not Mark.NOT_RELEVANT)
        name, colour, words = _MARKS[state.mark]
        self._mark.setPixmap(icons.pixmap(name, colour, 24))
        self._mark.setProperty("mark", state.mark.value)
        self._mark.setAccessibleName(words.in_language(language_of(self)))
        self._told.say(told)
        self._told.setVisible(told is not None)
        value = state.answer.value if state.answer is not None else None
        match self.control:
            case Segments():
                self.control.choose("" if value is None else "yes" if value is True else "no")
            case Choice():
                self.control.choose(value if isinstance(value, str) else "")
            case LineEdit() if self.item.kind is Kind.TEXT:
                if isinstance(value, str) and not self.control.hasFocus():
                    self.control.setText(value)
                    self.control.setCursorPosition(0)
            case LineEdit():
                self.control.clear()
        self._relabel()

    def waits(self) -> QWidget:
        """Where the answer is given."""
        return self.control if not isinstance(self.control, LineEdit) or self.button is None else self._entry()

    def _entry(self) -> QWidget:
        """A temperature begins at the measuring button where there is a thermometer."""
        assert self.button is not None
        measured = self.item.kind is Kind.TEMPERATURE and self._thermometer
        return self.button if measured else self.control

    def _yes_no(self, value: str) -> None:
        self.answered.emit(self.item.id, self.subject, value == "yes")

    def _picked(self, value: str) -> None:
        self.answered.emit(self.item.id, self.subject, value)

    def _sign(self) -> None:
        self.signature.emit(self.item.id)

    def _typed(self) -> None:
        assert isinstance(self.control, LineEdit)
        words = self.control.text().strip()
        if self.item.kind is Kind.TEXT:
            if words:
                self.answered.emit(self.item.id, self.subject, words)
            return
        if not words:
            if self._thermometer:
                self.reading.emit(self.item.id, self.subject, None)
            return
        number, understood = QLocale.c().toDouble(words.replace(",", "."))
        self.reading.emit(self.item.id, self.subject, number if understood else 0.0)

    def _relabel(self) -> None:
        if self.button is None or self.item.kind is Kind.TEXT or not isinstance(self.control, LineEdit):
            return
        measured = self._thermometer and not self.control.text().strip()
        words = MEASURE if measured else NOTE
        about = self._spoken
        self.button.say(words, Text(f"{words.id}: {about.id}", f"{words.en}: {about.en}"))

    def _name_control(self) -> None:
        about = self._spoken
        match self.control:
            case Button():
                self.control.say(SIGN, Text(f"{SIGN.id}: {about.id}", f"{SIGN.en}: {about.en}"))
            case _:
                self.control.about(about)
        if self.button is not None and self.item.kind is Kind.TEXT:
            self.button.say(NOTE, Text(f"{NOTE.id}: {about.id}", f"{NOTE.en}: {about.en}"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)  # words that wrap get every line that they need
        self.setSizePolicy(policy)
        self._label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
