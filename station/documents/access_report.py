"""What the station holds on one person, who saw it and where it went: as PDF for them, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from devices.positions import FingerPosition
from station.documents import wording
from station.documents.page import Office
from station.documents.report import Part, Report, report_pdf
from station.domain.applicant import Applicant
from station.domain.held import Capture, Event, Held
from station.domain.nik import Sex
from station.domain.step import State

MODALITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "portrait": "Pas foto",
        "hands": "Foto dengan kedua tangan",
        "finger": "Sidik jari",
        "signature": "Tanda tangan",
        "position": "Letak stasiun",
    }
)
STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.SEALED: "disegel untuk pusat data",
        State.APPROVAL: "menunggu persetujuan",
        State.SEALING: "disetujui, belum disegel",
        State.PARKED: "ditunda sementara",
        State.DEFERRED: "ditunda ke hari lain",
        State.CANCELLED: "dibatalkan",
    }
)
SEXES: Final[Mapping[Sex, str]] = MappingProxyType({Sex.MALE: "laki-laki", Sex.FEMALE: "perempuan"})
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "record.seen": "dilihat",
        "record.viewed": "diperiksa penyetuju",
        "receipt.exported": "tanda terima dicetak",
        "deferral.exported": "surat penundaan dicetak",
        "visit.opened": "kunjungan dibuka",
        "visit.identified": "biodata dicatat",
        "visit.cleared": "protokol kesehatan terpenuhi",
        "visit.reviewed": "ditinjau bersama",
        "approval.asked": "kode persetujuan diminta",
        "approval.code_wrong": "kode persetujuan salah",
        "visit.approved": "disetujui",
        "visit.returned": "dikembalikan untuk direkam ulang",
        "visit.deferred": "ditunda",
        "visit.cancelled": "dibatalkan",
        "packet.sealed": "paket disegel untuk pusat data",
        "packet.acknowledged": "paket diterima pusat data",
        "access.reported": "laporan ini dibuat",
        "incident.packed": "dimasukkan dalam laporan insiden",
    }
)
"""Lines of the audit trail in words; any other stands as its code."""
SEEING: Final = frozenset({"record.seen", "record.viewed", "receipt.exported", "deferral.exported", "access.reported"})
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "listed": "dalam daftar",
        "opened": "dibuka",
        "portrait": "pas foto",
        "hands": "foto kedua tangan",
        "finger": "sidik jari",
        "signature": "tanda tangan",
        "receipt": "tanda terima",
        "deferral": "surat penundaan",
    }
)
LAW: Final = (
    "Dibuat atas permintaan pemilik data menurut UU 27/2022 tentang Pelindungan Data Pribadi. Memuat semua yang "
    "disimpan stasiun ini; pusat data menyimpan rekaman yang sudah diterimanya."
)


@dataclass(frozen=True, slots=True)
class AccessData:
    """What stands in the report. `repr` shows nothing of the person.

    Attributes:
        person: as the newest record has them; None where nothing is held.
        records: one a visit, oldest first.
        officers: id to name.
        destination: whom packets are for.
        made_by: name of the supervisor.
        made_at: aware, in the office's own zone.
    """

    person: Applicant | None
    records: tuple[Held, ...]
    officers: Mapping[str, str]
    destination: str
    office: Office
    made_by: str
    made_at: datetime
    simulated: bool

    def __repr__(self) -> str:
        return f"AccessData({len(self.records)} records)"


def access_pdf(data: AccessData) -> bytes:
    """For the person."""
    parts = [Part("Permintaan", (("Dibuat oleh", data.made_by),), LAW)]
    if data.person is None:
        parts.append(Part("Data Anda", (), "Stasiun ini tidak menyimpan data apa pun tentang NIK yang diminta."))
    else:
        parts.append(Part("Data Anda", _person(data.person)))
    for record in data.records:
        parts += _record(record, data)
    report = Report(
        "Laporan Data Pribadi", "Semua yang disimpan stasiun perekaman tentang Anda", "", tuple(parts), data.office,
        data.made_at, data.simulated,
    )  # fmt: skip
    return report_pdf(report)


def access_json(data: AccessData) -> bytes:
    """The same for a machine: UTF-8, times in ISO 8601."""
    told = {
        "format": "ktpel-access-report-1",
        "station": data.office.station,
        "made_at": data.made_at.isoformat(),
        "made_by": data.made_by,
        "simulated": data.simulated,
        "person": dict(_person(data.person)) if data.person is not None else None,
        "records": [_record_json(each, data) for each in data.records],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _person(person: Applicant) -> tuple[tuple[str, str], ...]:
    at = person.address
    return (
        ("NIK", person.nik.digits),
        ("Nama", person.name),
        ("Tempat, tanggal lahir", f"{person.birth_place}, {person.birth_date:%d-%m-%Y}"),
        ("Jenis kelamin", SEXES[person.sex]),
        ("Alamat", f"{at.street}, RT {at.rt} RW {at.rw}, {at.village}, {at.district}, {at.regency}, {at.province}"),
        ("Agama (kode)", person.religion),
        ("Status perkawinan (kode)", person.marital_status),
        ("Pekerjaan (kode)", person.occupation),
        ("Golongan darah (kode)", person.blood_type),
        ("Kewarganegaraan", person.citizenship.value),
        ("Nomor KK", person.family_card or "-"),
    )


def _record(record: Held, data: AccessData) -> list[Part]:
    visit, zone = record.visit, data.made_at.tzinfo
    kept = "tersimpan terenkripsi" if record.captures_held else "sudah dihapus dari stasiun"
    pairs = [
        ("Keadaan", STATES.get(visit.state, "sedang dikerjakan")),
        ("Contoh biometrik", f"{len(record.captures)} diambil, {kept}"),
        ("Jawaban pemeriksaan kesehatan", f"{record.answers} tersimpan"),
    ]
    if visit.cleared is not None:
        pairs.append(("Protokol kesehatan", f"terpenuhi menurut {visit.cleared.protocol.id}"))
    if visit.receipt is not None:
        pairs.append(("Tanda terima", visit.receipt.receipt_number))
    if record.packet is not None:
        pairs.append(("Paket untuk pusat data", f"{record.packet}, untuk {data.destination}"))
        got = record.acknowledged_at
        pairs.append(("Diterima pusat data", _time(got, data) if got is not None else "belum dinyatakan"))
    taken = tuple(
        f"{each.at.astimezone(zone):%d-%m-%Y %H.%M}  {_capture(each)}  ({each.device})" for each in record.captures
    )
    seen = tuple(_event_line(each, data) for each in record.events if each.what in SEEING)
    other = tuple(_event_line(each, data) for each in record.events if each.what not in SEEING)
    opened = visit.entries[0].at.astimezone(zone)
    return [
        Part(f"Kunjungan {visit.number}, {wording.day(opened)}", tuple(pairs)),
        Part("Yang diambil", lines=taken or ("tidak ada",)),
        Part("Siapa melihatnya, dan kapan", lines=seen or ("tidak tercatat",)),
        Part("Yang lain terjadi", lines=other or ("tidak ada",)),
    ]


def _capture(capture: Capture) -> str:
    if capture.modality != "finger":
        return f"{MODALITIES[capture.modality]} {capture.what}".strip()
    number, _, attempt = capture.what.partition("/")
    position = FingerPosition(int(number))
    hand = "kanan" if position <= FingerPosition.RIGHT_LITTLE else "kiri"
    return f"{MODALITIES['finger']} {wording.finger(position).lower()} {hand}, percobaan {attempt}"


def _event_line(event: Event, data: AccessData) -> str:
    who = data.officers.get(event.by, event.by) or "stasiun"
    kind = f" ({KINDS.get(event.kind, event.kind)})" if event.kind else ""
    return f"{_time(event.at, data)}  {who}: {EVENTS.get(event.what, event.what)}{kind}"


def _time(at: datetime, data: AccessData) -> str:
    return f"{at.astimezone(data.made_at.tzinfo):%d-%m-%Y %H.%M}"


def _record_json(record: Held, data: AccessData) -> dict[str, Any]:
    visit = record.visit
    return {
        "visit_id": visit.visit_id,
        "number": visit.number,
        "state": visit.state.value,
        "opened_at": visit.entries[0].at.isoformat(),
        "history": [{"at": e.at.isoformat(), "by": e.by, "what": type(e).__name__} for e in visit.entries],
        "captures": [
            {"modality": c.modality, "what": c.what, "at": c.at.isoformat(), "device": c.device}
            for c in record.captures
        ],
        "captures_held": record.captures_held,
        "answers_held": record.answers,
        "protocol": visit.cleared.protocol.id if visit.cleared is not None else None,
        "receipt": visit.receipt.receipt_number if visit.receipt is not None else None,
        "packet": None
        if record.packet is None
        else {
            "file": record.packet,
            "sha256": record.packet_sha256,
            "for": data.destination,
            "acknowledged_at": record.acknowledged_at.isoformat() if record.acknowledged_at is not None else None,
        },
        "events": [{"at": e.at.isoformat(), "by": e.by, "what": e.what, "kind": e.kind} for e in record.events],
    }
