"""Reading the audit trail, and counting, beside a running station, which holds its store for itself alone.

The file is read without locks; a fault counts only if neither it nor its journal has moved meanwhile. Never used inside
the station's own process: closing the file there would drop the station's lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, StaticPool, Table, create_engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from station.domain.audit import AuditEntry, AuditHead
from station.errors import StoreError, WayOn
from station.store.audit import Audit
from station.store.connection import keyed, page_check, told
from station.store.known import Known
from station.store.schema import version
from station.store.tables import metadata, visits

TRIES: Final = 40
PAUSE_S: Final = 0.05
"""Longer than a commit takes on a slow disk; a station at work leaves seconds between two."""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """All of it, as it stood at one moment."""

    entries: tuple[AuditEntry, ...]
    heads: tuple[AuditHead, ...]


def audit_beside(path: Path, key: bytes, *, whole: Callable[[AuditTrail], bool]) -> AuditTrail:
    """The trail, whether or not a station has the store open.

    Args:
        path: the database's file.
        key: 32 bytes, raw.
        whole: judges what was read. A whole trail is taken even while the station writes: a torn one could not be
            whole. One that is not, or cannot be read, counts only if nothing was written meanwhile.

    Raises:
        StoreError: `store.locked`, a change was under way all the time, or one was never finished (then no station is
            running, and opening the store finishes it); `store.damaged`, `store.wrong_key`.
    """
    for _ in range(TRIES):
        before, fault = _marks(path), None
        try:
            trail = _read(path, key)
            if whole(trail):
                return trail
        except StoreError as error:
            trail, fault = None, error
        if before[-1] == 0 and _marks(path) == before:
            if fault is not None:
                raise fault
            assert trail is not None
            return trail
        time.sleep(PAUSE_S)
    raise StoreError("store.locked", WayOn.CLOSE_OTHER_INSTANCE)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a store amounts to, without anybody's data.

    Attributes:
        version: of its tables.
        rows: table to number of rows.
        states: where visits stand, to how many.
        pages: how many there are.
        broken_pages: how many do not authenticate.
    """

    version: str
    rows: dict[str, int]
    states: dict[str, int]
    pages: int
    broken_pages: int


def figures_beside(path: Path, key: bytes) -> Figures:
    """Counts, whether or not a station has the store open. Raises StoreError, as `audit_beside`."""
    found: Figures | None = None
    fault: StoreError | None = None
    for _ in range(TRIES):
        before = _marks(path)
        try:
            found, fault = _figures(path, key), None
        except StoreError as error:
            found, fault = None, error
        if before[-1] == 0 and _marks(path) == before:
            break
        if found is not None and not found.broken_pages:
            break
        time.sleep(PAUSE_S)
    if found is None:
        raise fault or StoreError("store.locked", WayOn.CLOSE_OTHER_INSTANCE)
    return found


def _figures(path: Path, key: bytes) -> Figures:
    check = page_check(path, key)
    try:
        pages = check.pages()
        broken = len(check.broken(1, pages))
    except OSError as error:
        raise StoreError("store.not_permitted", WayOn.CHECK_SETTINGS, type(error).__name__) from error
    finally:
        check.close()
    with _reading(path, key) as reading:
        rows = {each.name: _count(reading, each) for each in metadata.sorted_tables}
        query = select(visits.c.state, func.count()).group_by(visits.c.state)
        states = {row[0]: row[1] for row in reading.execute(query)}
        return Figures(version(reading) or "", rows, states, pages, broken)


def _count(reading: Connection, table: Table) -> int:
    found: int = reading.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def _marks(path: Path) -> tuple[int, int, int]:
    """When the file last changed (ns), its size, and how much of an unfinished change is in the journal, bytes."""
    try:
        status = path.stat()
        journal = path.with_name(f"{path.name}-journal")
        return status.st_mtime_ns, status.st_size, journal.stat().st_size if journal.exists() else 0
    except OSError as error:
        raise StoreError("store.not_permitted", WayOn.CHECK_SETTINGS, type(error).__name__) from error


def _read(path: Path, key: bytes) -> AuditTrail:
    with _reading(path, key) as reading:
        audit = Audit(reading, Known())
        return AuditTrail(tuple(audit.entries()), audit.heads())


@contextmanager
def _reading(path: Path, key: bytes) -> Iterator[Connection]:
    connection = dbapi2.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, timeout=0)
    engine = create_engine(
        "sqlite://", module=dbapi2, creator=lambda: connection, poolclass=StaticPool, hide_parameters=True
    )
    try:
        keyed(connection, key)
        with engine.connect() as reading:
            yield reading
    except dbapi2.Error as error:
        raise told(path, error) or error from error
    except DBAPIError as error:
        raise told(path, error.orig or error) or error from error
    finally:
        engine.dispose()
        connection.close()
