"""Driver for a receiver that gpsd serves: its JSON over TCP, for stations where other programs read the receiver too.

One line is one object (gpsd_json(5), protocol 3). TPV has place and time, SKY the satellites of the same receiver; a
SKY comes when it comes, so a fix has the newest one's count and dilution.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from devices.device import DeviceInfo
from devices.errors import (
    DeviceLostError,
    DeviceTimeoutError,
    OperatorCanMendError,
    Remedy,
    TechnicianNeededError,
    WireError,
)
from devices.position import Fix, FixQuality, FixWire, NoFix, NoFixReason, Report
from devices.position.streamed import OPEN_S, StreamedReceiver
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock

PORT: Final = 2947
WATCH: Final = b'?WATCH={"enable":true,"json":true};\n'
PROTOCOL: Final = 3
LONGEST: Final = 16384
"""Bytes of a line at the most; gpsd's own bound is 10240."""
MOST_RECEIVERS: Final = 16
"""Whose satellites are remembered at the most."""
_QUALITIES: Final = {
    0: FixQuality.AUTONOMOUS,
    1: FixQuality.AUTONOMOUS,
    2: FixQuality.DIFFERENTIAL,
    3: FixQuality.RTK,
    4: FixQuality.RTK_FLOAT,
    9: FixQuality.PRECISE,
}
"""TPV's status, left out where it is 1; 5 and 6 are dead reckoning, 7 is time alone, 8 simulated."""
_HAS_FIX: Final = frozenset({2, 3})
"""TPV's mode: a fix in two dimensions or three."""


class GpsdParser:
    """A stream of bytes in, reports out; keeps what gpsd says of itself and its receivers.

    Args:
        now: the station's clock, UTC; stamps each report.

    Attributes:
        understood: objects so far.
        skipped: lines so far that were none.
        version: gpsd's greeting, None before it.
        devices: what is known of each receiver, by its path; None before gpsd has told. One that is torn out goes.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.understood = 0
        self.skipped = 0
        self.version: dict[str, Any] | None = None
        self.devices: dict[str, dict[str, Any]] | None = None
        self._now = now
        self._heard = bytearray()
        self._overlong = False
        self._skies: dict[str, tuple[int | None, float | None]] = {}

    def feed(self, data: bytes) -> Iterator[Report]:
        """Take bytes in pieces of any size; yields each report that they complete."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            whole, overlong = bytes(self._heard + line).strip(), self._overlong
            self._heard.clear()
            self._overlong = False
            if overlong or len(whole) > LONGEST:
                self.skipped += 1
            elif whole:
                report = self._line(whole)
                if report is not None:
                    yield report
        self._heard += rest
        if len(self._heard) > LONGEST:
            self._overlong = True
            self._heard.clear()

    def _line(self, line: bytes) -> Report | None:
        try:
            said = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("class"), str):
            self.skipped += 1
            return None
        self.understood += 1
        match said["class"]:
            case "VERSION":
                self.version = said
            case "DEVICES":
                listed = said.get("devices")
                each = listed if isinstance(listed, list) else []
                self.devices = {d["path"]: d for d in each if isinstance(d, dict) and isinstance(d.get("path"), str)}
            case "DEVICE":
                self._device(said)
            case "SKY":
                if len(self._skies) > MOST_RECEIVERS:
                    self._skies.clear()
                self._skies[_path(said)] = _satellites(said), _figure(said.get("hdop"))
                return None
            case "TPV":
                return self._place(said)
        return None

    def _device(self, said: dict[str, Any]) -> None:
        path, known = _path(said, "path"), dict(self.devices or {})
        known.pop(path, None)
        if said.get("activated") != 0:  # a time while it is there, 0 once it is not
            known[path] = said
        else:
            self._skies.pop(path, None)
        self.devices = known

    def _place(self, said: dict[str, Any]) -> Report:
        now, status = self._now(), said.get("status", 1)
        mode = said.get("mode")
        if not isinstance(mode, int) or mode not in _HAS_FIX:
            return NoFix(NoFixReason.SEARCHING, now)
        quality = _QUALITIES.get(status) if isinstance(status, int) else None
        if quality is None:
            return NoFix(NoFixReason.NOT_MEASURED, now)
        latitude, longitude, at = _figure(said.get("lat")), _figure(said.get("lon")), _moment(said.get("time"))
        if latitude is None or longitude is None or at is None:
            return NoFix(NoFixReason.IMPLAUSIBLE, now)
        satellites, hdop = self._skies.get(_path(said), (None, None))
        try:
            return Fix(latitude, longitude, at, now, satellites, FixWire.GPSD, quality, hdop)
        except ValueError:
            return NoFix(NoFixReason.IMPLAUSIBLE, now)


class GpsdReceiver(StreamedReceiver):
    """Whatever receiver a gpsd serves.

    Args:
        slot: its place at the station.
        url: `gpsd://host:port`; the port may be left out.
        clock: the station's.
        simulated: the other end is a simulator, or gpsd is fed by one.
        transcript: records all that passes, places too.
    """

    def __init__(
        self,
        slot: str,
        url: str,
        *,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        settings = LineSettings(9600)  # a socket has no speed
        super().__init__(slot, url, settings, clock=clock, simulated=simulated, transcript=transcript)
        self._objects = GpsdParser(self._clock.now)

    @property
    def _line_url(self) -> str:
        return _socket_url(self._url)

    @property
    def _parser(self) -> GpsdParser:
        return self._objects

    def _greet(self, transport: Transport) -> DeviceInfo:
        """Greeted by VERSION, gpsd is asked to speak and tells its DEVICES.

        Raises:
            OperatorCanMendError: `position.no_receiver`, it serves none.
            TechnicianNeededError: `position.unfit`, another protocol.
        """
        said = self._objects = GpsdParser(self._clock.now)
        deadline, heard = Deadline(OPEN_S), False
        transport.write(WATCH)
        while said.version is None or said.devices is None:
            if deadline.expired:
                if heard and not said.understood:
                    raise WireError("position.garbled", self._url)
                raise DeviceTimeoutError("position.no_answer", self._url)
            data = transport.read_some(deadline.remaining)
            heard = heard or bool(data)
            self._hear(data)
        if said.version.get("proto_major") != PROTOCOL:
            raise TechnicianNeededError("position.unfit", f"gpsd's protocol {said.version.get('proto_major')!r:.20}")
        if not said.devices:
            raise OperatorCanMendError("position.no_receiver", self._url, remedy=Remedy.PLUG_IN)
        path, device = next(iter(said.devices.items()))
        return DeviceInfo(
            kind=self.kind,
            maker="gpsd",
            model=_word(device.get("driver")) or "receiver",
            serial=_word(device.get("sernum")) or f"port:{self._url}",
            firmware=_word(said.version.get("release")),
            simulated=self._simulated,
            properties={"port": self._url, "receiver": _word(path)},
        )

    def _hear(self, data: bytes) -> list[Report]:
        found = super()._hear(data)
        if self._info is not None and self._objects.devices == {}:  # gpsd is well, its receiver was torn out
            raise DeviceLostError("position.no_receiver", self._url)
        return found


def _socket_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        host, port, parts = None, PORT, urlsplit("")
    if parts.scheme != "gpsd" or not host:
        raise OperatorCanMendError("port.invalid", "a URL of gpsd reads gpsd://host:port", remedy=Remedy.CHOOSE_PORT)
    return f"socket://{f'[{host}]' if ':' in host else host}:{port}"


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no JSON")


def _path(said: dict[str, Any], name: str = "device") -> str:
    path = said.get(name)
    return path if isinstance(path, str) else ""


def _word(found: object) -> str:
    """A short word of gpsd's as it may stand in the record: printable, without spaces."""
    return "".join(each for each in str(found or "") if "!" <= each <= "~")[:60]


def _figure(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        figure = float(found)
    except OverflowError:
        return None
    return figure if math.isfinite(figure) else None


def _satellites(said: dict[str, Any]) -> int | None:
    """How many a SKY says were used: told outright from gpsd 3.21 on, counted before."""
    used = said.get("uSat")
    if isinstance(used, int) and not isinstance(used, bool) and 0 <= used < 1000:
        return used
    listed = said.get("satellites")
    if not isinstance(listed, list):
        return None
    return sum(isinstance(each, dict) and each.get("used") is True for each in listed)


def _moment(found: object) -> datetime | None:
    if not isinstance(found, str):
        return None
    try:
        at = datetime.fromisoformat(found)
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
