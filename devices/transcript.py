"""What passed over a line, as a record and as something to play back.

A transcript holds every byte, captured biometrics too: it is made on request, for a technician or a test, kept in
memory, and never written by this room.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devices.transport import LineSettings, Transport


class Direction(StrEnum):
    """Who spoke, seen from the station."""

    SENT = ">"
    RECEIVED = "<"


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece: seconds since the transcript began, direction, bytes."""

    at_s: float
    direction: Direction
    data: bytes = field(repr=False)


class Transcript:
    """The newest `limit` pieces that passed over a line. Thread-safe."""

    def __init__(self, limit: int = 10_000) -> None:
        self._began = time.monotonic()
        self._entries: deque[Entry] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def add(self, direction: Direction, data: bytes) -> None:
        """Keep one piece, at this moment."""
        with self._lock:
            self._entries.append(Entry(time.monotonic() - self._began, direction, bytes(data)))

    def entries(self) -> tuple[Entry, ...]:
        """All that is kept, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def exchanges(self) -> list[tuple[bytes, bytes]]:
        """What was sent, each with all that came before the next sending: what `expected_protocol` plays back."""
        found: list[tuple[bytes, bytes]] = []
        for entry in self.entries():
            if entry.direction is Direction.SENT:
                found.append((entry.data, b""))
            elif found:
                sent, received = found[-1]
                found[-1] = (sent, received + entry.data)
            else:
                found.append((b"", entry.data))
        return found

    def to_text(self) -> str:
        """One line a piece: seconds, `>` or `<`, hexadecimal bytes."""
        return "".join(f"{entry.at_s:.6f} {entry.direction.value} {entry.data.hex()}\n" for entry in self.entries())

    @classmethod
    def from_text(cls, text: str) -> Transcript:
        """Read what `to_text` wrote. Raises ValueError."""
        transcript = cls()
        for line in text.splitlines():
            at_s, direction, data = line.split(" ")
            transcript._entries.append(Entry(float(at_s), Direction(direction), bytes.fromhex(data)))
        return transcript


class UnexpectedBytesError(AssertionError):
    """The driver said something else than was expected, or less."""


class ReplayedLine:
    """A line whose other end is a list: each sending is compared, then its reply is there to be read."""

    def __init__(self, exchanges: Iterable[tuple[bytes, bytes]]) -> None:
        self._expected = deque(exchanges)
        self._arrived = bytearray()
        self._sent = bytearray()
        while self._expected and not self._expected[0][0]:
            self._arrived += self._expected.popleft()[1]

    def receive(self, wait_s: float) -> bytes:
        """What the list holds; a silence passes at once where nobody waits, else in `wait_s` seconds."""
        if not self._arrived and wait_s:
            time.sleep(wait_s)  # a replayed silence: there is nothing else to wait for
        data = bytes(self._arrived)
        self._arrived.clear()
        return data

    def send(self, data: bytes) -> None:
        """Compare with the list. Raises UnexpectedBytesError."""
        self._sent += data
        if not self._expected:
            raise UnexpectedBytesError(f"nothing more expected, sent {self._sent.hex()}")
        wanted, reply = self._expected[0]
        if not wanted.startswith(self._sent):
            raise UnexpectedBytesError(f"expected {wanted.hex()}, sent {self._sent.hex()}")
        if len(self._sent) == len(wanted):
            self._expected.popleft()
            self._sent.clear()
            self._arrived += reply

    def apply(self, settings: LineSettings) -> None:
        """A list has no speed."""

    def check(self) -> None:
        """A list is always there."""

    def close(self) -> None:
        """Nothing to let go of."""

    def finish(self) -> None:
        """Raises UnexpectedBytesError where something expected was never sent."""
        if self._expected or self._sent:
            raise UnexpectedBytesError(f"never sent: {[sent.hex() for sent, _ in self._expected]}")


@contextmanager
def expected_protocol(
    exchanges: Iterable[tuple[bytes, bytes]], settings: LineSettings | None = None
) -> Iterator[Transport]:
    """A transport that expects exactly these (sent, reply) pairs, in this order; checks at the end that all came.

    Raises:
        UnexpectedBytesError: other bytes were sent, or not all.
    """
    from devices.transport import LineSettings, Transport  # noqa: PLC0415 - the transport itself keeps transcripts

    line = ReplayedLine(exchanges)
    yield Transport(line, "replay://", settings or LineSettings(9600))
    line.finish()
