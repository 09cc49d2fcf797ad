"""The sheet of a window as a pad: which pointer draws, what a sample says, when it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from devices.errors import OperatorCanMendError
from devices.signature_pad import PenSample
from devices.signature_pad.pointer import MAX_PRESSURE, PointerPad
from devices.signature_pad.sheet import WAITING, Phase, PointerEvent, Sheet
from protocols.clearance import Clearance, NotClearedError
from protocols.clock import ManualClock
from station.attach import device_makers
from station.config import Settings
from station.device_settings import DevicesSection, SignaturePadDevice
from tests.support.counter import Counter

FINGER, PALM, PEN = 1, 2, 3


class Desk:
    """An opened pad, armed, on a sheet that is fed by hand."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.counter = Counter(self.clock)
        self.sheet = Sheet(self.clock)
        self.sheet.attach()
        self.pad = PointerPad("signature_pad", self.counter.gate, self.sheet, clock=self.clock)
        self.pad.open()
        self.leave: Clearance = self.counter.armed(self.pad)
        self.pad.clear(self.leave)

    def do(self, phase: Phase, x: float = 0.5, *, pointer: int = FINGER, stylus: bool = False, at: int = 5000) -> None:
        self.sheet.feed(PointerEvent(x, 0.5, 0.5, phase, at, pointer, stylus))

    def stroke(self, *places: float, pointer: int = FINGER, stylus: bool = False) -> None:
        self.do(Phase.PRESS, places[0], pointer=pointer, stylus=stylus)
        for place in places[1:]:
            self.do(Phase.DRAG, place, pointer=pointer, stylus=stylus)
        self.do(Phase.LIFT, places[-1], pointer=pointer, stylus=stylus)

    def read(self) -> tuple[PenSample, ...]:
        return self.pad.read_ink(self.leave, timeout_s=0)

    def downs(self) -> list[tuple[float, bool]]:
        return [(sample.x / self.pad.geometry.max_x, sample.down) for sample in self.read()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_sample_has_the_sheets_counts_and_the_pens_pressure(desk: Desk) -> None:
    desk.sheet.feed(PointerEvent(0.25, 1.0, 0.5, Phase.PRESS, 100, PEN, stylus=True))
    desk.sheet.feed(PointerEvent(1.25, -0.1, 7.0, Phase.DRAG, 108, PEN, stylus=True))
    desk.sheet.feed(PointerEvent(1.0, 0.0, 0.4, Phase.LIFT, 116, PEN, stylus=True))
    assert desk.read() == (
        PenSample(3000, 5000, round(MAX_PRESSURE / 2), down=True, time_ms=0),
        PenSample(15000, -500, MAX_PRESSURE, down=True, time_ms=8),
        PenSample(12000, 0, 0, down=False, time_ms=16),
    )
    assert "3000" not in repr(desk.read())


def test_the_time_is_counted_from_the_clearing_and_keeps_the_window_systems_distances(desk: Desk) -> None:
    desk.clock.advance(timedelta(seconds=2))
    desk.do(Phase.PRESS, at=70_000)
    desk.do(Phase.DRAG, at=70_005)
    desk.do(Phase.DRAG, at=69_000)  # never backwards
    assert [s.time_ms for s in desk.read()] == [2000, 2005, 2005]


def test_another_source_of_events_with_a_clock_of_its_own_goes_on_where_the_time_stands(desk: Desk) -> None:
    desk.do(Phase.PRESS, at=70_000)
    desk.do(Phase.LIFT, at=70_010)
    desk.clock.advance(timedelta(seconds=3))
    desk.do(Phase.PRESS, at=12)
    desk.do(Phase.LIFT, at=20)
    assert [s.time_ms for s in desk.read()] == [0, 10, 3000, 3008]


def test_one_pointer_draws_at_a_time(desk: Desk) -> None:
    desk.do(Phase.PRESS, 0.1)
    desk.stroke(0.9, 0.8, pointer=PALM)
    desk.do(Phase.DRAG, 0.2)
    desk.do(Phase.LIFT, 0.2)
    assert desk.downs() == [(0.1, True), (0.2, True), (0.2, False)]


def test_the_hand_beside_a_pen_is_not_heard_even_where_it_came_first(desk: Desk) -> None:
    desk.do(Phase.PRESS, 0.9, pointer=PALM)
    desk.do(Phase.HOVER, 0.1, pointer=PEN, stylus=True)
    desk.do(Phase.DRAG, 0.8, pointer=PALM)
    desk.stroke(0.2, 0.3, pointer=PEN, stylus=True)
    desk.stroke(0.7, 0.6, pointer=PALM)
    assert desk.downs() == [(0.9, True), (0.9, False), (0.1, False), (0.2, True), (0.3, True), (0.3, False)]


def test_a_new_signature_may_be_a_fingers_again(desk: Desk) -> None:
    desk.stroke(0.2, 0.3, pointer=PEN, stylus=True)
    desk.pad.clear(desk.leave)
    desk.stroke(0.4, 0.5)
    assert desk.downs() == [(0.4, True), (0.5, True), (0.5, False)]


def test_what_was_under_way_when_it_was_cleared_is_no_ink(desk: Desk) -> None:
    desk.do(Phase.PRESS, 0.1)
    desk.pad.clear(desk.leave)
    desk.do(Phase.DRAG, 0.2)
    desk.do(Phase.LIFT, 0.3)
    assert desk.read() == ()


def test_a_lift_that_was_never_told_is_made_up_for(desk: Desk) -> None:
    desk.do(Phase.PRESS, 0.1)
    desk.do(Phase.PRESS, 0.5)
    assert desk.downs() == [(0.1, True), (0.1, False), (0.5, True)]


def test_nothing_is_taken_without_leave_nor_later_what_was_drawn_without(desk: Desk) -> None:
    desk.pad.disarm()
    desk.stroke(0.1, 0.2)
    with pytest.raises(NotClearedError):
        desk.read()
    desk.pad.arm(desk.leave)
    assert desk.read() == ()
    desk.stroke(0.3, 0.4)
    assert len(desk.downs()) == 3


def test_what_waits_on_the_sheet_goes_with_the_leave(desk: Desk) -> None:
    desk.read()
    desk.stroke(0.1, 0.2)
    desk.pad.disarm()
    assert desk.sheet.take(0) == ()


def test_a_closed_pad_leaves_nothing_on_the_sheet(desk: Desk) -> None:
    desk.pad.close()
    assert not desk.sheet.wanted
    desk.stroke(0.1, 0.2)
    desk.pad.open()
    assert desk.sheet.take(0) == ()


def test_of_what_nobody_reads_the_newest_is_kept(desk: Desk) -> None:
    event = PointerEvent(0.0, 0.0, 1.0, Phase.PRESS, 0)
    desk.sheet.feed(event)
    for number in range(1, WAITING + 2):
        desk.sheet.feed(replace(event, phase=Phase.DRAG, time_ms=number))
    kept = desk.sheet.take(0)
    assert kept is not None
    assert [each.event.time_ms for each in kept] == list(range(2, WAITING + 2))


def test_the_settings_make_it_and_without_a_window_it_says_so() -> None:
    settings = Settings(devices=DevicesSection(signature_pad=SignaturePadDevice(driver="pointer")))
    pad = device_makers(settings, ManualClock())["signature_pad"](Counter().gate)
    assert isinstance(pad, PointerPad)
    assert not pad.is_back()
    with pytest.raises(OperatorCanMendError) as refused:
        pad.open()
    assert refused.value.code == "signature_pad.no_sheet"


@pytest.mark.parametrize("wrong", [{"driver": "pointer", "url": "/dev/ttyUSB0"}, {"driver": "topaz"}, {}])
def test_a_pad_on_a_wire_has_a_port_and_the_sheet_none(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="url"):
        SignaturePadDevice.model_validate(wrong)
