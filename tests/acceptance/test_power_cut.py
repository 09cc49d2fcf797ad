"""The power goes at any moment: what the screen had confirmed is there afterwards, and the visit goes on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.soak import SOAK

ROOT = Path(__file__).parents[2]
RUNS = 500 if SOAK else 7
HARNESS = [sys.executable, "-m", "tests.support.power_cut"]


def _harness(folder: Path, *words: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """The children's own temporary files, which a kill leaves lying, go to the test's folder."""
    done = subprocess.run(
        [*before, *HARNESS, str(folder / "data"), *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done


@pytest.mark.soak
@pytest.mark.timeout(7200 if SOAK else 300)
def test_a_confirmed_step_outlives_a_kill_at_any_moment_and_the_visit_goes_on(tmp_path: Path) -> None:
    done = _harness(tmp_path, "2020", str(RUNS))
    whole, *runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) == RUNS, done.stderr[-4000:]
    wrong = [run for run in runs if run["wrong"]]
    assert not wrong, wrong
    assert sum(run["inside"] for run in runs) >= RUNS / 5, "too few kills fell inside a commit or the seal"
    assert whole["commits"] > 25
    assert {run["resumed"] for run in runs if run["resumed"]} == {"sealed"}


SYSCALL = re.compile(r"^\d+\s+(\w+)\((\d+)<([^>]*)>")


def _unsynced(trace: str, database: str) -> tuple[int, list[str]]:
    """How many confirmations there were, and what was written but not yet synced when one of them was given."""
    dirty: set[str] = set()
    wrong, confirmed, synced = [], 0, True
    for line in trace.splitlines():
        found = SYSCALL.match(line)
        if found is None:
            continue
        call, descriptor, path = found.groups()
        if database in path:
            if call in {"fsync", "fdatasync"}:
                dirty.discard(path)
                synced = True
            else:
                dirty.add(path)
        elif descriptor == "1" and "visit" in line:
            confirmed += 1
            if dirty or not synced:
                wrong.append(f"{line[:160]}: {sorted(Path(name).name for name in dirty)}")
            synced = False
    return confirmed, wrong


def _events(*lines: tuple[str, int, str]) -> str:
    return "\n".join(f'1 {call}({fd}<{path}>, "visit") = 0' for call, fd, path in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((("pwrite64", 5, "/d/station.db"), ("fdatasync", 5, "/d/station.db"), ("write", 1, "pipe:[1]")), 0),
        ((("pwrite64", 5, "/d/station.db"), ("write", 1, "pipe:[1]")), 1),
        ((("fsync", 5, "/d/station.db"), ("ftruncate", 6, "/d/station.db-journal"), ("write", 1, "pipe:[1]")), 1),
        ((("fsync", 5, "/d/station.db"), ("write", 1, "pipe:[1]"), ("write", 1, "pipe:[1]")), 1),
    ],
)
def test_the_reader_of_traces_tells_synced_from_unsynced(
    lines: tuple[tuple[str, int, str], ...], expected: int
) -> None:
    assert len(_unsynced(_events(*lines), "station.db")[1]) == expected


@pytest.mark.timeout(300)
def test_every_confirmation_comes_after_its_sync_as_seen_from_outside(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    assert strace is not None, "strace is missing; make setup installs it"
    log = tmp_path / "trace"
    calls = "trace=write,pwrite64,ftruncate,fsync,fdatasync"
    strace_it = [strace, "-f", "-y", "--seccomp-bpf", "-s", "60", "-e", calls, "-o", str(log)]
    done = _harness(tmp_path, "1", before=strace_it)
    confirmed, wrong = _unsynced(log.read_text("utf-8", "replace"), "station.db")
    assert wrong == []
    assert confirmed == sum('"visit"' in line for line in done.stdout.splitlines())
    assert confirmed > 15
