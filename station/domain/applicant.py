"""Who is to be recorded: biodata as the registry knows it, and the rules that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from station.domain.nik import Nik, Sex

MINIMUM_AGE = 16
"""Recording is open from 16; the card is issued at 17 (domain reference, section 1)."""
CARD_AGE = 17
NEVER_MARRIED = "1"
"""Marital status; whoever ever was married is recorded, and gets the card, at any age."""
MAX_NAME_LENGTH = 60
"""Permendagri 73/2022; older, longer names stay valid, so it warns only."""


class Citizenship(StrEnum):
    """As on the card: Warga Negara Indonesia, Warga Negara Asing."""

    WNI = "WNI"
    WNA = "WNA"


class Background(StrEnum):
    """Which backdrop the portrait needs; the colours themselves are configuration."""

    RED = "red"
    BLUE = "blue"
    ORANGE = "orange"


class BiodataWarning(StrEnum):
    """What an officer should look at twice; nothing is refused."""

    NAME_TOO_LONG = "biodata.name_too_long"
    NAME_ONE_WORD = "biodata.name_one_word"
    NAME_CHARACTERS = "biodata.name_characters"
    CARD_LATER = "biodata.card_later"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the person lives: street, RT and RW, village, district, regency, province, in the registry's words.

    `repr` shows nothing of it.
    """

    street: str
    rt: str
    rw: str
    village: str
    district: str
    regency: str
    province: str

    def __repr__(self) -> str:
        return "Address()"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Biodata of one person. Codes refer to the tables of `station.domain.codes`.

    `repr` shows the masked NIK alone: personal data must not reach a log by accident.
    """

    nik: Nik
    name: str
    birth_place: str
    birth_date: date
    sex: Sex
    address: Address
    religion: str
    marital_status: str
    occupation: str
    blood_type: str
    citizenship: Citizenship
    family_card: str = ""

    def __repr__(self) -> str:
        return f"Applicant({self.nik.masked})"

    def age_on(self, day: date) -> int:
        """Full years on that day."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def can_record(self, day: date) -> bool:
        """Sixteen, or ever married."""
        return self.age_on(day) >= MINIMUM_AGE or self.marital_status != NEVER_MARRIED

    @property
    def background(self) -> Background:
        """Red for an odd birth year, blue for an even one, orange for foreigners; from biodata, never the NIK."""
        if self.citizenship is Citizenship.WNA:
            return Background.ORANGE
        return Background.RED if self.birth_date.year % 2 else Background.BLUE

    def warnings(self, day: date) -> tuple[BiodataWarning, ...]:
        """What to look at twice."""
        found = []
        if len(self.name) > MAX_NAME_LENGTH:
            found.append(BiodataWarning.NAME_TOO_LONG)
        if len(self.name.split()) < 2:
            found.append(BiodataWarning.NAME_ONE_WORD)
        if not all(c.isalpha() and c.isascii() for c in self.name if not c.isspace()):
            found.append(BiodataWarning.NAME_CHARACTERS)
        if MINIMUM_AGE <= self.age_on(day) < CARD_AGE and self.marital_status == NEVER_MARRIED:
            found.append(BiodataWarning.CARD_LATER)
        return tuple(found)
