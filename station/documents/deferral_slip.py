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
    PLAIN,
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
    y = sheet.panel(
        y - 62, label="Silakan datang kembali pada", day=wording.day(data.proposed), hours=data.hours, place=data.place
    )
    y -= 22
    for label, words, font in (
        ("Nama", data.name, BOLD),
        ("NIK", data.masked_nik, BOLD),
        ("Alasan", wording.DEFERRALS[data.reason], PLAIN),
        ("Protokol kesehatan", data.protocol, PLAIN),
        ("Petugas", data.officer, PLAIN),
    ):
        if words:
            sheet.text(LEFT, y - 10, label, 9, color=MUTED)
            y -= max(sheet.paragraph(LEFT + 104, y, INNER - 104, words, 10.5, font=font), 14) + 7
    y -= 8
    sheet.rule(y)
    sheet.heading(y - 20, "Saat datang kembali")
    y -= 26
    for words in _advice(data):
        sheet.text(LEFT + 2, y - 12, "•", 10, color=NAVY)
        y -= sheet.paragraph(LEFT + 14, y - 2, INNER - 14, words, 10) + 4
    y -= 14
    sheet.rule(y)
    sheet.complaints(y - 10, INNER, data.complaints)
    made = f"Dibuat {wording.day(data.issued_at)} pukul {wording.clock(data.issued_at)}"
    sheet.footer(STATEMENT, data.office, made)
    return sheet.finish(simulated=data.simulated)


def _advice(data: DeferralData) -> list[str]:
    """What to bring and to know, as far as the reason makes it matter."""
    found = [
        f"Sebutkan nomor kunjungan {data.visit_number}.",
        "Bawa fotokopi kartu keluarga. Tidak perlu surat pengantar RT/RW.",
    ]
    if data.reason is not DeferralReason.TOO_YOUNG:
        found.append("Pakai masker dan cuci tangan sebelum masuk.")
    if data.reason is DeferralReason.NOT_URGENT:
        found.append(
            "Bila keperluan Anda mendesak (sekolah, TNI/Polri, rumah sakit, BPJS), bawa buktinya agar didahulukan."
        )
    return found
