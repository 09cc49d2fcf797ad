"""What an R30x module does when it is told: its image, its buffers, its library. No wire and no thread.

Speaks from the manuals, not from our driver. A template here is a thumbnail of the image and two of them match where
they correlate: enough to tell the fingers of a test apart, and no recognition of anybody.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.fingerprint import GreyImage
from devices.fingerprint.simulator_r30x_templates import TEMPLATE_SIZE, alike, faint, thumbnail

COMMAND, DATA, ACK, LAST = 0x01, 0x02, 0x07, 0x08
OK, GARBLED, NO_FINGER, FEW_FEATURES, NO_MATCH, NOT_FOUND = 0x00, 0x01, 0x02, 0x07, 0x08, 0x09
NOT_MERGED, BAD_PAGE, UNREADABLE, NO_TEMPLATE, NO_IMAGE = 0x0A, 0x0B, 0x0C, 0x0D, 0x0F
WRONG_PASSWORD, INVALID_IMAGE, BAD_REGISTER, BAD_VALUE, BAD_NOTE = 0x13, 0x15, 0x1A, 0x1B, 0x1C
FULL, OCCUPIED, WRONG_ADDRESS, PASSWORD_REQUIRED, EMPTY, TIMED_OUT, TWICE = 0x1F, 0x22, 0x20, 0x21, 0x24, 0x26, 0x27
SENSOR_BROKEN, UNSUPPORTED = 0x29, 0xFC
UNGUARDED: Final = {0x13, 0x40, 0x53}
"""Instructions that are answered before the password."""
NOTES, NOTE_SIZE = 16, 32
ANY_PAGE: Final = 0xC8
"""AutoEnroll: the module chooses the page."""

Frames = list[tuple[int, bytes]]
"""Kinds and contents of what is answered."""


@dataclass(slots=True)
class ModuleTraits:
    """What a module is, and keeps in flash.

    Attributes:
        width, height: of its images, pixels; width even.
        model, serial: as ReadProdInfo tells them; model empty = an old module that does not know that instruction.
        capacity: templates that its library holds.
        buffers: template buffers that it has.
        password, address: 32 bits each.
        baud_factor: speed in units of 9600 baud.
        baud_factors: those that it takes.
        size_code: 0 to 3 = 32 to 256 bytes of content in a data frame.
        security: 1 to 5.
        resets: it knows SoftRst.
        at_once: a new speed counts from the acknowledgement on, not from the next start.
        deep: eight bits a pixel instead of four, as the USB variant sends them.
        sensor_broken: CheckSensor says so.
        exposure_s: seconds that GenImg takes.
    """

    width: int = 256
    height: int = 288
    model: str = "R307S"
    serial: str = "SIM00001"
    capacity: int = 1000
    buffers: int = 6
    password: int = 0
    address: int = 0xFFFFFFFF
    baud_factor: int = 6
    baud_factors: tuple[int, ...] = tuple(range(1, 13))
    size_code: int = 2
    security: int = 3
    resets: bool = True
    at_once: bool = False
    deep: bool = False
    sensor_broken: bool = False
    exposure_s: float = 0.0


class Module:
    """One module's memory and flash.

    Args:
        traits: what it is; changed by the instructions that write flash.
        platen: what lies on it.
        expose: lets time pass while an image is taken.
        seed: for random codes.
    """

    def __init__(
        self,
        traits: ModuleTraits,
        platen: Callable[[], GreyImage | None],
        expose: Callable[[float], None],
        seed: int = 0,
    ) -> None:
        self.traits = traits
        self.library: dict[int, bytes] = {}
        self._platen = platen
        self._expose = expose
        self._random = random.Random(seed)  # noqa: S311 - a simulated module's random code
        self._notes = [bytes(NOTE_SIZE)] * NOTES
        self._instructions = self._table()
        self.restart()

    def restart(self) -> None:
        """Memory is lost, flash is not."""
        self._image: bytes | None = None
        self._buffers: dict[int, bytes] = {}
        self._trusted = self.traits.password == 0
        self._receiving: int | None = None
        self._received = bytearray()

    @property
    def known(self) -> frozenset[int]:
        """Instructions that it knows."""
        return frozenset(self._instructions)

    def obey(self, content: bytes) -> Frames:
        """Do what a command says; what comes back for it."""
        self._receiving = None
        if not self._trusted and content[0] not in UNGUARDED:
            return [(ACK, bytes([PASSWORD_REQUIRED]))]
        instruction = self._instructions.get(content[0], _unknown)
        try:
            answer = instruction(content[1:])
        except IndexError:  # parameters are missing
            answer = GARBLED
        if isinstance(answer, int):
            answer = bytes([answer])
        return [(ACK, answer)] if isinstance(answer, bytes) else answer

    def take(self, content: bytes, *, last: bool) -> None:
        """A data frame from the station, wanted or not."""
        if self._receiving is None:
            return
        self._received += content
        if last:
            if self._receiving:
                self._buffers[self._receiving] = bytes(self._received)
            else:
                self._image = bytes(self._received)
            self._receiving = None

    def _table(self) -> dict[int, Callable[[bytes], int | bytes | Frames]]:
        kept = self.traits
        table: dict[int, Callable[[bytes], int | bytes | Frames]] = {
            0x01: lambda _: self._generate_image(),
            0x02: lambda given: self._to_template(given[0]),
            0x03: lambda _: self._match(),
            0x04: self._search,
            0x05: lambda _: self._merge(),
            0x06: self._store,
            0x07: self._load,
            0x08: lambda given: self._upload(self._buffers.get(given[0]), NO_TEMPLATE),
            0x09: lambda given: self._download(given[0]),
            0x0A: lambda _: self._upload(self._image, NO_IMAGE),
            0x0B: lambda _: self._download(0),
            0x0C: self._delete,
            0x0D: lambda _: self._clear(),
            0x0E: self._set_parameter,
            0x0F: lambda _: self._parameters(),
            0x12: lambda given: self._keep("password", given),
            0x13: self._verify_password,
            0x14: lambda _: bytes([OK]) + self._random.randbytes(4),
            0x15: lambda given: self._keep("address", given),
            0x16: lambda _: self._upload(b"SIMULATED".ljust(512, b"\xff"), NO_IMAGE),
            0x17: lambda given: OK if given[0] in {0, 1} else 0x1D,
            0x18: self._write_note,
            0x19: lambda given: bytes([OK]) + self._notes[given[0]] if given[0] < NOTES else BAD_NOTE,
            0x1B: self._search,
            0x1D: lambda _: bytes([OK]) + len(self.library).to_bytes(2),
            0x1F: lambda given: self._index(given[0]),
            0x28: lambda _: self._generate_image(strict=True),
            0x30: lambda _: OK,
            0x31: self._enroll,
            0x32: self._identify,
            0x33: lambda _: OK,
            0x35: lambda light: OK if len(light) == 4 else GARBLED,
            0x36: lambda _: SENSOR_BROKEN if kept.sensor_broken else OK,
            0x39: lambda _: bytes([OK]) + b"SIMULATED 1.0".ljust(32, b"\x00"),
            0x3A: lambda _: bytes([OK]) + b"SIMULATOR 2.0".ljust(32, b"\x00"),
            0x3C: lambda _: bytes([OK]) + self._product() if kept.model else UNSUPPORTED,
            0x3D: lambda _: OK if kept.resets else UNSUPPORTED,
            0x40: lambda _: OK,
            0x50: lambda _: OK,
            0x51: lambda _: OK,
            0x52: lambda _: self._generate_image(),
            0x53: lambda _: 0x55,
        }
        return table

    # -- images and buffers

    def _generate_image(self, *, strict: bool = False) -> int:
        if self.traits.exposure_s:
            self._expose(self.traits.exposure_s)
        platen = self._platen()
        if platen is None:
            return NO_FINGER
        levels = platen >> 4
        self._image = platen.tobytes() if self.traits.deep else (levels[:, 0::2] << 4 | levels[:, 1::2]).tobytes()
        return FEW_FEATURES if strict and faint(thumbnail(platen)) else OK

    def _to_template(self, buffer: int) -> int:
        """Features of the image; its buffer is black afterwards, as on real modules."""
        if self._image is None:
            return INVALID_IMAGE
        if buffer not in self._numbers():
            return GARBLED
        packed = np.frombuffer(self._image, np.uint8)
        pixels: GreyImage = packed if self.traits.deep else np.stack([packed & 0xF0, packed << 4], axis=-1)
        if pixels.size != self.traits.width * self.traits.height:
            return INVALID_IMAGE
        template = thumbnail(pixels.reshape(self.traits.height, self.traits.width))
        self._image = bytes(len(self._image))
        if faint(template):
            return FEW_FEATURES
        self._buffers[buffer] = template
        return OK

    def _numbers(self) -> range:
        return range(1, self.traits.buffers + 1)

    def _match(self) -> bytes:
        """Score of buffers 1 and 2."""
        score = alike(self._buffers.get(1, b""), self._buffers.get(2, b""))
        return bytes([OK if score >= self._wanted() else NO_MATCH]) + score.to_bytes(2)

    def _wanted(self) -> int:
        return 50 + 10 * self.traits.security

    def _merge(self) -> int:
        if self._match()[0] != OK:
            return NOT_MERGED
        self._buffers[2] = self._buffers[1]
        return OK

    def _upload(self, data: bytes | None, missing: int) -> int | Frames:
        """Acknowledge, then send in data frames."""
        if data is None:
            return missing
        size = 32 << self.traits.size_code
        places = range(0, len(data), size)
        frames = [(LAST if at + size >= len(data) else DATA, data[at : at + size]) for at in places]
        return [(ACK, bytes([OK])), *frames]

    def _download(self, buffer: int) -> int:
        """What comes next is for this buffer; 0 = the image's."""
        if buffer and buffer not in self._numbers():
            return GARBLED
        self._receiving = buffer
        self._received.clear()
        return OK

    # -- library

    def _page(self, high: int, low: int) -> int | None:
        page = high << 8 | low
        return page if page < self.traits.capacity else None

    def _store(self, given: bytes) -> int:
        page = self._page(given[1], given[2])
        if page is None:
            return BAD_PAGE
        if given[0] not in self._buffers:
            return UNREADABLE
        self.library[page] = self._buffers[given[0]]
        return OK

    def _load(self, given: bytes) -> int:
        page = self._page(given[1], given[2])
        if page is None:
            return BAD_PAGE
        if page not in self.library or given[0] not in self._numbers():
            return UNREADABLE
        self._buffers[given[0]] = self.library[page]
        return OK

    def _best(self, template: bytes, start: int, count: int) -> tuple[int, int] | None:
        """Page and score of the likest template of some pages."""
        scores = [(alike(template, kept), page) for page, kept in self.library.items() if 0 <= page - start < count]
        best = max(scores, default=(0, 0))
        return (best[1], best[0]) if best[0] >= self._wanted() else None

    def _search(self, given: bytes) -> bytes:
        start, count = given[1] << 8 | given[2], given[3] << 8 | given[4]
        best = self._best(self._buffers.get(given[0], b""), start, count)
        page, score = best or (0, 0)
        return bytes([NOT_FOUND if best is None else OK]) + page.to_bytes(2) + score.to_bytes(2)

    def _delete(self, given: bytes) -> int:
        start, count = given[0] << 8 | given[1], given[2] << 8 | given[3]
        if start + count > self.traits.capacity:
            return 0x10
        for page in range(start, start + count):
            self.library.pop(page, None)
        return OK

    def _clear(self) -> int:
        self.library.clear()
        return OK

    def _index(self, number: int) -> bytes:
        """Which of 256 pages are used: bit i of byte k is page 8k + i."""
        bits = [256 * number + bit in self.library for bit in range(256)]
        return bytes([OK]) + np.packbits(bits, bitorder="little").tobytes()

    def _enroll(self, given: bytes) -> int | Frames:
        page, cover, twice_allowed, reported = given[0], given[1], given[2], given[3]
        _ = given[4]
        if page == ANY_PAGE:
            free = [number for number in range(self.traits.capacity) if number not in self.library]
            if not free:
                return [(ACK, bytes([FULL, 0, page]))]
            page = free[0]
        if page >= self.traits.capacity:
            return [(ACK, bytes([BAD_PAGE, 0, page]))]
        if page in self.library and not cover:
            return [(ACK, bytes([OCCUPIED, 0, page]))]
        template = self._fresh()
        if isinstance(template, int):
            return [(ACK, bytes([template, 1, page]))]
        if not twice_allowed and self._best(template, 0, self.traits.capacity) is not None:
            return [(ACK, bytes([TWICE, 0x0D, page]))]
        self.library[page] = template
        steps = range(1, 0x10) if reported else [0x0F]
        return [(ACK, bytes([OK, step, page & 0xFF])) for step in steps]

    def _identify(self, given: bytes) -> int | Frames:
        start, count, reported = given[1], given[2], given[3]
        _ = given[4]
        nothing = bytes(4)
        if not self.library:
            return [(ACK, bytes([EMPTY, 0]) + nothing)]
        template = self._fresh()
        if isinstance(template, int):
            return [(ACK, bytes([template, 1]) + nothing)]
        best = self._best(template, start, count)
        if best is None:
            return [(ACK, bytes([NOT_FOUND, 3]) + nothing)]
        found = best[0].to_bytes(2) + best[1].to_bytes(2)
        earlier = [(ACK, bytes([OK, step]) + nothing) for step in (1, 2)] if reported else []
        return [*earlier, (ACK, bytes([OK, 3]) + found)]

    def _fresh(self) -> bytes | int:
        """A template of what lies on the platen, or why there is none."""
        platen = self._platen()
        if platen is None:
            return TIMED_OUT
        template = thumbnail(platen)
        return FEW_FEATURES if faint(template) else template

    # -- flash

    def _keep(self, name: str, given: bytes) -> int:
        if len(given) != 4:
            return GARBLED
        setattr(self.traits, name, int.from_bytes(given))
        return OK

    def _write_note(self, given: bytes) -> int:
        if given[0] >= NOTES:
            return BAD_NOTE
        if len(given) != 1 + NOTE_SIZE:
            return GARBLED
        self._notes[given[0]] = given[1:]
        return OK

    def _set_parameter(self, given: bytes) -> int:
        """Flash is written now, the speed changes with the next start, as the manuals have it."""
        number, value = given[0], given[1]
        allowed = {4: self.traits.baud_factors, 5: range(1, 6), 6: range(4)}
        if number not in allowed:
            return BAD_REGISTER
        if value not in allowed[number]:
            return BAD_VALUE
        setattr(self.traits, {4: "baud_factor", 5: "security", 6: "size_code"}[number], value)
        return OK

    def _parameters(self) -> bytes:
        kept = self.traits
        status = 4 * self._trusted + 8 * (self._image is not None)
        words = (status, 0, kept.capacity, kept.security, kept.address >> 16, kept.address & 0xFFFF)
        return bytes([OK]) + b"".join(word.to_bytes(2) for word in (*words, kept.size_code, kept.baud_factor))

    def _verify_password(self, given: bytes) -> int:
        self._trusted = int.from_bytes(given[:4]) == self.traits.password
        return OK if self._trusted else WRONG_PASSWORD

    def _product(self) -> bytes:
        kept = self.traits
        texts = kept.model.encode().ljust(16, b"\x00") + b"SIM " + kept.serial.encode().ljust(8, b"\x00")[:8]
        sizes = (kept.width, kept.height, TEMPLATE_SIZE, kept.capacity)
        return texts + b"\x01\x00" + b"OPTICAL\x00" + b"".join(size.to_bytes(2) for size in sizes)


def _unknown(_: bytes) -> int:
    return UNSUPPORTED
