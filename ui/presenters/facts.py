"""Facts of a recording in the words of a screen."""

from __future__ import annotations

from station.domain.applicant import Applicant, Background
from station.services.codes import Codes, CodeTable
from ui.language import Text, birth_text, fill, same
from ui.screens.identify import LABELS, SEXES

BACKGROUNDS = {
    Background.RED: Text("merah", "red"),
    Background.BLUE: Text("biru", "blue"),
    Background.ORANGE: Text("jingga", "orange"),
}


def biodata_lines(a: Applicant, codes: Codes) -> list[tuple[Text, Text]]:
    """Name and value of what is read, in the order of the card."""
    nik = " ".join(a.nik.digits[i : i + 4] for i in range(0, 16, 4))
    address = ", ".join(
        part
        for part in (
            a.address.street,
            f"RT {a.address.rt}/RW {a.address.rw}" if a.address.rt else "",
            a.address.village,
            a.address.district,
            a.address.regency,
            a.address.province,
        )
        if part
    )
    born = fill(same("{place}, {date}"), place=a.birth_place, date=birth_text(a.birth_date))
    pair = fill(same("{sex} · {blood}"), sex=SEXES[a.sex.value], blood=_named(codes.blood_type, a.blood_type))
    return [
        (LABELS["nik"], same(nik)),
        (LABELS["name"], same(a.name)),
        (Text("Tempat, tanggal lahir", "Born"), born),
        (Text("Jenis kelamin · gol. darah", "Sex · blood type"), pair),
        (Text("Alamat", "Address"), same(address)),
        (LABELS["religion"], _named(codes.religion, a.religion)),
        (LABELS["marital_status"], _named(codes.marital_status, a.marital_status)),
        (LABELS["occupation"], _named(codes.occupation, a.occupation)),
        (Text("Latar foto", "Backdrop"), BACKGROUNDS[a.background]),
    ]


def _named(table: CodeTable, code: str) -> Text:
    """What the code means; itself where the table of this program does not know it."""
    return table.labels.get(code, same(code))
