"""Citizens who do not exist: their biodata agree with each other, and none can be taken for a person's."""

from __future__ import annotations

from datetime import date

import pytest

from station.domain.applicant import Background
from station.lab.body import face_of
from station.lab.persona import citizen
from station.services.biodata import check
from station.services.codes import Codes

TODAY = date(2020, 4, 13)
CODES = Codes.load()


@pytest.mark.parametrize("seed", range(200))
def test_a_citizen_passes_every_check_without_a_warning(seed: int) -> None:
    found = check(citizen(seed, TODAY).form, CODES, TODAY)
    assert found.errors == {}
    assert found.warnings == ()
    assert found.applicant is not None
    assert found.applicant.can_record(TODAY)
    assert 17 <= found.applicant.age_on(TODAY) <= 68
    assert found.applicant.name.startswith("CONTOH ")


def test_the_same_number_is_the_same_citizen_and_shows_nothing_in_a_log() -> None:
    assert citizen(7, TODAY) == citizen(7, TODAY)
    assert citizen(7, TODAY).form != citizen(8, TODAY).form
    assert repr(citizen(7, TODAY)) == "Citizen(7)"
    assert repr(citizen(7, TODAY).form) == "BiodataForm(18 fields)"


def test_the_face_sits_before_the_backdrop_of_the_year_of_birth() -> None:
    for seed in range(20):
        someone = citizen(seed, TODAY)
        background = check(someone.form, CODES, TODAY).background
        assert background is not None
        assert face_of(someone).backdrop.value == background.value
        assert background in {Background.RED, Background.BLUE}
