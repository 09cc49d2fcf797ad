"""Driver for receivers that speak NMEA 0183 on a serial line: RMC, GGA and GSA, each with its checksum.

A report is one second told by two sentences that agree: RMC has date and validity, GGA quality and satellites. One
alone is not believed: the checksum is eight bits wide, and what it lets through now and then would be a place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

import pynmea2  # type: ignore[import-untyped]  # published without annotations

from devices.device import DeviceInfo
from devices.errors import DeviceTimeoutError, WireError
from devices.position import Fix, FixQuality, FixWire, NoFix, NoFixReason, Report
from devices.position.streamed import OPEN_S, StreamedReceiver
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock

LONGEST: Final = 128
"""Bytes of a sentence at the most: the standard has 82, receivers with many decimals somewhat more."""
AGREE_DEG: Final = 1e-4
"""How far RMC and GGA of one second may differ, some 11 m: they round differently."""
_QUALITIES: Final = {
    1: FixQuality.AUTONOMOUS,
    2: FixQuality.DIFFERENTIAL,
    3: FixQuality.PRECISE,
    4: FixQuality.RTK,
    5: FixQuality.RTK_FLOAT,
}
"""GGA's field 6; 0 is no fix, 6 reckoned, 7 typed in, 8 simulated."""
_NO_MEASURE: Final = frozenset({"E", "M", "S"})
"""RMC's mode (from version 2.3 on): estimated, manual, simulated."""
_TIME: Final = re.compile(r"[0-9]{6}(\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"[0-9]{6}")
_LATITUDE: Final = re.compile(r"[0-9]{2}[0-5][0-9]\.[0-9]{1,10}")
_LONGITUDE: Final = re.compile(r"[0-9]{3}[0-5][0-9]\.[0-9]{1,10}")
_FIGURE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class _Place:
    latitude: float
    longitude: float

    def agrees(self, other: _Place) -> bool:
        return abs(self.latitude - other.latitude) <= AGREE_DEG and abs(self.longitude - other.longitude) <= AGREE_DEG


class NmeaParser:
    """A stream of bytes in, reports out.

    Args:
        now: the station's clock, UTC; stamps each report.

    Attributes:
        understood: sentences so far with a good checksum.
        skipped: lines so far that were none.
        talkers: who spoke (GP, GN, ...), each once.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.understood = 0
        self.skipped = 0
        self.talkers: set[str] = set()
        self._now = now
        self._heard = bytearray()
        self._overlong = False
        self._time: time | None = None
        """The second that is being told."""
        self._rmc: tuple[_Place, date] | None = None
        self._gga: tuple[_Place, FixQuality, int, float | None] | None = None
        self._dilution = ""
        """As the newest GSA has it, for a GGA that leaves it out."""

    def feed(self, data: bytes) -> Iterator[Report]:
        """Take bytes in pieces of any size; yields each report that they complete."""
        for piece in data.splitlines(keepends=True):
            self._heard += piece
            if not piece.endswith((b"\n", b"\r")):
                if len(self._heard) > LONGEST:
                    self._overlong = True
                    self._heard.clear()
                continue
            line, overlong = bytes(self._heard).strip(), self._overlong or len(self._heard) > LONGEST
            self._heard.clear()
            self._overlong = False
            if not line and not overlong:
                continue
            report = None if overlong else self._sentence(line)
            self.skipped += overlong
            if report is not None:
                yield report

    def _sentence(self, line: bytes) -> Report | None:
        # A sentence may begin in the middle of what a receiver was saying when it was plugged in.
        start = line.rfind(b"$")
        try:
            sentence = pynmea2.parse(line[max(0, start) :].decode("ascii"), check=True)
        except pynmea2.SentenceTypeError:
            self.understood += 1  # well formed, of a kind that says nothing of the place
            return None
        except (ValueError, AttributeError, TypeError, KeyError):  # what the library lets through, on any bytes
            self.skipped += 1
            return None
        self.understood += 1
        if not isinstance(sentence, pynmea2.TalkerSentence):
            return None
        self.talkers.add(sentence.talker)
        match sentence.sentence_type:
            case "RMC":
                return self._recommended_minimum(sentence)
            case "GGA":
                return self._fix_data(sentence)
            case "GSA":
                # Whether there is a fix is not asked of it: a receiver of several systems says one for each.
                self._dilution = sentence.hdop
        return None

    def _recommended_minimum(self, said: pynmea2.RMC) -> Report | None:
        if said.status != "A":
            return self._lost(NoFixReason.SEARCHING)
        if said.mode_indicator in _NO_MEASURE:
            return self._lost(NoFixReason.NOT_MEASURED)
        if said.mode_indicator == "N":
            return self._lost(NoFixReason.SEARCHING)
        place, day = _place(said), said.datestamp if _DATE.fullmatch(_field(said, 8)) else None
        if place is None or not isinstance(day, date) or not self._second(said):
            return self._lost(NoFixReason.IMPLAUSIBLE)
        self._rmc = place, day
        return self._complete()

    def _fix_data(self, said: pynmea2.GGA) -> Report | None:
        quality = said.gps_qual
        if quality not in _QUALITIES:
            known = isinstance(quality, int) and quality in {6, 7, 8}
            return self._lost(NoFixReason.NOT_MEASURED if known else NoFixReason.SEARCHING)
        place, satellites, dilution = _place(said), said.num_sats, said.horizontal_dil or self._dilution
        if place is None or not re.fullmatch("[0-9]{1,2}", satellites) or not self._second(said):
            return self._lost(NoFixReason.IMPLAUSIBLE)
        hdop = float(dilution) if _FIGURE.fullmatch(dilution) else None
        self._gga = place, _QUALITIES[quality], int(satellites), hdop
        return self._complete()

    def _second(self, said: pynmea2.TalkerSentence) -> bool:
        """Whether it tells a time of day; another one than before begins a report."""
        told = said.timestamp
        if not _TIME.fullmatch(_field(said, 0)) or not isinstance(told, time):
            return False
        if told != self._time:
            self._rmc = self._gga = None
        self._time = told
        return True

    def _lost(self, reason: NoFixReason) -> NoFix:
        self._time = self._rmc = self._gga = None
        return NoFix(reason, self._now())

    def _complete(self) -> Report | None:
        if self._rmc is None or self._gga is None or self._time is None:
            return None
        (place, day), (other, quality, satellites, hdop) = self._rmc, self._gga
        at, now = datetime.combine(day, self._time, UTC), self._now()
        self._rmc = self._gga = None
        if not place.agrees(other):
            return NoFix(NoFixReason.IMPLAUSIBLE, now)
        try:
            return Fix(place.latitude, place.longitude, at, now, satellites, FixWire.NMEA, quality, hdop)
        except ValueError:
            return NoFix(NoFixReason.IMPLAUSIBLE, now)


class NmeaReceiver(StreamedReceiver):
    """One receiver on a serial line.

    Args:
        slot: its place at the station.
        url: pyserial URL of its port.
        baudrate: 4800 by the standard; most receivers today have 9600.
        clock: the station's.
        simulated: the other end is a simulator.
        transcript: records all that passes, places too.
    """

    def __init__(
        self,
        slot: str,
        url: str,
        *,
        baudrate: int = 9600,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        settings = LineSettings(baudrate)
        super().__init__(slot, url, settings, clock=clock, simulated=simulated, transcript=transcript)
        self._sentences = NmeaParser(self._clock.now)

    @property
    def _parser(self) -> NmeaParser:
        return self._sentences

    def _greet(self, transport: Transport) -> DeviceInfo:
        """Sentences that are understood are all it has of an identity."""
        self._sentences = NmeaParser(self._clock.now)
        deadline, heard = Deadline(OPEN_S), False
        while not self._sentences.talkers:
            if deadline.expired:
                if heard:  # another speed, or another device
                    raise WireError("position.garbled", self._url)
                raise DeviceTimeoutError("position.no_answer", self._url)
            data = transport.read_some(deadline.remaining)
            heard = heard or bool(data)
            self._hear(data)
        return DeviceInfo(
            kind=self.kind,
            maker="NMEA 0183",
            model="receiver",
            serial=f"port:{self._url}",
            simulated=self._simulated,
            properties={
                "port": self._url,
                "baudrate": str(self._settings.baudrate),
                "talkers": " ".join(sorted(self._sentences.talkers)),
            },
        )


def _field(said: pynmea2.TalkerSentence, index: int) -> str:
    """As it was sent, "" where the sentence is shorter."""
    return str(said.data[index]) if index < len(said.data) else ""


def _place(said: pynmea2.TalkerSentence) -> _Place | None:
    """Where a sentence says that it is; None where its fields are no place.

    The library takes a missing hemisphere for the equator or the meridian, so every field is looked at first.
    """
    sides = said.lat_dir in {"N", "S"} and said.lon_dir in {"E", "W"}
    if not (sides and _LATITUDE.fullmatch(said.lat) and _LONGITUDE.fullmatch(said.lon)):
        return None
    return _Place(said.latitude, said.longitude)
