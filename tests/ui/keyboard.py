"""What an officer does at the keyboard, act by act; nothing is pressed by a pointer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QWidget

from protocols.schema import Kind
from station.lab.persona import citizen
from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Counter
from ui.dialogs.form import FormDialog
from ui.screens.checklist import ChecklistLine
from ui.screens.home import Shelf
from ui.widgets.viewfinder import LiveView

CODED = ("religion", "marital_status", "blood_type", "occupation", "province")
CHOSEN = {"urgent_reason": "hospital", "applicant_hands": "soap"}


def text(counter: Counter, name: str) -> str:
    widget = counter.find(name)
    assert isinstance(widget, QLabel)
    return widget.text()


def choose(counter: Counter, value: str) -> None:
    """In the list that has the focus: Down opens it, arrows go to the value, Enter takes it."""
    box = counter.focus()
    assert isinstance(box, QComboBox)
    counter.key(Qt.Key.Key_Down)
    counter.until(box.view().isVisible)
    QTest.keyClick(box.view(), Qt.Key.Key_Home)
    for _ in range(box.findData(value)):
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    counter.until(lambda: not box.view().isVisible())
    box.window().activateWindow()  # the offscreen platform hands activity to a list, and never back
    counter.until(lambda: QApplication.focusWidget() is not None)


def press(counter: Counter, name: str) -> None:
    counter.tab_to(name)
    counter.key(Qt.Key.Key_Space)


def new_visit(counter: Counter) -> None:
    counter.until(lambda: counter.focus().objectName() == "home.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")


def identify(counter: Counter, *, age: int = 0) -> None:
    """Type a citizen in; with `age`, one that old by the date of birth."""
    form = citizen(7).form
    for name in ("nik", "name", "birth_place", "birth_date", "street", "village", "district", "regency"):
        counter.tab_to(name)
        typed = getattr(form, name)
        counter.words(f"01-01-{counter.station.clock.now().year - age}" if age and name == "birth_date" else typed)
    for name in ("sex", "citizenship"):
        press(counter, f"{name}.{getattr(form, name)}")
    for name in CODED:
        counter.tab_to(name)
        choose(counter, "1" if age and name == "marital_status" else getattr(form, name))
    counter.tab_to("identify.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("read_back")
    press(counter, "read.yes")
    press(counter, "ever.no")
    reason = [w for w in counter.window.findChildren(QLineEdit, "reason") if w.isVisible()]
    if reason:
        counter.tab_to("reason")
        counter.words("Sesuai akta")
    counter.tab_to("read_back.primary")
    counter.key(Qt.Key.Key_Return)


def marked(counter: Counter, item: str, *marks: str) -> bool:
    found = [w for w in counter.window.findChildren(QWidget, f"item.{item}.mark") if w.isVisible()]
    return bool(found) and found[-1].property("mark") in marks


def asked(counter: Counter) -> bool:
    """A question stands in front of the window."""
    return isinstance(counter.focus().window(), FormDialog)


def visits(counter: Counter, shelf: Shelf) -> QListWidget:
    """One of the lists at home."""
    press(counter, f"shelf.{shelf.value}")
    found = counter.find("home.visits")
    assert isinstance(found, QListWidget)
    return found


def sign(counter: Counter, officer: str, password: str = PRACTICE_PASSWORD) -> None:
    """Another officer signs the question that is open."""
    counter.until(lambda: asked(counter))
    counter.tab_to("officer")
    choose(counter, officer)
    counter.tab_to("password")
    counter.words(password)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: not asked(counter))


def _line_in_focus(counter: Counter) -> ChecklistLine | None:
    widget: QWidget | None = counter.focus()
    while widget is not None and not isinstance(widget, ChecklistLine):
        widget = widget.parentWidget()
    return widget


def _all_answered(counter: Counter) -> bool:
    primary, lines = counter.find("screening.primary"), counter.window.findChildren(ChecklistLine)
    return bool(lines) and primary.isEnabled() and counter.focus() is primary


def pass_screening(counter: Counter) -> None:
    """Answer what has the focus until the focus comes to the primary button: no Tab between two answers."""
    counter.see("screening")
    # Of a visit that comes back everything may still hold.
    counter.until(lambda: _line_in_focus(counter) is not None or _all_answered(counter))
    while (line := _line_in_focus(counter)) is not None:
        name, item = line.objectName(), line.item
        match item.kind:
            case Kind.CHOICE:
                choose(counter, CHOSEN[item.id])
            case Kind.TEXT:
                counter.words("421/SMA-1/2020")
                counter.key(Qt.Key.Key_Return)
            case Kind.OFFICER:
                counter.key(Qt.Key.Key_Space)
                sign(counter, "penyelia")
            case _:
                counter.key(Qt.Key.Key_Space)
        counter.until(partial(marked, counter, name.removeprefix("item."), "passed", "held"))
    counter.until(lambda: counter.focus().objectName() == "screening.primary")
    counter.key(Qt.Key.Key_Return)


def take_portrait(counter: Counter) -> None:
    """Space is the shutter, if the second of stillness was not sooner; Enter is the applicant's yes."""
    counter.see("portrait")
    live = counter.window.findChild(LiveView, "portrait.live")
    assert live is not None
    counter.until(lambda: live.painted > 3 and not live.waiting)
    counter.key(Qt.Key.Key_Space)
    counter.until(lambda: not live.isVisible())
    counter.until(lambda: counter.focus().objectName() == "portrait.primary")
    counter.key(Qt.Key.Key_Return)
