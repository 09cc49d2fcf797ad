"""Words that papers share, in Indonesian: dates, zones, fingers, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition
from station.domain.history import DeferralReason
from station.domain.samples import Accepted, ExceptionCode, NotCapturedReason

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ZONES: Final[Mapping[int, str]] = MappingProxyType({7: "WIB", 8: "WITA", 9: "WIT"})
"""By hours from UTC: western, central and eastern Indonesia."""

FINGERS: Final = ("Ibu jari", "Telunjuk", "Jari tengah", "Jari manis", "Kelingking")
"""In the order of the standard's numbers; the right hand first."""
EXCEPTIONS: Final[Mapping[ExceptionCode, str]] = MappingProxyType(
    {
        ExceptionCode.AMPUTATED_PARTIAL: "jari tidak utuh",
        ExceptionCode.UNABLE_TO_PRINT: "tidak dapat diambil",
        ExceptionCode.SCARRED: "bekas luka",
    }
)
MODALITIES: Final[Mapping[str, str]] = MappingProxyType({"iris": "Iris", "signature": "Tanda tangan"})
NOT_CAPTURED: Final[Mapping[NotCapturedReason, str]] = MappingProxyType(
    {
        NotCapturedReason.NO_DEVICE: "tidak ada alat",
        NotCapturedReason.UNABLE_TO_SIGN: "tidak dapat tanda tangan",
    }
)
NO_MARK: Final = "tidak dapat, tanpa cap jari"
"""Of a signature for which no thumbprint stands."""
APPROVALS: Final[Mapping[Accepted, str]] = MappingProxyType(
    {Accepted.ON_SCREEN: "disetujui di layar", Accepted.TOLD: "disetujui lisan"}
)
DEFERRALS: Final[Mapping[DeferralReason, str]] = MappingProxyType(
    {
        DeferralReason.NOT_URGENT: (
            "Selama keadaan darurat kesehatan, perekaman dilayani untuk keperluan mendesak saja. Keperluan Anda dapat "
            "dilayani pada tanggal tersebut."
        ),
        # What was measured is health data and stays off the paper.
        DeferralReason.APPLICANT_FEVER: (
            "Pemeriksaan hari ini belum memenuhi protokol kesehatan. Kami sarankan beristirahat; datanglah kembali "
            "bila sudah sehat."
        ),
        DeferralReason.OFFICER_UNFIT: (
            "Petugas atau perlengkapan di loket ini belum memenuhi protokol kesehatan. Mohon maaf atas penundaan ini."
        ),
        DeferralReason.TOO_YOUNG: "Perekaman dapat dilakukan mulai usia 16 tahun.",
        DeferralReason.OTHER_RULE: "Ketentuan protokol kesehatan yang berlaku belum terpenuhi.",
    }
)


def day(when: date) -> str:
    """`Rabu, 22 April 2026`."""
    return f"{DAYS[when.weekday()]}, {when.day} {MONTHS[when.month - 1]} {when.year}"


def clock(when: datetime) -> str:
    """`09.00 WITA`; `when` is aware, in the office's own zone."""
    offset = when.utcoffset()
    assert offset is not None
    hours = offset.total_seconds() / 3600
    zone = ZONES.get(int(hours)) if hours == int(hours) else None
    return f"{when:%H.%M} {zone or f'UTC{when:%z}'}"


def approval(accepted: Accepted, when: datetime) -> str:
    """How the applicant approved the photo; `when` is aware, in the office's own zone."""
    return f"{APPROVALS[accepted]} {clock(when)}"


def thumb_mark(position: FingerPosition) -> str:
    """What stands for a signature: the print of a thumb, with its hand."""
    return f"cap {finger(position).lower()} {'kanan' if position is FingerPosition.RIGHT_THUMB else 'kiri'}"


def finger(position: FingerPosition) -> str:
    """The finger without its hand."""
    return FINGERS[(position - FingerPosition.RIGHT_THUMB) % len(FINGERS)]
