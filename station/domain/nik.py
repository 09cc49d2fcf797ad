"""The NIK: sixteen digits given once for life. Two hard rules, the rest is a warning with a reason.

Layout (Perpres and PP 40/2019 art. 30): six digits of the region of first registration, DDMMYY with forty added to a
woman's day, four digits of a serial from 0001. A NIK stays the same when the region is divided, the person moves, or
the birth date turns out wrong, so a mismatch can never refuse anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LENGTH = 16
FEMALE_DAY_OFFSET = 40


class Sex(StrEnum):
    """As on the card: laki-laki, perempuan."""

    MALE = "L"
    FEMALE = "P"


class NikError(ValueError):
    """Not a NIK. `code` is `nik.not_sixteen_digits` or `nik.serial_zero`; the digits are never in the text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NikWarning(StrEnum):
    """What does not fit the biodata; the officer confirms with a reason, nothing is refused."""

    DATE_DIFFERS = "nik.date_differs"
    SEX_DIFFERS = "nik.sex_differs"
    NO_SUCH_DATE = "nik.no_such_date"
    UNKNOWN_PROVINCE = "nik.unknown_province"


@dataclass(frozen=True, slots=True)
class Nik:
    """A NIK that passed the hard rules. `str()` and `repr()` show it masked, so that no log can leak it."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Nik:
        """From what was typed; spaces, dots and hyphens are ignored.

        Raises:
            NikError: not sixteen ASCII digits, or a serial of 0000.
        """
        digits = "".join(c for c in text if c not in " .-\u00a0")
        if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
            raise NikError("nik.not_sixteen_digits")
        if digits[12:] == "0000":
            raise NikError("nik.serial_zero")
        return cls(digits)

    @property
    def masked(self) -> str:
        """Region and last two digits only: enough for a person to know their own, useless to others."""
        return f"{self.digits[:6]}••••••••{self.digits[-2:]}"

    @property
    def province(self) -> str:
        """Two-digit code of the province of first registration."""
        return self.digits[:2]

    def warnings(self, born: date, sex: Sex, provinces: frozenset[str]) -> tuple[NikWarning, ...]:
        """What does not fit. `provinces` holds every province code that ever was."""
        found = []
        day, month, year = int(self.digits[6:8]), int(self.digits[8:10]), int(self.digits[10:12])
        female = day > FEMALE_DAY_OFFSET
        if female:
            day -= FEMALE_DAY_OFFSET
        if not _may_be_a_date(day, month, year):
            found.append(NikWarning.NO_SUCH_DATE)
        elif (day, month, year) != (born.day, born.month, born.year % 100):
            found.append(NikWarning.DATE_DIFFERS)
        if female != (sex is Sex.FEMALE):
            found.append(NikWarning.SEX_DIFFERS)
        if self.province not in provinces:
            found.append(NikWarning.UNKNOWN_PROVINCE)
        return tuple(found)

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Nik({self.masked})"


def _may_be_a_date(day: int, month: int, year: int) -> bool:
    """Whether the day exists in either century that two digits can mean."""
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
