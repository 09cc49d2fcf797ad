"""The window over a real station, by keys alone: signing on, visits opened, parked, taken up, cancelled, put off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QWidget

from station.lab.persona import citizen
from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Counter
from ui.dialogs.form import FormDialog
from ui.screens.checklist import ChecklistLine
from ui.screens.home import Shelf

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")
CODED = ("religion", "marital_status", "blood_type", "occupation", "province")


def _text(counter: Counter, name: str) -> str:
    widget = counter.find(name)
    assert isinstance(widget, QLabel)
    return widget.text()


def _choose(counter: Counter, value: str) -> None:
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


def _press(counter: Counter, name: str) -> None:
    counter.tab_to(name)
    counter.key(Qt.Key.Key_Space)


def _new_visit(counter: Counter) -> None:
    counter.until(lambda: counter.focus().objectName() == "home.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")


def _identify(counter: Counter, *, age: int = 0) -> None:
    """Type a citizen in; with `age`, one that old by the date of birth."""
    form = citizen(7).form
    for name in ("nik", "name", "birth_place", "birth_date", "street", "village", "district", "regency"):
        counter.tab_to(name)
        typed = getattr(form, name)
        counter.words(f"01-01-{counter.station.clock.now().year - age}" if age and name == "birth_date" else typed)
    for name in ("sex", "citizenship"):
        _press(counter, f"{name}.{getattr(form, name)}")
    for name in CODED:
        counter.tab_to(name)
        _choose(counter, "1" if age and name == "marital_status" else getattr(form, name))
    counter.tab_to("identify.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("read_back")
    _press(counter, "read.yes")
    _press(counter, "ever.no")
    reason = [w for w in counter.window.findChildren(QLineEdit, "reason") if w.isVisible()]
    if reason:
        counter.tab_to("reason")
        counter.words("Sesuai akta")
    counter.tab_to("read_back.primary")
    counter.key(Qt.Key.Key_Return)


def _line(counter: Counter, item: str) -> ChecklistLine:
    widget = counter.find(f"item.{item}")
    assert isinstance(widget, ChecklistLine)
    return widget


def _marked(counter: Counter, item: str, *marks: str) -> bool:
    found = [w for w in counter.window.findChildren(QWidget, f"item.{item}.mark") if w.isVisible()]
    return bool(found) and found[-1].property("mark") in marks


def test_a_wrong_password_is_told_and_the_right_one_serves(counter: Counter) -> None:
    counter.see("sign_on")
    counter.until(lambda: bool(counter.window.findChildren(QWidget, "officer.petugas")))
    counter.key(Qt.Key.Key_Return)
    assert "Pilih nama" in " ".join(label.text() for label in counter.window.findChildren(QLabel))
    _press(counter, "officer.petugas")
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")
    counter.words("salah")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: any("kata sandi salah" in each.text() for each in counter.window.findChildren(QLabel)))
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    assert "Rina" in _text(counter, "top.officer")
    assert "darurat" in _text(counter, "top.protocol")
    assert counter.find("top.practice").isVisible()


def test_a_visit_is_parked_taken_up_and_cancelled(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    assert _text(counter, "rail.number") == "A-001"
    counter.key(Qt.Key.Key_F4)
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.key(Qt.Key.Key_Return)
    assert _text(counter, "park.problem")
    counter.tab_to("reason")
    _choose(counter, "another_day")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    assert "A-001" in _text(counter, "message.sentence")
    visits = counter.find("home.visits")
    assert isinstance(visits, QListWidget)
    counter.until(lambda: visits.count() == 1)
    counter.tab_to("home.visits")
    counter.key(Qt.Key.Key_Down)
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")
    _press(counter, "rail.cancel")
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.tab_to("reason")
    _choose(counter, "applicant_left")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    counter.until(lambda: visits.count() == 0)


def test_mistakes_in_the_form_are_told_in_words_beside_their_fields(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    counter.until(lambda: counter.focus().objectName() == "nik")
    counter.words("640803150403")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: any(each.text() == "NIK harus 16 angka." for each in counter.window.findChildren(QLabel)))
    assert counter.focus().objectName() == "nik"
    assert counter.focus().property("wrong") == "true"


def test_an_errand_that_is_not_urgent_is_put_off_with_a_day_in_large_type(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    _identify(counter)
    counter.see("screening")
    counter.until(lambda: bool(counter.window.findChildren(ChecklistLine)))
    counter.tab_to("item.urgent_reason.answer")
    _choose(counter, "not_urgent")
    counter.until(lambda: _marked(counter, "urgent_reason", "failed"))
    assert "ditunda" in _text(counter, "screening.verdict")
    primary = counter.find("screening.primary")
    counter.until(primary.isEnabled)
    counter.tab_to("screening.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("deferred")
    assert str(counter.station.clock.now().year)[:2] in _text(counter, "deferred.loud")
    _press(counter, "deferred.save")
    counter.until(lambda: bool(counter.find("deferred.saved").toolTip()))
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    _press(counter, f"shelf.{Shelf.DEFERRED.value}")
    visits = counter.find("home.visits")
    assert isinstance(visits, QListWidget)
    counter.until(lambda: visits.count() == 1)


def test_a_fever_waits_for_a_second_reading_with_a_countdown(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    _identify(counter)
    counter.see("screening")
    counter.until(lambda: bool(counter.window.findChildren(ChecklistLine)))
    counter.tab_to("item.applicant_temperature.answer")
    counter.words("38,1")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: _marked(counter, "applicant_temperature", "recheck"))
    counter.until(lambda: "Ukur ulang dalam" in _text(counter, "screening.verdict"))
    first = _text(counter, "screening.verdict")
    counter.until(lambda: _text(counter, "screening.verdict") != first)


def test_somebody_too_young_is_put_off_from_the_message(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    _identify(counter, age=12)
    counter.until(lambda: "16" in _text(counter, "message.sentence"))
    QTest.mouseClick(counter.find("message.button"), Qt.MouseButton.LeftButton)
    counter.until(lambda: counter.shown("home") or counter.shown("deferred"))


def test_the_language_is_switched_by_one_key_and_back(counter: Counter) -> None:
    counter.sign_on()
    before = _text(counter, "home.title")
    counter.key(Qt.Key.Key_F2)
    assert _text(counter, "home.title") == "The counter is ready"
    assert "Emergency" in _text(counter, "top.protocol")
    counter.key(Qt.Key.Key_F2)
    assert _text(counter, "home.title") == before


def test_the_keys_are_told_by_one_and_signing_off_by_another(counter: Counter) -> None:
    counter.sign_on()
    counter.key(Qt.Key.Key_F1)
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.key(Qt.Key.Key_Escape)
    counter.until(lambda: not isinstance(counter.focus().window(), FormDialog))
    counter.key(Qt.Key.Key_F9)
    counter.see("sign_on")
    assert counter.station.sign_on.session is None


def test_what_was_under_way_is_taken_up_at_its_step_after_signing_on_again(counter: Counter) -> None:
    counter.sign_on()
    _new_visit(counter)
    _identify(counter)
    counter.see("screening")
    counter.key(Qt.Key.Key_F9)
    counter.see("sign_on")
    counter.sign_on("penyelia")
    visits = counter.find("home.visits")
    assert isinstance(visits, QListWidget)
    counter.until(lambda: visits.count() == 1)
    counter.tab_to("home.visits")
    counter.key(Qt.Key.Key_Down)
    counter.key(Qt.Key.Key_Return)
    counter.see("screening")


def test_two_supervisors_decide_another_protocol(counter: Counter) -> None:
    counter.sign_on("penyelia")
    _press(counter, "home.protocol")
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.tab_to("protocol")
    _choose(counter, "routine")
    counter.tab_to("reason")
    counter.words("SK 1/2022")
    counter.tab_to("password")
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: "rutin" in _text(counter, "top.protocol").lower())


def test_a_device_that_is_checked_tells_how_it_is(counter: Counter) -> None:
    counter.sign_on()
    card = counter.window.devices.cards["thermometer"]
    counter.until(lambda: card.ready)
    _press(counter, "device.thermometer.check")
    counter.until(lambda: any("Pemeriksaan diri: baik" in each.text() for each in card.findChildren(QLabel)))


def test_a_device_that_goes_is_told_on_its_card(counter: Counter) -> None:
    counter.sign_on()
    cards = counter.window.devices.cards
    counter.until(lambda: all(card.ready for card in cards.values()))
    counter.station.bay.stop()
    counter.until(lambda: not any(card.ready for card in cards.values()))
