"""A visit is found by NIK and by name, and neither can be read in the store for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from station.domain import history as h
from station.domain.nik import Nik
from station.errors import RuleError
from station.lab.lab import Lab
from station.store.search import words_of
from tests.support.histories import AT, NAME, OFFICER, applicant, opened, to_seal
from tests.support.practice import Practice, practising
from tests.support.stores import decrypted, kept, opened_store, record

OTHER = replace(applicant(), nik=Nik.parse("6472014512950003"), name="SITI NUR'AINI BINTI ABDÚL")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with kept(path) as work:
        record(work, to_seal())
        entries = [opened(), h.Identified(applicant=OTHER, ever_recorded=h.EverRecorded.NO, at=AT, by=OFFICER)]
        record(work, entries, visit_id="visit-2")
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Siti  Nur'aini", {"SITI", "NUR", "AINI"}),
        ("ABDÚL", {"ABDUL"}),
        ("I Wayan A. Putra", {"WAYAN", "PUTRA"}),
        ("", set()),
    ],
)
def test_the_words_of_a_name_have_no_marks_and_no_case(name: str, words: set[str]) -> None:
    assert words_of(name) == words


def test_it_is_found_by_nik_and_by_words_of_the_name_in_any_order(path: Path) -> None:
    with opened_store(path) as store, store.work() as work:
        assert work.search.by_nik(applicant().nik.digits) == {"visit-1"}
        assert work.search.by_nik("6472014512950004") == set()
        assert work.search.by_name(NAME) == {"visit-1"}
        assert work.search.by_name("abdul siti") == {"visit-2"}
        assert work.search.by_name("siti xx") == set()
        assert work.search.by_name("sit") == set()
        assert work.search.by_name("") == set()


def test_who_it_is_can_be_corrected(path: Path) -> None:
    with kept(path) as work:
        work.search.note("visit-2", replace(OTHER, name="SITI AMINAH"))
        assert work.search.by_name("aini") == set()
        assert work.search.by_name("aminah") == {"visit-2"}
        work.search.forget("visit-2")
        assert work.search.by_nik(OTHER.nik.digits) == set()


def test_neither_number_nor_name_stands_in_the_pages(path: Path) -> None:
    clear = decrypted(path)
    for word in (applicant().nik.digits, OTHER.nik.digits, "AINI", "SITI", *words_of(NAME)):
        assert word.encode() not in clear


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("station")
    with Lab(lifelike=False, cards=False) as lab, practising(lab, folder) as running:
        running.operator.sign_on()
        yield running


def test_an_officer_finds_it_by_number_too_and_that_is_on_record(practice: Practice) -> None:
    visit_id = practice.identified()
    visit = practice.do(lambda: practice.station.visits.load(visit_id))
    assert visit.applicant is not None
    find = practice.station.finding.find
    nik = visit.applicant.nik.digits
    for wanted in (visit.number.lower(), nik, f"{nik[:6]} {nik[6:12]} {nik[12:]}", visit.applicant.name.title()):
        assert [each.visit_id for each in practice.do(partial(find, wanted))] == [visit_id]
    assert practice.do(partial(find, "Orang Lain")) == ()

    def searched() -> list[int]:
        with practice.station._records.work() as work:
            return [int(each.facts["count"]) for each in work.audit.entries() if each.action == "visit.searched"]

    assert practice.do(searched) == [1, 1, 1, 1, 0]


def test_nobody_finds_anything_without_signing_on(tmp_path: Path) -> None:
    with (
        Lab(lifelike=False, cards=False) as lab,
        practising(lab, tmp_path) as practice,
        pytest.raises(RuleError, match=r"sign_on\.needed"),
    ):
        practice.do(partial(practice.station.finding.find, "siti"))
