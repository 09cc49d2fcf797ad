"""Biodata that turn out wrong at the review are put right by two officers, by keys alone."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.lab.persona import citizen
from station.services.biodata import check
from tests.support.histories import to_review
from tests.support.stores import record
from tests.ui.conftest import Practice
from tests.ui.keyboard import press, sign, text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


def _at_review(counter: Practice) -> Enrollment:
    """A recording of a citizen whose codes the program knows; its pictures are not there."""
    station = counter.station

    def keep() -> Enrollment:
        applicant = check(citizen(7).form, station.visits.codes, station.clock.now().date()).applicant
        assert applicant is not None
        entries = [
            replace(each, applicant=applicant) if isinstance(each, h.Identified) else each for each in to_review()
        ]
        visit_id = secrets.token_hex(16)
        with station._records.work() as work:
            record(work, entries, visit_id=visit_id)
            work.commit()
        return station.visits.load(visit_id)

    return counter.do(keep)


def test_a_letter_is_put_right_before_a_second_officer(counter: Practice) -> None:
    counter.sign_on()
    visit = _at_review(counter)
    counter.opened.conductor.move(visit)
    counter.see("review")
    press(counter, "review.correct")
    counter.see("identify")
    counter.tab_to("name")
    counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    counter.words("CONTOH NAMA BENAR")
    counter.key(Qt.Key.Key_Return)
    counter.see("read_back")
    press(counter, "read.yes")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: "alasannya" in text(counter, "message.sentence"))
    counter.tab_to("reason")
    counter.words("Sesuai akta")
    counter.key(Qt.Key.Key_Return)
    sign(counter, "penyelia")
    counter.see("review")
    after = counter.do(lambda: counter.station.visits.load(visit.visit_id))
    assert after.applicant is not None
    assert after.applicant.name == "CONTOH NAMA BENAR"
    entry = after.entries[-1]
    assert isinstance(entry, h.Corrected)
    assert (entry.by, entry.second, entry.reason) == ("petugas", "penyelia", "Sesuai akta")


def test_esc_leads_back_to_the_review_and_nothing_is_changed(counter: Practice) -> None:
    counter.sign_on()
    visit = _at_review(counter)
    counter.opened.conductor.move(visit)
    counter.see("review")
    press(counter, "review.correct")
    counter.see("identify")
    counter.key(Qt.Key.Key_Escape)
    counter.see("review")
    assert counter.do(lambda: counter.station.visits.load(visit.visit_id)).entries == visit.entries
