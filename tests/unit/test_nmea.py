"""The serial receiver: reference sentences, no fix that is never a place, garbled lines, and who agrees with whom."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import HealthState
from devices.errors import DeviceLostError, DeviceTimeoutError, WireError
from devices.position import Fix, FixQuality, FixWire, NoFix, NoFixReason, Report
from devices.position.nmea import LONGEST, NmeaParser, NmeaReceiver
from devices.position.simulator import NmeaSimulator, Standing, bodies, sentence
from devices.simulation.faults import Fault
from devices.transport import LineSettings, Parity
from protocols.clock import ManualClock
from tests.support.soak import SOAK

HEARD = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
RMC = b"$GPRMC,123519.00,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*44\r\n"
GGA = b"$GPGGA,123519.00,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*69\r\n"
"""The two that every description of NMEA shows, with hundredths of a second."""
BYTES = 5_000_000 if SOAK else 200_000


def reports(*lines: bytes | str) -> list[Report]:
    parser = NmeaParser(lambda: HEARD)
    stream = b"".join(sentence(line) if isinstance(line, str) else line for line in lines)
    return list(parser.feed(stream))


def reasons(*lines: bytes | str) -> list[NoFixReason]:
    found = reports(*lines)
    assert all(isinstance(each, NoFix) for each in found), "no place where there is none"
    return [each.reason for each in found if isinstance(each, NoFix)]


# -- sentences


def test_the_reference_sentences_are_one_fix() -> None:
    assert reports(RMC, GGA) == [
        Fix(
            48 + 7.038 / 60,
            11 + 31 / 60,
            datetime(1994, 3, 23, 12, 35, 19, tzinfo=UTC),
            HEARD,
            satellites=8,
            wire=FixWire.NMEA,
            quality=FixQuality.AUTONOMOUS,
            hdop=0.9,
        )
    ]
    assert len(reports(GGA, RMC)) == 1, "receivers have an order of their own"


def test_one_sentence_alone_is_no_fix() -> None:
    assert reports(RMC) == []
    assert reports(GGA) == []
    assert reports(RMC, GGA.replace(b"123519", b"123520").replace(b"*69", b"*63")) == [], "of two seconds"


def test_two_that_tell_different_places_are_no_fix() -> None:
    north = "GPGGA,123519.00,4907.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"
    assert reasons(RMC, north) == [NoFixReason.IMPLAUSIBLE]


def test_south_and_west_are_negative() -> None:
    (found,) = reports(
        "GPRMC,010203.50,A,0654.882,S,10736.588,W,0,0,130420,,,A",
        "GPGGA,010203.50,0654.882,S,10736.588,W,2,7,1.4,,,,,,",
    )
    assert isinstance(found, Fix)
    assert (round(found.latitude, 6), round(found.longitude, 6)) == (-6.9147, -107.6098)
    assert (found.satellites, found.hdop, found.quality) == (7, 1.4, FixQuality.DIFFERENTIAL)
    assert found.at == datetime(2020, 4, 13, 1, 2, 3, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("GPRMC,,V,,,,,,,,,,N",), NoFixReason.SEARCHING),
        (("GPGGA,,,,,,0,00,99.99,,,,,,",), NoFixReason.SEARCHING),
        (("GPGGA,,,,,,,,,,,,,,",), NoFixReason.SEARCHING),
        (("GPRMC,010203.00,V,0000.000,N,00000.000,E,0,0,130420,,,N",), NoFixReason.SEARCHING),
        (("GPGGA,010203.00,0654.882,S,10736.588,E,6,00,,,,,,,",), NoFixReason.NOT_MEASURED),
        (("GPGGA,010203.00,0654.882,S,10736.588,E,8,09,1,,,,,,",), NoFixReason.NOT_MEASURED),
        (("GPRMC,010203.00,A,0654.882,S,10736.588,E,0,0,130420,,,E",), NoFixReason.NOT_MEASURED),
        (("GPRMC,010203.00,A,0654.882,S,10736.588,E,0,0,130420,,,N",), NoFixReason.SEARCHING),
        (("GPRMC,010203.00,A,,,,,0,0,130420,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,010203.00,A,0654.882,,10736.588,E,0,0,130420,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,010203.00,A,0664.882,S,10736.588,E,0,0,130420,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,010203.00,A,0,S,0,E,0,0,130420,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,256199.00,A,0654.882,S,10736.588,E,0,0,130420,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,010203.00,A,0654.882,S,10736.588,E,0,0,000000,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPRMC,010203.00,A,0654.882,S,10736.588,E,0,0,,,,A",), NoFixReason.IMPLAUSIBLE),
        (("GPGGA,010203.00,0654.882,S,10736.588,E,1,,1,,,,,,",), NoFixReason.IMPLAUSIBLE),
        (
            (
                "GPRMC,010203.00,A,0000.000,N,00000.000,E,0,0,130420,,,A",
                "GPGGA,010203.00,0000.000,N,00000.000,E,1,08,0.9,,,,,,",
            ),
            NoFixReason.IMPLAUSIBLE,
        ),
        (
            (
                "GPRMC,010203.00,A,9959.000,N,10736.588,E,0,0,130420,,,A",
                "GPGGA,010203.00,9959.000,N,10736.588,E,1,08,0.9,,,,,,",
            ),
            NoFixReason.IMPLAUSIBLE,
        ),
    ],
)
def test_no_fix_is_never_a_place(lines: tuple[str, ...], reason: NoFixReason) -> None:
    assert reasons(*lines) == [reason]


def test_the_equator_alone_is_a_place() -> None:
    """Pontianak lies on it."""
    (found,) = reports(
        "GPRMC,010203.00,A,0000.000,N,10920.000,E,0,0,130420,,,A", "GPGGA,010203.00,0000.000,N,10920.000,E,1,08,,,,,,,"
    )
    assert isinstance(found, Fix)
    assert found.latitude == 0
    assert found.hdop is None


def test_a_sentence_without_its_checksum_or_with_a_wrong_one_is_none() -> None:
    parser = NmeaParser(lambda: HEARD)
    assert list(parser.feed(RMC.replace(b"*44", b"") + GGA.replace(b"*69", b"*68"))) == []
    assert (parser.understood, parser.skipped) == (0, 2)


@given(st.integers(0, 8 * (len(RMC) - 3) - 1))
def test_one_flipped_bit_is_no_place_that_is_believed(bit: int) -> None:
    broken = bytearray(RMC)
    broken[bit // 8] ^= 1 << bit % 8
    (good,) = reports(RMC, GGA)
    assert all(isinstance(each, NoFix) or each == good for each in reports(bytes(broken), GGA))


def test_what_other_sentences_say_costs_nothing() -> None:
    others = (
        "GPGSV,1,1,01,01,45,030,40",
        "GPVTG,0,T,,M,0,N,0,K",
        "PMTK001,314,3",
        "GPXYZ,1,2",
        "GPTXT,01,01,02,u-blox",
    )
    assert len(reports(*others[:2], RMC, *others[2:], GGA)) == 1


def test_a_line_without_an_end_is_dropped_and_the_next_one_read() -> None:
    parser = NmeaParser(lambda: HEARD)
    assert list(parser.feed(b"$" + 50 * LONGEST * b"x")) == []
    assert len(parser._heard) <= LONGEST
    assert len(list(parser.feed(b"\r\n" + RMC + GGA))) == 1
    assert parser.skipped == 1


standings = st.builds(
    Standing,
    latitude=st.floats(-89.9, 89.9),
    longitude=st.floats(-179.9, 179.9).filter(lambda value: abs(value) > 0.01),
    satellites=st.integers(1, 40),
    quality=st.sampled_from([1, 2, 4, 5]),
    hdop=st.floats(0, 50),
)


@given(
    standings,
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is asked for beside
    st.integers(1, 200),
)
def test_what_the_simulator_says_the_parser_reads(standing: Standing, at: datetime, size: int) -> None:
    stream = b"".join(sentence("GN" + each) for each in bodies(standing, at))
    parser = NmeaParser(lambda: HEARD)
    found = [each for start in range(0, len(stream), size) for each in parser.feed(stream[start : start + size])]
    assert len(found) == 1
    fix = found[0]
    assert isinstance(fix, Fix)
    assert abs(fix.latitude - standing.latitude) < 1e-6
    assert abs(fix.longitude - standing.longitude) < 1e-6
    assert timedelta(0) <= at - fix.at < timedelta(milliseconds=10)
    assert (fix.satellites, fix.hdop) == (standing.satellites, float(f"{standing.hdop:.2f}"))


@pytest.mark.soak
def test_mutated_bytes_give_reports_or_nothing() -> None:
    noise, parser, fed = random.Random(5), NmeaParser(lambda: HEARD), 0
    lines = [sentence("GP" + each) for each in bodies(Standing(), HEARD)]
    lines += [sentence("GP" + each) for each in bodies(Standing(satellites=0), HEARD)]
    began = time.monotonic()
    while fed < BYTES:
        line = bytearray(b"".join(noise.choices(lines, k=3)))
        for _ in range(noise.randint(0, 4)):
            line[noise.randrange(len(line))] = noise.randrange(256)
        if noise.random() < 0.3:
            text = bytes(line).split(b"$")[-1].split(b"*")[0].decode("latin-1")
            line[:] = sentence("".join(each for each in text if " " <= each <= "~"))  # past the checksum
        if noise.random() < 0.05:
            line[:] = noise.randbytes(noise.randint(1, 2000))
        fed += len(line)
        for report in parser.feed(bytes(line)):
            assert not isinstance(report, Fix) or (report.latitude, report.longitude) != (0, 0)
    assert parser.understood
    assert parser.skipped
    assert time.monotonic() - began < 120 * BYTES / 5_000_000 + 10
    assert len(list(parser.feed(b"\r\n" + RMC + GGA))) >= 1


# -- the driver


class Bench:
    """A receiver and its driver, opened."""

    def __init__(self, receiver: NmeaSimulator) -> None:
        self.receiver = receiver
        self.clock = ManualClock(HEARD)
        self.device = NmeaReceiver("positioning", receiver.url, clock=self.clock, simulated=True)
        self.device.open()


@pytest.fixture(params=["pty", "tcp"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with NmeaSimulator(lambda: HEARD, interval_s=0.02, tcp=request.param == "tcp") as receiver:
        bench = Bench(receiver)
        yield bench
        bench.device.close()


def located(bench: Bench, kind: type[Report]) -> Report:
    """The next report of that kind; what was under way before a change comes first."""
    for _ in range(10):
        found = bench.device.locate()
        if isinstance(found, kind):
            return found
    raise AssertionError(f"no {kind.__name__}")


def located_for_ever(device: NmeaReceiver, timeout_s: float) -> None:
    """Until it raises."""
    while True:
        device.locate(timeout_s)


def test_the_line_has_the_speed_that_was_set(bench: Bench) -> None:
    transport = bench.device._transport
    assert transport is not None
    assert transport.settings == LineSettings(9600, 8, Parity.NONE, 1)
    assert bench.receiver.client_baudrate in {9600, None}
    assert bench.device.info.properties["talkers"] == "GP"
    assert bench.device.info.simulated


def test_a_fix_has_both_clocks(bench: Bench) -> None:
    bench.receiver.stand(clock_off=timedelta(seconds=-150))
    bench.device.locate()
    found = located(bench, Fix)
    assert isinstance(found, Fix)
    assert found.station_ahead == timedelta(seconds=150)
    assert found.heard_at == HEARD


def test_a_receiver_under_a_roof_says_so_and_passes_its_test(bench: Bench) -> None:
    bench.receiver.stand(satellites=0)
    assert located(bench, NoFix) == NoFix(NoFixReason.SEARCHING, HEARD)
    assert bench.device.self_test().passed
    assert bench.device.health.state is HealthState.READY


def test_while_idle_it_listens_and_tells_every_report(bench: Bench) -> None:
    told: list[Report] = []
    bench.device.tell(told.append)
    deadline = time.monotonic() + 5
    while len(told) < 3 and time.monotonic() < deadline:
        bench.device.watch()
        time.sleep(0.005)
    assert len(told) >= 3
    assert all(isinstance(each, Fix) for each in told)


def test_one_that_falls_silent_is_lost(bench: Bench) -> None:
    bench.receiver.mute = True
    bench.device._do_watch()
    with pytest.raises(DeviceTimeoutError, match=r"position\.no_answer"):
        located_for_ever(bench.device, 0.05)
    bench.clock.advance(timedelta(seconds=11))
    with pytest.raises(DeviceLostError, match=r"position\.silent"):
        bench.device.watch()
    assert bench.device.health.state is HealthState.LOST


@pytest.mark.parametrize("fault", [Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED, Fault.LOST])
def test_a_spoiled_sentence_costs_a_second(bench: Bench, fault: Fault) -> None:
    bench.receiver.faults.schedule(fault, times=2)
    fix = located(bench, Fix)
    assert isinstance(fix, Fix)
    assert round(fix.latitude, 4) == -6.9147


def test_another_speed_is_a_garbled_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.position.nmea.OPEN_S", 0.1)
    with NmeaSimulator(lambda: HEARD, interval_s=0.02) as receiver:
        receiver.faults.schedule(Fault.TRUNCATED, times=10_000)
        device = NmeaReceiver("positioning", receiver.url)
        with pytest.raises(WireError, match=r"position\.garbled"):
            device.open()


def test_nothing_tells_a_place() -> None:
    (fix,) = reports(RMC, GGA)
    assert "48" not in repr(fix).replace("datetime", "")
    with pytest.raises(ValueError, match="no place") as caught:
        Fix(91.25, 11.5, HEARD, HEARD, 8, FixWire.NMEA, FixQuality.AUTONOMOUS)
    assert "91" not in str(caught.value)
