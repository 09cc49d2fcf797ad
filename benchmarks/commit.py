"""A step's commit: the store's against one row in a bare SQLCipher file with the same safety."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from benchmarks.measure import Result, in_turn, median, spread
from station.domain.history import Opened, Parked, ParkReason
from station.domain.step import DEFAULT_PLAN
from station.security.keys import KeyRing
from station.store import Purpose, Store

ROUNDS = 101
IMAGE = bytes(range(256)) * 120
"""As large as a print's PNG."""


def compare() -> list[Result]:
    """A capture kept (blob, entry of history, audit line, durable) against one blob row kept as durably."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        keys = KeyRing.open_or_create(folder / "keys")
        store = Store.open(folder / "ours.db", keys.database_key, cipher=keys.cipher)
        bare = dbapi2.connect(folder / "bare.db", isolation_level=None)
        try:
            bare.execute(f"PRAGMA key = \"x'{keys.database_key.hex()}'\"")
            for pragma in ("journal_mode = TRUNCATE", "synchronous = EXTRA", "secure_delete = ON"):
                bare.execute(f"PRAGMA {pragma}").fetchall()
            bare.execute("CREATE TABLE blob (id INTEGER PRIMARY KEY, data BLOB)")
            ours, theirs = in_turn(lambda: _step(store), lambda: _row(bare), ROUNDS)
        finally:
            bare.close()
            store.close()
    note = f"ours {spread(ours)}; a whole step, not one row"
    return [Result("a step committed", median(ours), median(theirs), "bare SQLCipher row", note=note)]


def _step(store: Store) -> float:
    """A visit of its own each time, opened before the clock starts."""
    now = datetime.now(UTC)
    visit_id = f"{time.monotonic_ns():032x}"
    with store.work() as work:
        work.visits.add(visit_id, "A-001", DEFAULT_PLAN)
        work.visits.append(visit_id, Opened(number="A-001", at=now, by="o"))
        work.commit()
    began = time.perf_counter()
    with store.work() as work:
        blob_id = work.blobs.put(visit_id, IMAGE, Purpose.CAPTURE)
        assert blob_id
        work.visits.append(visit_id, Parked(reason=ParkReason.DEVICE_BROKEN, at=now, by="o"))
        work.audit.append("fingerprint.taken", at=now, by="o", visit_id=visit_id, facts={"position": 1})
        work.commit()
    return 1000 * (time.perf_counter() - began)


def _row(connection: dbapi2.Connection) -> float:
    began = time.perf_counter()
    connection.execute("BEGIN")
    connection.execute("INSERT INTO blob (data) VALUES (?)", (IMAGE,))
    connection.execute("COMMIT")
    return 1000 * (time.perf_counter() - began)
