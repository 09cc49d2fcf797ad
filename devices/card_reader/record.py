"""What was said to a card, on record, without what it holds: headers, lengths, status words and times.

Of a command the data field is kept where it names an application or a file; of an answer nothing but its length. A
PIN, a UID, a photo or a challenge never enters.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

SELECT: Final = 0xA4
GET_DATA: Final = 0xCB
_TELLING: Final = frozenset({SELECT, GET_DATA})
"""Instructions whose data name what is asked for, and nobody."""
_LONGEST_NAME: Final = 16
"""An application's name has 16 bytes at the most (ISO/IEC 7816-4, 8.2.1.2); longer data are something else."""


@dataclass(frozen=True, slots=True)
class Said:
    """One command and what became of it.

    Attributes:
        at_s: seconds since the record began.
        command: header and lengths in hexadecimal, the data as `<n bytes>` unless they name a file.
        received: bytes of the answer, without its status word.
        status: the status word; None where no answer came.
        took_s: seconds until the answer.
    """

    at_s: float
    command: str
    received: int
    status: int | None
    took_s: float

    def __str__(self) -> str:
        answer = "no answer" if self.status is None else f"{self.status:04X}, {self.received} bytes"
        return f"{self.at_s:.3f} {self.command} > {answer}, {1000 * self.took_s:.1f} ms"


class CardRecord:
    """The newest `limit` commands. Thread-safe."""

    def __init__(self, limit: int = 1000) -> None:
        self._began = time.monotonic()
        self._said: deque[Said] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def add(self, command: bytes, received: int, status: int | None, took_s: float) -> None:
        """Keep one, that ended now."""
        at_s = time.monotonic() - self._began - took_s
        with self._lock:
            self._said.append(Said(at_s, redacted(command), received, status, took_s))

    def said(self) -> tuple[Said, ...]:
        """All that is kept, oldest first."""
        with self._lock:
            return tuple(self._said)


def redacted(command: bytes) -> str:
    """A command as it may be kept and shown."""
    head, body = command[:4], command[4:]
    if len(body) <= 1:  # at the most the number of bytes asked for
        return command.hex().upper()
    size = body[0]
    data, rest = body[1 : 1 + size], body[1 + size :]
    if size and head[1] in _TELLING and len(data) == size <= _LONGEST_NAME:
        return command.hex().upper()
    if not size or len(data) < size:  # extended, or cut off: nothing of it is known to be harmless
        return f"{head.hex().upper()}<{len(body)} bytes>"
    return f"{head.hex().upper()}{size:02X}<{size} bytes>{rest.hex().upper() if len(rest) <= 1 else '…'}"
