"""The settings as the station writes them itself: values to TOML, and the file durably, never over another one.

tomllib reads and does not write; what is written here are tables of plain values, as a settings file has them.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path, PurePath
from typing import Any, Final

from station.errors import StationError, WayOn, of_folder
from station.security.durable import sync_folder, write_new

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
"""Keys that need no quotes (TOML 1.0, Keys)."""


def text_of(document: Mapping[str, Any]) -> str:
    """TOML 1.0 of nested tables of text, numbers, truth values, dates, times, paths, and lists of these.

    Raises:
        TypeError: a value of another kind.
    """
    return "\n".join(_table((), document)).lstrip("\n") + "\n"


def write_settings(path: Path, document: Mapping[str, Any]) -> None:
    """A new file, for its owner alone, there whole or not at all.

    Raises:
        StationError: `setup.exists`, a file of that name is there and stays as it is; `store.*`, the disk refuses.
    """
    write_beside(path, text_of(document).encode("utf-8"))


def write_beside(path: Path, data: bytes) -> None:
    """A new file with these bytes: temporary file, sync, its name, sync of the folder. Raises as `write_settings`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.unlink(missing_ok=True)
        try:
            write_new(beside, data)
            _name(beside, path)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise StationError("setup.exists", WayOn.CHECK_SETTINGS, path.name) from error
    except OSError as error:
        raise of_folder(error) from error


def _name(beside: Path, path: Path) -> None:
    """Give the finished file its name, unless it is taken: a rename would go over what is there."""
    if os.name != "posix":
        beside.rename(path)  # Windows refuses by itself
        return
    try:
        path.hardlink_to(beside)
    except PermissionError:  # a file system without links, as on a stick
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        beside.rename(path)


def _table(name: tuple[str, ...], values: Mapping[str, Any]) -> list[str]:
    """A table's own values, then the tables in it."""
    inner = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    plain = [f"{_key(key)} = {_value(value)}" for key, value in values.items() if key not in inner]
    lines = [f"\n[{'.'.join(map(_key, name))}]", *plain] if name and (plain or not inner) else plain
    for key, value in inner.items():
        lines += _table((*name, key), value)
    return lines


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _quoted(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | PurePath():
            return _quoted(str(value))
        case int() | float():
            return repr(value)
        case date() | time():
            return value.isoformat()
        case Sequence():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            raise TypeError(f"no TOML of {type(value).__name__}")


def _quoted(text: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which JSON lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
