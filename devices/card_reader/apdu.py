"""Commands and answers of ISO/IEC 7816-4 as values, and the exchange that follows an answer to its end.

Pure bytes: no reader's calls, no card's files. What a command carries may be a person's or a PIN: no `repr` tells it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

from devices.errors import Remedy, WireError

OK: Final = 0x9000
SHORT_DATA: Final = 255
SHORT_ANSWER: Final = 256
LONG_ANSWER: Final = 65_536
CHAINED: Final = 0x10
"""Bit of the class byte: more of this command follows (ISO/IEC 7816-4, 5.1.1)."""
LARGEST_ANSWER: Final = 65_536
"""An object that goes on for longer is none that the station reads."""

Transmit = Callable[[bytes], tuple[bytes, int]]
"""A command to its response's data and status word; raises DeviceError."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        cla, ins, p1, p2: the header, a byte each.
        data: up to 65535 bytes.
        le: how many bytes are asked for, 1 to 65536; None where no data are.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    le: int | None = None

    def encode(self) -> bytes:
        """The bytes, in the short form where that holds them. Raises ValueError for a figure out of range."""
        if len(self.data) > 0xFFFF or (self.le is not None and not 0 < self.le <= LONG_ANSWER):
            raise ValueError(f"{len(self.data)} bytes of data, {self.le} asked for")
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        if len(self.data) <= SHORT_DATA and (self.le or 0) <= SHORT_ANSWER:
            length = bytes((len(self.data),)) if self.data else b""
            return head + length + self.data + (b"" if self.le is None else bytes((self.le & 0xFF,)))
        length = b"\0" + len(self.data).to_bytes(2, "big") if self.data else b""
        asked = b"" if self.le is None else (self.le & 0xFFFF).to_bytes(2, "big")
        return head + length + self.data + (asked if self.data else b"\0" + asked)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Inverse of `encode`.

        Raises:
            WireError: `card_reader.bad_answer`, these bytes are no command.
        """
        head, body = raw[:4], raw[4:]
        if len(head) < 4:
            raise bad_answer(f"a command of {len(raw)} bytes")
        data, le = _short(body) if len(body) <= 1 or body[0] else _extended(body)
        return cls(head[0], head[1], head[2], head[3], data, le)


def _short(body: bytes) -> tuple[bytes, int | None]:
    if len(body) <= 1:
        return b"", (body[0] or SHORT_ANSWER) if body else None
    size, rest = body[0], body[1:]
    if len(rest) == size:
        return rest, None
    if len(rest) == size + 1:
        return rest[:size], rest[size] or SHORT_ANSWER
    raise bad_answer(f"{size} bytes of data promised, {len(rest)} there")


def _extended(body: bytes) -> tuple[bytes, int | None]:
    size, rest = int.from_bytes(body[1:3], "big"), body[3:]
    if len(body) == 3:
        return b"", size or LONG_ANSWER
    if len(body) > 3 and size and len(rest) == size:
        return rest, None
    if len(body) > 3 and size and len(rest) == size + 2:
        return rest[:size], int.from_bytes(rest[size:], "big") or LONG_ANSWER
    raise bad_answer(f"{size} bytes of data promised, {len(rest)} there")


def bad_answer(detail: str) -> WireError:
    """Bytes that the standards forbid, or that nobody here understands."""
    return WireError("card_reader.bad_answer", detail, remedy=Remedy.RETRY)


def exchange(transmit: Transmit, command: Command) -> tuple[bytes, int]:
    """A command of any length in pieces of 255 bytes, and its answer in as many as the card makes of it.

    Returns:
        The whole answer, and the last status word: 61xx (more waits) and 6Cxx (ask for that many) are followed.

    Raises:
        WireError: `card_reader.bad_answer`, an answer without end.
        DeviceError: from the reader.
    """
    data = command.data
    while len(data) > SHORT_DATA:
        piece, data = data[:SHORT_DATA], data[SHORT_DATA:]
        chained = Command(command.cla | CHAINED, command.ins, command.p1, command.p2, piece)
        answer, status = transmit(chained.encode())
        if status != OK:
            return answer, status
    last = Command(command.cla, command.ins, command.p1, command.p2, data, command.le)
    answer, status = transmit(last.encode())
    if status >> 8 == 0x6C:
        answer, status = transmit(Command(last.cla, last.ins, last.p1, last.p2, data, _count(status)).encode())
    whole = bytearray(answer)
    while status >> 8 == 0x61:
        answer, status = transmit(Command(0x00, 0xC0, 0x00, 0x00, le=_count(status)).encode())
        whole += answer
        if len(whole) > LARGEST_ANSWER or (not answer and status >> 8 == 0x61):
            raise bad_answer(f"{len(whole)} bytes and no end")
    return bytes(whole), status


def _count(status: int) -> int:
    return status & 0xFF or SHORT_ANSWER
