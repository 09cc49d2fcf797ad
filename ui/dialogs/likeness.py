"""Two prints that look like one finger, side by side; the officer decides."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station.domain.samples import Likeness, LikenessVerdict
from ui.dialogs.form import FormDialog
from ui.language import Text, fill
from ui.theme import tokens as t
from ui.widgets.fields import line, segments
from ui.widgets.hands import FINGERS
from ui.widgets.pictures import Picture
from ui.widgets.text import Label, column

SHAPE = QSize(280, 330)
WIDTH = 840
"""Pixels: room for the names of two fingers side by side."""
VERDICTS = {
    LikenessVerdict.RETAKE.value: Text("Ulangi {later}", "Take {later} again"),
    LikenessVerdict.RETAKE_OTHER.value: Text("Ulangi {earlier}", "Take {earlier} again"),
    LikenessVerdict.DIFFERENT.value: Text("Memang dua jari", "Two fingers indeed"),
}


def decide(parent: QWidget, likeness: Likeness, later: QImage, earlier: QImage) -> FormDialog:
    """Which of the two is taken again, or that both stay, with the reason."""
    names = {"later": FINGERS[likeness.position], "earlier": FINGERS[likeness.other]}
    verdicts = {key: fill(words, **names) for key, words in VERDICTS.items()}
    form = FormDialog(
        parent,
        "likeness",
        fill(Text("{later} mirip {earlier}", "{later} looks like {earlier}"), **names),
        Text(
            "Mungkin jari yang sama, atau tangan tertukar. Lihat kedua sidik jari bersama pemohon.",
            "Perhaps it is the same finger, or the hands were swapped. Look at both with the applicant.",
        ),
        Text("Simpan", "Save"),
        {
            "verdict": segments("verdict", Text("Keputusan", "Decision"), verdicts, quiet=True),
            "reason": line("reason", Text("Alasan bila keduanya disimpan", "Reason if both are kept"), quiet=True),
        },
        optional=("reason",),
    )
    sides = []
    for name, words, image in (("later", names["later"], later), ("earlier", names["earlier"], earlier)):
        picture = Picture(f"likeness.{name}", words, SHAPE)
        picture.setFixedSize(SHAPE)
        picture.show_image(image)
        sides.append(column(Label(words, "strong"), picture, spacing=t.GRID))
    pair = QHBoxLayout()
    pair.setSpacing(3 * t.GRID)
    for side in sides:
        side.addStretch(1)
        pair.addLayout(side, 1)
    form.setMinimumWidth(WIDTH)
    form.content.insertLayout(0, pair)
    return form
