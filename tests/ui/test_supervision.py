"""What supervisors do at a real station, by keys alone: begin it, take officers on, approve, send back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton, QWidget

from devices.positions import FingerPosition
from station.domain.history import Approved, Returned
from station.domain.officer import Role
from station.domain.step import State
from station.lab.operator import Operator
from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Counter, Practice
from tests.ui.keyboard import asked, choose, pass_screening, press, sign, text, visits
from ui.dialogs.officers import OfficersDialog
from ui.screens.home import Shelf
from ui.widgets.hands import Hands

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

DEWI, AGUS, RINA = "melati-5-pagar", "kenanga-7-atap", "anggrek-9-pintu"


def _type(counter: Counter, **fields: str) -> None:
    for name, words in fields.items():
        counter.tab_to(name)
        counter.words(words)


def _begin_station(counter: Counter) -> None:
    """The first two supervisors."""
    counter.see("first_officers")
    for number, (officer, name, password) in enumerate(
        (("dewi", "Dewi Lestari", DEWI), ("agus", "Agus Salim", AGUS)), 1
    ):
        _type(
            counter,
            **{f"officer{number}.id": officer, f"officer{number}.name": name, f"officer{number}.password": password},
        )
    counter.key(Qt.Key.Key_Return)
    counter.see("sign_on")


def _decide_protocol(counter: Counter) -> None:
    press(counter, "home.protocol")
    counter.until(lambda: asked(counter))
    choose(counter, "routine")
    _type(counter, reason="SK 1/2022")
    sign(counter, "agus", AGUS)


def _visible(counter: Counter, name: str) -> bool:
    return any(widget.isVisible() for widget in counter.window.findChildren(QWidget, name))


def test_on_its_first_day_a_station_takes_two_supervisors_on_who_decide_the_protocol(fresh: Counter) -> None:
    _begin_station(fresh)
    fresh.sign_on("dewi", DEWI)
    fresh.until(lambda: "Dua penyelia" in text(fresh, "home.law"))
    assert not fresh.find("home.primary").isEnabled(), "nobody can be screened yet"
    _decide_protocol(fresh)
    fresh.until(lambda: fresh.find("home.primary").isEnabled())
    fresh.until(lambda: "rutin" in text(fresh, "top.protocol").lower())
    assert "tidak dipungut biaya" in text(fresh, "home.law")


def test_the_first_two_are_told_what_is_wrong_and_nobody_is_kept(fresh: Counter) -> None:
    fresh.see("first_officers")
    for name in ("officer1", "officer2"):
        _type(fresh, **{f"{name}.id": "dewi", f"{name}.name": "Dewi Lestari", f"{name}.password": DEWI})
    fresh.key(Qt.Key.Key_Return)
    fresh.until(lambda: "dua penyelia berbeda" in text(fresh, "message.sentence"))
    assert fresh.shown("first_officers")
    assert fresh.do(fresh.station.sign_on.officers) == ()


def test_a_supervisor_takes_an_operator_on_who_then_serves_and_takes_nobody_on(fresh: Counter) -> None:
    _begin_station(fresh)
    fresh.sign_on("dewi", DEWI)
    press(fresh, "home.officers")
    fresh.until(lambda: isinstance(fresh.focus().window(), OfficersDialog))
    press(fresh, "officers.add")
    fresh.until(lambda: asked(fresh))
    _type(fresh, name="Rina Wati", id="rina")
    fresh.tab_to("role")
    choose(fresh, Role.OPERATOR.value)
    _type(fresh, newcomer=RINA, password="wrong")
    fresh.key(Qt.Key.Key_Return)
    fresh.until(lambda: "salah" in text(fresh, "add_officer.problem"))
    fresh.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    fresh.words(DEWI)
    fresh.key(Qt.Key.Key_Return)
    fresh.until(lambda: "Rina Wati" in text(fresh, "message.sentence"))
    fresh.until(lambda: isinstance(fresh.focus().window(), OfficersDialog))
    fresh.key(Qt.Key.Key_Escape)
    fresh.key(Qt.Key.Key_F9)
    fresh.sign_on("rina", RINA)
    assert "Rina" in text(fresh, "top.officer")
    assert not _visible(fresh, "home.officers")
    assert not _visible(fresh, "home.protocol")


def _recorded(counter: Practice) -> str:
    """A recording that waits for approval, made by an operator who has gone."""
    station, operator = counter.station, Operator(counter.station)
    counter.until(lambda: bool(counter.window.findChildren(QPushButton, "officer.petugas")))
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    operator.sign_on()
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    operator.portrait(visit_id)
    operator.fingers(visit_id)
    operator.sign(visit_id)
    counter.do(lambda: station.finishing.review(visit_id))
    counter.do(lambda: station.finishing.issue_receipt(visit_id))
    counter.do(station.sign_on.sign_off)
    return visit_id


def _open_to_approve(counter: Counter, screen: str) -> None:
    waiting = visits(counter, Shelf.APPROVAL)
    counter.until(lambda: waiting.count() == 1)
    counter.tab_to("home.visits")
    counter.key(Qt.Key.Key_Down)
    counter.key(Qt.Key.Key_Return)
    counter.see(screen)


def test_a_supervisor_approves_at_their_own_counter_what_an_operator_recorded(supervised: Practice) -> None:
    counter, visit_id = supervised, _recorded(supervised)
    counter.sign_on("penyelia")
    _open_to_approve(counter, "queue")
    counter.until(lambda: counter.find("queue.primary").isEnabled())
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: asked(counter))
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    lines = counter.find("queue.list")
    assert isinstance(lines, QListWidget)
    counter.until(lambda: lines.count() == 0)
    visit = counter.do(lambda: counter.station.visits.load(visit_id))
    (approved,) = (each for each in visit.entries if isinstance(each, Approved))
    assert (approved.by, approved.automatic, visit.state) == ("penyelia", False, State.SEALED)
    counter.key(Qt.Key.Key_Escape)
    counter.see("home")


def test_an_operator_leaves_it_to_the_supervisors_and_serves_the_next_at_once(supervised: Practice) -> None:
    counter, visit_id = supervised, _recorded(supervised)
    counter.sign_on()
    _open_to_approve(counter, "approval")
    counter.key(Qt.Key.Key_F4)
    counter.see("home")
    assert counter.do(lambda: counter.station.visits.load(visit_id)).state is State.APPROVAL, (
        "never parked out of sight"
    )
    _open_to_approve(counter, "approval")
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")
    assert counter.do(lambda: counter.station.visits.load(visit_id)).state is State.APPROVAL


def test_what_a_supervisor_sends_back_is_screened_taken_again_and_then_approved(supervised: Practice) -> None:
    counter, visit_id = supervised, _recorded(supervised)
    counter.sign_on()
    _open_to_approve(counter, "approval")
    press(counter, "approval.send_back")
    counter.until(lambda: asked(counter))
    press(counter, "step.fingerprints")
    counter.tab_to("reason")
    counter.words("Telunjuk kanan kabur")
    sign(counter, "penyelia")
    pass_screening(counter)
    counter.see("fingerprints")
    assert not counter.find("fingerprints.primary").isEnabled(), "nothing new has been taken yet"
    assert text(counter, "fingerprints.wish") == "Pilih jari yang diulang"
    counter.until(lambda: counter.focus().objectName() == "hands")
    hands = counter.window.findChild(Hands)
    assert hands is not None
    while hands.chosen is not FingerPosition.RIGHT_INDEX:
        counter.key(Qt.Key.Key_Right)
    press(counter, "fingerprints.again")
    counter.until(lambda: counter.focus().objectName() == "fingerprints.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("review")
    counter.key(Qt.Key.Key_Return)
    counter.see("receipt")
    press(counter, "receipt.primary")
    counter.until(lambda: _visible(counter, "receipt.folder"))
    press(counter, "receipt.primary")
    counter.see("approval")
    press(counter, "approval.here")
    sign(counter, "penyelia")
    counter.see("sealed")
    assert text(counter, "sealed.packet").endswith(".ktpel")
    visit = counter.do(lambda: counter.station.visits.load(visit_id))
    (returned,) = (each for each in visit.entries if isinstance(each, Returned))
    assert (returned.by, returned.step, returned.reason) == ("penyelia", State.FINGERPRINTS, "Telunjuk kanan kabur")
    assert [each.position for each in visit.fingers[10:]] == [FingerPosition.RIGHT_INDEX]
    assert visit.state is State.SEALED
