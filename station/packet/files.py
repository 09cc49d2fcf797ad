"""Files that are there whole or not at all: written and synced beside their place, then moved there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def beside(place: Path) -> Path:
    """Where a file is written before it is moved to its place; a fixed name, so that nothing piles up."""
    return place.with_name(f".{place.name}.part")


def write_synced(path: Path, data: bytes) -> None:
    """Write, and wait until it is on the disk itself. Raises OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_whole(place: Path, data: bytes) -> None:
    """Write a file, or change nothing: what was there stays, and nothing is left beside it. Raises OSError."""
    try:
        write_synced(beside(place), data)
        beside(place).replace(place)
    except OSError:
        with contextlib.suppress(OSError):
            beside(place).unlink(missing_ok=True)
        raise
