"""The approver's questions, and attempts in large beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station.domain.step import State
from ui.dialogs.form import FormDialog
from ui.dialogs.questions import PASSWORD
from ui.language import Text, fill, listed
from ui.theme import tokens as t
from ui.widgets.fields import Field, line, segments
from ui.widgets.pictures import Picture
from ui.widgets.rail import STEPS
from ui.widgets.shots import USED, ShotView
from ui.widgets.text import Label, column

LARGE = QSize(300, 380)
MOST_WIDE = 1000
"""Pixels: what fits on the screens that are out there."""


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
