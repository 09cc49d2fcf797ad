"""Citizens who do not exist: biodata that agree with each other, the same for the same seed.

Every name begins with CONTOH (example), so that none can be taken for a person's.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from station.services.biodata import BiodataForm

_MEN: Final = ("BAYU", "SATRIA", "GUNTUR", "SURYA", "ELANG", "RIMBA", "SAMUDRA", "LANGIT")
_WOMEN: Final = ("MELATI", "PERTIWI", "KENANGA", "CEMPAKA", "EMBUN", "SENJA", "BULAN", "INTAN")
_LAST: Final = ("PRATAMA", "NUSANTARA", "MAHAKAM", "KHATULISTIWA", "MANDIRI", "CAHAYA", "SEJATI", "UTAMA")
_REGIONS: Final = (
    # Code of first registration, birth place, district, village: Kutai Timur's own codes, 64.08.
    ("640803", "SANGATTA", "Sangatta Utara", "Teluk Lingga"),
    ("640804", "BENGALON", "Bengalon", "Sepaso"),
    ("640801", "MUARA ANCALONG", "Muara Ancalong", "Kelinjau Hulu"),
    ("640802", "MUARA WAHAU", "Muara Wahau", "Nehas Liah Bing"),
)
_STREETS: Final = ("Jl. Yos Sudarso", "Jl. Pendidikan", "Jl. Diponegoro", "Jl. Poros Kabo")
_OCCUPATIONS: Final = ("3", "9", "15", "65", "88")
_OLDEST: Final = 68
_YOUNGEST: Final = 17


@dataclass(frozen=True, slots=True)
class Citizen:
    """One of them.

    Attributes:
        seed: of everything about them, body included.
        form: biodata as an officer would type them.
        female: for whoever draws them.
        birth_year: for the backdrop.
    """

    seed: int
    form: BiodataForm
    female: bool
    birth_year: int

    def __repr__(self) -> str:
        return f"Citizen({self.seed})"


def citizen(seed: int, today: date | None = None) -> Citizen:
    """The citizen of that number, 17 to 68 years old on `today` (default: the machine's date)."""
    chance = random.Random(f"citizen {seed}")  # noqa: S311 - nobody's secret
    now = today or date.today()  # noqa: DTZ011 - any day will do for an invented age
    born = now - timedelta(days=chance.randint(_YOUNGEST * 366, _OLDEST * 365))
    female = chance.random() < 0.5
    region, place, district, village = chance.choice(_REGIONS)
    first = chance.choice(_WOMEN if female else _MEN)
    adult = now.year - born.year >= 22
    form = BiodataForm(
        nik=f"{region}{born.day + 40 * female:02d}{born:%m%y}{chance.randint(1, 9998):04d}",
        name=f"CONTOH {first} {chance.choice(_LAST)}",
        birth_place=place,
        birth_date=f"{born:%d-%m-%Y}",
        sex="P" if female else "L",
        street=f"{chance.choice(_STREETS)} No. {chance.randint(1, 180)}",
        rt=f"{chance.randint(1, 40):03d}",
        rw=f"{chance.randint(0, 12):03d}",
        village=village,
        district=district,
        regency="Kutai Timur",
        province="Kalimantan Timur",
        religion=str(chance.randint(1, 7)),
        marital_status=str(chance.randint(1, 4)) if adult else "1",
        occupation=chance.choice(_OCCUPATIONS) if adult else "3",
        blood_type=str(chance.randint(1, 13)),
        citizenship="WNI",
        family_card=f"{region}{chance.randint(1, 28):02d}{chance.randint(1, 12):02d}{chance.randint(10, 19)}"
        f"{chance.randint(1, 9998):04d}",
    )
    return Citizen(seed, form, female, born.year)
