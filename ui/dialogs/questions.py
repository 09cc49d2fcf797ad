"""The station's questions, each as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from devices.positions import FingerPosition
from protocols.schema import ProtocolDefinition
from station.domain.history import EndReason, ParkReason
from station.domain.officer import Officer
from station.domain.samples import ExceptionCode
from station.domain.step import State
from station.services.packet_round import PacketFinding
from ui.dialogs.form import FormDialog
from ui.language import Text, fill, same
from ui.messages import sentence_for
from ui.widgets.fields import Field, choice, line, segments
from ui.widgets.hands import FINGERS
from ui.widgets.rail import STEPS
from ui.widgets.text import Label, row

PARK_REASONS: Mapping[str, Text] = {
    ParkReason.SECOND_READING: Text("Menunggu ukur suhu kedua", "Waiting for the second reading"),
    ParkReason.APPROVER_ABSENT: Text("Penyetuju tidak di tempat", "The approver is away"),
    ParkReason.OFFICER_CHANGE: Text("Ganti petugas", "Change of officer"),
    ParkReason.DEVICE_BROKEN: Text("Perangkat rusak", "A device is broken"),
    ParkReason.ANOTHER_DAY: Text("Dilanjutkan hari lain", "To go on another day"),
}
END_REASONS: Mapping[str, Text] = {
    EndReason.APPLICANT_LEFT: Text("Pemohon pergi", "The applicant left"),
    EndReason.WRONG_PERSON: Text("Orang yang salah", "The wrong person"),
    EndReason.ALREADY_RECORDED: Text("Sudah pernah direkam", "Recorded before"),
    EndReason.ENTERED_BY_MISTAKE: Text("Salah buat kunjungan", "Opened by mistake"),
}
EXCEPTION_CODES: Mapping[str, Text] = {
    ExceptionCode.AMPUTATED_PARTIAL: Text("Jari tidak ada atau tidak utuh", "Missing or partly missing"),
    ExceptionCode.UNABLE_TO_PRINT: Text("Tidak dapat diambil (dibalut, luka)", "Cannot be taken (bandaged, hurt)"),
    ExceptionCode.SCARRED: Text("Bekas luka menutup sidik jari", "Scars cover the print"),
}
LINE_COUNTS = Text(
    "Satu garis pun dihitung sebagai tanda tangan. {instead}", "Even a line counts as a signature. {instead}"
)
LISTED = 6
"""Files that a question has room for."""
PASSWORD = Text("Kata sandi", "Password")


def second_officer(officers: Sequence[Officer], label: Text | None = None) -> Field:
    """Who stands for it too."""
    labels = {each.id: same(each.name) for each in officers}
    field = choice("officer", label or Text("Petugas kedua", "Second officer"), labels, quiet=True)
    if len(labels) == 1:
        field.fill(next(iter(labels)))  # there is nobody else to choose
    return field


def _password() -> Field:
    return line("password", PASSWORD, secret=True, quiet=True)


def _signature(officers: Sequence[Officer]) -> dict[str, Field]:
    return {"officer": second_officer(officers), "password": _password()}


def park(parent: QWidget) -> FormDialog:
    """Why the visit waits."""
    return FormDialog(
        parent,
        "park",
        Text("Titipkan kunjungan ini?", "Park this visit?"),
        Text(
            "Semua yang sudah diambil tersimpan. Dilanjutkan nanti dari daftar, setelah periksa kesehatan.",
            "Everything taken is kept. It goes on later from the list, after screening.",
        ),
        Text("Titipkan", "Park"),
        {"reason": choice("reason", Text("Alasan", "Reason"), PARK_REASONS)},
    )


def cancel(parent: QWidget) -> FormDialog:
    """Why the visit ends without a recording."""
    return FormDialog(
        parent,
        "cancel",
        Text("Batalkan kunjungan ini?", "Cancel this visit?"),
        Text(
            "Foto, sidik jari dan tanda tangan yang sudah diambil dihapus. Ini tidak dapat dikembalikan.",
            "Portrait, prints and signature taken so far are destroyed. This cannot be undone.",
        ),
        Text("Batalkan kunjungan", "Cancel the visit"),
        {"reason": choice("reason", Text("Alasan", "Reason"), END_REASONS)},
        danger=True,
    )


def approver(parent: QWidget, officers: Sequence[Officer], what: Text) -> FormDialog:
    """Who approves the urgency, by password."""
    fields = {"officer": second_officer(officers, Text("Penyetuju", "Approver")), "password": _password()}
    return FormDialog(parent, "approver", what, None, Text("Setujui", "Approve"), fields)


def force_portrait(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """A supervisor lets a portrait pass."""
    fields = {"reason": line("reason", Text("Alasan", "Reason"), quiet=True), **_signature(officers)}
    return FormDialog(
        parent,
        "force",
        Text("Pakai foto ini walau belum memenuhi syarat?", "Use this portrait in spite of its hints?"),
        Text("Nama penyelia dicatat di paket.", "The supervisor's name is kept in the packet."),
        Text("Pakai foto ini", "Use this portrait"),
        fields,
    )


def hand_over_again(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """A supervisor lets another card be given for a recording."""
    fields = {"reason": line("reason", Text("Alasan", "Reason"), quiet=True), **_signature(officers)}
    return FormDialog(
        parent,
        "hand_over_again",
        Text("Serahkan kartu lain untuk rekaman ini?", "Hand another card over for this recording?"),
        Text("Sudah ada kartu yang diserahkan. Nama penyelia dicatat.", "One was given. The supervisor is on record."),
        Text("Serahkan", "Hand over"),
        fields,
    )


def more_portraits(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """A supervisor lets more portraits be taken."""
    fields = {"reason": line("reason", Text("Alasan", "Reason"), quiet=True), **_signature(officers)}
    return FormDialog(
        parent,
        "more",
        Text("Ambil foto lagi?", "Take more portraits?"),
        Text("Foto yang sudah diambil tetap tersimpan dan dapat dipilih.", "Those taken are kept and can be chosen."),
        Text("Izinkan", "Allow"),
        fields,
    )


def except_finger(parent: QWidget, position: FingerPosition, officers: Sequence[Officer]) -> FormDialog:
    """Why a finger is not taken."""
    permanent = {"yes": Text("Tetap", "For good"), "no": Text("Sementara", "For a time")}
    fields = {
        "code": choice("code", Text("Sebab", "Cause"), EXCEPTION_CODES, quiet=True),
        "permanent": segments("permanent", Text("Keadaan", "Condition"), permanent, quiet=True),
        "reason": line("reason", Text("Keterangan", "Reason in words"), quiet=True),
        **_signature(officers),
    }
    return FormDialog(
        parent,
        "exception",
        fill(Text("Kecualikan {finger}?", "Except {finger}?"), finger=FINGERS[position]),
        None,
        Text("Kecualikan", "Except"),
        fields,
    )


def cannot_sign(parent: QWidget, officers: Sequence[Officer], instead: Text) -> FormDialog:
    """A second officer confirms that the applicant cannot sign; `instead`: what stands in its place."""
    return FormDialog(
        parent,
        "cannot_sign",
        Text("Pemohon tidak dapat menandatangani?", "The applicant cannot sign?"),
        fill(LINE_COUNTS, instead=instead),
        Text("Benar, tidak dapat", "That is so"),
        _signature(officers),
    )


def correct(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """A second officer has looked at what is put right."""
    return FormDialog(
        parent,
        "correct",
        Text("Simpan perbaikan biodata?", "Save the corrected biodata?"),
        Text("Petugas kedua melihat dokumen aslinya.", "The second officer looks at the original document."),
        Text("Simpan perbaikan", "Save the correction"),
        _signature(officers),
    )


def approve_here(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """A supervisor who stands at the operator's counter approves."""
    fields = {"officer": second_officer(officers, Text("Penyelia", "Supervisor")), "password": _password()}
    title = Text("Setujui rekaman ini?", "Approve this recording?")
    intro = Text("Penyelia yang tidak ikut merekam.", "A supervisor who captured nothing of it.")
    return FormDialog(parent, "approve_here", title, intro, Text("Setujui dan segel", "Approve and seal"), fields)


def send_back(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """The approver wants a capture done over."""
    steps = {s.value: STEPS[s] for s in (State.PORTRAIT, State.FINGERPRINTS, State.SIGNATURE)}
    fields = {
        "step": segments("step", Text("Yang diulang", "To be done over"), steps, quiet=True),
        "reason": line("reason", Text("Alasan", "Reason"), quiet=True),
        "officer": second_officer(officers, Text("Penyelia", "Supervisor")),
        "password": _password(),
    }
    title = Text("Kembalikan rekaman ini?", "Send this recording back?")
    return FormDialog(parent, "send_back", title, None, Text("Kembalikan", "Send back"), fields)


def decide_protocol(
    parent: QWidget, protocols: Sequence[ProtocolDefinition], officers: Sequence[Officer]
) -> FormDialog:
    """Which health protocol is in force from now on."""
    labels = {each.ref.id: each.title for each in protocols}
    fields = {
        "protocol": choice("protocol", Text("Protokol", "Protocol"), labels, quiet=True),
        "reason": line("reason", Text("Dasar keputusan (nomor surat)", "Ground (number of the order)"), quiet=True),
        **_signature(officers),
    }
    return FormDialog(
        parent,
        "decide_protocol",
        Text("Tetapkan protokol kesehatan", "Decide the health protocol"),
        Text(
            "Berlaku untuk semua kunjungan sejak sekarang. Diputuskan dua penyelia; tercatat di setiap paket.",
            "In force for every visit from now on. Two supervisors decide; kept in every packet.",
        ),
        Text("Tetapkan", "Put in force"),
        fields,
    )


def keys(parent: QWidget) -> FormDialog:
    """What the keyboard does."""
    lines = (
        ("Enter", Text("tombol utama layar ini", "this screen's main button")),
        ("Esc", Text("kembali", "back")),
        ("Tab", Text("ke isian berikutnya", "to the next field")),
        (
            Text("Spasi", "Space"),
            Text("tekan tombol terpilih; ambil foto", "press the button in focus; take the portrait"),
        ),
        ("F1", Text("bantuan ini", "this help")),
        ("F2", Text("ganti bahasa", "switch language")),
        ("F4", Text("titipkan kunjungan", "park the visit")),
        ("F9", Text("petugas keluar", "officer signs off")),
        (Text("Alt + huruf bergaris", "Alt + underlined letter"), Text("tekan tombol itu", "press that button")),
    )
    form = FormDialog(parent, "keys", Text("Tombol papan ketik", "Keys"), None, Text("Tutup", "Close"))
    for key, what in lines:
        name = Label(key if isinstance(key, Text) else same(key), "strong")
        name.setMinimumWidth(190)
        form.content.addLayout(row(name, Label(what), 1))
    form.submitted.connect(form.accept)
    return form


def wrong_packets(parent: QWidget, findings: Sequence[PacketFinding]) -> FormDialog:
    """Which files of packets are not as they should be, and what can be done."""
    form = FormDialog(
        parent,
        "wrong_packets",
        Text("Berkas paket bermasalah", "Packet files that are not well"),
        Text(
            "Rekaman yang sudah disegel tidak dapat disegel lagi: foto dan sidik jarinya sudah dihapus. "
            "Cadangan yang memuat berkasnya memulihkannya. Tidak ada yang dihapus di sini.",
            "A sealed recording cannot be sealed again: its portrait and prints are gone. "
            "A backup that has the file brings it back. Nothing is deleted here.",
        ),
        Text("Ambil dari cadangan …", "Take from a backup …"),
    )
    for each in findings[:LISTED]:
        line_ = fill(same("{file}\n{fault}"), file=each.file, fault=sentence_for(each.fault))
        form.content.addWidget(Label(line_, "body", wrap=True))
    if len(findings) > LISTED:
        form.content.addWidget(Label(fill(Text("dan {n} lagi", "and {n} more"), n=len(findings) - LISTED), "soft"))
    return form
