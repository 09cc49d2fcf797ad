"""The Wacom STU driver on its simulator: whole signatures, what the pad is told, garbled lines, and the settings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

import pytest
from pydantic import ValidationError

from devices.device import DeviceKind, HealthState
from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError, DeviceTimeoutError
from devices.signature_pad import PadGeometry, PenSample
from devices.signature_pad.quality import assess
from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.simulator_wacom_stu_pad import StuTraits
from devices.signature_pad.topaz import TopazPad
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.signature_pad.wacom_stu_hid import WacomStuHidPad
from devices.signature_pad.wacom_stu_pad import ScreenUse, StuPad
from devices.signature_pad.wacom_stu_wire import CrcVariant
from devices.simulation.faults import Fault
from devices.simulation.stroke import CountPoint, line, signature, to_counts
from protocols.clearance import Clearance, NotClearedError
from protocols.clock import SystemClock
from station.attach import device_makers
from station.config import Settings
from station.device_settings import DevicesSection, SignaturePadDevice, StuCrc, StuScreen
from tests.support.counter import Counter

SILENCE_S = 0.02
PATIENCE_S = 5.0
NAMES = signature(7)
INK_OFF, CLEAR, INK_ON, TIMED = b"\x21\x00", b"\x20\x00", b"\x21\x01", b"\x32\x03"
PAPER = bytes.fromhex("0000 0000 3f01 9f00")
"""The upper four fifths of 320 x 200 pixels."""
WHOLE = bytes.fromhex("0000 0000 3f01 c700")


class Desk:
    """A counter with one pad, opened."""

    def __init__(
        self,
        surface: WacomStuSimulator | WacomStuHidSimulator,
        crc: CrcVariant = CrcVariant.ZERO,
        screen: ScreenUse = ScreenUse.MONO,
    ) -> None:
        self.surface = surface
        self.counter = Counter()
        gate = self.counter.gate
        self.pad: StuPad = (
            WacomStuPad("signature_pad", gate, surface.url, crc=crc, screen=screen, simulated=True)
            if isinstance(surface, WacomStuSimulator)
            else WacomStuHidPad("signature_pad", gate, screen=screen, simulated=True, api=surface)
        )
        self.pad.open()

    def ready(self) -> Clearance:
        """Armed, and asked once, so that what comes from now on is this visit's."""
        leave = self.counter.armed(self.pad)
        assert self.pad.read_ink(leave, SILENCE_S) == ()
        return leave

    def ink(self, leave: Clearance, patience_s: float = PATIENCE_S) -> list[PenSample]:
        """Read until the pen has gone (the simulated one hovers, then leaves), or nothing came for long."""
        found: list[PenSample] = []
        while piece := self.pad.read_ink(leave, patience_s):
            found += piece
            if len(found) > 1 and not found[-1].down and not found[-2].down and found[-1].x == found[-2].x:
                return found
        return found


@pytest.fixture(params=["pty", "tcp", "usb"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    wire = request.param
    with WacomStuHidSimulator() if wire == "usb" else WacomStuSimulator(tcp=wire == "tcp") as surface:
        desk = Desk(surface)
        yield desk
        desk.pad.close()


@pytest.fixture
def line_desk() -> Iterator[Desk]:
    with WacomStuSimulator() as surface:
        desk = Desk(surface)
        yield desk
        desk.pad.close()


def touched(samples: list[PenSample]) -> list[tuple[int, int, int]]:
    return [(each.x, each.y, each.pressure) for each in samples if each.down]


def played(points: tuple[CountPoint, ...]) -> list[tuple[int, int, int]]:
    return [(each.x, each.y, each.pressure) for each in points if each.down]


# -- what the pad is


def test_the_pad_tells_model_firmware_and_reach(desk: Desk) -> None:
    info = desk.pad.info
    assert (info.maker, info.model, info.firmware) == ("Wacom", "STU-430V", "1.04")
    assert (info.serial, info.simulated) == ("5JZQS00032", True)
    assert [info.properties[each] for each in ("dpi", "rate", "screen")] == ["2540", "200", "320x200"]
    assert desk.pad.geometry == PadGeometry(0, 0, 9600, 4800, 2540, 1023), "what is below is the foot of the page"
    assert desk.pad.self_test().passed


@pytest.mark.parametrize(("only", "found"), [(None, "128000"), (115200, "115200")])
def test_the_speed_at_which_the_pad_answers_is_found(only: int | None, found: str) -> None:
    with WacomStuSimulator(StuTraits(baudrate=only)) as surface:
        desk = Desk(surface)
        assert desk.pad.info.properties["baudrate"] == found
        desk.pad.close()


@pytest.mark.parametrize(("crc", "begin"), [(CrcVariant.NONE, None), (CrcVariant.ONES, 0xFFFF)])
def test_frames_with_another_checksum_or_none_carry_the_same_ink(crc: CrcVariant, begin: int | None) -> None:
    with WacomStuSimulator(StuTraits(crc=begin)) as surface:
        desk = Desk(surface, crc)
        leave = desk.ready()
        surface.sign(line(), fast=True)
        assert touched(desk.ink(leave)) == played(to_counts(line(), surface.area))
        desk.pad.close()


def test_a_pad_that_wants_another_checksum_does_not_answer() -> None:
    with WacomStuSimulator(StuTraits(crc=0xFFFF)) as surface, pytest.raises(DeviceError, match="signature_pad"):
        Desk(surface)


def test_a_port_with_nothing_that_answers_is_told_with_what_was_tried() -> None:
    with WacomStuSimulator(StuTraits(baudrate=9600)) as surface, pytest.raises(DeviceTimeoutError, match="no_answer"):
        Desk(surface)


# -- ink


@pytest.mark.parametrize("reach", [(9600, 6000, 1023), (20000, 11000, 511), (10800, 6480, 4095)])
def test_the_strokes_that_arrive_are_those_written_to_the_scale_of_the_pad(reach: tuple[int, int, int]) -> None:
    width, height, pressure = reach
    with WacomStuSimulator(StuTraits(max_x=width, max_y=height, max_pressure=pressure)) as surface:
        desk = Desk(surface, screen=ScreenUse.OFF)
        leave = desk.ready()
        surface.sign_meanwhile(NAMES, fast=True)
        ink = desk.ink(leave)
        assert touched(ink) == played(to_counts(NAMES, (0, 0, width, height), max_pressure=pressure))
        geometry = desk.pad.geometry
        assert (geometry.max_x, geometry.max_y, geometry.max_pressure) == reach
        assert {each.pressure for each in ink if not each.down} == {0}
        assert assess(ink, geometry).acceptable
        desk.pad.close()


def test_a_sample_has_the_time_that_the_pad_tells(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign_meanwhile(NAMES, fast=True)
    ink = desk.ink(leave)
    expected = [round(1000 * after.time_s) - round(1000 * before.time_s) for before, after in pairwise(NAMES)]
    assert [after.time_ms - before.time_ms for before, after in pairwise(ink)][: len(expected)] == expected


def test_the_pads_clock_may_come_round(desk: Desk) -> None:
    leave = desk.ready()
    points = [CountPoint(100 + index, 100, 5, down=True, time_s=65.5 + index / 10) for index in range(4)]
    desk.surface.trace(points, fast=True)
    times = [each.time_ms for each in desk.ink(leave)]
    assert times[3] - times[0] == 300


def test_a_pad_that_tells_no_time_is_timed_by_the_station() -> None:
    with WacomStuSimulator(StuTraits(timed=False)) as surface:
        desk = Desk(surface)
        leave = desk.ready()
        surface.sign(line(seconds=0.3))
        ink = desk.ink(leave)
        assert touched(ink) == played(to_counts(line(seconds=0.3), surface.area))
        times = [each.time_ms for each in ink]
        assert times == sorted(times)
        assert times[-1] - times[0] >= 200
        desk.pad.close()


# -- what the pad is told


def test_ink_is_off_until_somebody_may_sign_and_goes_on_with_a_clean_page(desk: Desk) -> None:
    surface = desk.surface
    assert surface.commands == [INK_OFF, CLEAR, TIMED]
    inked_before = surface.inking
    leave = desk.ready()
    assert surface.commands[3:] == [INK_OFF, b"\x25\x00", b"\x27\x00", b"\x2a" + PAPER, INK_ON]
    assert (inked_before, surface.inking, surface.pictures) == (False, True, 1)
    desk.pad.clear(leave)
    assert surface.commands[8:] == [INK_OFF, b"\x23\x00\x01" + PAPER, INK_ON], "the page is not sent again"


def test_without_a_page_the_whole_screen_is_cleared(desk: Desk) -> None:
    surface = desk.surface
    desk.pad.close()
    plain = Desk(surface, screen=ScreenUse.OFF)
    told = len(surface.commands)
    plain.ready()
    assert surface.commands[told:] == [INK_OFF, b"\x2a" + WHOLE, CLEAR, INK_ON], (
        "an earlier page may have bounded the ink"
    )
    assert (surface.pictures, plain.pad.has_buttons) == (0, False)
    assert plain.pad.geometry == PadGeometry(0, 0, 9600, 6000, 2540, 1023)
    plain.pad.close()


def test_clearing_throws_ink_away_and_sets_the_time_back(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign(line(), fast=True)
    desk.pad.clear(leave)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()
    desk.surface.sign(line(seconds=0.1), fast=True)
    again = desk.ink(leave)
    assert touched(again) == played(to_counts(line(seconds=0.1), desk.surface.area))
    assert again[0].time_ms < 1000


def test_a_pad_that_is_busy_clearing_is_waited_for() -> None:
    with WacomStuSimulator(StuTraits(busy=3)) as surface:
        desk = Desk(surface, screen=ScreenUse.OFF)
        before = surface.asked
        desk.ready()
        assert surface.asked - before == 4 + 4, "four commands, and its state until it is ready"
        assert surface.commands[-1] == INK_ON
        desk.pad.close()


def test_ink_that_comes_without_clearance_is_never_handed_over(desk: Desk) -> None:
    leave = desk.ready()
    with pytest.raises(NotClearedError):
        desk.pad.read_ink(None)
    desk.surface.sign(line(), fast=True)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()


# -- a line that garbles, a cable that is pulled, a wait that is ended


@pytest.mark.parametrize("fault", [Fault.STRAY, Fault.BAD_SUM, Fault.TRUNCATED, Fault.LOST])
def test_a_report_that_is_garbled_costs_no_other_and_is_counted(line_desk: Desk, fault: Fault) -> None:
    assert isinstance(line_desk.surface, WacomStuSimulator)
    leave, faults = line_desk.ready(), line_desk.surface.faults
    faults.schedule(fault, skip=5, times=3)
    line_desk.surface.sign(line(), fast=True)
    expected = played(to_counts(line(), line_desk.surface.area))
    lost = 0 if fault is Fault.STRAY else 3
    assert touched(line_desk.ink(leave)) == (expected if not lost else expected[:5] + expected[8:])
    assert faults.exhausted
    assert ("lost_reports", True, str(lost)) in line_desk.pad.self_test().checks


def test_a_pulled_cable_is_a_lost_device_and_the_pad_comes_back(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign_meanwhile(NAMES)
    assert desk.pad.read_ink(leave, PATIENCE_S)
    desk.surface.unplug()
    with pytest.raises(DeviceLostError):
        desk.ink(leave)
    assert desk.pad.health.state is HealthState.LOST
    desk.surface.wait_signed()
    desk.surface.replug()
    desk.pad.open()
    leave = desk.ready()
    desk.surface.sign(line(), fast=True)
    assert touched(desk.ink(leave)) == played(to_counts(line(), desk.surface.area))


def test_a_wait_for_ink_ends_when_it_is_cancelled(desk: Desk) -> None:
    leave = desk.ready()
    ended: list[Exception] = []

    def wait() -> None:
        try:
            desk.pad.read_ink(leave, 60)
        except DeviceError as error:
            ended.append(error)

    reader = threading.Thread(target=wait)
    reader.start()
    desk.pad.cancel()
    reader.join()
    assert [type(error) for error in ended] == [CaptureCancelledError]


# -- the settings


def test_the_settings_know_every_checksum_the_driver_knows() -> None:
    assert set(get_args(StuCrc)) == {variant.value for variant in CrcVariant}
    with pytest.raises(ValidationError, match="crc"):
        SignaturePadDevice.model_validate({"driver": "wacom-stu", "url": "loop://", "crc": "1d0f"})


def test_the_settings_know_every_use_of_the_screen() -> None:
    assert set(get_args(StuScreen)) == {use.value for use in ScreenUse}


@pytest.mark.parametrize("driver", ["topaz", "wacom-stu"])
def test_a_pad_on_a_line_needs_a_port(driver: str) -> None:
    with pytest.raises(ValidationError, match="url"):
        SignaturePadDevice.model_validate({"driver": driver})


def test_the_settings_choose_the_driver() -> None:
    def pad(device: SignaturePadDevice) -> object:
        settings = Settings(devices=DevicesSection(signature_pad=device))
        return device_makers(settings, SystemClock())[DeviceKind.SIGNATURE_PAD.value](Counter().gate)

    assert isinstance(pad(SignaturePadDevice(url="loop://")), TopazPad)
    with WacomStuSimulator(StuTraits(crc=0xFFFF)) as surface:
        named = SignaturePadDevice(driver="wacom-stu", url=surface.url, crc="ffff", simulated=True)
        device = pad(named)
        assert isinstance(device, WacomStuPad)
        assert (device.open().model, device.info.simulated) == ("STU-430V", True)
        device.close()
    device = pad(SignaturePadDevice(driver="wacom-stu-hid", screen="colour"))
    assert isinstance(device, WacomStuHidPad)
    assert device.is_back() is False, "no such pad hangs on this machine"
