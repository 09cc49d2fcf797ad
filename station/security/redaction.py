"""The log: JSON lines in a rotating file, and nothing personal in any of them.

A whitelist, not a blacklist: a key that is not named here is dropped, whatever it holds. What is kept is a code, a
number or yes and no; text that could hold a person (a space in it, a run of digits as long as a NIK) is blanked. Of
an exception its kind and the places that it passed are kept, never its words.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import structlog

KEYS: Final = frozenset(
    {
        "action", "algorithm", "attempt", "bytes", "code", "count", "device", "duration_ms", "event", "from_state",
        "health", "item", "kind", "level", "maker", "model", "officer", "outcome", "port", "position", "protocol",
        "reason", "remedy", "rule", "screen", "serial", "sha256", "simulated", "slot", "state", "step", "thread",
        "timestamp", "version", "visit_id", "way_on",
    }
)  # fmt: skip
"""Keys that may be written; their values still have to be harmless."""
BLANKED: Final = "[blanked]"
LOG_FILE: Final = "station.log"
FILE_BYTES: Final = 2_000_000
FILES_KEPT: Final = 5

_HARMLESS: Final = re.compile(r"[\x21-\x7e]{0,200}")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{12,}(?!\d)")
_EVENT: Final = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep what the whitelist names and what is harmless; the event is a dotted code or blanked."""
    kept = {key: _harmless(value) for key, value in line.items() if key in KEYS}
    if not _EVENT.fullmatch(str(line.get("event", ""))):
        kept["event"] = BLANKED
    error = _error(line.get("exc_info"))
    if error is not None:
        kept["error"] = type(error).__name__
        kept["at"] = _places(error.__traceback__)
        if isinstance(code := getattr(error, "code", None), str):
            kept["code"] = _harmless(code)
    return kept


@contextmanager
def logging_to(folder: Path, *, level: int = logging.INFO) -> Iterator[Path]:
    """Write the program's log into `folder` while inside; yields the file.

    Every logger of structlog is configured, for the whole process; log calls are safe from any thread.

    Raises:
        OSError: the folder or the file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOG_FILE
    handler = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=False)
    handler.setFormatter(logging.Formatter("%(message)s"))
    sink = logging.getLogger("ktpel")
    sink.addHandler(handler)
    sink.setLevel(level)
    sink.propagate = False
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: sink,
        cache_logger_on_first_use=False,  # a cached one would outlive this block
    )
    try:
        yield path
    finally:
        structlog.reset_defaults()
        sink.removeHandler(handler)
        handler.close()


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 10**12 else BLANKED
    text = str(value) if isinstance(value, str) else BLANKED
    return text if _HARMLESS.fullmatch(text) and not _LONG_NUMBER.search(text) else BLANKED


def _error(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if exc_info is True:
        return sys.exception()
    if isinstance(exc_info, tuple) and isinstance(exc_info[1], BaseException):
        return exc_info[1]
    return None


def _places(places: TracebackType | None) -> list[str]:
    return [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in traceback.extract_tb(places)]
