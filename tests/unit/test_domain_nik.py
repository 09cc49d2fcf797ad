"""The NIK: what refuses, what only warns, and that nobody sees it whole."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.nik import Nik, NikError, NikWarning, Sex

PROVINCES = frozenset({"32", "64", "65", "92"})
BORN = date(1995, 8, 17)


@pytest.mark.parametrize(
    "typed",
    [
        "3273015708950001",
        " 3273 0157 0895 0001 ",
        "32.73.01.570895.0001",
        "3273-0157-0895-0001",
        "3273\u00a00157\u00a008950001",
    ],
)
def test_spaces_dots_and_hyphens_are_not_part_of_it(typed: str) -> None:
    assert Nik.parse(typed).digits == "3273015708950001"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "nik.not_sixteen_digits"),
        ("327301570895000", "nik.not_sixteen_digits"),
        ("32730157089500011", "nik.not_sixteen_digits"),
        ("327301570895000l", "nik.not_sixteen_digits"),
        ("٣٢٧٣٠١٥٧٠٨٩٥٠٠٠١", "nik.not_sixteen_digits"),  # digits, but not ours
        ("3273015708950000", "nik.serial_zero"),
        ("3273/0157/0895/0001", "nik.not_sixteen_digits"),
    ],
)
def test_what_is_no_nik_is_refused(typed: str, code: str) -> None:
    with pytest.raises(NikError) as caught:
        Nik.parse(typed)
    assert caught.value.code == code
    assert str(caught.value) == code


@pytest.mark.parametrize(
    ("digits", "sex", "expected"),
    [
        ("3273015708950001", Sex.FEMALE, set()),
        ("3273011708950001", Sex.MALE, set()),
        ("6501011708950001", Sex.MALE, set()),  # Kalimantan Utara, which libraries refuse
        ("9201011708950001", Sex.MALE, set()),
        ("9901011708950001", Sex.MALE, {NikWarning.UNKNOWN_PROVINCE}),
        ("3273011808950001", Sex.MALE, {NikWarning.DATE_DIFFERS}),
        ("3273011709950001", Sex.MALE, {NikWarning.DATE_DIFFERS}),
        ("3273011708940001", Sex.MALE, {NikWarning.DATE_DIFFERS}),
        ("3273015708950001", Sex.MALE, {NikWarning.SEX_DIFFERS}),
        ("3273011708950001", Sex.FEMALE, {NikWarning.SEX_DIFFERS}),
        ("3273013113950001", Sex.MALE, {NikWarning.NO_SUCH_DATE}),
        ("3273013002950001", Sex.MALE, {NikWarning.NO_SUCH_DATE}),
        ("3273014008950001", Sex.MALE, {NikWarning.NO_SUCH_DATE}),  # forty is no man's day and no woman's
        ("3273010008950001", Sex.MALE, {NikWarning.NO_SUCH_DATE}),
        ("0073017208950001", Sex.MALE, {NikWarning.NO_SUCH_DATE, NikWarning.SEX_DIFFERS, NikWarning.UNKNOWN_PROVINCE}),
    ],
)
def test_what_does_not_fit_the_biodata_only_warns(digits: str, sex: Sex, expected: set[NikWarning]) -> None:
    assert set(Nik.parse(digits).warnings(BORN, sex, PROVINCES)) == expected


@pytest.mark.parametrize("born", [date(2000, 2, 29), date(1904, 2, 29)])
def test_a_leap_day_of_either_century_is_a_date(born: date) -> None:
    digits = f"32730129{born.month:02}{born.year % 100:02}0001"
    assert Nik.parse(digits).warnings(born, Sex.MALE, PROVINCES) == ()


@given(born=st.dates(date(1900, 1, 1), date(2099, 12, 31)), sex=st.sampled_from(Sex), serial=st.integers(1, 9999))
def test_a_nik_made_from_the_biodata_fits_them(born: date, sex: Sex, serial: int) -> None:
    day = born.day + (40 if sex is Sex.FEMALE else 0)
    nik = Nik.parse(f"327301{day:02}{born.month:02}{born.year % 100:02}{serial:04}")
    assert nik.warnings(born, sex, PROVINCES) == ()


@given(st.from_regex(r"[0-9]{15}[1-9]", fullmatch=True))
def test_nobody_sees_it_whole_by_accident(digits: str) -> None:
    nik = Nik.parse(digits)
    assert nik.province == digits[:2]
    assert nik.masked == f"{digits[:6]}••••••••{digits[-2:]}"
    for shown in (str(nik), repr(nik), f"{nik}", repr([nik])):
        assert digits[6:14] not in shown
