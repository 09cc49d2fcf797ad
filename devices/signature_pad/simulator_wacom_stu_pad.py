"""A simulated STU pad itself, whatever carries its reports: what it is, what it obeys, its screen, and who signs on it.

Speaks from the maker's public SDK, not from our driver: reports are packed and read by its own code.
"""

from __future__ import annotations

import struct
import threading
import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.simulation.stroke import CountPoint, StrokePoint, to_counts

WELL, WRONG_REPORT, WRONG_STATE, BAD_CRC, BAD_PARAMETER, WRONG_ENCODING = 0x00, 0x01, 0x02, 0x03, 0x04, 0x10
READY, IMAGE, BUSY = 0x00, 0x01, 0x03
WHITE: Final = b"\xff\xff\xff"
HOVERS: Final = 2
"""Reports of a pen in the air after the last touch, before it has gone."""


@dataclass(frozen=True, slots=True)
class StuTraits:
    """What a pad is; a 430V unless told.

    Attributes:
        model: up to nine letters.
        firmware: major and minor.
        uid: ten letters; empty of pads that do not know the question.
        max_x, max_y, max_pressure: greatest values.
        width, height: of the screen, pixels.
        dpi: units per inch; 0 of pads that do not tell.
        encodings: flags of the capability; 0 of pads that do not tell.
        colour: it takes pictures of 16 bits a pixel.
        areas: it wipes a part of its screen when told.
        ink_area: it shows ink in a part of its screen alone when told.
        pictures: it takes pictures at all.
        timed: it can tell time and number of each report.
        crc: how the checksum of its frames begins; None for frames without.
        baudrate: a customary speed, at no other than which it hears, on a pty; None for any.
        busy: how many times it says that it is not ready, after it was cleared.
    """

    model: str = "STU-430V"
    firmware: tuple[int, int] = (1, 4)
    uid: str = "5JZQS00032"
    max_x: int = 9600
    max_y: int = 6000
    max_pressure: int = 1023
    width: int = 320
    height: int = 200
    dpi: int = 2540
    encodings: int = 0x03
    colour: bool = False
    areas: bool = True
    ink_area: bool = True
    pictures: bool = True
    timed: bool = True
    crc: int | None = 0
    baudrate: int | None = None
    busy: int = 0


class Screen:
    """What a pad shows: pixels of three bytes, white when it starts; and how much ink."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.pixels = bytearray(WHITE * (width * height))
        self.ink = 0
        """How many points of ink are seen."""

    def wipe(self, left: int, top: int, right: int, bottom: int) -> None:
        """Make a part white, with the ink in it; all ink is taken to be there."""
        for row in range(top, bottom + 1):
            at = 3 * (row * self.width + left)
            self.pixels[at : at + 3 * (right - left + 1)] = WHITE * (right - left + 1)
        self.ink = 0

    def draw(self, encoding: int, data: bytes) -> bool:
        """Show a picture of 1 or 16 bits a pixel; False where its length is wrong."""
        if encoding == 0:
            stride = (self.width + 7) // 8
            if len(data) != stride * self.height:
                return False
            bits = "".join(f"{byte:08b}" for byte in data)
            rows = [bits[8 * stride * row :][: self.width] for row in range(self.height)]
            self.pixels[:] = b"".join(WHITE if bit == "1" else b"\0\0\0" for bit in "".join(rows))
        else:
            if len(data) != 2 * self.width * self.height:
                return False
            words = struct.unpack(f">{len(data) // 2}H", data)
            self.pixels[:] = b"".join(bytes((w >> 11 << 3, (w >> 5 & 63) << 2, (w & 31) << 3)) for w in words)
        self.ink = 0
        return True


class StuSimulatedPad:
    """A pad, with a pen that signs and taps on it.

    Args:
        traits: what it is.
    """

    def __init__(self, traits: StuTraits | None) -> None:
        self.traits = traits or StuTraits()
        self.commands: list[bytes] = []
        """Every report that the station has set but for pieces of pictures; written by the wire's thread."""
        self.asked = 0
        """How many reports the station has set or asked for."""
        self.pictures = 0
        """How many pictures it has been sent."""
        self._stopping = threading.Event()
        self._pens: list[threading.Thread] = []
        self._restart()

    def _restart(self) -> None:
        """As a pad that gets power: it inks, and knows nothing of what it was told."""
        self.inking = True
        self.screen = Screen(self.traits.width, self.traits.height)
        self._ink_area = (0, 0, self.traits.width - 1, self.traits.height - 1)
        self._state = READY
        self._busy = 0
        self._result = WELL
        self._timed = False
        self._encoding = 0
        self._image = bytearray()
        self._sequence = 0

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Where people write: least x, least y, greatest x, greatest y, counts."""
        traits = self.traits
        left, top, right, bottom = self._ink_area
        across, below = (traits.max_x + 1) / traits.width, (traits.max_y + 1) / traits.height
        return (
            round(left * across),
            round(top * below),
            min(traits.max_x, round((right + 1) * across) - 1),
            min(traits.max_y, round((bottom + 1) * below) - 1),
        )

    def sign(self, points: Sequence[StrokePoint], *, fast: bool = False) -> int:
        """Play a signature, fitted into where people write, and return when it is written.

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

    def tap(self, *pixels: tuple[int, int]) -> None:
        """Put the pen down on a pixel of the screen, move it over the others, lift it and take it away."""
        traits = self.traits
        across, below = (traits.max_x + 1) / traits.width, (traits.max_y + 1) / traits.height
        places = [(round((x + 0.5) * across), round((y + 0.5) * below)) for x, y in pixels]
        touches = [CountPoint(x, y, traits.max_pressure // 2, True, index / 100) for index, (x, y) in enumerate(places)]
        self.trace([*touches, touches[-1]], fast=True)

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
            for _ in range(HOVERS):
                self._report(0x80, 0, last.x, last.y, last.time_s)
            self._report(0x00, 0, 0, 0, last.time_s)
        return len(points)

    def _report(self, flags: int, pressure: int, x: int, y: int, time_s: float) -> bool:
        self._sequence = (self._sequence + 1) & 0xFFFF
        body = struct.pack(">BBHH", flags, pressure & 0xFF, x, y)
        if self._timed:
            stamp = round(1000 * time_s) & 0xFFFF
            body = b"\x34" + body + struct.pack(">HH", stamp, self._sequence)
        else:
            body = b"\x01" + body
        left, top, right, bottom = self.area
        shown = bool(flags & 0x10) and left <= x <= right and top <= y <= bottom
        return self._emit(body, shown=shown)

    @abstractmethod
    def _emit(self, report: bytes, *, shown: bool) -> bool:
        """Let a report travel, and ink be seen; False where nobody can hear it any more."""

    def _seen(self, *, shown: bool) -> None:
        self.screen.ink += shown and self.inking

    def _answer(self, number: int) -> bytes:
        """The report asked for; empty where there is none."""
        self.asked += 1
        traits = self.traits
        match number:
            case 0x03:
                state = BUSY if self._busy else self._state
                self._busy = max(0, self._busy - 1)
                return struct.pack("<BBBH", 0x03, state, self._result, 0)
            case 0x08:
                return struct.pack(">B9sBBB4s", 0x08, traits.model.encode(), *traits.firmware, 0, b"")
            case 0x09:
                reach = (traits.max_x, traits.max_y, traits.max_pressure, traits.width, traits.height)
                return struct.pack(">BHHHHHBHBH", 0x09, *reach, 200, traits.dpi, traits.encodings, 0)
            case 0x0B if traits.uid:
                return b"\x0b" + traits.uid.encode()
            case _:
                self._result = WRONG_REPORT
                return b""

    def _obey(self, report: bytes) -> int:
        """How it went."""
        self.asked += 1
        if report[0] != 0x26:
            self.commands.append(report)
        self._result = self._done(report)
        return self._result

    def _done(self, report: bytes) -> int:
        if report[0] in {0x24, 0x25, 0x26, 0x27}:
            return self._pictured(report) if self.traits.pictures else WRONG_REPORT
        if self._state == IMAGE:
            return WRONG_STATE
        screen = self.screen
        match report[0]:
            case 0x20:
                self._busy = self.traits.busy
                screen.wipe(0, 0, screen.width - 1, screen.height - 1)
            case 0x21:
                self.inking = bool(report[1])
            case 0x23 if self.traits.areas:
                area = struct.unpack("<4H", report[3:11])
                if not self._on_screen(area):
                    return BAD_PARAMETER
                self._busy = self.traits.busy
                screen.wipe(*area)
            case 0x2A if self.traits.ink_area:
                area = struct.unpack("<4H", report[1:9])
                if not self._on_screen(area):
                    return BAD_PARAMETER
                self._ink_area = area
            case 0x32 if self.traits.timed:
                self._timed = report[1] == 3
            case _:
                return WRONG_REPORT
        return WELL

    def _pictured(self, report: bytes) -> int:
        match report[0], self._state:
            case 0x25, 0x00:
                if report[1] not in ({0, 2} if self.traits.colour else {0}):
                    return WRONG_ENCODING
                self._state, self._encoding = IMAGE, report[1]
                self._image.clear()
            case 0x26, 0x01:
                (length,) = struct.unpack_from("<H", report, 1)
                if len(report) != 256 or length > 253:
                    return BAD_PARAMETER
                self._image += report[3 : 3 + length]
            case 0x27, 0x01:
                self._state = READY
                if report[1]:
                    return WELL
                if not self.screen.draw(self._encoding, bytes(self._image)):
                    return BAD_PARAMETER
                self.pictures += 1
            case _:
                return WRONG_STATE
        return WELL

    def _on_screen(self, area: tuple[int, ...]) -> bool:
        left, top, right, bottom = area
        return 0 <= left < right < self.screen.width and 0 <= top < bottom < self.screen.height
