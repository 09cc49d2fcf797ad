"""Whether the program's memory grows with the recordings it has made: `python -m benchmarks endurance`, for an hour."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from typing import Final

import psutil

from benchmarks.measure import Result
from station.lab.lab import Lab
from station.lab.operator import Operator
from tests.support.practice import practising

RECORDINGS: Final = int(os.environ.get("KTPEL_RECORDINGS", "1000"))
WARM_UP: Final = 20
"""Recordings after which every library has been loaded and allocators have what they want."""
ALLOWED: Final = 1.05


def compare() -> list[Result]:
    """Resident memory after all of them against that after the first ones: through the real services, on simulators."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as name,
        Lab(lifelike=False, cards=False) as lab,
        practising(lab, Path(name)) as practice,
    ):
        held: list[float] = []
        for _ in range(WARM_UP + RECORDINGS):
            _record(lab, practice.operator, Path(name) / "papers")
            held.append(_resident_mb())
    before, after = min(held[WARM_UP - 5 : WARM_UP + 5]), min(held[-10:])
    note = f"megabytes, after {WARM_UP} and after {RECORDINGS} more recordings"
    return [
        Result("memory", after, before, "at the beginning", f"at most {ALLOWED:g}", after <= ALLOWED * before, note)
    ]


def _record(lab: Lab, operator: Operator, papers: Path) -> None:
    operator.record(lab.citizen, papers)  # the same one each time: a simulated body takes memory of its own


def _resident_mb() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6
