"""Where fingers are missing, the applicant is photographed with both hands, in a dialog over the fingers' screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from devices.positions import FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.samples import ExceptionCode
from station.lab.operator import SUPERVISOR, Operator
from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Practice
from tests.ui.keyboard import press, text
from ui.dialogs.with_hands import WithHandsDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

MISSING = FingerPosition.LEFT_LITTLE


def _at_fingers(counter: Practice) -> str:
    """Nine fingers taken, one excepted; the step is not finished. Returns the visit."""
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    operator, station = Operator(counter.station), counter.station
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    visit = operator.portrait(visit_id)
    visit = counter.do(
        lambda: station.fingers.except_(
            visit_id, MISSING, ExceptionCode.UNABLE_TO_PRINT, "Dibalut", False, SUPERVISOR, PRACTICE_PASSWORD
        )
    )
    while wanted := station.fingers.next_request(visit):
        visit = station.fingers.take(visit_id, wanted, lambda _: None).result(20)
    counter.opened.conductor.move(visit)
    counter.see("fingerprints")
    return visit_id


def _load(counter: Practice, visit_id: str) -> Enrollment:
    return counter.do(lambda: counter.station.visits.load(visit_id))


def _dialog(counter: Practice) -> WithHandsDialog:
    counter.until(lambda: any(d.isVisible() for d in counter.window.findChildren(WithHandsDialog)))
    found = [d for d in counter.window.findChildren(WithHandsDialog) if d.isVisible()]
    return found[-1]


def _shoot(counter: Practice, dialog: WithHandsDialog) -> None:
    counter.until(lambda: dialog.live.painted > 3 and not dialog.live.waiting)
    counter.until(lambda: counter.focus().objectName() == "with_hands.primary")
    counter.key(Qt.Key.Key_Space)
    counter.until(lambda: not dialog.is_live)


def test_the_step_does_not_end_without_it_and_asks_for_it_at_once(counter: Practice) -> None:
    visit_id = _at_fingers(counter)
    assert text(counter, "fingerprints.wish") == "Ambil foto bersama tangan"
    press(counter, "fingerprints.primary")
    dialog = _dialog(counter)
    _shoot(counter, dialog)
    assert len(_load(counter, visit_id).exception_portraits) == 1
    press(counter, "with_hands.again")
    counter.until(lambda: dialog.is_live)
    _shoot(counter, dialog)
    assert counter.focus().objectName() == "with_hands.again", "a second Space would keep what nobody looked at"
    press(counter, "with_hands.primary")
    counter.until(lambda: "ada" in text_of(counter, "fingerprints.hands"))
    (_, last) = _load(counter, visit_id).exception_portraits
    assert last.fingers == (MISSING,)
    counter.until(lambda: counter.focus().objectName() == "fingerprints.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("signature")


def test_backing_out_lets_the_camera_go_and_asks_again_later(counter: Practice) -> None:
    visit_id = _at_fingers(counter)
    press(counter, "fingerprints.hands")
    dialog = _dialog(counter)
    counter.until(lambda: dialog.live.painted > 0)
    counter.key(Qt.Key.Key_Escape)
    counter.until(lambda: not any(d.isVisible() for d in counter.window.findChildren(WithHandsDialog)))
    assert counter.station.portrait.latest() is None
    assert _load(counter, visit_id).exception_portraits == ()
    assert counter.find("fingerprints.hands").isVisible()


def text_of(counter: Practice, name: str) -> str:
    """A button's words."""
    found: QWidget = counter.find(name)
    return found.accessibleName()
