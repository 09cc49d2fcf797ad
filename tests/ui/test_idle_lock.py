"""The screen covers itself when nobody touches it, and everything below stays as it was left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from devices.device import HealthState
from station.lab.operator import Operator
from station.services.sign_on import PRACTICE_PASSWORD
from tests.ui.conftest import Practice
from tests.ui.keyboard import asked, new_visit, text
from ui.dialogs.form import FormDialog
from ui.presenters.idle_lock import IdleLock
from ui.widgets.viewfinder import LiveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


def _lock(counter: Practice) -> IdleLock:
    """Time has passed: the timer runs out."""
    lock = counter.opened.conductor.lock
    assert lock.timer.isActive()
    lock.timer.setInterval(1)
    lock.noticed()
    counter.until(lambda: lock.locked)
    lock.timer.setInterval(600_000)
    counter.until(lambda: counter.focus().objectName() == "lock.password")
    return lock


def _unlock(counter: Practice, password: str = PRACTICE_PASSWORD) -> None:
    counter.words(password)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: not counter.opened.conductor.lock.locked)


def _typed(counter: Practice, name: str) -> str:
    (found,) = (w for w in counter.window.findChildren(QLineEdit, name))
    return found.text()


def test_what_was_typed_and_where_the_focus_stood_is_there_after_the_password(counter: Practice) -> None:
    counter.sign_on()
    new_visit(counter)
    counter.until(lambda: counter.focus().objectName() == "nik")
    counter.words("64080315")
    counter.tab_to("name")
    counter.words("BUDI")
    lock = _lock(counter)
    assert "Rina" in text(counter, "lock.who")
    assert lock.cover.geometry() == counter.window.rect()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F4, Qt.Key.Key_F9, Qt.Key.Key_F1):
        counter.key(key)
    assert not asked(counter)
    counter.words("not the password")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: _typed(counter, "lock.password") == "")
    assert lock.locked
    _unlock(counter)
    assert counter.shown("identify")
    assert (_typed(counter, "nik"), _typed(counter, "name")) == ("64080315", "BUDI")
    assert counter.focus().objectName() == "name"
    assert counter.station.sign_on.session is not None

    def audited() -> list[str]:
        with counter.station._records.work() as work:
            return [each.action for each in work.audit.entries() if each.action.startswith("sign_on.")]

    counter.until(lambda: counter.do(audited)[-3:] == ["sign_on.locked", "sign_on.failed", "sign_on.unlocked"])


def test_no_key_and_no_tab_leaves_the_cover_but_the_language_may_change(counter: Practice) -> None:
    counter.sign_on()
    _lock(counter)
    reached = set()
    for _ in range(12):
        reached.add(counter.focus().objectName())
        counter.key(Qt.Key.Key_Tab)
    assert reached == {"lock.password", "lock.other", "lock.primary"}
    counter.key(Qt.Key.Key_F2)
    assert "serves" in text(counter, "lock.who")


def test_a_question_in_front_comes_back_as_it_stood(counter: Practice) -> None:
    counter.sign_on()
    new_visit(counter)
    counter.key(Qt.Key.Key_F4)
    counter.until(lambda: asked(counter))
    form = counter.focus().window()
    assert isinstance(form, FormDialog)
    form.fields["reason"].fill("another_day")
    _lock(counter)
    assert not form.isVisible()
    _unlock(counter)
    counter.until(form.isVisible)
    assert form.values() == {"reason": "another_day"}


def test_a_question_that_is_answered_under_the_cover_does_not_come_back(counter: Practice) -> None:
    counter.sign_on()
    new_visit(counter)
    counter.key(Qt.Key.Key_F4)
    counter.until(lambda: asked(counter))
    form = counter.focus().window()
    assert isinstance(form, FormDialog)
    gone: list[bool] = []
    form.destroyed.connect(lambda: gone.append(True))
    _lock(counter)
    form.accept()
    counter.until(lambda: bool(gone))
    _unlock(counter)
    assert not asked(counter)
    assert counter.shown("identify")


def test_another_officer_signs_the_one_before_off_and_the_visit_is_parked(counter: Practice) -> None:
    counter.sign_on()
    new_visit(counter)
    lock = _lock(counter)
    counter.tab_to("lock.other")
    counter.key(Qt.Key.Key_Space)
    counter.see("sign_on")
    assert not lock.locked
    assert not lock.timer.isActive()
    assert counter.station.sign_on.session is None
    counter.sign_on("penyelia")
    assert counter.find("top.sign_off").isEnabled()


def test_a_touch_of_the_window_puts_it_off(counter: Practice) -> None:
    counter.sign_on()
    lock = counter.opened.conductor.lock
    handle = counter.window.windowHandle()
    assert handle in QGuiApplication.topLevelWindows()
    assert lock.timer.interval() == 600_000
    lock.timer.stop()
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    counter.until(lock.timer.isActive)
    lock.timer.stop()
    QTest.mouseMove(handle, handle.geometry().center())
    counter.until(lock.timer.isActive)


def test_the_live_picture_is_put_away_under_the_cover_and_comes_back(counter: Practice) -> None:
    station, operator = counter.station, Operator(counter.station)
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    counter.sign_on()
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    counter.opened.conductor.move(counter.do(lambda: station.visits.load(visit_id)))
    counter.see("portrait")
    presenter = counter.opened.conductor._now
    assert presenter is not None
    presenter._switch(False)  # type: ignore[attr-defined]  # no picture by itself meanwhile
    live = counter.window.findChild(LiveView, "portrait.live")
    assert live is not None
    counter.until(lambda: live.painted > 3)
    _lock(counter)
    counter.until(lambda: station.bay.health()["camera"].state is HealthState.READY)
    painted = live.painted
    _unlock(counter)
    counter.until(lambda: live.painted > painted + 3)
    assert counter.shown("portrait")
