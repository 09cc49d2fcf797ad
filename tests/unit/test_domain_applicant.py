"""Who may be recorded, before which backdrop, and what an officer looks at twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.positions import FingerPosition
from station.domain.applicant import Background, BiodataWarning, Citizenship
from station.domain.samples import ExceptionCode, FingerException
from tests.support.histories import NAME, applicant

TODAY = date(2020, 4, 13)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2004, 4, 13), 16),
        (date(2004, 4, 14), 15),
        (date(2004, 2, 29), 16),
        (date(2020, 4, 13), 0),
        (date(1950, 12, 31), 69),
    ],
)
def test_age_is_in_full_years(born: date, age: int) -> None:
    assert applicant(born=born).age_on(TODAY) == age


def test_whoever_is_born_on_a_leap_day_ages_on_the_first_of_march() -> None:
    person = applicant(born=date(2004, 2, 29))
    assert [person.age_on(date(2021, 2, 28)), person.age_on(date(2021, 3, 1))] == [16, 17]


@given(born=st.dates(date(1930, 1, 1), date(2019, 12, 31)), days=st.integers(0, 400))
def test_nobody_grows_younger(born: date, days: int) -> None:
    person = applicant(born=born)
    later = date.fromordinal(TODAY.toordinal() + days)
    assert 0 <= person.age_on(later) - person.age_on(TODAY) <= 2


@pytest.mark.parametrize(
    ("born", "marital_status", "may"),
    [
        (date(2004, 4, 13), "1", True),  # sixteen today
        (date(2004, 4, 14), "1", False),  # sixteen tomorrow
        (date(2005, 1, 1), "2", True),  # married
        (date(2005, 1, 1), "3", True),  # divorced
        (date(2005, 1, 1), "4", True),  # widowed
    ],
)
def test_recording_is_open_from_sixteen_or_once_ever_married(born: date, marital_status: str, may: bool) -> None:
    assert applicant(born=born, marital_status=marital_status).can_record(TODAY) is may


@pytest.mark.parametrize(
    ("born", "citizenship", "background"),
    [
        (date(1995, 8, 17), Citizenship.WNI, Background.RED),
        (date(1996, 8, 17), Citizenship.WNI, Background.BLUE),
        (date(1995, 8, 17), Citizenship.WNA, Background.ORANGE),
        (date(1996, 8, 17), Citizenship.WNA, Background.ORANGE),
    ],
)
def test_the_backdrop_follows_the_birth_year(born: date, citizenship: Citizenship, background: Background) -> None:
    assert applicant(born=born, citizenship=citizenship).background is background


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("WIDURI KARTIKANINGSIH", set()),
        ("SUKARNO", {BiodataWarning.NAME_ONE_WORD}),
        ("NI'MAH PUTRI", {BiodataWarning.NAME_CHARACTERS}),
        ("JOSÉ LIM", {BiodataWarning.NAME_CHARACTERS}),
        ("BUDI 2", {BiodataWarning.NAME_CHARACTERS}),
        ("A" * 30 + " " + "B" * 29, set()),
        ("A" * 30 + " " + "B" * 30, {BiodataWarning.NAME_TOO_LONG}),
        ("", {BiodataWarning.NAME_ONE_WORD}),
    ],
)
def test_a_name_that_the_rules_of_2022_do_not_know_only_warns(name: str, expected: set[BiodataWarning]) -> None:
    assert set(applicant(name=name).warnings(TODAY)) == expected


@pytest.mark.parametrize(
    ("born", "marital_status", "later"),
    [
        (date(2004, 4, 13), "1", True),  # sixteen
        (date(2003, 4, 13), "1", False),  # seventeen
        (date(2004, 4, 13), "2", False),  # the married get their card at once
        (date(2006, 4, 13), "2", False),
        (date(2006, 4, 13), "1", False),  # is not recorded at all
    ],
)
def test_whoever_is_sixteen_hears_that_the_card_comes_at_seventeen(
    born: date, marital_status: str, later: bool
) -> None:
    found = applicant(born=born, marital_status=marital_status).warnings(TODAY)
    assert (BiodataWarning.CARD_LATER in found) is later


def test_no_repr_shows_why_a_finger_is_missing() -> None:
    code, at = ExceptionCode.UNABLE_TO_PRINT, datetime(2020, 4, 13, tzinfo=UTC)
    exception = FingerException(FingerPosition.LEFT_RING, code, "eksim parah", True, "a", "b", at)
    assert "eksim" not in repr(exception)


def test_no_repr_shows_who_it_is() -> None:
    person = applicant()
    for shown in (repr(person), repr(person.address), repr([person])):
        assert person.nik.digits not in shown
        assert NAME not in shown
        assert "CONTOH" not in shown
