"""The page with buttons on a Wacom's own screen, on its line and on USB: seen, kept, pressed, and taken away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError, OperatorCanMendError
from devices.signature_pad import PadButton, PenSample
from devices.signature_pad.page import Page
from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.simulator_wacom_stu_pad import StuTraits
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.signature_pad.wacom_stu_hid import WacomStuHidPad
from devices.signature_pad.wacom_stu_pad import ScreenUse, StuPad
from devices.signature_pad.wacom_stu_wire import MODELS
from devices.simulation.stroke import CountPoint, signature, to_counts
from protocols.clearance import Clearance, NotClearedError
from tests.support.counter import Counter

SILENCE_S = 0.02
PATIENCE_S = 5.0
NAMES = signature(7)
PAGE = Page(320, 200)

Surface = WacomStuSimulator | WacomStuHidSimulator


class Desk:
    """A counter with one pad, opened, and a visit that it serves."""

    def __init__(self, surface: Surface, screen: ScreenUse = ScreenUse.MONO) -> None:
        self.surface = surface
        self.counter = Counter()
        gate = self.counter.gate
        self.pad: StuPad = (
            WacomStuPad("signature_pad", gate, surface.url, screen=screen, simulated=True)
            if isinstance(surface, WacomStuSimulator)
            else WacomStuHidPad("signature_pad", gate, screen=screen, simulated=True, api=surface)
        )
        self.pad.open()
        self.leave = self.counter.armed(self.pad)
        assert self.pad.read_ink(self.leave, SILENCE_S) == ()

    def ink(self, leave: Clearance | None = None) -> list[PenSample]:
        """Until nothing comes any more."""
        found: list[PenSample] = []
        while piece := self.pad.read_ink(leave or self.leave, SILENCE_S):
            found += piece
        return found

    def pressed(self) -> tuple[PadButton, ...]:
        """Wait for a press, which comes without ink."""
        while not (pressed := self.pad.read_buttons(self.leave)):
            assert self.pad.read_ink(self.leave, PATIENCE_S) == ()
        return pressed


@contextmanager
def desk_on(wire: str, traits: StuTraits | None = None, screen: ScreenUse = ScreenUse.MONO) -> Iterator[Desk]:
    surface: Surface = WacomStuHidSimulator(traits) if wire == "usb" else WacomStuSimulator(traits)
    with surface:
        desk = Desk(surface, screen)
        try:
            yield desk
        finally:
            desk.pad.close()


@pytest.fixture(params=["line", "usb"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk_on(request.param) as desk:
        yield desk


def middle(button: PadButton, page: Page = PAGE) -> tuple[int, int]:
    left, top, right, bottom = page.box(button)
    return (left + right) // 2, (top + bottom) // 2


def shown(surface: Surface) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.frombuffer(bytes(surface.screen.pixels), np.uint8).reshape(surface.screen.height, -1, 3)


# -- the picture


@pytest.mark.parametrize("wire", ["line", "usb"])
@pytest.mark.parametrize(("width", "height"), [(396, 100), (320, 200), (640, 480), (800, 480)])
def test_the_page_stands_on_the_screen_as_it_was_drawn(wire: str, width: int, height: int) -> None:
    with desk_on(wire, StuTraits(width=width, height=height)) as desk:
        expected = np.asarray(Page(width, height).picture().convert("L")) >= 128
        assert ((shown(desk.surface)[..., 0] > 0) == expected).all()


@pytest.mark.parametrize("wire", ["line", "usb"])
def test_a_colour_screen_shows_colours_where_that_is_wanted(wire: str) -> None:
    traits = StuTraits(width=200, height=150, encodings=0x0F, colour=True)
    with desk_on(wire, traits, ScreenUse.COLOUR) as desk:
        expected = np.asarray(Page(200, 150).picture()) & np.array([0xF8, 0xFC, 0xF8], np.uint8)
        assert (shown(desk.surface) == expected).all()
    with desk_on(wire, StuTraits(encodings=0x03), ScreenUse.COLOUR) as desk:
        assert desk.pad.has_buttons, "one that has none shows black and white"
        assert set(np.unique(shown(desk.surface))) == {0, 255}


def test_a_page_once_sent_stays_over_signatures_until_the_pad_is_disarmed(desk: Desk) -> None:
    surface = desk.surface
    desk.surface.sign(NAMES, fast=True)
    desk.pad.clear(desk.leave)
    desk.pad.clear(desk.leave)
    assert (surface.pictures, surface.screen.ink) == (1, 0)
    assert shown(surface).min() == 0
    desk.pad.disarm()
    desk.pad.self_test()  # asked after what was said, so it has been heard
    assert shown(surface).min() == 255, "white again"
    desk.pad.arm(desk.leave)
    desk.pad.clear(desk.leave)
    assert surface.pictures == 2


@pytest.mark.parametrize("wire", ["line", "usb"])
def test_a_pad_that_wipes_no_part_of_its_screen_is_sent_the_page_again(wire: str) -> None:
    with desk_on(wire, StuTraits(areas=False, ink_area=False)) as desk:
        for _ in range(2):
            desk.pad.clear(desk.leave)
        assert (desk.surface.pictures, desk.pad.has_buttons) == (3, True)
        assert [each[0] for each in desk.surface.commands].count(0x23) == 1, "it is asked once"


def test_a_picture_of_which_a_piece_arrives_garbled_is_sent_once_more() -> None:
    with desk_on("line") as desk:
        desk.pad.disarm()
        desk.pad.arm(desk.leave)
        inner, pieces = desk.pad._connected().tell, 0

        def tell(report: bytes) -> bool:
            nonlocal pieces
            pieces += report[0] == 0x26
            return inner(report) if pieces != 5 or report[0] != 0x26 else inner(report[:40])

        desk.pad._connected().tell = tell  # type: ignore[method-assign]  # the fifth piece is cut short
        desk.pad.clear(desk.leave)
        assert (desk.surface.pictures, desk.pad.has_buttons) == (2, True)
        assert shown(desk.surface).min() == 0


@pytest.mark.parametrize("wire", ["line", "usb"])
def test_a_pad_that_takes_no_picture_serves_without_buttons(wire: str) -> None:
    with desk_on(wire, StuTraits(pictures=False)) as desk:
        assert not desk.pad.has_buttons
        assert desk.pad.geometry.max_y == 5999 + 1
        desk.surface.sign(NAMES, fast=True)
        assert any(each.down for each in desk.ink())


def test_a_picture_that_is_cut_off_by_a_cancel_leaves_a_pad_that_serves(desk: Desk) -> None:
    desk.pad.disarm()
    desk.pad.arm(desk.leave)
    begun, inner = threading.Event(), desk.pad._connected().tell

    def tell(report: bytes) -> bool:
        if report[0] == 0x26:
            begun.set()
            desk.pad.cancel()
        return inner(report)

    desk.pad._connected().tell = tell  # type: ignore[method-assign]  # the cancel comes in the middle of the picture
    with pytest.raises(CaptureCancelledError):
        desk.pad.clear(desk.leave)
    desk.pad._connected().tell = inner  # type: ignore[method-assign]  # and back
    assert begun.is_set()
    desk.pad.clear(desk.leave)
    assert desk.surface.pictures == 2
    assert shown(desk.surface).min() == 0


@pytest.mark.parametrize("wire", ["line", "usb"])
def test_a_pad_left_in_the_middle_of_a_picture_opens(wire: str) -> None:
    with desk_on(wire) as desk:
        desk.pad._connected().tell(b"\x25\x00")
        desk.pad.close()
        desk.pad.open()
        assert desk.pad.self_test().passed


# -- the buttons


@pytest.mark.parametrize("button", PadButton)
def test_a_tap_on_a_button_is_a_press_and_no_ink(desk: Desk, button: PadButton) -> None:
    desk.surface.tap(middle(button))
    assert desk.pressed() == (button,)
    assert desk.pad.read_buttons(desk.leave) == ()
    assert (desk.ink(), desk.surface.screen.ink) == ([], 0)


def test_presses_come_in_their_order_and_are_forgotten_with_the_ink(desk: Desk) -> None:
    for button in (PadButton.AGAIN, PadButton.ACCEPT):
        desk.surface.tap(middle(button))
    found: list[PadButton] = []
    while len(found) < 2:
        found += desk.pressed()
    assert found == [PadButton.AGAIN, PadButton.ACCEPT]
    desk.surface.tap(middle(PadButton.ACCEPT))
    assert desk.pad.read_ink(desk.leave, PATIENCE_S) == ()
    desk.pad.clear(desk.leave)
    assert desk.pad.read_buttons(desk.leave) == ()


def test_a_press_that_came_without_clearance_is_never_told(desk: Desk) -> None:
    desk.surface.tap(middle(PadButton.ACCEPT))
    with pytest.raises(NotClearedError):
        desk.pad.read_buttons(None)
    assert desk.pad.read_buttons(desk.leave) == ()
    assert desk.pad.read_ink(desk.leave, SILENCE_S) == ()
    assert desk.pad.read_buttons(desk.leave) == ()


def test_a_pen_that_slides_off_a_button_presses_nothing(desk: Desk) -> None:
    desk.surface.tap(middle(PadButton.ACCEPT), (160, 100))
    assert not any(each.down for each in desk.ink())
    assert desk.pad.read_buttons(desk.leave) == ()


def test_a_stroke_over_a_button_is_cut_at_the_paper_and_all_ink_lies_on_it(desk: Desk) -> None:
    geometry = desk.pad.geometry
    across = [CountPoint(4000, y, 500, down=True, time_s=y / 10000) for y in (3000, 4000, 5500, 5900, 4500, 3500)]
    desk.surface.trace(across, fast=True)
    ink = desk.ink()
    assert [(each.y, each.down) for each in ink[:5]] == [
        (3000, True),
        (4000, True),
        (4800, False),
        (4500, True),
        (3500, True),
    ]
    assert all(each.y <= geometry.max_y for each in ink)
    assert desk.pad.read_buttons(desk.leave) == ()


def test_ink_and_the_press_after_it_both_arrive(desk: Desk) -> None:
    desk.surface.sign(NAMES, fast=True)
    ink: list[PenSample] = []
    expected = [(each.x, each.y) for each in to_counts(NAMES, desk.surface.area) if each.down]
    while len([each for each in ink if each.down]) < len(expected):
        ink += desk.pad.read_ink(desk.leave, PATIENCE_S)
    desk.surface.tap(middle(PadButton.ACCEPT))
    while not (pressed := desk.pad.read_buttons(desk.leave)):
        desk.pad.read_ink(desk.leave, PATIENCE_S)
    assert pressed == (PadButton.ACCEPT,)
    assert [(each.x, each.y) for each in ink if each.down] == expected


def test_a_pen_that_goes_away_says_no_place(desk: Desk) -> None:
    desk.surface.trace([CountPoint(2000, 2000, 300, down=True, time_s=0)], fast=True)
    assert {(each.x, each.y) for each in desk.ink()} == {(2000, 2000)}, "the last report of a pad is at 0, 0"


# -- USB


@pytest.mark.parametrize("product", MODELS)
def test_every_model_of_the_table_is_found_by_its_product_and_serves(product: int) -> None:
    model = MODELS[product]
    traits = StuTraits(model=model.name, uid="", encodings=0, colour=model.colour, width=200, height=120)
    with WacomStuHidSimulator(traits, product=product) as surface:
        desk = Desk(surface, ScreenUse.COLOUR)
        info = desk.pad.info
        assert (info.model, info.properties["product"]) == (model.name, f"056a:{product:04x}")
        assert info.serial == "port:hid:", "the place stands for the number of one that has none"
        assert (len(np.unique(shown(surface))) > 2) is model.colour
        surface.sign(NAMES, fast=True)
        assert any(each.down for each in desk.ink())
        desk.pad.close()
        assert surface.handles == 0


def test_another_tablet_of_the_maker_is_no_pad() -> None:
    with WacomStuHidSimulator(product=0x0302) as surface, pytest.raises(OperatorCanMendError, match=r"port\.absent"):
        Desk(surface)


def test_one_that_nobody_may_open_is_told_and_nothing_stays_open() -> None:
    with WacomStuHidSimulator() as surface:
        surface.denied = True
        with pytest.raises(OperatorCanMendError, match=r"port\.denied"):
            Desk(surface)
        assert surface.handles == 0


def test_a_named_path_takes_that_pad_alone() -> None:
    with WacomStuHidSimulator() as surface:
        gate = Counter().gate
        assert WacomStuHidPad("signature_pad", gate, "/dev/hidraw1", api=surface).is_back()
        assert not WacomStuHidPad("signature_pad", gate, "/dev/hidraw7", api=surface).is_back()


def test_a_pad_pulled_while_it_is_sent_the_page_is_lost() -> None:
    with WacomStuHidSimulator() as surface:
        desk = Desk(surface)
        desk.pad.disarm()
        desk.pad.arm(desk.leave)
        inner, sent = surface.set_feature, 0

        def pulled(report: bytes) -> int:
            nonlocal sent
            sent += report[0] == 0x26
            if sent == 5:
                surface.unplug()
            return inner(report)

        surface.set_feature = pulled  # type: ignore[method-assign]  # the cable goes in the middle of the picture
        with pytest.raises(DeviceLostError):
            desk.pad.clear(desk.leave)
        with pytest.raises(DeviceError):
            desk.pad.open()
        surface.set_feature = inner  # type: ignore[method-assign]  # and stays
        surface.replug()
        desk.pad.open()
        assert desk.pad.self_test().passed
        desk.pad.close()


def test_reports_that_the_kernel_had_no_room_for_are_counted() -> None:
    with WacomStuHidSimulator(room=64) as surface:
        desk = Desk(surface)
        points = [CountPoint(100 + index, 100, 5, down=True, time_s=index / 200) for index in range(103)]
        surface.trace(points[:2], fast=True)
        desk.ink()
        surface.trace(points, fast=True)
        assert len(desk.ink()) <= 64
        lost = 103 + 3 - 64
        assert ("lost_reports", True, str(lost)) in desk.pad.self_test().checks
        desk.pad.close()
