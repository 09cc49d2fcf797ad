"""The slip of a visit that was put off: why, until when, and that nothing has to be done over. One A4 page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from station.documents import wording
from station.documents.page import (
    BOLD,
    INNER,
    LEFT,
    MUTED,
    NATIONAL_COMPLAINTS,
    NAVY,
    RIGHT,
    TINT,
    Complaint,
    Office,
    Sheet,
)
from station.domain.enrollment import Enrollment
from station.domain.history import DeferralReason

STATEMENT: Final = "Bukan dokumen kependudukan. Kunjungan Anda tersimpan, tidak dibatalkan."


@dataclass(frozen=True, slots=True)
class DeferralData:
    """What stands on a deferral slip. `repr` shows neither name nor NIK.

    Attributes:
        visit_number: what the applicant says on return.
        name: "" while nobody was identified.
        masked_nik: never the whole one; "" while nobody was identified.
        proposed: the day on which to come back.
        place: where to come.
        hours: when on that day, in words; may be "".
        issued_at: aware, in the office's own zone.
        officer: name of who put it off.
        protocol: the health protocol's title, in Indonesian.
        simulated: whether the station runs on simulators.
    """

    visit_number: str
    name: str
    masked_nik: str
    reason: DeferralReason
    proposed: date
    place: str
    hours: str
    issued_at: datetime
    officer: str
    office: Office
    protocol: str
    simulated: bool
    complaints: tuple[Complaint, ...] = NATIONAL_COMPLAINTS

    def __repr__(self) -> str:
        return f"DeferralData({self.visit_number}, {self.reason.value})"

    @classmethod
    def of(
        cls,
        enrollment: Enrollment,
        *,
        place: str,
        hours: str,
        issued_at: datetime,
        officer: str,
        office: Office,
        protocol: str,
        simulated: bool,
        complaints: tuple[Complaint, ...] = NATIONAL_COMPLAINTS,
    ) -> DeferralData:
        """The slip of a recording that stands deferred."""
        deferred, applicant = enrollment.deferred, enrollment.applicant
        assert deferred is not None
        return cls(
            visit_number=enrollment.number,
            name=applicant.name if applicant else "",
            masked_nik=applicant.nik.masked if applicant else "",
            reason=deferred.reason,
            proposed=deferred.proposed,
            place=place,
            hours=hours,
            issued_at=issued_at,
            officer=officer,
            office=office,
            protocol=protocol,
            simulated=simulated,
            complaints=complaints,
        )


def deferral_pdf(data: DeferralData) -> bytes:
    """The slip as PDF; the same data give the same bytes."""
    sheet = Sheet("Surat Penundaan Perekaman KTP-el", data.office, data.issued_at)
    y = sheet.letterhead(data.office)
    sheet.text(LEFT, y - 32, "Penundaan Perekaman KTP-el", 20, font=BOLD)
    sheet.text(LEFT, y - 48, f"Kunjungan {data.visit_number}", 10.5, color=MUTED)
    y = _return(sheet, y - 62, data)
    y -= 22
    for label, words in (
        ("Nama", data.name),
        ("NIK", data.masked_nik),
        ("Alasan", wording.DEFERRALS[data.reason]),
        ("Protokol kesehatan", data.protocol),
        ("Petugas", data.officer),
    ):
        if words:
            sheet.text(LEFT, y - 10, label, 9, color=MUTED)
            y -= max(sheet.paragraph(LEFT + 104, y, INNER - 104, words, 10.5), 14) + 7
    y -= 8
    sheet.rule(y)
    sheet.heading(y - 20, "Saat datang kembali")
    y -= 26
    for words in (
        f"Sebutkan nomor kunjungan {data.visit_number}. Data yang sudah dibacakan tidak perlu diulang.",
        "Bawa fotokopi kartu keluarga. Tidak perlu surat pengantar RT/RW.",
        "Pakai masker dan cuci tangan sebelum masuk.",
        "Bila keperluan Anda mendesak (sekolah, TNI/Polri, rumah sakit, BPJS), bawa buktinya agar didahulukan.",
    ):
        sheet.text(LEFT + 2, y - 12, "•", 10, color=NAVY)
        y -= sheet.paragraph(LEFT + 14, y - 2, INNER - 14, words, 10) + 4
    y -= 14
    sheet.rule(y)
    sheet.complaints(y - 10, INNER, data.complaints)
    made = f"Dibuat {wording.day(data.issued_at)} pukul {wording.clock(data.issued_at)}"
    sheet.footer(STATEMENT, data.office, made)
    return sheet.finish(simulated=data.simulated)


def _return(sheet: Sheet, top: float, data: DeferralData) -> float:
    """The largest words of the page: when and where to come back."""
    height = 92.0
    sheet.area(LEFT, top - height, INNER, height, TINT, radius=4)
    sheet.area(LEFT, top - height, 5, height, NAVY)
    x = LEFT + 20
    sheet.text(x, top - 20, "Silakan datang kembali pada", 9.5, color=MUTED)
    sheet.text(x, top - 44, wording.day(data.proposed), 22, font=BOLD, color=NAVY)
    if data.hours:
        sheet.text_right(RIGHT - 16, top - 44, data.hours, 10.5)
    sheet.paragraph(x, top - 54, INNER - 40, data.place, 12.5, font=BOLD, leading=1.2)
    return top - height
