"""Whether a station that holds ten thousand sealed recordings is as quick as one that holds a hundred."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.measure import Result, median
from station.domain import history as h
from station.domain.nik import Nik
from station.domain.step import DEFAULT_PLAN, State
from station.security.keys import KeyRing
from station.services.keys import DATABASE, KEYS, PACKETS
from station.store import Purpose, Store
from tests.support.packets import recording

FEW: Final = 100
MANY: Final = 10_000
ALLOWED: Final = 2.0
RECEIPT: Final = 40_000
"""Bytes of a receipt's PDF."""
PACKET: Final = 2_000
"""Bytes; how long a packet is matters to nobody who does not read it."""
OPENINGS: Final = 31
ROUNDS: Final = 200
BATCH: Final = 50
"""Visits in one commit while the stores are filled."""


def compare() -> list[Result]:
    """Opening, searching, the list of the day and one audit line: p99 with many against p99 with few, in turn."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, ExitStack() as open_files:
        few, many = Held(Path(name) / "few", FEW), Held(Path(name) / "many", MANY)
        opened = [(many.open(), few.open()) for _ in range(OPENINGS)]
        for held in (few, many):
            open_files.callback(held.close)
            held.begin()
        results = [_result("opened", [one for one, _ in opened], [other for _, other in opened])]
        for what, job in Held.jobs().items():
            pairs = [(job(many), job(few)) for _ in range(ROUNDS)]
            results.append(_result(what, [one for one, _ in pairs], [other for _, other in pairs]))
    return results


class Held:
    """A store with so many sealed recordings, and their packets' files."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._count = count
        self._keys = KeyRing.open_or_create(folder / KEYS)
        self._store: Store | None = None
        self._turn = 0
        self._fill()

    @staticmethod
    def jobs() -> dict[str, Callable[[Held], float]]:
        """What is done again and again with an open store."""
        return {
            "searched by NIK": Held.by_nik,
            "searched by name": Held.by_name,
            "the day's list": Held.listed,
            "an audit line, committed": Held.audited,
        }

    def open(self) -> float:
        """Opened, with what the first screen shows, and closed again."""
        began = time.perf_counter()
        store = Store.open(self._folder / DATABASE, self._keys.database_key, cipher=self._keys.cipher)
        with store.work() as work:
            work.visits.summaries(frozenset(State) - {State.SEALED})
        took = 1000 * (time.perf_counter() - began)
        store.close()
        return took

    def begin(self) -> None:
        """Open it for good."""
        self._store = Store.open(self._folder / DATABASE, self._keys.database_key, cipher=self._keys.cipher)

    def close(self) -> None:
        """Let go of it."""
        if self._store is not None:
            self._store.close()

    def by_nik(self) -> float:
        """Another one each time."""
        assert self._store is not None
        self._turn += 1
        began = time.perf_counter()
        with self._store.work() as work:
            found = work.visits.summaries_of(work.search.by_nik(_nik(self._turn * 37 % self._count).digits))
        took = 1000 * (time.perf_counter() - began)
        assert len(found) == 1
        return took

    def by_name(self) -> float:
        """Two words, of which one is everybody's."""
        assert self._store is not None
        self._turn += 1
        began = time.perf_counter()
        with self._store.work() as work:
            found = work.visits.summaries_of(work.search.by_name(_name(self._turn * 37 % self._count)))
        took = 1000 * (time.perf_counter() - began)
        assert len(found) == 1
        return took

    def listed(self) -> float:
        """As the home screen asks for it."""
        assert self._store is not None
        began = time.perf_counter()
        with self._store.work() as work:
            work.visits.summaries(ended_since=datetime.now(UTC))
        return 1000 * (time.perf_counter() - began)

    def audited(self) -> float:
        """One line, durable."""
        assert self._store is not None
        began = time.perf_counter()
        with self._store.work() as work:
            work.audit.append("visit.searched", at=datetime.now(UTC), by="o", facts={"count": 1})
            work.commit()
        return 1000 * (time.perf_counter() - began)

    def _fill(self) -> None:
        entries = recording().entries
        store = Store.open(self._folder / DATABASE, self._keys.database_key, cipher=self._keys.cipher)
        packets = self._folder / PACKETS
        packets.mkdir()
        for first in range(0, self._count, BATCH):
            with store.work() as work:
                for number in range(first, min(first + BATCH, self._count)):
                    visit_id = f"{number:032x}"
                    work.visits.add(visit_id, f"A-{number:05d}", DEFAULT_PLAN)
                    for entry in (_other(each, number) for each in entries):
                        work.visits.append(visit_id, entry)
                        work.audit.append("step.finished", at=entry.at, by="o", visit_id=visit_id, facts={"number": 1})
                    work.blobs.put(visit_id, os.urandom(RECEIPT), Purpose.DOCUMENT)
                    name = f"A-{number:05d}.packet"
                    (packets / name).write_bytes(os.urandom(PACKET))
                    sealed = h.Sealed(file_name=name, sha256="ab" * 32, at=entries[-1].at, by="o")
                    work.visits.append(visit_id, sealed)
                work.commit()
        store.close()


def _nik(number: int) -> Nik:
    return Nik.parse(f"64720{1 + number // 5000}451295{1 + number % 5000:04d}")


def _name(number: int) -> str:
    return f"SITI {'ABCDEFGHIJ'[number // 1000]}{number % 1000:03d}X"


def _other(entry: h.Entry, number: int) -> h.Entry:
    """The same entry of another person."""
    if not isinstance(entry, h.Identified):
        return entry
    return replace(entry, applicant=replace(entry.applicant, nik=_nik(number), name=_name(number)))


def _result(what: str, ours: list[float], peer: list[float]) -> Result:
    many, few = _p99(ours), _p99(peer)
    note = f"99th of 100; medians {median(ours):.2f} and {median(peer):.2f}"
    return Result(
        f"{what}, {MANY:,} recordings", many, few, f"{FEW}", f"at most {ALLOWED:g}", many <= ALLOWED * few, note
    )


def _p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.99 * len(values)))]
