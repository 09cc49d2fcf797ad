"""A supervisor answers for personal data on screen, by keys alone, over a station in earnest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from station.domain.officer import Role
from station.domain.step import State
from station.services.sign_on import NewOfficer
from tests.support.histories import applicant, to_seal
from tests.support.stores import record
from tests.ui.conftest import Counter
from tests.ui.keyboard import asked, choose, press, text
from ui.dialogs.answers import AnswersDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
RINA = NewOfficer("rina", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu")
VISIT = "f" * 32


@pytest.fixture
def office(fresh: Counter) -> Counter:
    """Two supervisors and an operator serve here; one recording is sealed."""

    def keep() -> None:
        with fresh.station._records.work() as work:
            record(work, to_seal(), visit_id=VISIT)
            work.commit()

    fresh.see("first_officers")
    fresh.do(lambda: fresh.station.sign_on.add_first_officers(DEWI, AGUS))
    fresh.do(lambda: fresh.station.sign_on.take_on(RINA))
    fresh.do(keep)
    fresh.opened.conductor.sign_off()
    fresh.see("sign_on")
    return fresh


def _ask(counter: Counter, act: str, **fields: str) -> None:
    press(counter, "home.answers")
    counter.until(lambda: isinstance(counter.focus().window(), AnswersDialog))
    press(counter, f"answers.{act}")
    counter.until(lambda: asked(counter))
    _fill(counter, **fields)


def _fill(counter: Counter, **fields: str) -> None:
    for name, words in fields.items():
        counter.tab_to(name)
        if isinstance(counter.focus(), QComboBox):
            choose(counter, words)
            continue
        counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        counter.words(words)
    counter.key(Qt.Key.Key_Return)


def _problem(counter: Counter) -> str:
    return " ".join(each.text() for each in counter.focus().window().findChildren(QLabel) if each.isVisible())


def test_a_citizens_report_is_written_where_it_was_asked_for(office: Counter, tmp_path: Path) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    office.see("home")
    _ask(office, "report", who=applicant().nik.digits, folder=str(tmp_path / "out"))
    office.until(lambda: not asked(office))
    (document,) = (tmp_path / "out").glob("laporan-*.json")
    assert json.loads(document.read_text("utf-8"))["person"]["NIK"] == applicant().nik.digits
    assert document.with_suffix(".pdf").exists()


def test_an_incident_wants_times_that_can_be_read(office: Counter, tmp_path: Path) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    office.see("home")
    told = {"what": "Laptop hilang", "done": "Lapor polisi", "folder": str(tmp_path / "out")}
    _ask(office, "incident", kind="lost_device", began="kemarin", **told)
    office.until(lambda: "Tulis waktu seperti" in _problem(office))
    _fill(office, began="01-01-2020 08.00")
    office.until(lambda: not asked(office))
    (document,) = (tmp_path / "out").glob("insiden-*.json")
    pack = json.loads(document.read_text("utf-8"))
    assert (pack["kind"], len(pack["records"])) == ("lost_device", 1)


def test_a_record_is_erased_by_two_and_the_list_then_has_its_number_alone(office: Counter) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    office.see("home")
    fields = {"visit": "20200413-A-1", "reason": "wrong_person", "packet": "yes", "officer": RINA.id}
    _ask(office, "erase", **fields, password=RINA.password)
    office.until(lambda: not asked(office))
    office.until(lambda: "nomornya tetap ada" in text(office, "message.sentence"))
    (line,) = office.do(office.station.visits.listing)
    assert (line.state, line.name) == (State.ERASED, "")


def test_an_operator_is_not_offered_it(office: Counter) -> None:
    office.sign_on(RINA.id, RINA.password)
    office.see("home")
    with pytest.raises(AssertionError, match="not on the screen"):
        office.find("home.answers")
