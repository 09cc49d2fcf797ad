"""A step's commit: the store's against the same rows, ready-made, in a bare SQLCipher file with the same safety."""

from __future__ import annotations

import secrets
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlcipher3 import dbapi2

from benchmarks.measure import Result, in_turn, median, spread
from station.domain.history import Opened, Parked, ParkReason
from station.domain.step import DEFAULT_PLAN
from station.security.keys import KeyRing
from station.store import Purpose, Store
from station.store.connection import PRAGMAS

ALLOWED = 1.5
ROUNDS = 101
IMAGE = bytes(range(256)) * 120
"""As large as a print's PNG."""
PAYLOAD = bytes(200)
"""As large as an entry."""


BARE: Final = (
    "CREATE TABLE visits (id TEXT PRIMARY KEY, state TEXT)",
    "CREATE TABLE blobs (id TEXT PRIMARY KEY, visit_id TEXT REFERENCES visits, data BLOB)",
    "CREATE INDEX of_visit ON blobs (visit_id)",
    "CREATE TABLE entries (visit_id TEXT REFERENCES visits, seq INTEGER, payload BLOB, PRIMARY KEY (visit_id, seq))",
    "CREATE TABLE audit (seq INTEGER PRIMARY KEY, line TEXT, visit_id TEXT, hash BLOB)",
    "CREATE INDEX line_of_visit ON audit (visit_id)",
    "CREATE TABLE single (id INTEGER PRIMARY KEY, data BLOB)",
)


def compare() -> list[Result]:
    """A capture kept (blob, entry of history, line of the list, audit line, durable).

    Ours decides, chains and encrypts each under its record's key; the bare file is given rows that are ready.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        keys = KeyRing.open_or_create(folder / "keys")
        store = Store.open(folder / "ours.db", keys.database_key, cipher=keys.cipher)
        bare = dbapi2.connect(folder / "bare.db", isolation_level=None)
        try:
            bare.execute(f"PRAGMA key = \"x'{keys.database_key.hex()}'\"")
            for pragma in (f"{name} = {value}" for name, value, _ in PRAGMAS):
                bare.execute(f"PRAGMA {pragma}").fetchall()
            for statement in BARE:
                bare.execute(statement)
            ours, theirs = in_turn(lambda: _step(store), lambda: _rows(bare), ROUNDS)
            single = median([_row(bare) for _ in range(ROUNDS)])
        finally:
            bare.close()
            store.close()
    step = median(ours)
    note = f"ours {spread(ours)}; one row alone {single:.2f}, of which a step is {step / single:.2f} times"
    met = step <= ALLOWED * median(theirs)
    return [
        Result("a step committed", step, median(theirs), "same rows, bare SQLCipher", f"at most {ALLOWED}", met, note)
    ]


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
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO single (data) VALUES (?)", (IMAGE,))
    connection.execute("COMMIT")
    return 1000 * (time.perf_counter() - began)


def _rows(connection: dbapi2.Connection) -> float:
    visit_id = f"{time.monotonic_ns():032x}"
    connection.execute("INSERT INTO visits VALUES (?, ?)", (visit_id, "identify"))
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO blobs VALUES (?, ?, ?)", (secrets.token_hex(16), visit_id, IMAGE))
    connection.execute("INSERT INTO entries VALUES (?, 1, ?)", (visit_id, PAYLOAD))
    connection.execute("UPDATE visits SET state = ? WHERE id = ?", ("parked", visit_id))
    connection.execute("INSERT INTO audit (line, visit_id, hash) VALUES (?, ?, ?)", ("line", visit_id, PAYLOAD[:32]))
    connection.execute("COMMIT")
    return 1000 * (time.perf_counter() - began)
