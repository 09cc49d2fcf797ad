"""Who the applicant is: the form as the registry wants it, each mistake in words beside its field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from station.services.biodata import BiodataForm
from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import Field, LineEdit, choice, line, segments
from ui.widgets.text import Button, Label, row

SEXES: Final = {"L": Text("Laki-laki", "Male"), "P": Text("Perempuan", "Female")}
CITIZENSHIPS: Final = {"WNI": Text("WNI", "WNI"), "WNA": Text("WNA", "WNA")}
LABELS: Final[Mapping[str, Text]] = {
    "nik": Text("NIK", "NIK (identity number)"),
    "name": Text("Nama lengkap", "Full name"),
    "birth_place": Text("Tempat lahir", "Place of birth"),
    "birth_date": Text("Tanggal lahir", "Date of birth"),
    "sex": Text("Jenis kelamin", "Sex"),
    "religion": Text("Agama", "Religion"),
    "marital_status": Text("Status perkawinan", "Marital status"),
    "occupation": Text("Pekerjaan", "Occupation"),
    "blood_type": Text("Golongan darah", "Blood type"),
    "citizenship": Text("Kewarganegaraan", "Citizenship"),
    "family_card": Text("Nomor KK (boleh kosong)", "KK number (may be empty)"),
    "street": Text("Alamat (jalan, nomor)", "Address (street, number)"),
    "rt": Text("RT", "RT"),
    "rw": Text("RW", "RW"),
    "village": Text("Desa/Kelurahan", "Village"),
    "district": Text("Kecamatan", "District"),
    "regency": Text("Kabupaten/Kota", "Regency/City"),
    "province": Text("Provinsi", "Province"),
}
DATE_AS: Final = Text("hari-bulan-tahun", "day-month-year")
_ROWS: Final = (
    # Field and the share of its row that it takes.
    (("nik", 5), ("name", 7), ("family_card", 4)),
    (("birth_place", 4), ("birth_date", 3), ("sex", 5), ("blood_type", 3)),
    (("religion", 4), ("marital_status", 4), ("occupation", 5), ("citizenship", 4)),
    (("street", 7), ("rt", 2), ("rw", 2), ("village", 5)),
    (("district", 4), ("regency", 4), ("province", 4)),
)
_CODED: Final = ("religion", "marital_status", "occupation", "blood_type")


class IdentifyScreen(Screen):
    """Passive."""

    card_disowned = Signal()

    def __init__(self) -> None:
        super().__init__(
            "identify", Text("Identitas pemohon", "The applicant's identity"), Text("Periksa", "Check"), icon="check"
        )
        self.fields: dict[str, Field] = {}
        for line_of_fields in _ROWS:
            side_by_side = row(spacing=2 * t.GRID)
            for name, share in line_of_fields:
                self.fields[name] = _field(name)
                side_by_side.addWidget(self.fields[name], share)
            self.body.addLayout(side_by_side)
        self.body.addStretch(1)
        self.card_seen = Label(None, "soft")
        self.card_seen.setObjectName("identify.card_seen")
        self.disown = Button(Text("&Bukan kartunya", "Not &their card"), "identify.disown", "quiet")
        self.disown.clicked.connect(self.card_disowned)
        self.aside.addLayout(row(self.card_seen, self.disown))

    def first(self) -> QWidget | None:
        return self.fields["nik"]

    def offer(self, tables: Mapping[str, Mapping[str, Text]], provinces: Mapping[str, Text]) -> None:
        """The registry's code tables, and the provinces by name."""
        for name in _CODED:
            self.fields[name].offer(tables[name])
        self.fields["province"].offer(provinces)

    def form(self) -> BiodataForm:
        """As typed."""
        return BiodataForm(**{name: field.value for name, field in self.fields.items()})

    def fill(self, form: BiodataForm) -> None:
        """Put this in, without any complaint."""
        for name, field in self.fields.items():
            field.fill(getattr(form, name))
        self.show_errors({})

    def show_card(self, words: Text | None, tone: str = "", *, held: bool = False) -> None:
        """What is known of the applicant's card; whether its number will be kept, unless it is not theirs."""
        self.card_seen.say(words)
        self.card_seen.tone(tone)
        self.disown.setVisible(held)

    def show_errors(self, errors: Mapping[str, Text]) -> None:
        """What is wrong, field by field; the first gets the focus."""
        for name, field in self.fields.items():
            field.wrong(errors.get(name))
        for name, field in self.fields.items():
            if name in errors:
                field.setFocus()
                return


def _field(name: str) -> Field:
    label = LABELS[name]
    match name:
        case "sex":
            return segments(name, label, SEXES)
        case "citizenship":
            return segments(name, label, CITIZENSHIPS)
        case "province":
            return choice(name, label)
        case _ if name in _CODED:
            return choice(name, label)
        case "birth_date":
            field = line(name, label)
            assert isinstance(field.control, LineEdit)
            field.control.example(DATE_AS)
            return field
        case _:
            return line(name, label)
