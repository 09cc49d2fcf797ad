"""Reading a line in tests."""

from __future__ import annotations

from devices.transport import Deadline, Transport


def read_exactly(line: Transport, count: int, timeout_s: float) -> bytes:
    """`count` bytes; what came beyond them is lost."""
    deadline, found = Deadline(timeout_s), bytearray()
    while len(found) < count:
        data = line.read_some(deadline.remaining)
        assert data, f"{len(found)} of {count} bytes"
        found += data
    return bytes(found[:count])
