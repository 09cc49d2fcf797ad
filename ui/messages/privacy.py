"""What the record can say when it is read, erased, or told to somebody outside."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ui.language import Text as T  # noqa: N817 - as in the other tables

PRIVACY: Final = MappingProxyType(
    {
        "visit.erased": T("Data kunjungan ini sudah dihapus.", "This visit's record was erased."),
        "erasure.reason_missing": T("Pilih alasan penghapusan.", "Choose why it is erased."),
        "erasure.at_counter": T("Kunjungan masih dikerjakan.", "Somebody still works on this visit."),
        "erasure.not_acknowledged": T(
            "Pusat data belum menyatakan menerima paketnya.", "The centre has not said that it has the packet."
        ),
        "access.no_nik": T("NIK itu tidak benar.", "That is no NIK."),
        "incident.in_future": T("Waktu diketahui ada di masa depan.", "It was noticed at a time to come."),
        "incident.not_told": T(
            "Tulis waktu seperti 13-04-2020 09.30, dan apa yang terjadi.",
            "Write times as 13-04-2020 09.30, and what happened.",
        ),
        "incident.nobody_chosen": T("Pilih data siapa yang terdampak.", "Choose whose data it is about."),
        "acknowledgement.absent": T("Berkas tanda terima pusat tidak terbaca.", "The centre's file cannot be read."),
        "acknowledgement.forged": T("Bukan tanda tangan pusat data.", "The centre did not sign this file."),
        "acknowledgement.unreadable": T("Isi tanda terima pusat tidak dikenal.", "The centre's file says nothing."),
        "acknowledgement.other_station": T("Berkas ini untuk stasiun lain.", "This file is for another station."),
        "acknowledgement.unfit": T(
            "Sertifikat pusat tidak untuk tanda tangan.", "The centre's certificate may not sign."
        ),
        "paper.no_lines": T("Tidak ada catatan audit pada hari itu.", "No audit line was written on these days."),
    }
)
