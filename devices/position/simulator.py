"""The receivers' end of both wires: one that speaks NMEA on a pty or TCP, and a gpsd with one receiver behind it.

Both speak from the formats' descriptions, not from our drivers: sentences and objects are made by their own code, and
the tests hold them against reference lines and against gpsd itself.
"""

from __future__ import annotations

import json
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import UnpluggedError, WireEnd


@dataclass(frozen=True, slots=True)
class Standing:
    """What a simulated receiver finds in the sky.

    Attributes:
        latitude, longitude: degrees, north and east positive.
        satellites: that it uses; 0 = it has no fix.
        quality: GGA's figure: 1 satellites alone, 2 differential, 4 RTK, 6 reckoned, 7 typed, 8 simulated.
        clock_off: how far its clock is off the true time.
    """

    latitude: float = -6.9147
    longitude: float = 107.6098
    satellites: int = 9
    quality: int = 1
    hdop: float = 0.9
    clock_off: timedelta = timedelta(0)


class _Speaker(FarEnd, ABC):
    """A receiver on a wire that speaks of its own accord; what is said is the kind's own.

    Args:
        name: of the wire.
        now: the true time.
        interval_s: seconds between two reports.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(self, name: str, now: Callable[[], datetime], interval_s: float, *, tcp: bool, seed: int) -> None:
        self.faults = FaultPlan()
        self.mute = False
        """While true it says nothing."""
        self._now = now
        self._standing = Standing()
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        super().__init__(WireEnd(name, self._received, plugged=self._plugged, tcp=tcp), every_s=interval_s)
        self._saying = False

    def stand(self, **changed: object) -> None:
        """Change what it finds, by the names of `Standing`."""
        self._standing = replace(self._standing, **changed)  # type: ignore[arg-type]  # names are checked by `replace`

    def say(self, data: bytes) -> None:
        """Send these bytes; returns when they are sent, or nobody hears them."""
        self._wire.call(lambda: self._wire.write(data))

    def _beat(self) -> None:
        if not self._saying:  # nobody reads: what does not fit on the line is lost, as on a real one
            self._wire.soon(self._speak)

    # -- on the wire's thread

    @abstractmethod
    def _received(self, data: bytes) -> None:
        """What the station says."""

    @abstractmethod
    def _plugged(self) -> None:
        """Somebody can hear it."""

    def _speak(self) -> None:
        if self.mute or self._saying:
            return
        self._saying = True
        try:
            for line in self._report(self._standing, self._now().astimezone(UTC) + self._standing.clock_off):
                self._send(line)
        except UnpluggedError:
            return
        finally:
            self._saying = False

    @abstractmethod
    def _report(self, standing: Standing, at: datetime) -> list[bytes]:
        """What is said, line by line."""

    def _send(self, line: bytes) -> None:
        match self.faults.befalls():
            case Fault.STRAY:
                line = b"U" + line
            case Fault.NOISE:
                line = self._noise.randbytes(self._noise.randint(1, 40)) + b"\r\n" + line
            case Fault.BAD_SUM:
                at = self._noise.randrange(len(line) - 2)
                line = line[:at] + bytes([line[at] ^ 1 << self._noise.randrange(7)]) + line[at + 1 :]
            case Fault.TRUNCATED:
                line = line[: len(line) // 2]
            case Fault.LOST | Fault.MUTE | Fault.RESET:
                return
            case None:
                pass
        self._wire.write(line)


class NmeaSimulator(_Speaker):
    """A serial receiver: RMC, GGA, GSA and GSV, once every interval.

    Args:
        now: the true time.
        interval_s: seconds between two reports.
        tcp: a TCP port on loopback instead of a pty.
        talker: who speaks: GP satellites of one system, GN of several.
        seed: for noise.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        interval_s: float = 1.0,
        tcp: bool = False,
        talker: str = "GP",
        seed: int = 0,
    ) -> None:
        super().__init__("nmea", now, interval_s, tcp=tcp, seed=seed)
        self._talker = talker

    def _received(self, data: bytes) -> None:
        """It takes no orders."""

    def _plugged(self) -> None:
        """It greets nobody."""

    def _report(self, standing: Standing, at: datetime) -> list[bytes]:
        return [sentence(self._talker + each) for each in bodies(standing, at)]


class GpsdSimulator(_Speaker):
    """A gpsd with one receiver: greets whoever comes, speaks once it is asked to watch.

    Args:
        now: the true time.
        interval_s: seconds between two reports.
        seed: for noise.
    """

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, interval_s: float = 1.0, seed: int = 0
    ) -> None:
        super().__init__("gpsd", now, interval_s, tcp=True, seed=seed)
        self.path = "/dev/ttyACM0"
        self.protocol = 3
        self.receivers = 1
        self._watched = False

    @property
    def url(self) -> str:
        """What the driver is configured with; the same over unplug and replug."""
        return self._wire.url.replace("socket://", "gpsd://")

    def tear_out(self) -> None:
        """The receiver behind gpsd is torn out; gpsd stays."""
        self.say(_object({"class": "DEVICE", "path": self.path, "activated": 0}))

    def _plugged(self) -> None:
        self._watched = False
        self._wire.write(
            _object({"class": "VERSION", "release": "3.25", "rev": "3.25", "proto_major": self.protocol,
                     "proto_minor": 15})
        )  # fmt: skip

    def _received(self, data: bytes) -> None:
        if b"?WATCH=" in data and b'"enable":true' in data:
            self._watched = True
            device = {"class": "DEVICE", "path": self.path, "driver": "u-blox", "activated": 1588.5}
            self._wire.write(_object({"class": "DEVICES", "devices": self.receivers * [device]}))
            self._wire.write(_object({"class": "WATCH", "enable": True, "json": True}))

    def _report(self, standing: Standing, at: datetime) -> list[bytes]:
        if not self._watched:
            return []
        place: dict[str, object] = {"class": "TPV", "device": self.path, "mode": 1}
        sky: dict[str, object] = {"class": "SKY", "device": self.path, "uSat": standing.satellites}
        if standing.satellites:
            time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            place |= {"mode": 3, "time": time, "lat": standing.latitude, "lon": standing.longitude}
            sky["hdop"] = standing.hdop
            status = {1: 1, 2: 2, 4: 3, 5: 4, 6: 5, 8: 8}[standing.quality]
            if status != 1:
                place["status"] = status
        return [_object(sky), _object(place)]


def sentence(body: str) -> bytes:
    """A sentence as it goes over the wire: the body between its dollar and its checksum."""
    total = 0
    for each in body.encode("ascii"):
        total ^= each
    return f"${body}*{total:02X}\r\n".encode("ascii")


def bodies(standing: Standing, at: datetime) -> list[str]:
    """RMC, GGA, GSA and GSV of one second, without their talker."""
    moment, day = f"{at:%H%M%S}.{at.microsecond // 10000:02d}", f"{at:%d%m%y}"
    if not standing.satellites:
        return [f"RMC,{moment},V,,,,,,,{day},,,N", f"GGA,{moment},,,,,0,00,99.99,,,,,,", "GSA,A,1,,,,,,,,,,,,,,,"]
    latitude, longitude = _degrees(standing.latitude, 2, "NS"), _degrees(standing.longitude, 3, "EW")
    place, mode = f"{latitude},{longitude}", {1: "A", 2: "D", 4: "R", 5: "F", 6: "E", 7: "M", 8: "S"}[standing.quality]
    used = [f"{number + 1:02d}" for number in range(min(standing.satellites, 12))]
    seen = ",".join(f"{number},45,{30 * int(number) % 360:03d},40" for number in used[:4])
    return [
        f"RMC,{moment},A,{place},0.0,0.0,{day},,,{mode}",
        f"GGA,{moment},{place},{standing.quality},{standing.satellites:02d},{standing.hdop:.2f},720.0,M,20.0,M,,",
        f"GSA,A,3,{','.join(used + [''] * (12 - len(used)))},1.6,{standing.hdop:.2f},1.3",
        f"GSV,1,1,{len(used[:4]):02d},{seen}",
    ]


def _degrees(value: float, digits: int, sides: str) -> str:
    minutes = round(abs(value) * 60, 5)
    whole, rest = divmod(minutes, 60)
    return f"{int(whole):0{digits}d}{rest:08.5f},{sides[value < 0]}"


def _object(said: dict[str, object]) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode("ascii") + b"\r\n"
