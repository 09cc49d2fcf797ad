"""The sheet as a pad: pen, finger and mouse on the ink view, as the window system tells of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from devices.signature_pad.pointer import PointerPad
from devices.signature_pad.sheet import Phase, PointerEvent, Sheet
from tests.support.counter import Counter
from ui.app import application
from ui.widgets.ink import InkView

Capability = QInputDevice.Capability
HELD = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[InkView]:
    """Open to a pad, in the sheet's own proportion."""
    application()
    made = InkView()
    made.resize(724, 304)  # the sheet is 720 x 300, two pixels inside
    made.show_ink((), PointerPad("signature_pad", Counter().gate, Sheet()).geometry)
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
