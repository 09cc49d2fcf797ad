"""The sheet as a pad: pen, finger and mouse on the ink view, as the window system tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QInputDevice, QPixmap, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from devices.signature_pad import PenSample
from devices.signature_pad.pointer import PointerPad
from devices.signature_pad.sheet import Phase, PointerEvent, Sheet
from devices.simulation.stroke import signature, to_counts
from tests.support.counter import Counter
from ui.app import application
from ui.widgets.ink import InkView

Capability = QInputDevice.Capability
HELD = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton
GEOMETRY = PointerPad("signature_pad", Counter().gate, Sheet()).geometry


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[InkView]:
    """Open to a pad, in the sheet's own proportion."""
    application()
    made = InkView()
    made.resize(724, 304)  # the sheet is 720 x 300, two pixels inside
    made.show_ink((), GEOMETRY)
    made.be_pad(True)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def told(view: InkView) -> list[PointerEvent]:
    """What the sheet has told."""
    heard: list[PointerEvent] = []
    view.drawn.connect(heard.append)
    return heard


def stylus(*, pressure: bool = True) -> QPointingDevice:
    capabilities = Capability.Position | Capability.Hover
    if pressure:
        capabilities |= Capability.Pressure
    kind, tip = QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen
    return QPointingDevice("pen display", 77, kind, tip, capabilities, 1, 2)


def tablet(
    view: InkView, device: QPointingDevice, kind: QEvent.Type, at: QPointF, pressure: float, *, stamp: int = 1
) -> QTabletEvent:
    """Send one event; a pen that moves without pressure hovers."""
    button = NONE if kind == QEvent.Type.TabletMove else HELD
    buttons = HELD if kind == QEvent.Type.TabletPress or pressure else NONE
    shift = Qt.KeyboardModifier.NoModifier
    event = QTabletEvent(
        kind, device, at, view.mapToGlobal(at), pressure, 0.0, 0.0, 0.0, 0.0, 0.0, shift, button, buttons
    )
    event.setTimestamp(stamp)
    QApplication.sendEvent(view, event)
    return event


def test_a_pen_hovers_presses_drags_and_lifts_with_its_pressure_and_its_time(
    view: InkView, told: list[PointerEvent]
) -> None:
    pen, t = stylus(), QEvent.Type
    tablet(view, pen, t.TabletMove, QPointF(74, 52), 0.0, stamp=9000)
    tablet(view, pen, t.TabletPress, QPointF(146, 152), 0.25, stamp=9008)
    tablet(view, pen, t.TabletMove, QPointF(362, 152), 0.75, stamp=9016)
    last = tablet(view, pen, t.TabletRelease, QPointF(362, 227), 0.0, stamp=9024)
    assert told == [
        PointerEvent(0.1, 1 / 6, 0.0, Phase.HOVER, 9000, told[0].pointer, stylus=True),
        PointerEvent(0.2, 0.5, 0.25, Phase.PRESS, 9008, told[0].pointer, stylus=True),
        PointerEvent(0.5, 0.5, 0.75, Phase.DRAG, 9016, told[0].pointer, stylus=True),
        PointerEvent(0.5, 0.75, 0.0, Phase.LIFT, 9024, told[0].pointer, stylus=True),
    ]
    assert last.isAccepted()  # else it would come again as a mouse


def test_a_pen_without_pressure_presses_wholly(view: InkView, told: list[PointerEvent]) -> None:
    tablet(view, stylus(pressure=False), QEvent.Type.TabletPress, QPointF(146, 152), 0.0, stamp=1)
    assert [each.pressure for each in told] == [1.0]


def test_a_mouse_draws_with_its_main_button_alone(view: InkView, told: list[PointerEvent]) -> None:
    QTest.mouseMove(view, QPoint(100, 100))
    QTest.mousePress(view, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    assert told == []
    QTest.mousePress(view, HELD, pos=QPoint(146, 152))
    QTest.mouseMove(view, QPoint(362, 152))
    QTest.mouseRelease(view, HELD, pos=QPoint(362, 152))
    assert [(each.phase, each.x, each.pressure, each.stylus) for each in told] == [
        (Phase.PRESS, 0.2, 1.0, False),
        (Phase.DRAG, 0.5, 1.0, False),
        (Phase.LIFT, 0.5, 1.0, False),
    ]
    assert all(each.time_ms for each in told)


def test_fingers_are_told_apart_and_not_told_as_a_mouse_again(view: InkView, told: list[PointerEvent]) -> None:
    screen = QTest.createTouchDevice()
    QTest.touchEvent(view, screen).press(0, QPoint(146, 152)).commit()
    QTest.touchEvent(view, screen).move(0, QPoint(362, 152)).press(1, QPoint(650, 290)).commit()
    QTest.touchEvent(view, screen).release(0, QPoint(362, 152)).stationary(1).commit()
    first, second = told[0].pointer, told[2].pointer
    assert first != second
    assert [(each.phase, each.pointer) for each in told] == [
        (Phase.PRESS, first),
        (Phase.DRAG, first),
        (Phase.PRESS, second),
        (Phase.LIFT, first),
    ]


def test_a_stroke_begins_on_the_sheet_and_may_leave_it(view: InkView, told: list[PointerEvent]) -> None:
    view.resize(724, 504)  # now with room above and below the sheet
    QTest.mouseClick(view, HELD, pos=QPoint(362, 20))
    assert told == []
    QTest.mousePress(view, HELD, pos=QPoint(362, 252))
    QTest.mouseMove(view, QPoint(362, 20))
    QTest.mouseRelease(view, HELD, pos=QPoint(362, 20))
    assert [each.phase for each in told] == [Phase.PRESS, Phase.DRAG, Phase.LIFT]
    assert told[1].y < 0


def test_a_sheet_that_is_no_pad_tells_nothing_and_lifts_whoever_was_drawing(
    view: InkView, told: list[PointerEvent]
) -> None:
    QTest.mousePress(view, HELD, pos=QPoint(146, 152))
    view.be_pad(False)
    assert [each.phase for each in told] == [Phase.PRESS, Phase.LIFT]
    QTest.mouseMove(view, QPoint(362, 152))
    QTest.mouseClick(view, HELD, pos=QPoint(146, 152))
    refused = tablet(view, stylus(), QEvent.Type.TabletPress, QPointF(146, 152), 0.5, stamp=1)
    assert len(told) == 2
    assert not refused.isAccepted()


def test_hiding_the_sheet_lifts_the_pen(view: InkView, told: list[PointerEvent]) -> None:
    QTest.mousePress(view, HELD, pos=QPoint(146, 152))
    view.hide()
    assert told[-1].phase is Phase.LIFT


# -- what is shown


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_ink_that_grows_is_drawn_as_it_is_drawn_at_once(view: InkView, piece: int) -> None:
    samples = written()
    view.show_ink(samples, GEOMETRY)
    at_once = view.grab().toImage()
    view.show_ink((), GEOMETRY)
    assert view.grab().toImage() != at_once
    for end in range(piece, len(samples) + piece, piece):
        view.show_ink(samples[:end], GEOMETRY)
        view.grab()
    assert view.grab().toImage() == at_once


def test_only_what_is_new_is_drawn(view: InkView, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, starts, draw = written(), [], InkView._draw

    def noted(self: InkView, canvas: QPixmap, start: int) -> QRect:
        starts.append(start)
        return draw(self, canvas, start)

    monkeypatch.setattr(InkView, "_draw", noted)
    for end in (10, 20, 20, 30):
        view.show_ink(samples[:end], GEOMETRY)
        view.grab()
    assert starts == [0, 10, 20]
    view.resize(500, 304)
    view.grab()
    another = tuple(replace(each, x=each.x + 1) for each in samples)
    view.show_ink(another, GEOMETRY)  # cleared and signed anew between two looks
    view.grab()
    assert starts == [0, 10, 20, 0, 0]


def test_the_ink_is_as_wide_as_the_pen_presses(view: InkView) -> None:
    def dark(pressure: int) -> int:
        line = tuple(PenSample(2000 + 80 * n, 2500, pressure, True, 8 * n) for n in range(100))
        view.show_ink(line, GEOMETRY)
        image = view.grab().toImage()
        column = (image.pixelColor(image.width() // 2, y).value() for y in range(20, image.height() * 2 // 3))
        return sum(255 - value for value in column)

    assert 255 <= dark(0) < dark(600) < dark(1023)


def written() -> tuple[PenSample, ...]:
    points = to_counts(signature(5), (0, 0, GEOMETRY.max_x, GEOMETRY.max_y))
    return tuple(PenSample(p.x, p.y, p.pressure, p.down, round(1000 * p.time_s)) for p in points)
