"""The pad's end of the STU reports: what a signature pad says on a serial line, and how its cable fails.

Speaks from the maker's public SDK, not from our driver: reports and frames are packed by its own code, and the
reference vectors of the tests hold both ends to the same bytes.
"""

from __future__ import annotations

import random
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.stroke import CountPoint, StrokePoint, to_counts
from devices.simulation.wire_end import UnpluggedError, WireEnd

WELL, WRONG_REPORT, BAD_CRC = 0x00, 0x01, 0x03
GET, RESULT = 0x80, 0x81
READY, BUSY = 0x00, 0x03


@dataclass(frozen=True, slots=True)
class StuTraits:
    """What a pad is; a 430V unless told.

    Attributes:
        model: up to nine letters.
        firmware: major and minor.
        max_x, max_y, max_pressure: greatest values.
        width, height: of the screen, pixels.
        dpi: units per inch; 0 of pads that do not tell.
        timed: it can tell time and number of each report.
        crc: how the checksum of its frames begins; None for frames without.
        baudrate: a customary speed, at no other than which it hears, on a pty; None for any.
        busy: how many times it says that it is not ready, after it was cleared.
    """

    model: str = "STU-430V"
    firmware: tuple[int, int] = (1, 4)
    max_x: int = 9600
    max_y: int = 6000
    max_pressure: int = 1023
    width: int = 320
    height: int = 200
    dpi: int = 2540
    timed: bool = True
    crc: int | None = 0
    baudrate: int | None = None
    busy: int = 0


class WacomStuSimulator(FarEnd):
    """A pad on a pty or a TCP port, in a thread of its own.

    Args:
        traits: what it is.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(self, traits: StuTraits | None = None, *, tcp: bool = False, seed: int = 0) -> None:
        self.traits = traits or StuTraits()
        self.faults = FaultPlan()
        self.commands: list[bytes] = []
        """Every report that the station has set; written by the wire's thread."""
        self.asked = 0
        """How many reports the station has set or asked for."""
        self.inking = True
        self.glass = 0
        """How many points of ink its screen shows."""
        super().__init__(WireEnd("stu", self._received, tcp=tcp))
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._frame = bytearray()
        self._silent = False
        self._busy = 0
        self._result = WELL
        self._timed = False
        self._sequence = 0
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
        self.wait_signed()

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Least x, least y, greatest x, greatest y, counts."""
        return (0, 0, self.traits.max_x, self.traits.max_y)

    def replug(self) -> None:
        """Put the cable back."""
        self._silent = False
        super().replug()

    def sign(self, points: Sequence[StrokePoint], *, fast: bool = False) -> int:
        """Play a signature, fitted into the pad, and return when it is written.

        Returns:
            How many points were sent: fewer than given where the cable was pulled meanwhile.
        """
        return self.trace(to_counts(points, self.area, max_pressure=self.traits.max_pressure), fast=fast)

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
        for index, point in enumerate(points):
            if not fast and self._stopping.wait(max(0.0, began + point.time_s - time.monotonic())):
                return index
            flags = 0x80 | point.down << 4 | point.pressure >> 8 if point.down else 0x80
            if not self._report(flags, point.pressure if point.down else 0, point.x, point.y, point.time_s):
                return index
        if points:
            last = points[-1]
            for flags in (0x80, 0x00):
                self._report(flags, 0, last.x, last.y, last.time_s)
        return len(points)

    def _report(self, flags: int, pressure: int, x: int, y: int, time_s: float) -> bool:
        self._sequence = (self._sequence + 1) & 0xFFFF
        body = struct.pack(">BBHH", flags, pressure & 0xFF, x, y)
        if self._timed:
            stamp = round(1000 * time_s) & 0xFFFF
            return self._say(b"\x34" + body + struct.pack(">HH", stamp, self._sequence))
        return self._say(b"\x01" + body)

    def _say(self, report: bytes) -> bool:
        heard = False

        def send() -> None:
            nonlocal heard
            self.glass += self.inking and bool(report[1] & 0x10)
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
        frame = frame_of(report, self.traits.crc)
        match None if self._silent else self.faults.befalls():
            case Fault.STRAY:
                frame = b"\x55" + frame
            case Fault.NOISE:
                frame = self._noise.randbytes(self._noise.randint(1, 40)) + frame
            case Fault.BAD_SUM:
                at = self._noise.randrange(2, len(frame))
                frame = frame[:at] + bytes((frame[at] ^ 1 << self._noise.randrange(7),)) + frame[at + 1 :]
            case Fault.TRUNCATED:
                frame = frame[: len(frame) // 2]
            case Fault.LOST:
                return
            case Fault.MUTE | Fault.RESET:
                self._silent = True  # until the cable was out
            case None:
                pass
        if not self._silent:
            self._wire.write(frame)

    def _received(self, data: bytes) -> None:
        if self.traits.baudrate not in {None, self._wire.client_baudrate}:
            return
        for byte in data:
            if byte & 0x80:
                self._frame[:] = (byte,)
            elif self._frame:
                self._frame.append(byte)
            if len(self._frame) > 1 and len(self._frame) - 2 == ((self._frame[0] & 0x3F) << 7 | self._frame[1]):
                frame = bytes(self._frame)
                self._frame.clear()
                self._serve(report_of(frame, self.traits.crc))

    def _serve(self, report: bytes) -> None:
        if not report:
            answer = bytes((RESULT, BAD_CRC))
        elif report[0] == GET:
            answer = self._answer(report[1]) or bytes((RESULT, self._result))
        else:
            answer = bytes((RESULT, self._obey(report)))
        with suppress(UnpluggedError):  # what was said before the line went is obeyed all the same
            self._send(answer)

    def _answer(self, number: int) -> bytes:
        """The report asked for; empty where there is none."""
        self.asked += 1
        traits = self.traits
        match number:
            case 0x03:
                state = BUSY if self._busy else READY
                self._busy = max(0, self._busy - 1)
                return struct.pack("<BBBH", 0x03, state, self._result, 0)
            case 0x08:
                return struct.pack(">B9sBBB4s", 0x08, traits.model.encode(), *traits.firmware, 0, b"")
            case 0x09:
                reach = (traits.max_x, traits.max_y, traits.max_pressure, traits.width, traits.height)
                return struct.pack(">BHHHHHBHBH", 0x09, *reach, 200, traits.dpi, 0, 0)
            case _:
                self._result = WRONG_REPORT
                return b""

    def _obey(self, report: bytes) -> int:
        """How it went."""
        self.asked += 1
        self.commands.append(report)
        self._result = WELL
        match report[0]:
            case 0x20:
                self._busy = self.traits.busy
                self.glass = 0
            case 0x21:
                self.inking = bool(report[1])
            case 0x32 if self.traits.timed:
                self._timed = report[1] == 3
            case _:
                self._result = WRONG_REPORT
        return self._result


def crc_of(report: bytes, begin: int) -> int:
    """CRC-16 of polynomial 8005, bits reflected."""
    crc = begin
    for byte in report:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def frame_of(report: bytes, crc: int | None) -> bytes:
    """A report packed for the serial line, with the SDK's surplus zero where it sends one."""
    body = report if crc is None else report + struct.pack("<H", crc_of(report, crc))
    bits = "".join(f"{byte:08b}" for byte in body)
    fields = bytes(int(bits[at : at + 7].ljust(7, "0"), 2) for at in range(0, len(bits), 7))
    head = 0x80 | (crc is not None) << 6 | len(fields) >> 7
    return bytes((head, len(fields) & 0x7F)) + fields + (b"\x00" if len(body) % 7 == 6 else b"")


def report_of(frame: bytes, crc: int | None) -> bytes:
    """The report in a whole frame; empty where its checksum is wrong."""
    bits = "".join(f"{byte:07b}" for byte in frame[2:])
    body = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    if not frame[0] & 0x40:
        return body
    report = body[:-2]
    return report if crc is not None and body[-2:] == struct.pack("<H", crc_of(report, crc)) else b""
