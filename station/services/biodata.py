"""Biodata as typed at the counter: which field is wrong, and what should be looked at twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType

from station.domain.applicant import Address, Applicant, Background, Citizenship
from station.domain.nik import Nik, NikError, Sex
from station.services.codes import Codes


@dataclass(frozen=True, slots=True)
class BiodataForm:
    """The fields of the screen, as typed.

    Attributes:
        birth_date: day-month-year with `-`, `/`, `.` or spaces between, or ISO year-month-day.
        sex: `L` or `P`.
        religion, marital_status, occupation, blood_type: codes of `Codes`.
        citizenship: `WNI` or `WNA`.
        family_card: KK number, sixteen digits or empty.
    """

    nik: str = ""
    name: str = ""
    birth_place: str = ""
    birth_date: str = ""
    sex: str = ""
    street: str = ""
    rt: str = ""
    rw: str = ""
    village: str = ""
    district: str = ""
    regency: str = ""
    province: str = ""
    religion: str = ""
    marital_status: str = ""
    occupation: str = ""
    blood_type: str = ""
    citizenship: str = "WNI"
    family_card: str = ""

    def __repr__(self) -> str:
        filled = sum(bool(getattr(self, each.name)) for each in fields(self))
        return f"BiodataForm({filled} fields)"


def form_of(a: Applicant) -> BiodataForm:
    """As it would be typed."""
    return BiodataForm(
        nik=a.nik.digits,
        name=a.name,
        birth_place=a.birth_place,
        birth_date=f"{a.birth_date:%d-%m-%Y}",
        sex=a.sex.value,
        street=a.address.street,
        rt=a.address.rt,
        rw=a.address.rw,
        village=a.address.village,
        district=a.address.district,
        regency=a.address.regency,
        province=a.address.province,
        religion=a.religion,
        marital_status=a.marital_status,
        occupation=a.occupation,
        blood_type=a.blood_type,
        citizenship=a.citizenship.value,
        family_card=a.family_card,
    )


@dataclass(frozen=True, slots=True)
class BiodataCheck:
    """What a form amounts to.

    Attributes:
        applicant: the person; None while any field is wrong.
        errors: field to code: `field.empty`, `field.unknown_code`, `date.unreadable`, `date.future`, `nik.*`,
            `family_card.not_sixteen_digits`, `field.not_digits`.
        warnings: codes to be confirmed with a reason.
        background: backdrop of the portrait; None while there is no applicant.
    """

    applicant: Applicant | None
    errors: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    background: Background | None = None


_MAY_BE_EMPTY = frozenset({"family_card", "rt", "rw"})


def check(form: BiodataForm, codes: Codes, today: date) -> BiodataCheck:
    """Read the form. `today` is the office's own date."""
    typed = {each.name: " ".join(str(getattr(form, each.name)).split()) for each in fields(form)}
    errors = {name: "field.empty" for name, text in typed.items() if not text and name not in _MAY_BE_EMPTY}
    nik = _nik(typed["nik"], errors)
    born = _born(typed["birth_date"], today, errors)
    _choices(typed, codes, errors)
    for name in ("rt", "rw"):
        if typed[name] and not re.fullmatch(r"[0-9]{1,3}", typed[name]):
            errors[name] = "field.not_digits"
    family_card = re.sub(r"[ .-]", "", typed["family_card"])
    if family_card and not re.fullmatch(r"[0-9]{16}", family_card):
        errors["family_card"] = "family_card.not_sixteen_digits"
    if errors or nik is None or born is None:
        return BiodataCheck(None, MappingProxyType(errors))
    applicant = Applicant(
        nik=nik,
        name=typed["name"].upper(),
        birth_place=typed["birth_place"].upper(),
        birth_date=born,
        sex=Sex(typed["sex"]),
        address=Address(
            street=typed["street"],
            rt=typed["rt"].zfill(3) if typed["rt"] else "",
            rw=typed["rw"].zfill(3) if typed["rw"] else "",
            village=typed["village"],
            district=typed["district"],
            regency=typed["regency"],
            province=typed["province"],
        ),
        religion=typed["religion"],
        marital_status=typed["marital_status"],
        occupation=typed["occupation"],
        blood_type=typed["blood_type"],
        citizenship=Citizenship(typed["citizenship"]),
        family_card=family_card,
    )
    provinces = frozenset(codes.provinces.labels)
    warnings = (*nik.warnings(born, applicant.sex, provinces), *applicant.warnings(today))
    return BiodataCheck(applicant, MappingProxyType({}), tuple(each.value for each in warnings), applicant.background)


def _nik(text: str, errors: dict[str, str]) -> Nik | None:
    if not text:
        return None
    try:
        return Nik.parse(text)
    except NikError as error:
        errors["nik"] = error.code
        return None


def _born(text: str, today: date, errors: dict[str, str]) -> date | None:
    if not text:
        return None
    parts = re.split(r"[-/. ]", text)
    try:
        numbers = [int(part) for part in parts]
        year, month, day = numbers if len(parts[0]) == 4 else numbers[::-1]
        born = date(year, month, day) if year >= 1900 else None
    except ValueError:
        born = None
    if born is None:
        errors["birth_date"] = "date.unreadable"
    elif born > today:
        errors["birth_date"] = "date.future"
    else:
        return born
    return None


def _choices(typed: Mapping[str, str], codes: Codes, errors: dict[str, str]) -> None:
    known: dict[str, frozenset[str]] = {
        "sex": frozenset(Sex),
        "citizenship": frozenset(Citizenship),
        "religion": frozenset(codes.religion.labels),
        "marital_status": frozenset(codes.marital_status.labels),
        "occupation": frozenset(codes.occupation.labels),
        "blood_type": frozenset(codes.blood_type.labels),
    }
    for name, accepted in known.items():
        if typed[name] and typed[name] not in accepted:
            errors[name] = "field.unknown_code"
