"""An incident for the authority and the office: what, when, whose, what is done, and the 72 hours; PDF and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from station.documents import wording
from station.documents.page import Office
from station.documents.report import Part, Report, report_pdf
from station.domain.held import Held
from station.domain.incident import Incident, IncidentKind

KINDS: Final[Mapping[IncidentKind, str]] = MappingProxyType(
    {
        IncidentKind.LOST_DEVICE: "Perangkat hilang atau dicuri",
        IncidentKind.UNAUTHORISED_ACCESS: "Akses oleh yang tidak berhak",
        IncidentKind.DISCLOSED: "Data terungkap",
        IncidentKind.ALTERED: "Data berubah tanpa hak",
        IncidentKind.UNAVAILABLE: "Data tidak tersedia atau musnah",
    }
)
VAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "file": "basis data terenkripsi, tetapi kuncinya berupa berkas pada perangkat yang sama: dapat dibaca oleh "
        "yang memegang perangkat",
        "passphrase": "basis data terenkripsi; kuncinya di bawah frasa sandi yang tidak ada pada perangkat",
        "keyring": "basis data terenkripsi; kuncinya di ring kunci sistem, di bawah kata sandi akun",
        "tpm": "basis data terenkripsi; kuncinya terikat pada TPM perangkat",
    }
)
LAW: Final = (
    "UU 27/2022 Pasal 46: pemberitahuan tertulis kepada subjek data dan lembaga, paling lambat 3 x 24 jam, memuat data "
    "yang terungkap, kapan dan bagaimana, serta upaya penanganan dan pemulihannya."
)
NO_WAY: Final = "tidak ada yang tersimpan di stasiun"


@dataclass(frozen=True, slots=True)
class IncidentData:
    """What stands in the pack. `repr` shows nobody.

    Attributes:
        chosen: how the records were chosen, in words.
        erased: how many records that are erased now fall under it by their numbers alone.
        vault: what guards the station's keys at rest.
        made_at: aware, in the office's own zone.
    """

    incident: Incident
    records: tuple[Held, ...]
    chosen: str
    erased: int
    vault: str
    office: Office
    made_by: str
    made_at: datetime
    simulated: bool

    def __repr__(self) -> str:
        return f"IncidentData({self.incident!r}, {len(self.records)} records)"


def incident_pdf(data: IncidentData) -> bytes:
    """For the office and the authority."""
    incident = data.incident
    deadline = incident.deadline.astimezone(data.made_at.tzinfo)
    late = data.made_at > deadline
    left = "Batas waktu sudah lewat" if late else f"Sisa waktu {_hours(deadline - data.made_at)}"
    parts = (
        Part(
            "Kejadian",
            (
                ("Jenis", KINDS[incident.kind]),
                ("Terjadi sejak", _when(incident.began_at, data)),
                ("Diketahui", _when(incident.noticed_at, data)),
                ("Bagaimana", incident.what),
                ("Penjagaan data", VAULTS.get(data.vault, data.vault)),
            ),
            LAW,
        ),
        Part(
            "Penanganan",
            (("Yang sudah dilakukan", incident.done), ("Anjuran bagi subjek data", incident.advice or "-")),
        ),
        Part(
            "Data yang terdampak",
            (
                ("Dipilih", data.chosen),
                ("Subjek data", f"{len(_people(data))} orang, {len(data.records)} kunjungan"),
                ("Sudah dihapus sebelumnya", f"{data.erased} kunjungan, tanpa data pribadi"),
                ("Biodata", f"{sum(each.visit.applicant is not None for each in data.records)} kunjungan"),
                ("Biometrik yang masih tersimpan", f"{sum(each.captures_held for each in data.records)} kunjungan"),
                ("Jawaban kesehatan", f"{sum(each.answers > 0 for each in data.records)} kunjungan"),
                ("Paket untuk pusat data", f"{sum(each.packet is not None for each in data.records)} berkas"),
            ),
        ),
        Part("Subjek data yang harus diberi tahu", lines=tuple(_line(each, data) for each in data.records) or ("-",)),
    )
    report = Report(
        title="Laporan Kegagalan Pelindungan Data Pribadi",
        subtitle=f"Dibuat oleh {data.made_by}",
        alert=f"Beritahukan paling lambat {wording.day(deadline)} pukul {wording.clock(deadline)}. {left}.",
        parts=parts,
        office=data.office,
        made_at=data.made_at,
        simulated=data.simulated,
    )
    return report_pdf(report)


def incident_json(data: IncidentData) -> bytes:
    """The same for a machine: UTF-8, times in ISO 8601."""
    incident = data.incident
    told = {
        "format": "ktpel-incident-1",
        "station": data.office.station,
        "made_at": data.made_at.isoformat(),
        "made_by": data.made_by,
        "simulated": data.simulated,
        "kind": incident.kind.value,
        "began_at": incident.began_at.isoformat(),
        "noticed_at": incident.noticed_at.isoformat(),
        "deadline": incident.deadline.isoformat(),
        "overdue": data.made_at > incident.deadline,
        "what": incident.what,
        "done": incident.done,
        "advice": incident.advice,
        "chosen": data.chosen,
        "erased": data.erased,
        "keys_guarded_by": data.vault,
        "records": [_record(each) for each in data.records],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _people(data: IncidentData) -> set[str]:
    return {each.visit.applicant.nik.digits for each in data.records if each.visit.applicant is not None}


def _categories(record: Held) -> list[str]:
    found = ["biodata"] if record.visit.applicant is not None else []
    found += ["biometrics"] if record.captures_held else []
    found += ["health"] if record.answers else []
    return [*found, "sealed_packet"] if record.packet is not None else found


_CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    {"biodata": "biodata", "biometrics": "biometrik", "health": "kesehatan", "sealed_packet": "paket tersegel"}
)


def _line(record: Held, data: IncidentData) -> str:
    visit, person = record.visit, record.visit.applicant
    day = visit.entries[0].at.astimezone(data.made_at.tzinfo)
    who = "belum beridentitas" if person is None else f"{person.name}, NIK {person.nik.masked}, {_address(record)}"
    held = ", ".join(_CATEGORIES[each] for each in _categories(record)) or NO_WAY
    return f"{visit.number} ({day:%d-%m-%Y})  {who}: {held}"


def _address(record: Held) -> str:
    assert record.visit.applicant is not None
    at = record.visit.applicant.address
    return f"{at.street}, RT {at.rt} RW {at.rw}, {at.village}, {at.district}"


def _record(record: Held) -> dict[str, Any]:
    person = record.visit.applicant
    return {
        "visit_id": record.visit.visit_id,
        "number": record.visit.number,
        "opened_at": record.visit.entries[0].at.isoformat(),
        "state": record.visit.state.value,
        "name": person.name if person is not None else None,
        "masked_nik": person.nik.masked if person is not None else None,
        "address": _address(record) if person is not None else None,
        "categories": _categories(record),
        "packet": record.packet,
    }


def _when(at: datetime, data: IncidentData) -> str:
    local = at.astimezone(data.made_at.tzinfo)
    return f"{wording.day(local)} pukul {wording.clock(local)}"


def _hours(left: timedelta) -> str:
    minutes = int(left.total_seconds()) // 60
    return f"{minutes // 60} jam {minutes % 60} menit"
