"""Files of the keys' folder: for the owner alone, there whole or not at all, and every changed bit in them is seen."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from station.errors import StationError, WayOn

Field = str | int
SUM: Final = "sum"
MOST_BYTES: Final = 64 * 1024
"""Of a document; whatever is longer is none of ours."""


def write_new(path: Path, data: bytes) -> None:
    """A new file, synced. Raises OSError, also where one is there already."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, data: bytes) -> None:
    """A file with these bytes, whatever was there; or nothing is changed. Raises OSError."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.unlink(missing_ok=True)
        write_new(beside, data)
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's own list of files durable; Windows keeps it by itself and opens no folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_document(path: Path, fields: Mapping[str, Field]) -> None:
    """Fields as JSON with their own SHA-256: a damaged file is told from a wrong passphrase. Raises OSError."""
    write_whole(path, _rendered(fields))


def read_document(path: Path) -> dict[str, Field]:
    """The fields, if not a bit of the file was changed.

    Raises:
        FileNotFoundError: there is no such file.
        StationError: `keys.damaged`, naming it.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    try:
        fields = json.loads(data)
        del fields[SUM]
        whole = _rendered(fields) == data
    except (ValueError, KeyError, TypeError, RecursionError):
        whole, fields = False, {}
    if not whole:
        raise damaged(path.name)
    return fields  # type: ignore[no-any-return]  # what JSON holds is only known once it is read


def damaged(name: str) -> StationError:
    """What is told of a file, or of another place of keys, that is not as it was written."""
    return StationError("keys.damaged", WayOn.RESTORE_BACKUP, name)


def _rendered(fields: Mapping[str, Field]) -> bytes:
    body = json.dumps(fields, sort_keys=True)
    return (json.dumps({**fields, SUM: hashlib.sha256(body.encode()).hexdigest()}, sort_keys=True) + "\n").encode()
