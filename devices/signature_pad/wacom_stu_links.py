"""How STU reports travel: in frames on a serial line, or as HID reports over USB. Two roads, one set of reports.

Whatever comes of the pen while an answer is awaited is kept for `read`.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from devices.errors import DeviceTimeoutError
from devices.signature_pad.wacom_stu_wire import PENS, CrcVariant, FrameParser, Report, encode_frame
from devices.transport import Deadline, Transport

ANSWER_S: Final = 1.0
"""An answer takes milliseconds, but for a pad that clears a large screen: 0.6 s."""
STALE_S: Final = 0.02
"""Silence by which a late answer has come; looked for during `ANSWER_S` at the most, for a pen may be writing."""
WAITING: Final = 4096
"""Reports kept that nobody has read: twenty seconds of them. Older ones are forgotten."""


class StuLink(Protocol):
    """One road to a pad. Methods raise DeviceLostError once it is gone; those that wait, CaptureCancelledError."""

    def get(self, report: Report) -> bytes:
        """A report of the pad's, its number first; empty where it refuses. Raises DeviceTimeoutError."""
        ...

    def tell(self, report: bytes) -> bool:
        """Hand over a report, its number first; False where the pad refuses. Raises DeviceTimeoutError."""
        ...

    def say(self, report: bytes) -> None:
        """Hand over a report and wait for no answer; from any thread."""
        ...

    def read(self, timeout_s: float) -> list[bytes]:
        """What the pad has sent unasked; empty when nothing came for so long."""
        ...

    def drain(self, quiet_s: float, limit_s: float) -> None:
        """Throw away what comes, until nothing does for `quiet_s` seconds or `limit_s` are over."""
        ...

    def check(self) -> None:
        """Notice that the pad is gone; asks nothing of it."""
        ...

    def close(self) -> None:
        """Let go. Idempotent, from any thread."""
        ...


class SerialLink:
    """Frames on a serial line.

    Args:
        transport: opened; this link closes it.
        variant: checksum of the frames.
    """

    def __init__(self, transport: Transport, variant: CrcVariant) -> None:
        self._transport = transport
        self._parser = FrameParser(variant)
        self._variant = variant
        self._waiting: deque[bytes] = deque(maxlen=WAITING)
        self._stale = False
        """An answer may still come that nobody waits for any more."""
        self._owed = 0
        """Answers that will come to what was said without waiting for them."""

    @property
    def baudrate(self) -> int:
        return self._transport.settings.baudrate

    def probe(self, baudrate: int, wait_s: float) -> None:
        """Ask at another speed whether a pad is there. Raises DeviceTimeoutError."""
        if self.baudrate != baudrate:
            self._transport.set_baudrate(baudrate)
        self._parser.reset()
        self._ask(bytes((Report.GET, Report.STATUS)), {Report.STATUS, Report.RESULT}, wait_s)

    def get(self, report: Report) -> bytes:
        answer = self._ask(bytes((Report.GET, report)), {report, Report.RESULT}, ANSWER_S)
        return answer if answer[0] == report else b""

    def tell(self, report: bytes) -> bool:
        answer = self._ask(report, {Report.RESULT}, ANSWER_S)
        return len(answer) > 1 and answer[1] == 0

    def say(self, report: bytes) -> None:
        self._owed += 1
        self._transport.write(encode_frame(report, self._variant))

    def read(self, timeout_s: float) -> list[bytes]:
        if not self._waiting:
            self._waiting.extend(self._parser.feed(self._transport.read_some(timeout_s)))
        found = list(self._waiting)
        self._waiting.clear()
        return found

    def drain(self, quiet_s: float, limit_s: float) -> None:
        self._waiting.clear()
        self._transport.drain(quiet_s, limit_s)
        self._parser.reset()

    def check(self) -> None:
        self._transport.check()

    def close(self) -> None:
        self._transport.close()

    def _ask(self, report: bytes, wanted: set[Report], wait_s: float) -> bytes:
        self._settle()
        self._stale = True
        self._transport.write(encode_frame(report, self._variant))
        deadline = Deadline(wait_s)
        answer = b""
        while not answer:
            for found in self._parser.feed(self._transport.read_some(deadline.remaining)):
                if not answer and found[0] in wanted:
                    answer = found
                elif found[0] in PENS:
                    self._waiting.append(found)
            if not answer and deadline.expired:
                raise DeviceTimeoutError("signature_pad.no_answer", f"report {report[0]:02x}")
        self._stale = False
        return answer

    def _settle(self) -> None:
        """Let the answers to earlier questions come, lest one be taken for the answer to the next."""
        late = Deadline(ANSWER_S)
        while (self._owed or self._stale) and not late.expired:
            data = self._transport.read_some(late.remaining if self._owed else STALE_S)
            if not data:
                break
            for found in self._parser.feed(data):
                if found[0] in PENS:
                    self._waiting.append(found)
                elif self._owed:
                    self._owed -= 1
        self._owed = 0
