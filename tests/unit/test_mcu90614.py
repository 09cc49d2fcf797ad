"""The infrared thermometer: reference bytes, garbled lines, what is a person's temperature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import HealthState
from devices.errors import DeviceTimeoutError, PersonCanRetryError, Remedy, WireError
from devices.simulation.faults import Fault
from devices.thermometer import ReadingSource, TemperatureReading
from devices.thermometer.board import Temperatures
from devices.thermometer.mcu90614 import QUERY, Mcu90614, ReplyParser
from devices.thermometer.simulator import Mcu90614Simulator
from devices.transcript import Direction, Transcript
from devices.transport import LineSettings, Parity
from protocols.clock import ManualClock
from tests.support.lines import read_exactly

REFERENCE = bytes.fromhex("5A5A45040E4E0AFA5D")
NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)


class Bench:
    """A board and its driver, opened."""

    def __init__(self, board: Mcu90614Simulator) -> None:
        self.board = board
        self.heard = Transcript()
        clock = ManualClock(NOON)
        self.device = Mcu90614("thermometer", board.url, clock=clock, simulated=True, transcript=self.heard)
        self.device.open()

    def sent(self) -> bytes:
        return b"".join(each.data for each in self.heard.entries() if each.direction is Direction.SENT)

    def received(self) -> bytes:
        return b"".join(each.data for each in self.heard.entries() if each.direction is Direction.RECEIVED)


@pytest.fixture(params=["pty", "tcp"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with Mcu90614Simulator(36.62, 28.10, tcp=request.param == "tcp") as board:
        bench = Bench(board)
        yield bench
        bench.device.close()


# -- bytes


def test_the_reference_reply_reads_as_its_description_says() -> None:
    parser = ReplyParser()
    assert list(parser.feed(REFERENCE)) == [Temperatures(36.62, 28.10)]
    assert parser.skipped == 0


def test_question_and_reply_on_the_wire_are_the_reference_bytes(bench: Bench) -> None:
    bench.device.measure("officer-1")
    assert bench.sent() == 2 * bytes.fromhex("A515BA"), "once to open, once to measure"
    assert bench.received() == 2 * REFERENCE
    assert bench.board.queries == 2


def test_below_zero_is_below_zero() -> None:
    body = bytes.fromhex("5A5A4504") + (-1234).to_bytes(2, signed=True) + (-1).to_bytes(2, signed=True)
    assert list(ReplyParser().feed(body + bytes([sum(body) & 0xFF]))) == [Temperatures(-12.34, -0.01)]


@given(st.binary(max_size=40).filter(lambda junk: REFERENCE not in junk), st.integers(1, 9))
def test_a_good_reply_is_found_after_anything_in_pieces_of_any_size(junk: bytes, size: int) -> None:
    stream = junk + REFERENCE
    parser = ReplyParser()
    found = [each for at in range(0, len(stream), size) for each in parser.feed(stream[at : at + size])]
    assert found[-1] == Temperatures(36.62, 28.10)
    assert parser.skipped == len(stream) - 9 * len(found)


@given(st.integers(0, 71))
def test_one_flipped_bit_is_no_reply(bit: int) -> None:
    broken = bytearray(REFERENCE)
    broken[bit // 8] ^= 1 << bit % 8
    assert list(ReplyParser().feed(bytes(broken))) == []


def test_two_halves_with_a_good_sum_are_no_reading() -> None:
    halves = REFERENCE[:5] + REFERENCE[:4]
    assert sum(halves[:-1]) & 0xFF == halves[-1]
    assert list(ReplyParser().feed(halves)) == []


def test_a_reply_that_begins_inside_a_cut_off_one_is_found() -> None:
    for cut in range(1, 9):
        assert list(ReplyParser().feed(REFERENCE[:cut] + REFERENCE)) == [Temperatures(36.62, 28.10)]


# -- readings


def test_a_reading_is_kept_as_it_came_with_its_source(bench: Bench) -> None:
    assert bench.device.measure("officer-1") == TemperatureReading(
        celsius=36.62,
        ambient_celsius=28.10,
        source=ReadingSource.INFRARED_SURFACE,
        measured_by="officer-1",
        taken_at=NOON,
    )


def test_the_line_has_the_boards_speed_and_format(bench: Bench) -> None:
    transport = bench.device._transport
    assert transport is not None
    assert transport.settings == LineSettings(9600, 8, Parity.NONE, 1)
    assert bench.board.client_baudrate in {9600, None}
    assert bench.device.info.serial == f"port:{bench.board.url}"
    assert bench.device.info.simulated


@pytest.mark.parametrize("celsius", [32.0, 43.0])
def test_the_limits_themselves_are_a_persons(bench: Bench, celsius: float) -> None:
    bench.board.point_at(celsius)
    assert bench.device.measure("officer-1").celsius == celsius


@pytest.mark.parametrize("celsius", [31.99, 43.01, -5.0, 120.0])
def test_what_is_no_persons_temperature_is_measured_again_and_not_told(bench: Bench, celsius: float) -> None:
    bench.board.point_at(celsius)
    with pytest.raises(PersonCanRetryError) as caught:
        bench.device.measure("officer-1")
    assert str(caught.value) == caught.value.code == "thermometer.out_of_range"
    assert bench.device.health.state is HealthState.READY
    bench.board.point_at(36.5)
    assert bench.device.measure("officer-1").celsius == 36.5


def test_a_reading_that_waited_on_the_line_is_not_taken_for_this_one(bench: Bench) -> None:
    bench.board.point_at(39.9)
    bench.board.say_unasked(20)
    bench.board.point_at(36.4)
    assert bench.device.measure("officer-2").celsius == 36.4


def test_the_self_test_tells_how_fast_and_how_warm_the_room_is(bench: Bench) -> None:
    result = bench.device.self_test()
    assert result.passed
    assert ("ambient", True, "28.10 C") in result.checks
    bench.board.point_at(36.5, 90.0)
    result = bench.device.self_test()
    assert not result.passed
    assert ("ambient", False, "90.00 C") in result.checks


# -- a line that garbles


@pytest.mark.parametrize("fault", [Fault.STRAY, Fault.NOISE])
def test_noise_before_a_reply_costs_nothing(bench: Bench, fault: Fault) -> None:
    bench.board.faults.schedule(fault, times=10)
    for _ in range(10):
        assert bench.device.measure("officer-1").celsius == 36.62
    assert bench.board.faults.exhausted


@pytest.mark.parametrize("fault", [Fault.BAD_SUM, Fault.LOST, Fault.TRUNCATED])
def test_a_reply_that_does_not_come_well_is_asked_for_again(bench: Bench, fault: Fault) -> None:
    asked = bench.board.queries
    bench.board.faults.schedule(fault)
    assert bench.device.measure("officer-1").celsius == 36.62
    assert bench.board.queries == asked + 2


def test_bad_sums_alone_are_a_garbled_wire_within_the_time_given(bench: Bench) -> None:
    bench.board.faults.schedule(Fault.BAD_SUM, times=10)
    with pytest.raises(WireError, match=r"thermometer\.garbled") as caught:
        bench.device.measure("officer-1", timeout_s=0.1)
    assert caught.value.remedy is Remedy.RETRY


def test_a_silent_board_is_a_timeout_within_the_time_given(bench: Bench) -> None:
    bench.board.mute = True
    with pytest.raises(DeviceTimeoutError, match=r"thermometer\.no_answer"):
        bench.device.measure("officer-1", timeout_s=0.1)
    bench.board.mute = False
    assert bench.device.measure("officer-1").celsius == 36.62


def test_a_port_where_nothing_answers_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.thermometer.board.OPEN_S", 0.1)
    with Mcu90614Simulator() as board:
        board.mute = True
        device = Mcu90614("thermometer", board.url)
        with pytest.raises(DeviceTimeoutError, match=r"thermometer\.no_answer"):
            device.open()
        assert device.health.state is HealthState.FAILED


def test_a_board_takes_no_question_with_a_wrong_sum() -> None:
    with Mcu90614Simulator() as board:
        bench = Bench(board)
        transport = bench.device._transport
        assert transport is not None
        transport.write(b"\xa5\x15\xbb" + QUERY)
        assert read_exactly(transport, 9, 2.0)[:4] == REFERENCE[:4]
        assert transport.read_some(0.02) == b""
        bench.device.close()
