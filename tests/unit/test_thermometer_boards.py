"""The faster board, streaming, and the board that speaks AA 55: their bytes, their lines, and any bytes at all."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceTimeoutError, PersonCanRetryError, WireError
from devices.simulation.faults import Fault
from devices.thermometer import ReadingSource
from devices.thermometer.aa55 import Aa55Parser, Aa55Thermometer
from devices.thermometer.board import AMBIENT_RANGE, OBJECT_RANGE, TemperatureParser, Temperatures
from devices.thermometer.mcu90614 import GY_MCU90614, GY_MCU90615, Board, Mcu90614, ReplyParser
from devices.thermometer.simulator import Aa55Simulator, Mcu90614Simulator
from devices.transcript import Direction, Transcript
from devices.transport import LineSettings, Parity
from tests.support.soak import SOAK

BYTES = 5_000_000 if SOAK else 200_000
AA55_REFERENCE = bytes.fromhex("AA5506240730")
"""36 and 7 tenths."""


# -- bytes


def test_the_reference_reply_reads_as_its_description_says() -> None:
    assert list(Aa55Parser().feed(AA55_REFERENCE)) == [Temperatures(36.7, None)]


def test_what_is_written_nowhere_is_no_reading() -> None:
    """Tenths above nine: 36 and 15 may be 36.15, 37.5 or nonsense, and nobody guesses."""
    body = bytes([0xAA, 0x55, 0x06, 36, 15])
    assert list(Aa55Parser().feed(body + bytes([sum(body) & 0xFF]))) == []


@given(st.integers(0, 47))
def test_one_flipped_bit_is_no_reply(bit: int) -> None:
    broken = bytearray(AA55_REFERENCE)
    broken[bit // 8] ^= 1 << bit % 8
    assert list(Aa55Parser().feed(bytes(broken))) == []


@given(st.binary(max_size=40).filter(lambda junk: b"\xaa" not in junk), st.integers(1, 6))
def test_a_good_reply_is_found_after_anything_in_pieces_of_any_size(junk: bytes, size: int) -> None:
    stream, parser = junk + AA55_REFERENCE, Aa55Parser()
    found = [each for at in range(0, len(stream), size) for each in parser.feed(stream[at : at + size])]
    assert found == [Temperatures(36.7, None)]
    assert parser.skipped == len(junk)


@given(st.integers(0, 2559), st.integers(1, 6))
def test_what_the_simulated_board_says_the_parser_reads(tenths: int, size: int) -> None:
    stream = Aa55Simulator()._frame(tenths / 10, 0.0)
    parser = Aa55Parser()
    found = [each for at in range(0, len(stream), size) for each in parser.feed(stream[at : at + size])]
    assert found == [Temperatures(tenths / 10, None)]


@given(st.integers(-7000, 32767), st.integers(-4000, 12500))
def test_what_the_other_simulated_board_says_its_parser_reads(hundredths: int, around: int) -> None:
    frame = Mcu90614Simulator()._frame(hundredths / 100, around / 100)
    assert list(ReplyParser().feed(frame)) == [Temperatures(hundredths / 100, around / 100)]


@pytest.mark.soak
@pytest.mark.parametrize(
    ("parser", "frame"),
    [(ReplyParser(), bytes.fromhex("5A5A45040E4E0AFA5D")), (Aa55Parser(), AA55_REFERENCE)],
    ids=["mcu90614", "aa55"],
)
def test_mutated_bytes_give_possible_temperatures_or_nothing(parser: TemperatureParser, frame: bytes) -> None:
    noise, fed = random.Random(7), 0
    began = time.monotonic()
    while fed < BYTES:
        line = bytearray(frame * noise.randint(1, 20))
        for _ in range(noise.randint(0, 6)):
            line[noise.randrange(len(line))] = noise.randrange(256)
        if noise.random() < 0.2:
            line[:] = line[noise.randrange(len(line)) :]
        if noise.random() < 0.05:
            line[:] = noise.randbytes(noise.randint(1, 2000))
        fed += len(line)
        for found in parser.feed(bytes(line)):
            assert OBJECT_RANGE[0] <= found.object_celsius <= OBJECT_RANGE[1]
            around = found.ambient_celsius
            assert around is None or AMBIENT_RANGE[0] <= around <= AMBIENT_RANGE[1]
    assert parser.skipped
    assert time.monotonic() - began < 120 * BYTES / 5_000_000 + 10
    assert [*parser.feed(bytes(20) + frame)][-1].object_celsius == pytest.approx(36.65, abs=0.06)


# -- the boards


@pytest.mark.parametrize("board", [GY_MCU90614, GY_MCU90615])
@pytest.mark.parametrize("continuous", [False, True])
def test_each_board_in_each_mode_gives_what_it_is_pointed_at(board: Board, continuous: bool) -> None:
    heard = Transcript()
    with Mcu90614Simulator(36.62, 28.1) as simulator:
        device = Mcu90614("thermometer", simulator.url, board=board, continuous=continuous, transcript=heard)
        info = device.open()
        try:
            assert simulator.client_baudrate == board.baudrate
            assert device._transport is not None
            assert device._transport.settings == LineSettings(board.baudrate, 8, Parity.NONE, 1)
            reading = device.measure("officer-1")
            assert (reading.celsius, reading.ambient_celsius) == (36.62, 28.1)
            assert simulator.streaming is continuous
        finally:
            device.close()
    assert (info.model, info.properties["baudrate"]) == (board.model, str(board.baudrate))
    sent = {each.data for each in heard.entries() if each.direction is Direction.SENT}
    assert sent == {b"\xa5\x45\xea" if continuous else b"\xa5\x15\xba"}


def test_a_board_that_streamed_while_nobody_asked_tells_the_newest() -> None:
    with Mcu90614Simulator(39.9) as simulator:
        device = Mcu90614("thermometer", simulator.url, continuous=True)
        device.open()
        try:
            simulator.say_unasked(30)
            simulator.point_at(36.4)
            assert device.measure("officer-2").celsius == 36.4
            simulator.say_unasked(30)
            device.watch()
        finally:
            device.close()


@pytest.fixture(params=["pty", "tcp"])
def aa55(request: pytest.FixtureRequest) -> Iterator[tuple[Aa55Simulator, Aa55Thermometer]]:
    with Aa55Simulator(36.7, tcp=request.param == "tcp") as simulator:
        device = Aa55Thermometer("thermometer", simulator.url, simulated=True)
        device.open()
        yield simulator, device
        device.close()


def several(device: Aa55Thermometer, timeout_s: float) -> None:
    """Measure three times: what was under way before a change comes first."""
    for _ in range(3):
        device.measure("officer-1", timeout_s)


def test_the_value_is_kept_as_it_came_with_its_source(aa55: tuple[Aa55Simulator, Aa55Thermometer]) -> None:
    _, device = aa55
    reading = device.measure("officer-1")
    assert (reading.celsius, reading.ambient_celsius) == (36.7, None)
    assert (reading.source, reading.measured_by) == (ReadingSource.INFRARED_SURFACE, "officer-1")
    assert device._transport is not None
    assert device._transport.settings == LineSettings(115200, 8, Parity.NONE, 1)
    assert [name for name, passed, _ in device.self_test().checks if passed] == ["answer"]


@pytest.mark.parametrize("fault", [Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED, Fault.LOST])
def test_a_reply_that_does_not_come_well_is_waited_for_again(
    aa55: tuple[Aa55Simulator, Aa55Thermometer], fault: Fault
) -> None:
    simulator, device = aa55
    simulator.faults.schedule(fault, times=3)
    assert device.measure("officer-1").celsius == 36.7


def test_a_wall_is_no_person_and_is_not_told(aa55: tuple[Aa55Simulator, Aa55Thermometer]) -> None:
    simulator, device = aa55
    simulator.point_at(24.1)
    device.watch()
    with pytest.raises(PersonCanRetryError) as caught:
        several(device, 3.0)
    assert str(caught.value) == "thermometer.out_of_range"


def test_garbage_and_silence_end_in_time(aa55: tuple[Aa55Simulator, Aa55Thermometer]) -> None:
    simulator, device = aa55
    simulator.faults.schedule(Fault.BAD_SUM, times=1000)
    with pytest.raises(WireError, match=r"thermometer\.garbled"):
        several(device, 0.2)
    simulator.mute = True
    with pytest.raises((DeviceTimeoutError, WireError)):
        several(device, 0.1)
    simulator.mute = False
    simulator.faults.clear()
    assert device.measure("officer-1").celsius == 36.7
