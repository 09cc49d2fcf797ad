"""The pad's end of the Topaz wire: what a SigLite says while somebody signs, and how its cable fails.

Speaks from the public descriptions, not from our driver: packets are encoded by its own code, and the reference
vectors of the tests hold both ends to the same bytes. Whose hand it is, is none of its business: it plays points.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.stroke import CountPoint, StrokePoint, to_counts
from devices.simulation.wire_end import UnpluggedError, WireEnd

INFO, RESPONSE, PRESSURE = 2, 3, 7
CLEAR, PERSISTENT, INVERT = 0x04, 0x14, 0x09


@dataclass(frozen=True, slots=True)
class PadTraits:
    """What a pad is.

    Attributes:
        area: least x, least y, greatest x, greatest y of its surface, counts, as a SigLite 1x5 has them.
        pressure: it reports pressure, before every position that presses otherwise than the one before.
        lcd: it has a screen and answers to the bytes that rule it.
        model: 0 to 63.
        number: of the piece, 18 bits, of which the packet has no room for bits 14 and 15 (12 to 15 in format 1).
        baudrate: of its line.
        format: of its packets: 0 on a line of 8O1, 1 on one of 7O1.
    """

    area: tuple[int, int, int, int] = (500, 700, 2650, 2100)
    pressure: bool = True
    lcd: bool = False
    model: int = 12
    number: int = 70000
    baudrate: int = 19200
    format: int = 0


class TopazSimulator(FarEnd):
    """A pad on a pty or a TCP port, in a thread of its own.

    Args:
        traits: what it is.
        tcp: a TCP port on loopback instead of a pty.
        paced: packets travel at the speed of the line instead of at once.
        seed: for noise.
    """

    def __init__(
        self, traits: PadTraits | None = None, *, tcp: bool = False, paced: bool = False, seed: int = 0
    ) -> None:
        self.traits = traits or PadTraits()
        self.faults = FaultPlan()
        self.commands = bytearray()
        """What the station has sent, all of it; written by the wire's thread."""
        self.glass = 0
        """How many points of ink its screen shows, where it has one."""
        super().__init__(WireEnd("topaz", self._received, tcp=tcp))
        if paced:
            self._wire.bytes_per_second = self.traits.baudrate / 11
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._pressed: int | None = None
        self._silent = False
        self._stopping = threading.Event()
        self._pens: list[threading.Thread] = []

    def start(self) -> None:
        """Plug in. Idempotent."""
        self._stopping.clear()
        super().start()

    def stop(self) -> None:
        """Unplug, end the thread and whatever is being signed. Idempotent."""
        self._stopping.set()
        super().stop()
        for pen in self._pens:
            pen.join()
        self._pens.clear()

    def sign(self, points: Sequence[StrokePoint], *, fast: bool = False) -> int:
        """Play a signature, fitted into the pad, and return when it is written.

        Args:
            points: in units of the box, with the time of each.
            fast: all at once instead of at each point's time.

        Returns:
            How many points the pad has tried to send: fewer than given where the cable was pulled meanwhile.
        """
        return self.trace(to_counts(points, self.traits.area), fast=fast)

    def sign_meanwhile(self, points: Sequence[StrokePoint], *, fast: bool = False) -> None:
        """As `sign`, by a pen of its own: returns at once; `wait_signed` waits for its end."""
        pen = threading.Thread(target=self.sign, args=(tuple(points),), kwargs={"fast": fast}, name="simulated pen")
        self._pens.append(pen)
        pen.start()

    def wait_signed(self) -> None:
        """Return when every pen has been put down."""
        while self._pens:
            self._pens.pop().join()

    def trace(self, points: Sequence[CountPoint], *, fast: bool = False) -> int:
        """As `sign`, with points in the pad's own counts, wherever they lie."""
        began = time.monotonic()
        self._silent = False
        for index, point in enumerate(points):
            if not fast and self._stopping.wait(max(0.0, began + point.time_s - time.monotonic())):
                return index
            if not self._post(self._report_of(point), inked=point.down and self.traits.lcd):
                return index
        if points:
            last = points[-1]
            for near in (True, False):
                self._post(_position(last.x, last.y, near=near, down=False, form=self.traits.format))
        return len(points)

    def tell(self) -> None:
        """Send model and number, as a pad does when it is asked."""
        number = self.traits.number
        self._post(_packet(INFO, self.traits.model << 2 | number >> 16, number & 0x3FFF, form=self.traits.format))

    # -- from any thread to the wire's

    def _report_of(self, point: CountPoint) -> bytes:
        report, form = b"", self.traits.format
        if self.traits.pressure and point.down and point.pressure != self._pressed:
            self._pressed = point.pressure
            report = _packet(PRESSURE, 0, point.pressure, near=True, down=True, form=form)
        return report + _position(point.x, point.y, near=True, down=point.down, form=form)

    def _post(self, report: bytes, *, inked: bool = False) -> bool:
        """Send a report, as the plan of faults has it; False where nobody can hear it any more."""
        heard = False

        def send() -> None:
            nonlocal heard
            self.glass += inked
            try:
                self._send(report)
                heard = True
            except UnpluggedError:
                pass

        try:
            self._wire.call(send)
        except RuntimeError:  # stopped meanwhile
            return False
        return heard

    # -- on the wire's thread

    def _send(self, report: bytes) -> None:
        match None if self._silent else self.faults.befalls():
            case Fault.STRAY:
                report = b"\x55" + report
            case Fault.NOISE:
                report = self._noise.randbytes(self._noise.randint(1, 40)) + report
            case Fault.BAD_SUM:
                at = self._noise.randrange(len(report))
                report = report[:at] + bytes([report[at] ^ 1 << self._noise.randrange(8)]) + report[at + 1 :]
            case Fault.TRUNCATED:
                report = report[: len(report) // 2]
            case Fault.LOST:
                return
            case Fault.MUTE | Fault.RESET:
                self._silent = True  # until the pen comes again
            case None:
                pass
        if not self._silent:
            self._wire.write(report)

    def _received(self, data: bytes) -> None:
        self.commands += data
        if self.traits.lcd:
            for command in data:
                if command == CLEAR:
                    self.glass = 0
                if command in {CLEAR, PERSISTENT, INVERT}:
                    self._wire.write(_packet(RESPONSE, command, 0, form=self.traits.format))


def _packet(kind: int, first: int, second: int, *, near: bool = False, down: bool = False, form: int = 0) -> bytes:
    """Type and two words as five bytes of format 0 or 1."""
    bits, mask = (6, 0x3F) if form else (7, 0x7F)
    flags = 0x40 | near << 2 if form else 0x80 | near << 6
    fields = (first & mask, first >> bits & mask, second & mask, second >> bits & mask)
    return bytes([flags | kind << 2 | down, *fields])


def _position(x: int, y: int, *, near: bool, down: bool, form: int = 0) -> bytes:
    return _packet(0, x & 0xFFF, y & 0xFFF, near=near, down=down, form=form)
