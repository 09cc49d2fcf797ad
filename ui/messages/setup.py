"""What can be wrong while a station is set up, told at the field."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ui.language import Text as T  # noqa: N817 - as in the other tables

SETUP: Final = MappingProxyType(
    {
        "setup.wrong": T("Ada yang perlu diperbaiki.", "Something needs to be corrected."),
        "setup.missing": T("Wajib diisi.", "This is required."),
        "setup.choose": T("Pilih satu.", "Choose one."),
        "setup.too_long": T("Terlalu panjang.", "Too long."),
        "setup.invalid": T("Isian tidak dapat dipakai.", "This cannot be used."),
        "setup.code": T(
            "2 sampai 24 huruf besar, angka atau tanda hubung.", "2 to 24 capital letters, digits or hyphens."
        ),
        "setup.days": T("Angka 1 sampai 30.", "A number from 1 to 30."),
        "setup.clock": T("Jam dan menit, misalnya 08.00.", "Hour and minute, such as 08:00."),
        "setup.hours": T("Harus sesudah jam buka.", "Must be later than the opening."),
        "setup.certificate_unreadable": T(
            "Tidak ada sertifikat di berkas ini.", "There is no certificate in this file."
        ),
        "setup.certificate_unfit": T(
            "Sertifikat ini tidak boleh untuk menyandikan data.", "This certificate is not one to encrypt for."
        ),
        "setup.certificate_expired": T("Masa berlaku sertifikat ini habis.", "This certificate has expired."),
        "setup.certificate_not_yet": T("Sertifikat ini belum berlaku.", "This certificate is not valid yet."),
        "setup.certificate_practice": T("Sertifikat ini untuk latihan.", "This certificate is for practice."),
        "setup.differs": T("Kedua ketikan tidak sama.", "The two are not the same."),
        "setup.unprotected": T(
            "Nyatakan dahulu bahwa Anda tahu kunci tidak terlindung.",
            "Say first that you know the keys are unprotected.",
        ),
        "setup.not_absolute": T("Tulis folder lengkap dari akarnya.", "Write the whole path of the folder."),
        "setup.data_there": T("Folder ini sudah berisi data stasiun.", "This folder holds a station's data already."),
        "setup.folder": T("Folder ini tidak dapat ditulis.", "This folder cannot be written."),
        "setup.no_device": T(
            "Pilih sedikitnya satu perangkat; tanpa itu stasiun hanya berlatih.",
            "Choose one device at least; without any, the station only practises.",
        ),
        "setup.place": T("Pilih tempat alat ini terhubung.", "Choose where it is connected."),
        "setup.untried": T("Coba dahulu, atau kosongkan.", "Try it first, or leave it out."),
        "setup.test_failed": T("Uji diri gagal: {check}.", "The self-test failed: {check}."),
        "setup.exists": T("Berkas itu sudah ada dan tidak ditimpa.", "That file exists, and is not written over."),
    }
)
