"""Captures by keys alone: answers that lead on, a finger excepted, a signature that cannot be given."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from devices.positions import FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.history import FingerExcepted
from station.domain.step import State
from tests.ui.conftest import Counter, Practice
from tests.ui.keyboard import asked, choose, identify, new_visit, pass_screening, press, sign, take_portrait, text
from ui.widgets.hands import Hands
from ui.widgets.pictures import Picture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


def _visit(counter: Counter) -> Enrollment:
    """As it is kept."""
    visits = counter.station.visits

    def read() -> Enrollment:
        (open_one,) = (v for v in visits.listing() if v.state is not State.SEALED)
        return visits.load(open_one.visit_id)

    return counter.do(read)


def _begin(counter: Counter) -> None:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    new_visit(counter)
    identify(counter)
    pass_screening(counter)
    take_portrait(counter)
    counter.see("fingerprints")


def test_every_answer_leads_to_the_next_and_each_picture_to_the_next_step(counter: Counter) -> None:
    _begin(counter)
    counter.until(lambda: counter.focus().objectName() == "fingerprints.primary")
    assert text(counter, "fingerprints.count") == "10 dari 10 selesai"
    counter.until(lambda: text(counter, "fingerprints.shown") == "Gambar: Kelingking kiri")
    hands = counter.window.findChild(Hands)
    assert hands is not None
    counter.tab_to("hands")
    while hands.chosen is not FingerPosition.LEFT_INDEX:
        counter.key(Qt.Key.Key_Left)
    counter.until(lambda: text(counter, "fingerprints.shown") == "Gambar: Telunjuk kiri")
    counter.tab_to("fingerprints.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("signature")
    press(counter, "signature.cannot")
    counter.until(lambda: asked(counter))
    assert any("Jempol kanan kunjungan ini" in each.text() for each in counter.focus().window().findChildren(QLabel))
    sign(counter, "penyelia")
    counter.see("review")
    assert "Tanda tangan: tidak diambil" in text(counter, "review.remarks")
    assert "Jempol kanan menggantikan tanda tangan" in text(counter, "review.remarks")
    counter.until(lambda: text(counter, "review.mark") == "Jempol kanan")
    signature = counter.find("review.signature")
    assert isinstance(signature, Picture)
    assert not signature.empty
    press(counter, "review.redo.fingerprints")
    counter.see("fingerprints")
    assert _visit(counter).state is State.FINGERPRINTS


def test_a_finger_is_excepted_by_two_officers_and_taken_after_all(counter: Practice) -> None:
    counter.lab.person.stop()  # nobody lays a finger; a face and a temperature are there all the same
    _begin(counter)
    hands = counter.window.findChild(Hands)
    assert hands is not None
    press(counter, "fingerprints.except")
    counter.until(lambda: asked(counter))
    choose(counter, "UP")
    press(counter, "permanent.no")
    counter.tab_to("reason")
    counter.words("Telapak dibalut")
    sign(counter, "penyelia")
    counter.until(lambda: text(counter, "fingerprints.count") == "1 dari 10 selesai")
    (exception,) = (e.exception for e in _visit(counter).entries if isinstance(e, FingerExcepted))
    assert exception.position is FingerPosition.RIGHT_THUMB
    assert (exception.declared_by, exception.confirmed_by) == ("petugas", "penyelia")
    counter.tab_to("hands")
    while hands.chosen is not FingerPosition.RIGHT_THUMB:
        counter.key(Qt.Key.Key_Right)
    press(counter, "fingerprints.withdraw")
    counter.until(lambda: text(counter, "fingerprints.count") == "0 dari 10 selesai")
    assert _visit(counter).exceptions == ()
    counter.key(Qt.Key.Key_Escape)
    counter.until(lambda: asked(counter))
    choose(counter, "another_day")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
