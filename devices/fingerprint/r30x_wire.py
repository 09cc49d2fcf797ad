"""The wire of R30x, ZFM-20, AS608 and R503 modules: frames, checksums, tables. No port and no waiting.

Big-endian: `EF01 | address 4 | kind 1 | length 2 | content | sum 2`; length counts content and sum, the sum runs from
the kind to the last byte of content, modulo 65536. Sources: ZFM-20 manual 2.0, R503 manual 1.2.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Final

import numpy as np

from devices.fingerprint.r30x_codes import Confirmation

START: Final = b"\xef\x01"
BROADCAST: Final = 0xFFFFFFFF
"""The address every module leaves the factory with."""
HEADER_SIZE: Final = 9
SUM_SIZE: Final = 2
MAX_CONTENT: Final = 256
FRAME_OVERHEAD: Final = HEADER_SIZE + SUM_SIZE
RUN_LEAST: Final = 6
"""So many frames' bytes in hand are worth summing together."""
RUN_MOST: Final = 64
"""Never more at once: a stream made to spite us must not be summed over and over."""


class PacketKind(IntEnum):
    """What a frame is."""

    COMMAND = 0x01
    DATA = 0x02
    ACK = 0x07
    END_OF_DATA = 0x08


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame that arrived whole; `at` is the place of its first byte among all that its parser was fed."""

    kind: PacketKind
    content: bytes = field(repr=False)
    at: int = field(default=0, compare=False)

    @property
    def end(self) -> int:
        """The place behind its last byte."""
        return self.at + FRAME_OVERHEAD + len(self.content)


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: `code` is a `Confirmation` where it is a known one, `parameters` what follows it."""

    code: int
    parameters: bytes = field(repr=False)

    @classmethod
    def of(cls, packet: Packet) -> Ack:
        """Read the content of an acknowledgement; the parser lets no empty one through."""
        return cls(packet.content[0], packet.content[1:])

    @property
    def ok(self) -> bool:
        """Whether the module did as it was told."""
        return self.code == Confirmation.OK


def encode(kind: PacketKind, content: bytes, address: int = BROADCAST) -> bytes:
    """One frame. Raises ValueError where the content is empty or longer than `MAX_CONTENT`."""
    if not 0 < len(content) <= MAX_CONTENT:
        raise ValueError(f"{len(content)} bytes do not fit a frame")
    body = bytes([kind]) + (len(content) + SUM_SIZE).to_bytes(2) + content
    return START + address.to_bytes(4) + body + (sum(body) & 0xFFFF).to_bytes(2)


class PacketParser:
    """Frames out of a stream that may start anywhere and hold anything.

    Bytes that belong to no frame (the boot byte 0x55, noise, the rest of a cut frame) are skipped up to the next
    start with our module's address, and counted.

    Attributes:
        skipped: bytes thrown away so far.
        bad_sums: frames thrown away so far for their sum.
    """

    def __init__(self, address: int = BROADCAST) -> None:
        self._start = START + address.to_bytes(4)
        self._buffer = bytearray()
        self._passed = 0
        self.skipped = 0
        self.bad_sums = 0

    @property
    def fed(self) -> int:
        """Bytes taken so far."""
        return self._passed + len(self._buffer)

    @property
    def pending(self) -> int:
        """Bytes that wait for the rest of their frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Packet]:
        """Take what arrived; returns the frames that it completed, oldest first."""
        buffer = self._buffer
        buffer += data
        found: list[Packet] = []
        at, size = 0, len(buffer)
        while at < size:
            if not buffer.startswith(self._start, at):
                at = self._next_start(at)
                if size - at < len(self._start):
                    break
            if size - at < HEADER_SIZE:
                break
            kind, length = buffer[at + 6], buffer[at + 7] << 8 | buffer[at + 8]
            if kind not in _KINDS or not SUM_SIZE < length <= MAX_CONTENT + SUM_SIZE:
                self.skipped += 1
                at += 1
                continue
            end = at + HEADER_SIZE + length
            if size < end:
                break
            if size - at >= RUN_LEAST * (end - at):
                run = self._run(at, end - at)
                if run:
                    found += run
                    at += len(run) * (end - at)
                    continue
            content = bytes(buffer[at + HEADER_SIZE : end - SUM_SIZE])
            wanted = kind + buffer[at + 7] + buffer[at + 8] + sum(content) & 0xFFFF
            if wanted == buffer[end - 2] << 8 | buffer[end - 1]:
                found.append(Packet(_KINDS[kind], content, self._passed + at))
                at = end
            else:  # a true frame may begin inside this false one
                self.bad_sums += 1
                self.skipped += 1
                at += 1
        del buffer[:at]
        self._passed += at
        return found

    def rescue(self) -> list[Packet]:
        """The line has fallen silent: what waits for its rest waits in vain; returns frames hidden behind it."""
        found: list[Packet] = []
        while self._buffer:
            del self._buffer[0]
            self._passed += 1
            self.skipped += 1
            found += self.feed(b"")
        return found

    def reset(self) -> None:
        """Forget what waits."""
        self.skipped += len(self._buffer)
        self._passed += len(self._buffer)
        self._buffer.clear()

    def _run(self, at: int, step: int) -> list[Packet]:
        """Sound frames of `step` bytes with one and the same header, from `at` on: an image's, all summed at once."""
        count = min((len(self._buffer) - at) // step, RUN_MOST)
        raw = bytes(self._buffer[at : at + count * step])
        table = np.frombuffer(raw, np.uint8).reshape(count, step)
        alike = (table[:, :HEADER_SIZE] == table[0, :HEADER_SIZE]).all(axis=1)
        sums = table[:, 6:-SUM_SIZE].sum(axis=1, dtype=np.uint16)
        sound = alike & (sums == table[:, -SUM_SIZE:].copy().view(">u2")[:, 0])
        good = count if sound.all() else int(sound.argmin())
        kind, first = _KINDS[raw[6]], self._passed + at
        return [
            Packet(kind, raw[start + HEADER_SIZE : start + step - SUM_SIZE], first + start)
            for start in range(0, good * step, step)
        ]

    def _next_start(self, at: int) -> int:
        """Where the next start is, or may be once more bytes have come."""
        found = self._buffer.find(self._start, at)
        if found < 0:
            found = len(self._buffer)
            for length in range(min(len(self._start) - 1, found - at), 0, -1):
                if self._buffer.endswith(self._start[:length]):
                    found -= length
                    break
        self.skipped += found - at
        return found


_KINDS: Final = {int(kind): kind for kind in PacketKind}


@dataclass(frozen=True, slots=True)
class SystemParameters:
    """Answer to ReadSysPara, 16 bytes.

    Attributes:
        status: bit 0 busy, 1 last match passed, 2 password verified, 3 image buffer valid.
        system_id: 0x0000 or 0x0009.
        capacity: templates that the library holds.
        security: 1 (lax) to 5 (strict).
        address: the module's.
        packet_size: bytes of content in a data frame: 32, 64, 128 or 256.
        baudrate: bits per second.
    """

    status: int
    system_id: int
    capacity: int
    security: int
    address: int
    packet_size: int
    baudrate: int

    SIZE: ClassVar[int] = 16

    @classmethod
    def parse(cls, data: bytes) -> SystemParameters:
        """Read an answer. Raises ValueError where it has another length or a packet size that no module has."""
        if len(data) != cls.SIZE or int.from_bytes(data[12:14]) > 3:
            raise ValueError("not a table of system parameters")
        words = [int.from_bytes(data[at : at + 2]) for at in range(0, cls.SIZE, 2)]
        return cls(
            status=words[0],
            system_id=words[1],
            capacity=words[2],
            security=words[3],
            address=words[4] << 16 | words[5],
            packet_size=32 << words[6],
            baudrate=9600 * words[7],
        )


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """Answer to ReadProdInfo, 46 bytes; old modules have none. `width` and `height` are the image's, in pixels."""

    model: str
    batch: str
    serial: str
    hardware: str
    sensor: str
    width: int
    height: int

    SIZE: ClassVar[int] = 46

    @classmethod
    def parse(cls, data: bytes) -> ProductInfo:
        """Read an answer. Raises ValueError where it has another length."""
        if len(data) != cls.SIZE:
            raise ValueError("not a product description")
        return cls(
            model=_text(data[0:16]),
            batch=_text(data[16:20]),
            serial=_text(data[20:28]),
            hardware=f"{data[28]}.{data[29]}",
            sensor=_text(data[30:38]),
            width=int.from_bytes(data[38:40]),
            height=int.from_bytes(data[40:42]),
        )


def _text(data: bytes) -> str:
    """Printable text as it is, other bytes in hexadecimal, nothing where all are 00 or FF."""
    trimmed = data.strip(b"\x00\xff ")
    if all(0x20 < byte < 0x7F for byte in trimmed):
        return trimmed.decode("ascii")
    return trimmed.hex()
