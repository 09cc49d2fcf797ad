"""The receipt: what was recorded, and when and where the card can be collected. One A4 page, in Indonesian.

It carries a masked NIK and no picture; the QR code holds the receipt's number and a short code, nothing about a person.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition
from station.documents import wording
from station.documents.page import (
    AMBER,
    BOLD,
    GREEN,
    INK,
    INNER,
    LEFT,
    MUTED,
    NATIONAL_COMPLAINTS,
    PLAIN,
    RIGHT,
    Complaint,
    Office,
    Sheet,
    fitting,
)
from station.domain.enrollment import Enrollment
from station.domain.promise import Promise
from station.domain.samples import Accepted, ExceptionCode, NotCaptured

STATEMENT: Final = "Bukan dokumen kependudukan dan tidak dapat menggantikan KTP-el."
QR_PREFIX: Final = "KTPEL"
RECORDED: Final = "direkam"
_QR_SIDE: Final = 82.0
_ROW: Final = 18.0


@dataclass(frozen=True, slots=True)
class ReceiptData:
    """What stands on a receipt. `repr` shows neither name nor NIK.

    Attributes:
        receipt_number: capital letters, digits and hyphens.
        verification_code: see `verification_code`.
        visit_number: what the applicant was called by.
        masked_nik: never the whole one.
        issued_at: aware, in the office's own zone.
        officer: name of who recorded.
        protocol: the health protocol's title, in Indonesian.
        excepted: fingers that were not taken, and why.
        not_captured: modalities that are missing altogether.
        approved: how the applicant approved the photo, and when, in the office's own zone.
        return_on: from when fingers that could not be taken for the time being should be.
        mark: the thumb whose print stands for the signature.
        complaints: the national numbers and the office's own.
    """

    receipt_number: str
    verification_code: str
    visit_number: str
    name: str
    masked_nik: str
    issued_at: datetime
    officer: str
    office: Office
    promise: Promise
    protocol: str
    excepted: tuple[tuple[FingerPosition, ExceptionCode], ...]
    not_captured: tuple[NotCaptured, ...]
    simulated: bool
    complaints: tuple[Complaint, ...] = NATIONAL_COMPLAINTS
    return_on: date | None = None
    approved: tuple[Accepted, datetime] | None = None
    mark: FingerPosition | None = None

    def __repr__(self) -> str:
        return f"ReceiptData({self.receipt_number})"

    @classmethod
    def of(
        cls,
        enrollment: Enrollment,
        *,
        receipt_number: str,
        issued_at: datetime,
        officer: str,
        office: Office,
        promise: Promise,
        protocol: str,
        complaints: tuple[Complaint, ...] = NATIONAL_COMPLAINTS,
    ) -> ReceiptData:
        """The receipt of a recording whose applicant is known."""
        applicant, portrait = enrollment.applicant, enrollment.accepted()
        assert applicant is not None
        approved = None
        if portrait is not None and portrait.accepted is not None and portrait.accepted_at is not None:
            approved = portrait.accepted, portrait.accepted_at.astimezone(issued_at.tzinfo)
        return cls(
            receipt_number=receipt_number,
            verification_code=verification_code(enrollment.visit_id, receipt_number),
            visit_number=enrollment.number,
            name=applicant.name,
            masked_nik=applicant.nik.masked,
            issued_at=issued_at,
            officer=officer,
            office=office,
            promise=promise,
            protocol=protocol,
            excepted=tuple((each.position, each.code) for each in enrollment.exceptions),
            not_captured=enrollment.not_captured,
            simulated=enrollment.simulated,
            complaints=complaints,
            return_on=enrollment.return_on,
            approved=approved,
            mark=enrollment.mark.position if enrollment.mark is not None else None,
        )


def verification_code(visit_id: str, receipt_number: str) -> str:
    """Eight characters that only somebody who knows the visit's random id can work out, e.g. `K7QF-2M3A`."""
    digest = hashlib.sha256(f"{visit_id}\n{receipt_number}".encode()).digest()
    code = base64.b32encode(digest)[:8].decode()
    return f"{code[:4]}-{code[4:]}"


def qr_payload(data: ReceiptData) -> str:
    """What the QR code says: the receipt's number and its code."""
    return f"{QR_PREFIX}:{data.receipt_number}:{data.verification_code}"


def receipt_pdf(data: ReceiptData) -> bytes:
    """The receipt as PDF; the same data give the same bytes."""
    sheet = Sheet("Tanda Terima Perekaman KTP-el", data.office, data.issued_at)
    y = sheet.letterhead(data.office)
    sheet.text(LEFT, y - 32, "Tanda Terima Perekaman KTP-el", 20, font=BOLD)
    sheet.text(LEFT, y - 48, f"Nomor {data.receipt_number}", 10.5, color=MUTED)
    sheet.text_right(RIGHT, y - 48, f"Kunjungan {data.visit_number}", 10.5, color=MUTED)
    ready, hours = data.promise.ready_from, data.promise.hours
    y = sheet.panel(
        y - 60,
        label="KTP-el dapat diambil mulai",
        day=wording.day(ready),
        hours=", ".join(words for words in (f"pukul {wording.clock(ready)}", hours) if words),
        place=data.promise.place,
        below="Bawa tanda terima ini. Diambil sendiri, atau oleh wakil dengan surat kuasa F-1.07.",
    )
    y = _person(sheet, y - 18, data)
    y = _recorded(sheet, y - 16, data)
    y -= 14
    sheet.rule(y)
    taken = sheet.complaints(y - 10, INNER * 0.55, data.complaints)
    _officer(sheet, y - 10, data)
    y -= taken + 22
    sheet.rule(y)
    sheet.paragraph(LEFT, y - 8, INNER, _privacy(data.office), 7.6, color=MUTED, leading=1.4, marked_up=True)
    made = f"Dibuat {wording.day(data.issued_at)} pukul {wording.clock(data.issued_at)}"
    sheet.footer(STATEMENT, data.office, made)
    return sheet.finish(simulated=data.simulated)


def _person(sheet: Sheet, top: float, data: ReceiptData) -> float:
    width = INNER - _QR_SIDE - 28
    y = top
    for label, words, font in (
        ("Nama", data.name, BOLD),
        ("NIK", data.masked_nik, BOLD),
        ("Waktu perekaman", f"{wording.day(data.issued_at)}, {wording.clock(data.issued_at)}", PLAIN),
        ("Protokol kesehatan", data.protocol, PLAIN),
    ):
        sheet.text(LEFT, y - 10, label, 9, color=MUTED)
        size = fitting(words, width - 104, 10.5, font=font)
        taken = sheet.paragraph(LEFT + 104, y, width - 104, words, size, font=font)
        y -= max(taken, 14) + 5
    sheet.qr(RIGHT - _QR_SIDE, top - _QR_SIDE, _QR_SIDE, qr_payload(data))
    sheet.text_centred(RIGHT - _QR_SIDE / 2, top - _QR_SIDE - 12, data.verification_code, 9.5, font=BOLD)
    return min(y, top - _QR_SIDE - 16)


def _recorded(sheet: Sheet, top: float, data: ReceiptData) -> float:
    sheet.rule(top)
    sheet.heading(top - 18, "Yang direkam")
    missing = {each.modality: wording.NOT_CAPTURED[each.reason] for each in data.not_captured}
    excepted = {position: wording.EXCEPTIONS[code] for position, code in data.excepted}
    unsigned, notes = missing.get("signature", ""), {}
    if data.approved is not None:
        notes["Pas foto"] = (RECORDED, wording.approval(*data.approved))
    if unsigned and data.mark is not None:
        notes["Tanda tangan"] = (wording.thumb_mark(data.mark), unsigned)
        unsigned = ""
    elif unsigned:
        unsigned = wording.NO_MARK
    taken = [("Pas foto", ""), ("Tanda tangan", unsigned), ("Iris", missing.get("iris", ""))]
    _column(sheet, LEFT, top - 38, "Wajah, tanda tangan, dan mata", taken, names=70, notes=notes)
    right = [(wording.finger(p), excepted.get(p, "")) for p in FingerPosition if p < FingerPosition.LEFT_THUMB]
    left = [(wording.finger(p), excepted.get(p, "")) for p in FingerPosition if p >= FingerPosition.LEFT_THUMB]
    _column(sheet, LEFT + 192, top - 38, "Sidik jari tangan kanan", right)
    _column(sheet, LEFT + 348, top - 38, "Sidik jari tangan kiri", left)
    if data.return_on is not None:  # in the room below the three lines of the left column
        sheet.text(LEFT, top - 38 - _ROW * 4.2, "Jari yang belum diambil direkam mulai", 8.5, color=AMBER)
        sheet.text(LEFT, top - 38 - _ROW * 4.9, wording.day(data.return_on), 8.5, font=BOLD, color=AMBER)
    return top - 38 - _ROW * 5 - 8


def _column(
    sheet: Sheet,
    x: float,
    y: float,
    title: str,
    rows: list[tuple[str, str]],
    *,
    names: float = 58,
    notes: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> None:
    """Lines with a tick where recorded, and the reason where not.

    Args:
        sheet: what to write on.
        x: where the column begins.
        y: where its title stands.
        title: above the lines.
        rows: name, and why it was not recorded or "".
        names: how wide the names are.
        notes: by the name, what was recorded and a few words on it.
    """
    sheet.text(x, y, title, 8.5, color=MUTED)
    state = x + 14 + names
    for row, (name, missing) in enumerate(rows, 1):
        line = y - _ROW * row
        sheet.tick(x, line, done=not missing)
        sheet.text(x + 14, line, name, 9.5)
        if missing:
            sheet.text(state, line + 4, "tidak direkam", 7.5, font=BOLD, color=AMBER)
            sheet.text(state, line - 4.5, f"({missing})", 7.5, color=AMBER)
        elif name in notes:
            recorded, remark = notes[name]
            sheet.text(state, line + 4, recorded, 9, color=GREEN)
            sheet.text(state, line - 4.5, remark, 7.5, color=MUTED)
        else:
            sheet.text(state, line, RECORDED, 9, color=GREEN)


def _officer(sheet: Sheet, top: float, data: ReceiptData) -> None:
    """Room for the officer's signature and the office's stamp."""
    left = LEFT + INNER * 0.62
    sheet.text(left, top - 10, "Petugas perekaman,", 9.5, color=MUTED)
    sheet.rule(top - 62, left=left)
    size = fitting(data.officer, RIGHT - left, 9.5, font=BOLD)
    sheet.paragraph(left, top - 64, RIGHT - left, data.officer, size, font=BOLD, color=INK)


def _privacy(office: Office) -> str:
    return (
        "<b>Pelindungan data pribadi (UU 27/2022).</b> Data Anda, termasuk data biometrik, diproses oleh "
        f"{escape(office.name, quote=False)} dan Direktorat Jenderal Kependudukan dan Pencatatan Sipil untuk "
        "penerbitan KTP-el dan memastikan satu orang satu identitas, atas dasar kewajiban hukum dan tugas "
        "pelayanan publik (UU 23/2006 jo. UU 24/2013). Data disegel dengan enkripsi untuk pusat data; "
        "setelah disegel, stasiun ini tidak dapat "
        "membacanya lagi. Hasil ukur suhu tubuh tidak ikut dikirim. Anda berhak meminta informasi, salinan, dan "
        "perbaikan data melalui kantor ini."
    )
