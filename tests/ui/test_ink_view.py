"""Live ink kept as pixels: a piece paints its own place alone, other ink or size begins anew, and all is forgotten."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QImage, QPaintEvent
from pytestqt.qtbot import QtBot

from devices.signature_pad import PadGeometry, PenSample
from devices.simulation.stroke import signature, to_counts
from ui.widgets.ink import InkView

PAD = PadGeometry(0, 0, 9600, 4799, 2540, 1023)
INK = [
    PenSample(each.x, each.y, each.pressure, down=each.down, time_ms=round(1000 * each.time_s))
    for each in to_counts(signature(7), (0, 0, 9600, 4799))
]


class Watched(InkView):
    """Notes what each paint was asked to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[QRect] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self.painted.append(QRect(event.rect()))
        super().paintEvent(event)


@pytest.fixture
def view(qtbot: QtBot) -> Watched:
    made = Watched()
    qtbot.addWidget(made)
    made.resize(640, 340)
    with qtbot.waitExposed(made):
        made.show()
    return made


def seen(view: InkView) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width()].copy()


def test_a_new_piece_paints_its_own_place_alone(view: Watched, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(view.painted))
    view.painted.clear()
    view.show_ink(tuple(INK[:60]), PAD)
    qtbot.waitUntil(lambda: bool(view.painted))
    view.painted.clear()
    view.show_ink(tuple(INK[:63]), PAD)
    qtbot.waitUntil(lambda: bool(view.painted))
    assert view.painted[0].width() * view.painted[0].height() < 0.05 * view.width() * view.height()


def test_other_ink_replaces_what_stood(view: Watched) -> None:
    view.show_ink(tuple(INK[:60]), PAD)
    view.show_ink(tuple(INK[100:200]), PAD)
    replaced = seen(view)
    view.show_ink((), None)
    view.show_ink(tuple(INK[100:200]), PAD)
    assert (replaced == seen(view)).all()


def test_ink_follows_the_widgets_size(view: Watched) -> None:
    view.show_ink(tuple(INK), PAD)
    small = (seen(view) < 128).sum()
    view.resize(QSize(1280, 680))
    assert (seen(view) < 128).sum() > 1.5 * small


def test_no_pixel_of_a_signature_is_kept_once_it_is_forgotten(view: Watched) -> None:
    view.show_ink(tuple(INK), PAD)
    view.show_ink((), PAD)
    assert view._canvas is None
    view.changeEvent(QEvent(QEvent.Type.LocaleChange))
    assert (seen(view) < 60).sum() == 0
