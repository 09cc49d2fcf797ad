"""The Topaz driver on its simulator: whole signatures, garbled lines, and whose ink it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from devices.conformance.contract import until
from devices.device import HealthState
from devices.errors import DeviceLostError
from devices.signature_pad import PenSample
from devices.signature_pad.quality import assess, strokes
from devices.signature_pad.simulator_topaz import PadTraits, TopazSimulator
from devices.signature_pad.topaz import TopazPad
from devices.signature_pad.topaz_wire import DEFAULT_MODEL, MODELS, TopazModel
from devices.simulation.faults import Fault
from devices.simulation.stroke import CountPoint, line, signature, to_counts
from devices.transport import LineSettings, Parity, _SerialLine
from protocols.clearance import Clearance, NotClearedError, Refusal
from protocols.clock import ManualClock
from tests.support.counter import Counter

SILENCE_S = 0.02
PATIENCE_S = 5.0
NAMES = signature(7)
SHORT = signature(4)
"""Two and a half seconds: played in real time."""
AREA = PadTraits().area


class Desk:
    """A counter with one pad, opened."""

    def __init__(
        self, surface: TopazSimulator, model: TopazModel = DEFAULT_MODEL, counter: Counter | None = None
    ) -> None:
        self.surface = surface
        self.counter = counter or Counter()
        self.pad = TopazPad("signature_pad", self.counter.gate, surface.url, model=model, simulated=True)
        self.pad.open()

    def ready(self) -> Clearance:
        """Armed, and asked once, so that what comes from now on is this visit's."""
        leave = self.counter.armed(self.pad)
        assert self.pad.read_ink(leave, SILENCE_S) == ()
        return leave

    def ink(self, leave: Clearance) -> list[PenSample]:
        """Read until the pen has gone (the simulated one hovers, then leaves), or nothing came for long."""
        found: list[PenSample] = []
        while piece := self.pad.read_ink(leave, PATIENCE_S):
            found += piece
            if len(found) > 1 and not found[-1].down and not found[-2].down and found[-1].x == found[-2].x:
                return found
        return found


@pytest.fixture(params=["pty", "tcp"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with TopazSimulator(tcp=request.param == "tcp") as surface:
        desk = Desk(surface)
        yield desk
        desk.pad.close()


def touched(samples: list[PenSample]) -> list[tuple[int, int, int]]:
    return [(each.x, each.y, each.pressure) for each in samples if each.down]


def played(points: tuple[CountPoint, ...]) -> list[tuple[int, int, int]]:
    return [(each.x, each.y, each.pressure) for each in points if each.down]


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(NotClearedError) as caught:
        act()
    return caught.value.refusal


# -- the line


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_line_has_the_models_speed_and_odd_parity(model: TopazModel) -> None:
    with TopazSimulator() as surface:
        desk = Desk(surface, model)
        assert desk.pad._transport is not None
        assert desk.pad._transport.settings == LineSettings(model.baudrate, model.format.data_bits, Parity.ODD, 1)
        assert surface.client_baudrate == model.baudrate
        properties = desk.pad.info.properties
        assert (properties["baudrate"], properties["format"]) == (
            str(model.baudrate),
            f"{model.format.data_bits}O1",
        )
        assert properties["packets"] == f"format {model.format.number}"
        desk.pad.close()


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_every_model_of_the_table_hands_over_what_is_written_within_its_area(model: TopazModel) -> None:
    area = (model.min_x, model.min_y, model.max_x, model.max_y)
    traits = PadTraits(area=area, lcd=model.lcd, baudrate=model.baudrate, format=model.format.number)
    with TopazSimulator(traits) as surface:
        desk = Desk(surface, model)
        leave = desk.ready()
        surface.sign(line(), fast=True)
        assert touched(desk.ink(leave)) == played(to_counts(line(), area))
        geometry = desk.pad.geometry
        assert (geometry.min_x, geometry.min_y, geometry.max_x, geometry.max_y, geometry.dpi) == (*area, model.dpi)
        assert (surface.glass > 0) is model.lcd
        desk.pad.close()


def test_a_pad_is_known_by_its_port_and_marked_as_simulated(desk: Desk) -> None:
    info = desk.pad.info
    assert info.serial == f"port:{desk.surface.url}"
    assert info.simulated
    assert (info.maker, info.model, info.properties["dpi"]) == ("Topaz", "SigLite 1x5", "410")


# -- ink


def test_a_signature_comes_whole_in_order_and_in_its_own_time(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign_meanwhile(SHORT)
    ink = desk.ink(leave)
    expected = to_counts(SHORT, AREA)
    assert touched(ink) == played(expected)
    assert len(strokes(ink)) == len(strokes_of(expected))
    times = [each.time_ms for each in ink]
    assert times == sorted(times)
    first = next(each for each in ink if each.down)
    assert ink[-1].time_ms - first.time_ms >= 0.9 * 1000 * SHORT[-1].time_s
    assert assess(ink, desk.pad.geometry).acceptable


def strokes_of(points: tuple[CountPoint, ...]) -> list[int]:
    """Where the pen comes down."""
    return [index for index, point in enumerate(points) if point.down and (not index or not points[index - 1].down)]


def test_the_numbers_mean_the_pads_counts_from_its_top_left_corner(desk: Desk) -> None:
    geometry = desk.pad.geometry
    assert (geometry.min_x, geometry.min_y, geometry.max_x, geometry.max_y) == AREA
    assert (geometry.dpi, geometry.max_pressure) == (410, 1023)
    leave = desk.ready()
    corners = (CountPoint(500, 700, 5, True, 0.0), CountPoint(2650, 2100, 1023, True, 0.01))
    desk.surface.trace(corners, fast=True)
    assert touched(desk.ink(leave)) == [(500, 700, 5), (2650, 2100, 1023)]


def test_ink_that_comes_between_two_calls_is_kept_and_spread_over_its_time(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign(line(seconds=0.4))
    ink = desk.ink(leave)
    assert touched(ink) == played(to_counts(line(seconds=0.4), AREA))
    steps = [after.time_ms - before.time_ms for before, after in pairwise(ink)]
    assert all(0 <= step <= 15 for step in steps)
    assert ink[-1].time_ms - ink[0].time_ms >= 300


def test_a_pad_without_pressure_presses_fully_while_down_and_not_at_all_above() -> None:
    with TopazSimulator(PadTraits(pressure=False)) as surface:
        desk = Desk(surface)
        leave = desk.ready()
        surface.sign(NAMES, fast=True)
        ink = desk.ink(leave)
        assert {each.pressure for each in ink if each.down} == {1023}
        assert {each.pressure for each in ink if not each.down} == {0}
        desk.pad.close()


def test_nobody_writing_is_no_ink_and_no_error(desk: Desk) -> None:
    leave = desk.ready()
    for _ in range(3):
        assert desk.pad.read_ink(leave, SILENCE_S) == ()
    assert desk.pad.health.state is HealthState.READY


def test_what_a_pad_tells_of_itself_is_in_its_self_test(desk: Desk) -> None:
    leave = desk.ready()
    assert "pad" not in {name for name, _, _ in desk.pad.self_test().checks}
    desk.surface.tell()
    desk.surface.sign(line(), fast=True)
    desk.ink(leave)
    assert ("pad", True, "model 12, number 70000") in desk.pad.self_test().checks
    assert (desk.pad.info.properties["pad_model"], desk.pad.info.properties["pad_number"]) == ("12", "70000")


@pytest.mark.parametrize("tcp", [False, True], ids=["pty", "tcp"])
def test_a_pad_of_seven_bits_signs_tells_and_resynchronises_as_one_of_eight(*, tcp: bool) -> None:
    model = MODELS["SignatureGem LCD 1x5"]
    area = (model.min_x, model.min_y, model.max_x, model.max_y)
    traits = PadTraits(area=area, lcd=True, format=1, model=9, number=1 << 16 | 4095)
    with TopazSimulator(traits, tcp=tcp) as surface:
        desk = Desk(surface, model)
        leave = desk.ready()
        surface.tell()
        surface.faults.schedule(Fault.NOISE, skip=5, times=30)
        surface.sign(NAMES, fast=True)
        ink = desk.ink(leave)
        assert not set(played(to_counts(NAMES, area))) - set(touched(ink))
        assert ("pad", True, "model 9, number 69631") in desk.pad.self_test().checks
        assert (desk.pad.geometry.max_x, desk.pad.geometry.max_y) == area[2:]
        desk.pad.close()


# -- a line that garbles


@pytest.mark.parametrize("fault", [Fault.STRAY, Fault.NOISE])
def test_noise_before_a_report_costs_none(desk: Desk, fault: Fault) -> None:
    leave = desk.ready()
    desk.surface.faults.schedule(fault, skip=5, times=30)
    desk.surface.sign(NAMES, fast=True)
    ink = desk.ink(leave)
    missing = set(played(to_counts(NAMES, AREA))) - set(touched(ink))
    assert not missing
    assert desk.surface.faults.exhausted


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.TRUNCATED, Fault.BAD_SUM])
def test_a_report_that_is_lost_or_cut_off_costs_no_other(desk: Desk, fault: Fault) -> None:
    leave = desk.ready()
    points = to_counts(NAMES, AREA)
    desk.surface.faults.schedule(fault, skip=20, times=10)
    desk.surface.sign(NAMES, fast=True)
    places = {(x, y) for x, y, _ in touched(desk.ink(leave))}
    expected = {(each.x, each.y) for each in points if each.down}
    assert len(expected - places) <= 10
    assert desk.surface.faults.exhausted


@pytest.mark.parametrize("fault", [Fault.MUTE, Fault.RESET])
def test_a_pad_that_falls_silent_leaves_what_came_before(desk: Desk, fault: Fault) -> None:
    leave = desk.ready()
    desk.surface.faults.schedule(fault, skip=20)
    desk.surface.sign(line(), fast=True)
    ink: list[PenSample] = []
    while piece := desk.pad.read_ink(leave, SILENCE_S):
        ink += piece
    assert touched(ink) == played(to_counts(line(), AREA))[:20]
    desk.surface.sign(line(), fast=True)
    assert len(touched(desk.ink(leave))) == len(line())


def test_answers_of_the_pad_are_no_ink() -> None:
    with TopazSimulator(PadTraits(lcd=True)) as surface:
        desk = Desk(surface, MODELS["SigLite LCD 1x5"])
        leave = desk.ready()
        desk.pad.clear(leave)
        assert desk.pad.read_ink(leave, SILENCE_S) == ()
        assert bytes(surface.commands[-2:]) == b"\x04\x14", "cleared, and ink stays on the screen until the next clear"
        desk.pad.close()


def test_a_pad_without_a_screen_is_told_nothing(desk: Desk) -> None:
    leave = desk.ready()
    desk.pad.clear(leave)
    desk.surface.sign(line(), fast=True)
    desk.ink(leave)
    assert desk.surface.commands == b""


# -- whose ink it is


def test_ink_from_before_the_clearance_is_thrown_away(desk: Desk) -> None:
    desk.surface.sign(NAMES, fast=True)
    leave = desk.counter.armed(desk.pad)
    desk.surface.sign(NAMES, fast=True)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()
    desk.surface.sign(line(), fast=True)
    assert touched(desk.ink(leave)) == played(to_counts(line(), AREA))


def test_without_a_clearance_no_ink_comes_and_what_was_written_meanwhile_never_does(desk: Desk) -> None:
    leave = desk.ready()
    assert refused(lambda: desk.pad.read_ink(None)) is Refusal.NO_CLEARANCE
    desk.surface.sign(NAMES, fast=True)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()
    desk.counter.gate.leave()
    desk.surface.sign(NAMES, fast=True)
    assert refused(lambda: desk.pad.read_ink(leave)) is Refusal.REVOKED
    leave = desk.counter.armed(desk.pad)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()


def test_the_next_visit_gets_nothing_of_the_last_ones_ink(desk: Desk) -> None:
    first = desk.ready()
    desk.surface.sign(NAMES, fast=True)
    desk.counter.visit_id = "visit-2"
    second = desk.counter.armed(desk.pad)
    assert refused(lambda: desk.pad.read_ink(first)) is Refusal.OTHER_VISIT
    assert desk.pad.read_ink(second, SILENCE_S) == ()


def test_ink_from_before_the_pad_was_armed_anew_is_thrown_away_though_the_clearance_be_the_same(desk: Desk) -> None:
    leave = desk.ready()
    desk.pad.disarm()
    desk.surface.sign(NAMES, fast=True)
    desk.pad.arm(leave)
    assert desk.pad.read_ink(leave, SILENCE_S) == ()


def test_a_new_clearance_for_the_same_visit_begins_with_a_clean_pad(desk: Desk) -> None:
    first = desk.ready()
    desk.surface.sign(NAMES, fast=True)
    second = desk.counter.armed(desk.pad)
    assert first is not second
    assert desk.pad.read_ink(second, SILENCE_S) == ()


def test_ink_that_arrives_while_the_clearance_ends_is_not_handed_over() -> None:
    clock = ManualClock()
    with TopazSimulator() as surface:
        desk = Desk(surface, counter=Counter(clock))
        leave = desk.ready()
        surface.sign(line(), fast=True)

        def read_late() -> tuple[PenSample, ...]:
            take = desk.pad._do_read_ink

            def late(timeout_s: float) -> tuple[PenSample, ...]:
                ink = take(timeout_s)
                assert ink
                clock.advance(timedelta(hours=12))
                return ink

            desk.pad._do_read_ink = late  # type: ignore[method-assign]  # time passes while the wire is read
            return desk.pad.read_ink(leave, PATIENCE_S)

        assert refused(read_late) is Refusal.EXPIRED
        desk.pad.close()


def test_more_foreign_ink_than_the_line_holds_is_thrown_away_all() -> None:
    with TopazSimulator() as surface:
        desk = Desk(surface)
        scrawl = b"".join(surface._report_of(point) for point in to_counts(NAMES, AREA)) * 3
        writer = threading.Thread(target=surface._wire.call, args=(lambda: surface._wire.write(scrawl),))
        writer.start()
        transport = desk.pad._transport
        assert transport is not None
        assert isinstance(transport._line, _SerialLine)
        port = transport._line._port
        until(lambda: port.in_waiting > 4000, "a pty holds four kilobytes; the writer waits with the rest")
        assert len(scrawl) > 8000
        leave = desk.counter.armed(desk.pad)
        assert desk.pad.read_ink(leave, SILENCE_S) == ()
        writer.join()
        surface.sign(line(), fast=True)
        assert touched(desk.ink(leave)) == played(to_counts(line(), AREA))
        desk.pad.close()


def test_clearing_throws_ink_away_and_sets_the_time_back(desk: Desk) -> None:
    leave = desk.ready()
    desk.surface.sign(line())
    first = desk.ink(leave)
    desk.surface.sign(NAMES, fast=True)
    desk.pad.clear(leave)
    desk.surface.sign(line(seconds=0.1), fast=True)
    again = desk.ink(leave)
    assert touched(again) == played(to_counts(line(seconds=0.1), AREA))
    assert again[0].time_ms < first[-1].time_ms


# -- the cable


def test_a_cable_pulled_in_mid_signature_is_a_lost_device_and_the_rest_never_comes(desk: Desk) -> None:
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
    assert touched(desk.ink(leave)) == played(to_counts(line(), AREA))


def test_ink_from_while_the_pad_was_closed_is_thrown_away(desk: Desk) -> None:
    before = desk.ready()
    desk.pad.close()
    desk.surface.sign(NAMES, fast=True)
    desk.pad.open()
    desk.surface.sign(NAMES, fast=True)
    with pytest.raises(NotClearedError, match="other_device"):  # it might be another pad
        desk.pad.read_ink(before, SILENCE_S)
    assert desk.pad.read_ink(desk.counter.armed(desk.pad), SILENCE_S) == ()
