"""The approver's desk by keys alone: the list by risk, one recording at a time, yes, back, and many at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from devices.positions import FingerPosition
from station.bootstrap import build
from station.config import Approval, Settings
from station.domain import history as h
from station.domain.step import State
from tests.support.approvals import PASSWORDS, Office, staffed, waiting
from tests.support.histories import AT, OFFICER, finger, finished, identified
from tests.ui.conftest import Counter, window_over
from tests.ui.keyboard import asked, press, text
from ui.presenters.queue import since_text
from ui.presenters.reasons import chips_of
from ui.screens.queue import QueueScreen
from ui.widgets.queue_list import QueueLine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

WARNED = replace(identified(), confirmed=("biodata.name_one_word",), reason="sesuai akta")


@dataclass(frozen=True)
class Desk(Counter):
    """A window over a station without devices, and the station's hands."""

    office: Office

    @property
    def lines(self) -> QListWidget:
        found = self.find("queue.list")
        assert isinstance(found, QListWidget)
        return found

    def numbers(self) -> list[str]:
        return [self.lines.item(row).text().partition(",")[0] for row in range(self.lines.count())]

    def see_record(self, number: str) -> None:
        """Until this recording stands there with its prints."""
        self.until(lambda: text(self, "queue.who").startswith(number))
        self.until(lambda: any(w.isVisible() for w in self.window.findChildren(QAbstractButton, "queue.finger1.1")))

    def password(self, officer: str) -> None:
        self.until(lambda: asked(self))
        self.tab_to("password")
        self.words(PASSWORDS[officer])
        self.key(Qt.Key.Key_Return)
        self.until(lambda: not asked(self))

    def state(self, visit_id: str) -> State:
        return self.do(lambda: self.station.visits.load(visit_id)).state


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Nothing can be sealed here: nobody has set up a data centre."""
    station = build(Settings(data_dir=tmp_path / "data", approval=Approval.SUPERVISOR))
    with window_over(station, qtbot) as opened:
        made = Desk(opened, station, qtbot, Office(station))
        made.see("first_officers")
        made.do(lambda: staffed(station))
        opened.conductor.sign_off()
        yield made


def _sign_on(desk: Desk, officer: str = "dewi") -> None:
    desk.sign_on(officer, PASSWORDS[officer])
    press(desk, "home.approvals")
    desk.see("queue")


def test_a_supervisor_looks_at_the_riskiest_first_and_every_look_is_on_record(desk: Desk) -> None:
    desk.office.keep("v1", waiting("A-001"), pictures=True)
    desk.office.keep("v2", waiting("A-002", who=WARNED), pictures=True)
    _sign_on(desk)
    desk.see_record("A-002")
    assert desk.numbers() == ["A-002", "A-001"]
    assert "Dewi" not in desk.lines.item(0).text()
    assert "WIDURI" not in desk.lines.item(0).text(), "a list tells passers-by nobody's name"
    assert "WIDURI" in text(desk, "queue.who")
    assert "sesuai akta" in text(desk, "queue.remarks")
    assert len(desk.window.findChildren(QWidget, "queue.portrait1")) == 1
    assert desk.focus() is desk.lines
    desk.key(Qt.Key.Key_Down)
    desk.see_record("A-001")
    desk.key(Qt.Key.Key_Escape)
    desk.see("home")
    desk.until(lambda: not text_anywhere(desk, "WIDURI"))  # nobody's data stay behind on a screen that was left
    looks = [each for each in desk.office.actions() if each[0] == "record.viewed"]
    assert looks == [("record.viewed", "v2", "dewi"), ("record.viewed", "v1", "dewi")]


def text_anywhere(desk: Desk, words: str) -> bool:
    screen = desk.window.findChild(QueueScreen)
    assert screen is not None
    return any(words in str(each.property("text") or "") for each in screen.findChildren(QWidget))


def test_what_is_approved_goes_to_the_seal_and_what_fails_there_stays_and_is_tried_again(desk: Desk) -> None:
    desk.office.keep("v1", waiting("A-001"), pictures=True)
    desk.office.keep("v2", waiting("A-002", after=timedelta(minutes=1)), pictures=True)
    _sign_on(desk)
    desk.see_record("A-001")
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: asked(desk))
    desk.words("wrong")
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: "salah" in text(desk, "approve.problem"))
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.password("dewi")
    desk.until(lambda: "Sertifikat pusat data" in text(desk, "message.sentence"))
    assert desk.state("v1") is State.SEALING
    desk.see_record("A-002")
    desk.until(lambda: desk.numbers() == ["A-002", "A-001"])
    desk.key(Qt.Key.Key_Down)
    desk.see_record("A-001")
    assert not desk.find("queue.send_back").isEnabled()
    before = len(desk.office.actions())
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: "Sertifikat pusat data" in text(desk, "message.sentence"))
    assert not asked(desk), "it was approved already"
    assert desk.numbers() == ["A-002", "A-001"]
    assert len(desk.office.actions()) >= before


def test_the_clean_ones_are_approved_at_once_with_one_password_without_ones_own(desk: Desk) -> None:
    desk.office.keep("v1", waiting("A-001"), pictures=True)
    desk.office.keep("v2", waiting("A-002", who=WARNED), pictures=True)
    desk.office.keep("v3", waiting("A-003", by="dewi"), pictures=True)
    desk.office.keep("v4", waiting("A-004"), pictures=True)
    _sign_on(desk)
    desk.see_record("A-002")
    clean = desk.find("queue.clean")
    assert isinstance(clean, QAbstractButton)
    assert "2" in clean.text()
    press(desk, "queue.clean")
    desk.password("dewi")
    desk.until(lambda: desk.state("v4") is State.SEALING)
    assert [desk.state(each) for each in ("v1", "v2", "v3")] == [State.SEALING, State.APPROVAL, State.APPROVAL]
    approved = [each for each in desk.office.actions() if each[0] == "visit.approved"]
    assert approved == [("visit.approved", "v1", "dewi"), ("visit.approved", "v4", "dewi")]
    desk.until(lambda: not clean.isEnabled())


def test_ones_own_recording_is_looked_at_and_not_approved(desk: Desk) -> None:
    desk.office.keep("v1", waiting("A-001", by="dewi"), pictures=True)
    _sign_on(desk)
    desk.see_record("A-001")
    assert not desk.find("queue.primary").isEnabled()
    assert "A-001" in text(desk, "message.sentence")
    desk.key(Qt.Key.Key_Return)
    assert not asked(desk)


def test_what_is_sent_back_is_first_on_the_operators_list_with_the_reason(desk: Desk) -> None:
    desk.office.keep("v1", waiting("A-001"), pictures=True)
    desk.office.keep("v2", waiting("A-002")[:-2])
    _sign_on(desk)
    desk.see_record("A-001")
    press(desk, "queue.send_back")
    desk.until(lambda: asked(desk))
    press(desk, "step.fingerprints")
    desk.tab_to("reason")
    desk.words("Telunjuk kabur")
    desk.password("dewi")
    desk.until(lambda: desk.lines.count() == 0)
    desk.key(Qt.Key.Key_F9)
    desk.sign_on("rina", PASSWORDS["rina"])
    visits = desk.find("home.visits")
    assert isinstance(visits, QListWidget)
    desk.until(lambda: visits.count() == 2)
    assert "A-001" in visits.item(0).text()
    assert "Telunjuk kabur" in visits.item(0).text()
    assert "Sidik jari" in visits.item(0).text()
    assert not [each for each in desk.window.findChildren(QWidget, "home.approvals") if each.isVisible()]


def test_attempts_of_before_stand_beside_those_since_and_are_enlarged_together(desk: Desk) -> None:
    index = FingerPosition.RIGHT_INDEX
    again = [
        h.Returned(step=State.FINGERPRINTS, reason="kabur", at=AT, by="agus"),
        replace(waiting()[2], at=AT),
        h.FingerTaken(attempt=finger(index, 2, 55.0), at=AT, by=OFFICER),
        finished(State.FINGERPRINTS),
        *waiting()[-2:],
    ]
    desk.office.keep("v1", [*waiting("A-001"), *again], pictures=True)
    _sign_on(desk)
    desk.see_record("A-001")
    before, since = (desk.window.findChild(QAbstractButton, f"queue.finger2.{n}") for n in (1, 2))
    assert before is not None
    assert since is not None
    assert before.accessibleName() == "Telunjuk kanan, dulu 80"
    assert since.accessibleName() == "Telunjuk kanan, 55, dipakai"
    assert "Agus Salim" in text(desk, "queue.remarks")
    press(desk, "queue.finger2.1")
    desk.until(lambda: asked(desk))
    assert [
        w.isVisible() for w in desk.focus().window().findChildren(QWidget) if w.objectName().startswith("enlarged.")
    ]
    desk.key(Qt.Key.Key_Escape)
    desk.until(lambda: not asked(desk))


def test_a_press_of_keys_passes_lines_over_without_opening_them(desk: Desk) -> None:
    for n in range(4):
        desk.office.keep(f"v{n}", waiting(f"A-00{n}", after=timedelta(minutes=n)), pictures=True)
    _sign_on(desk)
    desk.see_record("A-000")
    for _ in range(3):
        desk.key(Qt.Key.Key_Down)
    desk.see_record("A-003")
    assert [each[1] for each in desk.office.actions() if each[0] == "record.viewed"] == ["v0", "v3"]


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(seconds=-5), "0 mnt"),
        (timedelta(minutes=59), "59 mnt"),
        (timedelta(hours=2, minutes=5), "2 jam 5 mnt"),
        (timedelta(days=3, hours=4), "3 hari 4 jam"),
    ],
)
def test_how_long_it_waits_is_told_in_two_units(waited: timedelta, words: str) -> None:
    assert since_text(waited).id == words


def test_a_line_is_spoken_whole() -> None:
    line = QueueLine("v", "A-001", "W•••", since_text(timedelta(minutes=3)), chips_of(()))
    assert line.spoken("id") == "A-001, 3 mnt, "
