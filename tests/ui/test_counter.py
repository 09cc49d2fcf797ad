"""The window over a real station, by keys alone: signing on, visits opened, parked, taken up, cancelled, put off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QListWidget, QWidget

from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Counter
from tests.ui.keyboard import choose, identify, marked, new_visit, press, text
from ui.dialogs.form import FormDialog
from ui.screens.checklist import ChecklistLine
from ui.screens.home import Shelf

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


def test_a_wrong_password_is_told_and_the_right_one_serves(counter: Counter) -> None:
    counter.see("sign_on")
    counter.until(lambda: bool(counter.window.findChildren(QWidget, "officer.petugas")))
    counter.key(Qt.Key.Key_Return)
    assert "Pilih nama" in " ".join(label.text() for label in counter.window.findChildren(QLabel))
    press(counter, "officer.petugas")
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")
    counter.words("salah")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: any("kata sandi salah" in each.text() for each in counter.window.findChildren(QLabel)))
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    assert "Rina" in text(counter, "top.officer")
    assert "darurat" in text(counter, "top.protocol")
    assert counter.find("top.practice").isVisible()


def test_a_visit_is_parked_taken_up_and_cancelled(counter: Counter) -> None:
    counter.sign_on()
    new_visit(counter)
    assert text(counter, "rail.number") == "A-001"
    counter.key(Qt.Key.Key_F4)
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.key(Qt.Key.Key_Return)
    assert text(counter, "park.problem")
    counter.tab_to("reason")
    choose(counter, "another_day")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    assert "A-001" in text(counter, "message.sentence")
    visits = counter.find("home.visits")
    assert isinstance(visits, QListWidget)
    counter.until(lambda: visits.count() == 1)
    counter.tab_to("home.visits")
    counter.key(Qt.Key.Key_Down)
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")
    press(counter, "rail.cancel")
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.tab_to("reason")
    choose(counter, "applicant_left")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    counter.until(lambda: visits.count() == 0)


def test_mistakes_in_the_form_are_told_in_words_beside_their_fields(counter: Counter) -> None:
    counter.sign_on()
    new_visit(counter)
    counter.until(lambda: counter.focus().objectName() == "nik")
    counter.words("640803150403")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: any(each.text() == "NIK harus 16 angka." for each in counter.window.findChildren(QLabel)))
    assert counter.focus().objectName() == "nik"
    assert counter.focus().property("wrong") == "true"


def test_an_errand_that_is_not_urgent_is_put_off_with_a_day_in_large_type(counter: Counter) -> None:
    counter.sign_on()
    new_visit(counter)
    identify(counter)
    counter.see("screening")
    counter.until(lambda: bool(counter.window.findChildren(ChecklistLine)))
    counter.tab_to("item.urgent_reason.answer")
    choose(counter, "not_urgent")
    counter.until(lambda: marked(counter, "urgent_reason", "failed"))
    assert "ditunda" in text(counter, "screening.verdict")
    primary = counter.find("screening.primary")
    counter.until(primary.isEnabled)
    counter.tab_to("screening.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("deferred")
    assert str(counter.station.clock.now().year)[:2] in text(counter, "deferred.loud")
    press(counter, "deferred.save")
    counter.until(lambda: bool(counter.find("deferred.saved").toolTip()))
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
    press(counter, f"shelf.{Shelf.DEFERRED.value}")
    visits = counter.find("home.visits")
    assert isinstance(visits, QListWidget)
    counter.until(lambda: visits.count() == 1)


def test_a_fever_waits_for_a_second_reading_with_a_countdown(counter: Counter) -> None:
    counter.sign_on()
    new_visit(counter)
    identify(counter)
    counter.see("screening")
    counter.until(lambda: bool(counter.window.findChildren(ChecklistLine)))
    counter.tab_to("item.applicant_temperature.answer")
    counter.words("38,1")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: marked(counter, "applicant_temperature", "recheck"))
    counter.until(lambda: "Ukur ulang dalam" in text(counter, "screening.verdict"))
    first = text(counter, "screening.verdict")
    counter.until(lambda: text(counter, "screening.verdict") != first)


def test_somebody_too_young_is_put_off_from_the_message(counter: Counter) -> None:
    counter.sign_on()
    new_visit(counter)
    identify(counter, age=12)
    counter.until(lambda: "16" in text(counter, "message.sentence"))
    QTest.mouseClick(counter.find("message.button"), Qt.MouseButton.LeftButton)
    counter.until(lambda: counter.shown("home") or counter.shown("deferred"))


def test_the_language_is_switched_by_one_key_and_back(counter: Counter) -> None:
    counter.sign_on()
    before = text(counter, "home.title")
    counter.key(Qt.Key.Key_F2)
    assert text(counter, "home.title") == "The counter is ready"
    assert "Emergency" in text(counter, "top.protocol")
    counter.key(Qt.Key.Key_F2)
    assert text(counter, "home.title") == before


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
    new_visit(counter)
    identify(counter)
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
    press(counter, "home.protocol")
    counter.until(lambda: isinstance(counter.focus().window(), FormDialog))
    counter.tab_to("protocol")
    choose(counter, "routine")
    counter.tab_to("reason")
    counter.words("SK 1/2022")
    counter.tab_to("password")
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: "rutin" in text(counter, "top.protocol").lower())


def test_a_device_that_is_checked_tells_how_it_is(counter: Counter) -> None:
    counter.sign_on()
    card = counter.window.devices.cards["thermometer"]
    counter.until(lambda: card.ready)
    press(counter, "device.thermometer.check")
    counter.until(lambda: any("Pemeriksaan diri: baik" in each.text() for each in card.findChildren(QLabel)))


def test_a_device_that_goes_is_told_on_its_card(counter: Counter) -> None:
    counter.sign_on()
    cards = counter.window.devices.cards
    counter.until(lambda: all(card.ready for card in cards.values()))
    counter.station.bay.stop()
    counter.until(lambda: not any(card.ready for card in cards.values()))
