"""Files that are there whole or not at all: written and synced beside their place, then moved there."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PART: Final = ".part"


def beside(place: Path) -> Path:
    """Where a file is written before it is moved to its place; a fixed name, so that nothing piles up."""
    return place.with_name(f".{place.name}{_PART}")


def write_synced(path: Path, data: bytes) -> None:
    """Write, and wait until it is on the disk itself. Raises OSError."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_back(path: Path) -> bytes:
    """What the disk keeps of a file that has been synced: the system is asked to forget its own copy first.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if sys.platform == "linux":
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file.read()


def unfinished(folder: Path) -> Iterator[Path]:
    """What writes that were cut short have left in a folder: nothing under its own name, and of no use."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.name.startswith(".") and each.name.endswith(_PART) and each.is_file():
            yield each


def write_whole(place: Path, data: bytes) -> None:
    """Write a file, or change nothing: what was there stays, and nothing is left beside it. Raises OSError."""
    try:
        write_synced(beside(place), data)
        beside(place).replace(place)
    except OSError:
        with contextlib.suppress(OSError):
            beside(place).unlink(missing_ok=True)
        raise
