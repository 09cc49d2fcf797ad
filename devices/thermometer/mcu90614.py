"""Driver for infrared thermometers with a GY-MCU90614 board (an MLX90614 sensor behind a serial line, 9600 8N1).

It measures the surface that it is pointed at: a forehead's skin is cooler than the body, by how much depends on the
room and the distance. The value is kept as it came, with its source; no offset is added here or anywhere. Asked once
a reading; a board left in its streaming mode is understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import DeviceLostError, DeviceTimeoutError, WireError
from devices.thermometer import ReadingSource, TemperatureReading, Thermometer, plausible
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

QUERY: Final = b"\xa5\x15\xba"
REPLY_HEAD: Final = b"\x5a\x5a\x45\x04"
REPLY_LENGTH: Final = 9
ANSWER_S: Final = 0.5
"""From question to answer at the most; asked again after it while time is left."""
OPEN_S: Final = 2.0
OBJECT_RANGE: Final = (-70.0, 380.0)
"""What the sensor can tell of an object, degrees Celsius (MLX90614 data sheet)."""
AMBIENT_RANGE: Final = (-40.0, 125.0)
"""What it can tell of itself (the same)."""
WORKING_RANGE: Final = (-40.0, 85.0)
"""Within which it works."""


@dataclass(frozen=True, slots=True)
class Temperatures:
    """Of the object and of the sensor's surroundings, degrees Celsius."""

    object_celsius: float = field(repr=False)
    ambient_celsius: float = field(repr=False)


class ReplyParser:
    """A stream of bytes in, temperatures out.

    A reply reads `5A 5A 45 04 To To Ta Ta sum`: hundredths of a degree, big-endian, signed; the sum is of all bytes
    before it. The sum alone is not believed: a reply at 36 degrees that is cut off after its fifth byte makes a good
    sum with the head of the next one, and 36.74 of any temperature; it is told by surroundings of 231 degrees.

    Attributes:
        skipped: bytes so far that belonged to no good reply.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[Temperatures]:
        """Take bytes in pieces of any size; yields each good reply that they complete."""
        heard = self._heard
        heard += data
        while True:
            start = _find_head(heard)
            self.skipped += start
            del heard[:start]
            if len(heard) < REPLY_LENGTH:
                return
            found = _parse_reply(bytes(heard[:REPLY_LENGTH]))
            if found is None:
                self.skipped += 1
                del heard[0]  # a good reply may begin inside what only looked like one
            else:
                del heard[:REPLY_LENGTH]
                yield found

    def reset(self) -> None:
        """Forget a reply that has begun."""
        self._heard.clear()


class Mcu90614(Thermometer):
    """One board on a serial line.

    Args:
        slot: its place at the station.
        url: pyserial URL of its port.
        clock: for the time of a reading.
        simulated: the other end is a simulator.
        transcript: records all that passes, readings too.
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
        super().__init__(slot)
        self._url = url
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._transport: Transport | None = None
        self._parser = ReplyParser()

    def _do_open(self) -> DeviceInfo:
        settings = LineSettings(9600)
        self._transport = Transport.open(self._url, settings, cancelled=self._cancelled, transcript=self._transcript)
        self._parser = ReplyParser()
        self._ask(OPEN_S)
        return DeviceInfo(
            kind=self.kind,
            maker="GY",
            model="MCU90614",
            serial=f"port:{self._url}",
            simulated=self._simulated,
            properties={"port": self._url, "baudrate": str(settings.baudrate)},
        )

    def _do_close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _do_watch(self) -> None:
        self._connected().check()

    def _do_self_test(self) -> SelfTestResult:
        began = self._clock.monotonic()
        found = self._ask(OPEN_S)
        answer_ms = 1000 * (self._clock.monotonic() - began)
        sound = _within(WORKING_RANGE, found.ambient_celsius)
        checks = (("answer", True, f"{answer_ms:.1f} ms"), ("ambient", sound, f"{found.ambient_celsius:.2f} C"))
        return SelfTestResult(passed=sound, checks=checks)

    def _do_measure(self, measured_by: str, timeout_s: float) -> TemperatureReading:
        found = self._ask(timeout_s)
        return TemperatureReading(
            celsius=plausible(found.object_celsius),
            ambient_celsius=found.ambient_celsius,
            source=ReadingSource.INFRARED_SURFACE,
            measured_by=measured_by,
            taken_at=self._clock.now(),
        )

    def _ask(self, timeout_s: float) -> Temperatures:
        """Ask until there is a good reply to a question of ours; older ones that wait on the line are thrown away.

        Raises:
            WireError: `thermometer.garbled`, there were bytes in time but no good reply.
            DeviceTimeoutError: `thermometer.no_answer`.
        """
        transport = self._connected()
        deadline = Deadline(timeout_s)
        transport.drain()
        self._parser.reset()
        skipped = self._parser.skipped
        while not deadline.expired:
            transport.write(QUERY)
            answer_due = Deadline(min(ANSWER_S, deadline.remaining))
            while not answer_due.expired:
                for found in self._parser.feed(transport.read_some(answer_due.remaining)):
                    return found
        if self._parser.skipped > skipped:
            raise WireError("thermometer.garbled", self._url)
        raise DeviceTimeoutError("thermometer.no_answer", self._url)

    def _connected(self) -> Transport:
        if self._transport is None:
            raise DeviceLostError("thermometer.closed", self.slot)
        return self._transport


def _parse_reply(reply: bytes) -> Temperatures | None:
    """Read nine bytes that begin as a reply does; None where no sensor says so."""
    if sum(reply[:-1]) & 0xFF != reply[-1]:
        return None
    found = Temperatures(*(int.from_bytes(reply[at : at + 2], signed=True) / 100 for at in (4, 6)))
    possible = _within(OBJECT_RANGE, found.object_celsius) and _within(AMBIENT_RANGE, found.ambient_celsius)
    return found if possible else None


def _within(limits: tuple[float, float], celsius: float) -> bool:
    return limits[0] <= celsius <= limits[1]


def _find_head(heard: bytearray) -> int:
    """Where a reply begins, whole or cut off by the end of what was heard."""
    for start in range(len(heard)):
        if REPLY_HEAD.startswith(heard[start : start + len(REPLY_HEAD)]):
            return start
    return len(heard)
