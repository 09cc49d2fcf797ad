"""What a supervisor answers for: a citizen's report, an incident, a record to be erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from station.domain.erasure import ErasureReason
from station.domain.incident import IncidentKind
from station.domain.officer import Officer
from ui.dialogs.form import FormDialog
from ui.dialogs.panel import PanelDialog
from ui.dialogs.questions import PASSWORD, second_officer
from ui.language import Text
from ui.widgets.fields import Field, choice, line
from ui.widgets.text import Button, Label, row

TITLE: Final = Text("Data pribadi", "Personal data")
FOLDER: Final = Text("Simpan di folder", "Save in folder")
REASONS: Final[Mapping[str, Text]] = {
    ErasureReason.SUBJECT_REQUEST: Text("Diminta pemilik data", "The person asked for it"),
    ErasureReason.WRONG_PERSON: Text("Orang yang salah", "The wrong person"),
    ErasureReason.RECORDED_TWICE: Text("Terekam dua kali", "Recorded twice"),
    ErasureReason.ORDERED: Text("Perintah pengadilan atau lembaga", "Ordered by a court or the authority"),
}
KINDS: Final[Mapping[str, Text]] = {
    IncidentKind.LOST_DEVICE: Text("Perangkat hilang atau dicuri", "A device was lost or stolen"),
    IncidentKind.UNAUTHORISED_ACCESS: Text("Akses oleh yang tidak berhak", "Access by somebody unauthorised"),
    IncidentKind.DISCLOSED: Text("Data terungkap", "Data were disclosed"),
    IncidentKind.ALTERED: Text("Data diubah tanpa hak", "Data were altered"),
    IncidentKind.UNAVAILABLE: Text("Data tidak tersedia atau musnah", "Data are unavailable or destroyed"),
}
PACKET_LOST: Final[Mapping[str, Text]] = {
    "no": Text("Hanya bila pusat sudah menerimanya", "Only if the centre has it"),
    "yes": Text("Hapus juga, paket hilang", "Erase all the same, it is lost"),
}


class Act(StrEnum):
    """What is asked for."""

    REPORT = "report"
    INCIDENT = "incident"
    ERASE = "erase"


_OFFERED: Final[Mapping[Act, tuple[Text, Text]]] = {
    Act.REPORT: (
        Text("&Laporan untuk warga …", "&Report to a citizen …"),
        Text(
            "Semua yang disimpan tentang satu orang, siapa melihatnya, dan ke mana.",
            "Everything held on one person, who saw it, and where it went.",
        ),
    ),
    Act.INCIDENT: (
        Text("Laporan &insiden …", "&Incident …"),
        Text(
            "Data bocor, hilang atau berubah: beri tahu dalam 3 x 24 jam.",
            "Data leaked, lost or altered: to be told within 72 hours.",
        ),
    ),
    Act.ERASE: (
        Text("&Hapus data …", "&Erase a record …"),
        Text("Untuk selamanya, oleh dua petugas. Nomor tetap ada.", "For good, by two officers. The number stays."),
    ),
}


class AnswersDialog(PanelDialog):
    """Passive: a button for each."""

    asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "answers", TITLE, width=760)
        for act, (words, about) in _OFFERED.items():
            button = Button(words, f"answers.{act.value}", "danger" if act is Act.ERASE else "secondary")
            button.setFixedWidth(240)
            button.clicked.connect(lambda _=False, act=act: self.asked.emit(act.value))
            self.content.addLayout(row(button, Label(about, "body", wrap=True), spacing=24))


def report(parent: QWidget, folder: str) -> FormDialog:
    """Whose report."""
    fields = {
        "who": line("who", Text("NIK, atau nomor tanda terima", "NIK, or receipt number")),
        "folder": _folder(folder),
    }
    return FormDialog(
        parent,
        "report",
        Text("Laporan untuk warga", "Report to a citizen"),
        Text("Pastikan yang meminta adalah pemilik datanya.", "Make sure that it is the person who asks."),
        Text("Buat laporan", "Make the report"),
        fields,
    )


def incident(parent: QWidget, noticed: str, folder: str) -> FormDialog:
    """What happened, and whose data; times as `13-04-2020 09.30`."""
    fields = {
        "kind": choice("kind", Text("Kejadian", "What happened"), KINDS, quiet=True),
        "began": line("began", Text("Sejak (13-04-2020 09.30)", "Since (13-04-2020 09.30)"), quiet=True),
        "noticed": line("noticed", Text("Diketahui", "Noticed"), quiet=True),
        "what": line("what", Text("Bagaimana terjadi", "How it happened"), quiet=True),
        "done": line("done", Text("Yang sudah dilakukan", "What was done"), quiet=True),
        "visits": line(
            "visits", Text("Nomor tanda terima (kosong = semua)", "Receipt numbers (empty = all)"), quiet=True
        ),
        "folder": _folder(folder),
    }
    fields["noticed"].fill(noticed)
    return FormDialog(
        parent,
        "incident",
        Text("Laporan insiden", "Incident"),
        None,
        Text("Buat laporan", "Make the pack"),
        fields,
        optional={"visits"},
    )


def erase(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """Which record, why, and who stands for it too."""
    fields = {
        "visit": line("visit", Text("Nomor tanda terima", "Receipt number")),
        "reason": choice("reason", Text("Alasan", "Reason"), REASONS),
        "packet": choice("packet", Text("Paket untuk pusat data", "Packet for the centre"), PACKET_LOST),
        "officer": second_officer(officers),
        "password": line("password", PASSWORD, secret=True, quiet=True),
    }
    fields["packet"].fill("no")
    return FormDialog(
        parent,
        "erase",
        Text("Hapus data kunjungan", "Erase a record"),
        Text("Tidak dapat dibatalkan.", "This cannot be undone."),
        Text("Hapus untuk selamanya", "Erase for good"),
        fields,
        danger=True,
    )


def _folder(folder: str) -> Field:
    field = line("folder", FOLDER, quiet=True)
    field.fill(folder)
    return field
