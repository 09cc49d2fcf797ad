"""What infrared boards on a serial line share: asked for a reading, or streaming; garbled bytes asked for again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import DeviceLostError, DeviceTimeoutError, WireError
from devices.thermometer import ReadingSource, TemperatureReading, Thermometer, plausible
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

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
    """Of the object and of the sensor's surroundings, degrees Celsius; None where the board does not tell it."""

    object_celsius: float = field(repr=False)
    ambient_celsius: float | None = field(repr=False)


class TemperatureParser(Protocol):
    """Bytes in, temperatures out."""

    skipped: int
    """Bytes so far that belonged to no good reply."""

    def feed(self, data: bytes) -> Iterator[Temperatures]:
        """Take bytes in pieces of any size; yields each good reply that they complete."""
        ...

    def reset(self) -> None:
        """Forget a reply that has begun."""
        ...


class SerialThermometer(Thermometer):
    """One board on a serial line.

    Args:
        slot: its place at the station.
        url: pyserial URL of its port.
        settings: of the line.
        model: its name.
        question: what makes it speak; empty where it does of its own accord.
        clock: for the time of a reading.
        simulated: the other end is a simulator.
        transcript: records all that passes, readings too.
    """

    maker: ClassVar[str]

    def __init__(
        self,
        slot: str,
        url: str,
        settings: LineSettings,
        model: str,
        question: bytes,
        *,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot)
        self._url = url
        self._settings = settings
        self._model = model
        self._question = question
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._transport: Transport | None = None
        self._parser = self._new_parser()

    @abstractmethod
    def _new_parser(self) -> TemperatureParser: ...

    def _do_open(self) -> DeviceInfo:
        self._transport = Transport.open(
            self._url, self._settings, cancelled=self._cancelled, transcript=self._transcript
        )
        self._parser = self._new_parser()
        self._ask(OPEN_S)
        return DeviceInfo(
            kind=self.kind,
            maker=self.maker,
            model=self._model,
            serial=f"port:{self._url}",
            simulated=self._simulated,
            properties={"port": self._url, "baudrate": str(self._settings.baudrate)},
        )

    def _do_close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _do_watch(self) -> None:
        """A board that streams fills the line while nobody asks; a closed end is told to a reader alone."""
        transport = self._connected()
        transport.drain()
        transport.check()

    def _do_self_test(self) -> SelfTestResult:
        began = self._clock.monotonic()
        found = self._ask(OPEN_S)
        checks = [("answer", True, f"{1000 * (self._clock.monotonic() - began):.1f} ms")]
        if found.ambient_celsius is not None:
            sound = within(WORKING_RANGE, found.ambient_celsius)
            checks.append(("ambient", sound, f"{found.ambient_celsius:.2f} C"))
        return SelfTestResult(passed=all(passed for _, passed, _ in checks), checks=tuple(checks))

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
            if self._question:
                transport.write(self._question)
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


def within(limits: tuple[float, float], celsius: float) -> bool:
    """Whether it lies between them, the limits too."""
    return limits[0] <= celsius <= limits[1]
