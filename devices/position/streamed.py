"""What both drivers share: a line on which a receiver speaks of its own accord, listened to while idle too."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Final, Protocol

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import DeviceLostError, DeviceTimeoutError, WireError
from devices.position import Fix, PositionReceiver, Report
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

OPEN_S: Final = 4.0
"""How long a receiver may take to say something that is understood; they speak once a second, some every other."""
LOCATE_S: Final = 5.0
SILENT_S: Final = 10.0
"""How long an open receiver may say nothing that is understood until it counts as lost."""
MOST_AT_ONCE: Final = 64
"""Pieces taken in one look at an idle line: one that speaks without end must not hold its thread."""


class ReportParser(Protocol):
    """Bytes in, reports out."""

    understood: int
    """Sentences so far that were well formed, of whatever kind."""

    def feed(self, data: bytes) -> Iterable[Report]:
        """Take bytes in pieces of any size; each report that they complete."""
        ...


class StreamedReceiver(PositionReceiver):
    """A receiver on a line.

    Args:
        slot: its place at the station.
        url: where it is.
        settings: of the line.
        clock: the station's; stamps what is heard.
        simulated: the other end is a simulator.
        transcript: records all that passes, places too.
    """

    def __init__(
        self,
        slot: str,
        url: str,
        settings: LineSettings,
        *,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot)
        self._url = url
        self._settings = settings
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._transport: Transport | None = None
        self._spoke_at = 0.0

    @abstractmethod
    def _greet(self, transport: Transport) -> DeviceInfo:
        """Make the opened line speak, hear something that is understood, say who is there. Raises DeviceError."""

    @property
    @abstractmethod
    def _parser(self) -> ReportParser: ...

    @property
    def _line_url(self) -> str:
        """What the transport opens. Raises OperatorCanMendError `port.invalid` where the settings' URL is none."""
        return self._url

    def _do_open(self) -> DeviceInfo:
        self._transport = Transport.open(
            self._line_url, self._settings, cancelled=self._cancelled, transcript=self._transcript
        )
        info = self._greet(self._transport)
        self._spoke_at = self._clock.monotonic()
        return info

    def _do_close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _do_watch(self) -> None:
        """Take what has come: a line that nobody reads keeps old places, and a closed one tells only its reader."""
        transport = self._connected()
        for _ in range(MOST_AT_ONCE):
            data = transport.read_some(0.0)
            if not data:
                break
            self._hear(data)
        transport.check()
        if self._clock.monotonic() - self._spoke_at > SILENT_S:
            raise DeviceLostError("position.silent", self._url)

    def _do_self_test(self) -> SelfTestResult:
        """A receiver under a roof has no fix and is well: whether it has one is told, not judged."""
        began = self._clock.monotonic()
        found = self._do_locate(LOCATE_S)
        answer_s = self._clock.monotonic() - began
        told = "none" if not isinstance(found, Fix) else f"{found.satellites or '?'} satellites"
        return SelfTestResult(passed=True, checks=(("answer", True, f"{answer_s:.1f} s"), ("fix", True, told)))

    def _do_locate(self, timeout_s: float) -> Report:
        transport, deadline = self._connected(), Deadline(timeout_s)
        before, heard = self._parser.understood, False
        for _ in range(MOST_AT_ONCE):  # what has waited on the line is older than the question
            if not (data := transport.read_some(0.0)):
                break
            self._hear(data)
        while not deadline.expired:
            data = transport.read_some(deadline.remaining)
            heard = heard or bool(data)
            found = self._hear(data)
            if found:
                return found[-1]
        if heard and self._parser.understood == before:
            raise WireError("position.garbled", self._url)
        raise DeviceTimeoutError("position.no_answer", self._url)

    def _hear(self, data: bytes) -> list[Report]:
        before = self._parser.understood
        found = list(self._parser.feed(data))
        if self._parser.understood > before:
            self._spoke_at = self._clock.monotonic()
        if self._info is not None:  # while it is being opened nobody knows yet whose word it is
            for report in found:
                self._listener(report)
        return found

    def _connected(self) -> Transport:
        if self._transport is None:
            raise DeviceLostError("position.closed", self.slot)
        return self._transport
