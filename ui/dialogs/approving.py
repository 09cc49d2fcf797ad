"""The approver's questions, and attempts in large beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station.domain.officer import Officer
from station.domain.step import State
from ui.dialogs.form import FormDialog
from ui.dialogs.questions import PASSWORD
from ui.language import Text, fill, listed, same
from ui.theme import tokens as t
from ui.widgets.fields import Field, choice, line, segments
from ui.widgets.pictures import Picture
from ui.widgets.rail import STEPS
from ui.widgets.shots import USED, ShotView
from ui.widgets.text import Label, column

KEY = Text("Kunci {name}: harus sama di kantor.", "Key {name}: must be the same in the office.")
PASSPHRASE = Text("Frasa sandi berkas, minimal 14 karakter", "Passphrase of the file, at least 14 characters")
LARGE = QSize(300, 380)
MOST_WIDE = 1000
"""Pixels: what fits on the screens that are out there."""


@dataclass(frozen=True, slots=True)
class ChallengeTold:
    """What an operator reads out: number, challenge, what stands out in the recording, and the key's name."""

    number: str
    words: str
    stands_out: Text
    key: str


def _password() -> Field:
    return line("password", PASSWORD, secret=True, quiet=True)


def approve(parent: QWidget, number: str, reasons: Sequence[Text]) -> FormDialog:
    """Whoever is signed on approves one recording; what stands out in it is named once more."""
    intro = fill(Text("Catatan: {reasons}.", "Noted: {reasons}."), reasons=listed(reasons)) if reasons else None
    title = fill(Text("Setujui {number}?", "Approve {number}?"), number=number)
    return FormDialog(
        parent, "approve", title, intro, Text("Setujui dan segel", "Approve and seal"), {"password": _password()}
    )


def approve_clean(parent: QWidget, count: int) -> FormDialog:
    """All at once that nothing stands out in."""
    return FormDialog(
        parent,
        "approve_clean",
        fill(Text("Setujui {n} rekaman yang bersih?", "Approve the {n} clean recordings?"), n=count),
        Text(
            "Tidak ada catatan pada rekaman ini. Setiap rekaman dicatat sendiri atas nama Anda.",
            "Nothing stands out in them. Each is put on record by itself, in your name.",
        ),
        Text("Setujui semuanya", "Approve them all"),
        {"password": _password()},
    )


def send_back(parent: QWidget, number: str) -> FormDialog:
    """Whoever is signed on wants a capture done over."""
    steps = {s.value: STEPS[s] for s in (State.PORTRAIT, State.FINGERPRINTS, State.SIGNATURE)}
    return FormDialog(
        parent,
        "return",
        fill(
            Text("Kembalikan {number} untuk direkam ulang?", "Send {number} back to be recorded again?"), number=number
        ),
        Text("Petugas melihat alasan Anda di daftar.", "The operator sees your reason in the list."),
        Text("Kembalikan", "Send back"),
        {
            "step": segments("step", Text("Yang diulang", "To be done over"), steps, quiet=True),
            "reason": line("reason", Text("Alasan", "Reason"), quiet=True),
            "password": _password(),
        },
    )


def ask_code(parent: QWidget, number: str) -> FormDialog:
    """No approver is here: why, before a challenge is made of it."""
    return FormDialog(
        parent,
        "ask_code",
        fill(Text("Minta kode persetujuan untuk {number}?", "Ask for an approval code for {number}?"), number=number),
        Text(
            "Tanpa penyelia di sini: penyelia di kantor memberi kode lewat telepon atau radio.",
            "Without a supervisor here: one in the office gives a code by phone or radio.",
        ),
        Text("Buat tantangan", "Make the challenge"),
        {"reason": line("reason", Text("Mengapa tidak ada penyelia", "Why no supervisor is here"), quiet=True)},
    )


def redeem_code(parent: QWidget, told: ChallengeTold) -> FormDialog:
    """The challenge in large letters, to be read out; below it goes the answer."""
    form = FormDialog(
        parent,
        "redeem_code",
        Text("Bacakan kepada penyelia", "Read this to the supervisor"),
        None,
        Text("Setujui dan segel", "Approve and seal"),
        {
            "approver": line("approver", Text("ID penyelia", "The supervisor's id"), quiet=True),
            "code": line("code", Text("Kode dari penyelia, 9 angka", "Code from the supervisor, 9 digits"), quiet=True),
        },
    )
    loud = Label(same(f"{told.number}   {told.words}"), "loud")
    loud.setObjectName("redeem_code.challenge")
    form.content.insertWidget(0, loud)
    form.content.insertWidget(1, Label(told.stands_out, "body", wrap=True))
    form.content.insertWidget(2, Label(fill(KEY, name=told.key), "small"))
    return form


def answer_code(parent: QWidget, key: str) -> FormDialog:
    """What a van read out; whoever is signed on answers for it."""
    return FormDialog(
        parent,
        "answer_code",
        Text("Beri kode persetujuan kepada mobil?", "Give a van an approval code?"),
        fill(
            Text(
                "Tanyakan catatan pada rekaman itu. Kode tercatat atas nama Anda. Kunci {name}.",
                "Ask what stands out in it. The code is on record in your name. Key {name}.",
            ),
            name=key,
        ),
        Text("Buat kode", "Make the code"),
        {
            "number": line("number", Text("Nomor kunjungan", "Number of the visit"), quiet=True),
            "challenge": line("challenge", Text("Tantangan, 11 huruf dan angka", "Challenge, 11 symbols"), quiet=True),
            "password": _password(),
        },
    )


def code_given(parent: QWidget, code: str, officer: str) -> FormDialog:
    """The answer in large digits, to be read out with the approver's id."""
    dialog = FormDialog(
        parent,
        "code_given",
        Text("Bacakan kode ini", "Read this code out"),
        Text(
            "Berlaku sekali, untuk rekaman itu saja, selama tidak ada yang berubah.",
            "Good once, for that recording alone, as long as nothing changes.",
        ),
        Text("Tutup", "Close"),
    )
    loud = Label(same(f"{code[:3]} {code[3:6]} {code[6:]}"), "loud")
    loud.setObjectName("code_given.code")
    dialog.content.addWidget(loud)
    dialog.content.addWidget(Label(fill(Text("ID penyelia: {id}", "Supervisor's id: {id}"), id=officer), "lead"))
    dialog.submitted.connect(dialog.accept)
    return dialog


def share_key(parent: QWidget, key: str) -> FormDialog:
    """The office's key goes into a file for other stations."""
    ways = {"same": Text("Kunci yang ada", "The key there is"), "new": Text("Kunci baru", "A new key")}
    way = {"way": segments("way", Text("Kunci", "Key"), ways, quiet=True)} if key else {}
    told = (
        Text("Kunci sekarang {name}.", "The key now is {name}.")
        if key
        else Text("Belum ada kunci: dibuat sekarang.", "No key yet: one is made now.")
    )
    return FormDialog(
        parent,
        "share_key",
        Text("Simpan kunci kode untuk stasiun lain?", "Save the key of codes for other stations?"),
        fill(told, name=key),
        Text("Simpan ke berkas", "Save to a file"),
        {
            **way,
            "passphrase": line("passphrase", PASSPHRASE, secret=True, quiet=True),
            "password": _password(),
        },
    )


def take_key(parent: QWidget, officers: Sequence[Officer]) -> FormDialog:
    """The office's key comes from a file, as two officers see."""
    return FormDialog(
        parent,
        "take_key",
        Text("Ambil kunci kode dari berkas?", "Take the key of codes from a file?"),
        Text("Dua petugas: Anda dan seorang lagi.", "Two officers: you and another one."),
        Text("Ambil kunci", "Take the key"),
        {
            "file": line("file", Text("Berkas (.approval-key)", "File (.approval-key)"), quiet=True),
            "passphrase": line("passphrase", PASSPHRASE, secret=True, quiet=True),
            "own": line("own", Text("Kata sandi Anda", "Your password"), secret=True, quiet=True),
            "officer": choice(
                "officer", Text("Petugas kedua", "Second officer"), {o.id: same(o.name) for o in officers}, quiet=True
            ),
            "password": line("password", Text("Kata sandinya", "Their password"), secret=True, quiet=True),
        },
    )


def enlarged(parent: QWidget, shots: Sequence[ShotView]) -> FormDialog:
    """All attempts at one thing, side by side."""
    dialog = FormDialog(parent, "enlarged", shots[0].about, None, Text("Tutup", "Close"))
    wide = min(LARGE.width(), (MOST_WIDE - 6 * t.GRID) // len(shots) - 2 * t.GRID)
    size = QSize(wide, LARGE.height())
    pictures = QHBoxLayout()
    pictures.setSpacing(2 * t.GRID)
    for number, shot in enumerate(shots):
        picture = Picture(f"enlarged.{number}", shot.about, size)
        picture.setFixedSize(size)
        picture.show_image(shot.image)
        caption = fill(Text("{caption}, {used}", "{caption}, {used}"), caption=shot.caption, used=USED)
        pictures.addLayout(column(picture, Label(caption if shot.used else shot.caption, "strong"), spacing=4))
    pictures.addStretch(1)
    dialog.content.addLayout(pictures)
    dialog.setMinimumWidth(len(shots) * (wide + 2 * t.GRID) + 6 * t.GRID)
    dialog.submitted.connect(dialog.accept)
    return dialog
