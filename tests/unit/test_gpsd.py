"""gpsd's JSON: reference lines of gpsd itself, no fix that is never a place, and gpsd, gpsfake and gpspipe as peers."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import DeviceLostError, DeviceTimeoutError, OperatorCanMendError, Remedy, TechnicianNeededError
from devices.position import Fix, FixQuality, FixWire, NoFix, NoFixReason, Report
from devices.position.gpsd import LONGEST, GpsdParser, GpsdReceiver
from devices.position.simulator import GpsdSimulator, Standing, bodies, sentence
from tests.support.soak import SOAK

HEARD = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
BYTES = 5_000_000 if SOAK else 200_000
TPV: dict[str, Any] = {
    "class": "TPV", "device": "/dev/ttyACM0", "mode": 3, "time": "2020-04-13T04:59:58.000Z", "ept": 0.005,
    "lat": -6.500000000, "lon": 106.833333333, "alt": 10.0, "eph": 17.1,
}  # fmt: skip
SKY: dict[str, Any] = {"class": "SKY", "device": "/dev/ttyACM0", "hdop": 0.9, "nSat": 12, "uSat": 8}


def lines(*said: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\r\n" for each in said)


def reports(*said: dict[str, Any]) -> list[Report]:
    return list(GpsdParser(lambda: HEARD).feed(lines(*said)))


def test_a_place_has_the_satellites_of_its_receivers_sky() -> None:
    other = {**SKY, "device": "/dev/ttyUSB9", "uSat": 3}
    assert reports(SKY, other, TPV) == [
        Fix(
            -6.5,
            106.833333333,
            datetime(2020, 4, 13, 4, 59, 58, tzinfo=UTC),
            HEARD,
            satellites=8,
            wire=FixWire.GPSD,
            quality=FixQuality.AUTONOMOUS,
            hdop=0.9,
        )
    ]


def test_an_older_gpsd_lists_who_is_used() -> None:
    sky = {"class": "SKY", "device": "/dev/ttyACM0", "satellites": [{"used": True}, {"used": False}, {"used": True}]}
    (found,) = reports(sky, TPV)
    assert isinstance(found, Fix)
    assert (found.satellites, found.hdop) == (2, None)


def test_without_a_sky_nobody_knows_how_many() -> None:
    (found,) = reports(TPV)
    assert isinstance(found, Fix)
    assert found.satellites is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"mode": 0}, NoFixReason.SEARCHING),
        ({"mode": 1}, NoFixReason.SEARCHING),
        ({"mode": 1, "lat": 0.0, "lon": 0.0}, NoFixReason.SEARCHING),
        ({"mode": [3]}, NoFixReason.SEARCHING),
        ({"status": 5}, NoFixReason.NOT_MEASURED),
        ({"status": 8}, NoFixReason.NOT_MEASURED),
        ({"status": "1"}, NoFixReason.NOT_MEASURED),
        ({"lat": 0.0, "lon": 0.0}, NoFixReason.IMPLAUSIBLE),
        ({"lat": 0, "lon": 0}, NoFixReason.IMPLAUSIBLE),
        ({"lat": None}, NoFixReason.IMPLAUSIBLE),
        ({"lat": True}, NoFixReason.IMPLAUSIBLE),
        ({"lon": 181.0}, NoFixReason.IMPLAUSIBLE),
        ({"lon": "106.8"}, NoFixReason.IMPLAUSIBLE),
        ({"time": "2020-04-13T04:59:58"}, NoFixReason.IMPLAUSIBLE),
        ({"time": "noon"}, NoFixReason.IMPLAUSIBLE),
        ({"time": None}, NoFixReason.IMPLAUSIBLE),
        ({"lat": 10**400}, NoFixReason.IMPLAUSIBLE),
    ],
)
def test_no_fix_is_never_a_place(changed: dict[str, Any], reason: NoFixReason) -> None:
    assert reports({**TPV, **changed}) == [NoFix(reason, HEARD)]


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"7", b'{"class":7}', b"\xff\xfe", b'{"class":"TPV","lat":NaN}', 2000 * b"[", 8000 * b'{"a":',
        b'{"class":"TPV","lat":' + 5000 * b"9" + b"}",
    ],
)  # fmt: skip
def test_what_is_no_object_of_gpsds_is_skipped(line: bytes) -> None:
    parser = GpsdParser(lambda: HEARD)
    assert list(parser.feed(line + b"\n")) == []
    assert (parser.understood, parser.skipped) == (0, 1)


def test_a_line_without_an_end_is_dropped_and_the_next_one_read() -> None:
    parser = GpsdParser(lambda: HEARD)
    assert list(parser.feed(4 * LONGEST * b" ")) == []
    assert len(parser._heard) <= LONGEST
    assert len(list(parser.feed(b"\n" + lines(TPV)))) == 1


@given(
    st.floats(-90, 90),
    st.floats(-180, 180).filter(bool),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is asked for beside
    st.integers(0, 60),
    st.integers(1, 300),
)
def test_what_is_written_is_read(latitude: float, longitude: float, at: datetime, used: int, size: int) -> None:
    told = {**TPV, "lat": latitude, "lon": longitude, "time": at.isoformat().replace("+00:00", "Z")}
    stream, parser = lines({**SKY, "uSat": used}, told), GpsdParser(lambda: HEARD)
    found = [each for start in range(0, len(stream), size) for each in parser.feed(stream[start : start + size])]
    assert found == [
        Fix(latitude, longitude, at, HEARD, used, FixWire.GPSD, FixQuality.AUTONOMOUS, 0.9),
    ]


@pytest.mark.soak
def test_mutated_bytes_give_reports_or_nothing() -> None:
    noise, parser, fed = random.Random(6), GpsdParser(lambda: HEARD), 0
    odd: list[Any] = [None, True, -1, 10**30, 1e308, "", "x", [], {}, [[1]], 0.0]
    began = time.monotonic()
    while fed < BYTES:
        said = {**noise.choice([TPV, SKY, {"class": "DEVICES", "devices": []}, {"class": "DEVICE", "path": "x"}])}
        for _ in range(noise.randint(0, 3)):
            said[noise.choice([*said, "status", "uSat", "satellites", "activated"])] = noise.choice(odd)
        line = bytearray(lines(said))
        for _ in range(noise.choice([0, 0, 1, 3])):
            line[noise.randrange(len(line))] = noise.randrange(256)
        if noise.random() < 0.05:
            line[:] = noise.randbytes(noise.randint(1, 3000))
        fed += len(line)
        for report in parser.feed(bytes(line)):
            assert not isinstance(report, Fix) or (report.latitude, report.longitude) != (0, 0)
    assert parser.understood
    assert parser.skipped
    assert time.monotonic() - began < 120 * BYTES / 5_000_000 + 10
    assert len(list(parser.feed(b"\n" + lines(TPV)))) == 1


# -- the driver


@pytest.fixture
def gpsd() -> Iterator[GpsdSimulator]:
    with GpsdSimulator(lambda: HEARD, interval_s=0.02) as simulator:
        yield simulator


def test_it_says_who_serves_whom(gpsd: GpsdSimulator) -> None:
    device = GpsdReceiver("positioning", gpsd.url)
    info = device.open()
    device.close()
    assert (info.maker, info.model, info.firmware) == ("gpsd", "u-blox", "3.25")
    assert info.properties["receiver"] == "/dev/ttyACM0"


def located_for_ever(device: GpsdReceiver) -> None:
    """Until it raises."""
    while True:
        device.locate()


def test_a_receiver_torn_out_behind_gpsd_is_lost(gpsd: GpsdSimulator) -> None:
    device = GpsdReceiver("positioning", gpsd.url)
    device.open()
    assert isinstance(device.locate(), Fix)
    gpsd.mute = True
    gpsd.tear_out()
    with pytest.raises(DeviceLostError, match=r"position\.no_receiver"):
        located_for_ever(device)
    gpsd.receivers = 0
    with pytest.raises(OperatorCanMendError, match=r"position\.no_receiver") as caught:
        device.open()
    assert caught.value.remedy is Remedy.PLUG_IN


def test_another_protocol_needs_a_technician(gpsd: GpsdSimulator) -> None:
    gpsd.protocol = 4
    with pytest.raises(TechnicianNeededError, match=r"position\.unfit"):
        GpsdReceiver("positioning", gpsd.url).open()


@pytest.mark.parametrize(
    "url", ["", "gpsd://", "/dev/ttyACM0", "socket://localhost:2947", "gpsd://localhost:0x7", "gpsd://["]
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(OperatorCanMendError, match=r"port\.invalid"):
        GpsdReceiver("positioning", url).open()


def test_a_server_that_is_no_gpsd_does_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.position.gpsd.OPEN_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        device = GpsdReceiver("positioning", f"gpsd://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(DeviceTimeoutError, match=r"position\.no_answer"):
            device.open()


# -- the peers: gpsfake feeds a real gpsd on a port of its own


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@contextmanager
def real_gpsd(folder: Path, standing: Standing, port: int = 0) -> Iterator[tuple[int, datetime]]:
    """A gpsd that is fed by gpsfake, and the time at which the feed begins."""
    log, port, began = folder / "feed.nmea", port or free_port(), datetime(2024, 4, 13, 5, 0, tzinfo=UTC)
    feed = b"".join(
        sentence("GP" + each) for second in range(600) for each in bodies(standing, began + timedelta(seconds=second))
    )
    log.write_bytes(feed)
    command = ["gpsfake", "-1", "-q", "-n", "-c", "0.02", "-P", str(port), str(log)]
    quiet, own = subprocess.DEVNULL, {**os.environ, "TMPDIR": str(folder)}  # it leaves its socket behind
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, env=own) as process:
        try:
            yield port, began
        finally:
            process.terminate()


def opened(port: int) -> GpsdReceiver:
    """Once the daemon is there."""
    device, deadline = GpsdReceiver("positioning", f"gpsd://127.0.0.1:{port}"), time.monotonic() + 20
    while True:
        try:
            device.open()
            return device
        except OperatorCanMendError:
            assert time.monotonic() < deadline, "gpsd does not come up"
            time.sleep(0.05)


def test_gpsd_fed_by_gpsfake_is_understood(tmp_path: Path) -> None:
    standing = Standing(latitude=-6.9147, longitude=107.6098, satellites=4)
    with real_gpsd(tmp_path, standing) as (port, began):
        device = opened(port)
        try:
            fixes = [found for found in (device.locate(10) for _ in range(8)) if isinstance(found, Fix)]
        finally:
            device.close()
    assert fixes
    for fix in fixes:
        assert abs(fix.latitude - standing.latitude) < 1e-5
        assert abs(fix.longitude - standing.longitude) < 1e-5
        assert began <= fix.at < began + timedelta(minutes=10)
    assert fixes[-1].satellites in {4, None}


def test_a_receiver_without_a_fix_has_none_through_gpsd_either(tmp_path: Path) -> None:
    with real_gpsd(tmp_path, Standing(satellites=0)) as (port, _):
        device = opened(port)
        try:
            assert all(isinstance(device.locate(10), NoFix) for _ in range(3))
        finally:
            device.close()


def test_what_gpspipe_prints_is_understood(tmp_path: Path) -> None:
    with real_gpsd(tmp_path, Standing(satellites=4)) as (port, _):
        opened(port).close()
        printed = subprocess.run(
            ["gpspipe", "-w", "-n", "20", f"127.0.0.1:{port}"], capture_output=True, timeout=20, check=True
        ).stdout
    parser = GpsdParser(lambda: HEARD)
    found = list(parser.feed(printed))
    assert parser.skipped == 0
    assert parser.version is not None
    assert re.fullmatch(r"3\.\d+.*", parser.version["release"])
    assert any(isinstance(each, Fix) for each in found)


def test_a_gpsd_that_ends_and_comes_back_is_lost_and_found_again(tmp_path: Path) -> None:
    with real_gpsd(tmp_path, Standing(satellites=4)) as (port, _):
        device = opened(port)
        serial = device.info.serial
    with pytest.raises(DeviceLostError):
        located_for_ever(device)
    with real_gpsd(tmp_path, Standing(satellites=4), port):
        again = opened(port)
        try:
            assert again.info.serial == serial
            assert again.locate(10) is not None
        finally:
            again.close()
