"""Approval from afar by keys alone: what the van shows, what the office answers, and the key on its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station.bootstrap import build
from station.config import Approval, Settings
from station.domain.step import State
from station.security.approval_code import challenge, code
from tests.support.approvals import PASSWORDS, Office, staffed, waiting
from tests.support.histories import AT
from tests.ui.conftest import Counter, window_over
from tests.ui.keyboard import asked, choose, press, text, visits
from ui.screens.home import Shelf

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

KEY = bytes(range(32))
WORDS = "tiga-perahu-menyeberang"


@pytest.fixture
def van(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """A station that holds the office's key, staffed, at its sign-on screen."""
    station = build(Settings(data_dir=tmp_path / "data", approval=Approval.SUPERVISOR))
    with window_over(station, qtbot) as opened:
        made = Counter(opened, station, qtbot)
        made.see("first_officers")
        made.do(lambda: staffed(station))

        def hold() -> None:
            with station._records.work() as work:
                work.approval_keys.put(KEY, AT)
                work.commit()

        made.do(hold)
        opened.conductor.sign_off()
        yield made


def _fill(counter: Counter, **fields: str) -> None:
    counter.until(lambda: asked(counter))
    for name, words in fields.items():
        counter.tab_to(name)
        counter.words(words)
    counter.key(Qt.Key.Key_Return)


def _open_waiting(counter: Counter) -> None:
    lines = visits(counter, Shelf.APPROVAL)
    counter.until(lambda: lines.count() == 1)
    counter.tab_to("home.visits")
    counter.key(Qt.Key.Key_Down)
    counter.key(Qt.Key.Key_Return)
    counter.see("approval")


def test_an_operator_reads_a_challenge_out_and_the_answer_approves(van: Counter) -> None:
    Office(van.station).keep("v1", waiting("A-001"), pictures=True)
    van.sign_on("rina", PASSWORDS["rina"])
    _open_waiting(van)
    press(van, "approval.code")
    _fill(van, reason="di desa")
    van.until(lambda: asked(van) and van.focus().objectName() == "approver")
    number, words = text(van, "redeem_code.challenge").split()
    assert number == "A-001"
    van.key(Qt.Key.Key_Escape)
    van.until(lambda: van.focus().objectName() == "approval.code")
    press(van, "approval.code")
    van.until(lambda: asked(van) and van.focus().objectName() == "approver")
    assert text(van, "redeem_code.challenge").split()[1] == words, "good still, so it is shown again"
    right = code(KEY, approver="agus", number=number, challenge_=words)
    _fill(van, approver="agus", code=right[:-1])
    van.until(lambda: "salah dengar" in text(van, "redeem_code.problem"))
    van.tab_to("code")
    van.words(right[-1])
    van.key(Qt.Key.Key_Return)
    van.until(lambda: not asked(van))
    visit = van.do(lambda: van.station.visits.load("v1"))
    assert visit.state is State.SEALING
    assert visit.approved is not None
    assert (visit.approved.by, visit.approved.by_code, visit.approved.entered_by) == ("agus", True, "rina")
    van.until(lambda: "Sertifikat pusat data" in text(van, "message.sentence"))  # nobody has set one up here


def test_a_supervisor_answers_what_a_van_reads_out(van: Counter) -> None:
    van.sign_on("dewi", PASSWORDS["dewi"])
    press(van, "home.approvals")
    van.see("queue")
    words = challenge(station="VAN-01", visit_id="x", number="A-007", reason="van", history=bytes(32))
    press(van, "queue.code")
    _fill(van, number="a-007", challenge=words.replace("-", " ").lower(), password=PASSWORDS["dewi"])
    van.until(lambda: asked(van) and van.focus().window().objectName() == "code_given")
    given = text(van, "code_given.code").replace(" ", "")
    assert given == code(KEY, approver="dewi", number="A-007", challenge_=words)
    van.key(Qt.Key.Key_Return)
    van.until(lambda: not asked(van))


def test_the_key_goes_out_in_a_file_and_comes_in_by_two_officers(van: Counter) -> None:
    van.sign_on("dewi", PASSWORDS["dewi"])
    press(van, "home.approvals")
    van.see("queue")
    press(van, "queue.share")
    van.until(lambda: asked(van))
    press(van, "way.same")
    _fill(van, passphrase=WORDS, password=PASSWORDS["dewi"])
    van.until(lambda: ".approval-key" in text(van, "message.sentence"))
    path = text(van, "message.sentence").partition(": ")[2]
    press(van, "queue.take")
    van.until(lambda: asked(van))
    van.tab_to("officer")
    choose(van, "rina")
    _fill(van, file=path, passphrase=WORDS, own=PASSWORDS["dewi"], password=PASSWORDS["rina"])
    van.until(lambda: "dipakai" in text(van, "message.sentence"))
    assert van.do(van.station.approval_codes.key_name) in text(van, "message.sentence")


def test_without_a_key_the_office_is_told_so_and_makes_one_when_it_is_shared(van: Counter) -> None:
    def forget() -> None:
        from sqlalchemy import delete

        from station.store.tables import approval_keys

        with van.station._records.work() as work:
            work.approval_keys._connection.execute(delete(approval_keys))
            work.commit()

    van.do(forget)
    van.sign_on("dewi", PASSWORDS["dewi"])
    press(van, "home.approvals")
    van.see("queue")
    press(van, "queue.code")
    van.until(lambda: "belum punya kunci" in text(van, "message.sentence"))
    press(van, "queue.share")
    _fill(van, passphrase=WORDS, password=PASSWORDS["dewi"])
    van.until(lambda: ".approval-key" in text(van, "message.sentence"))
    assert van.do(van.station.approval_codes.key_name)
