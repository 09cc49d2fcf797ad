"""The disk is full before every step: nothing that was confirmed is lost, and work goes on once there is room."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.soak import SOAK

ROOT = Path(__file__).parents[2]
OWN_MOUNTS = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
STEPS = ["opened", "identified", "cleared", "portrait_taken", "portrait_accepted"]
STEPS += ["finger_taken"] * 10 + ["signed", "reviewed", "receipt", "approved", "sealed"]


@pytest.mark.soak
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(25 if SOAK else 1))
def test_a_disk_that_is_full_before_every_step_loses_nothing_and_is_told_as_one(tmp_path: Path, seed: int) -> None:
    data = tmp_path / "data"
    data.mkdir()
    command = [*OWN_MOUNTS, sys.executable, "-m", "tests.support.disk_full", str(data), str(seed)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    came = json.loads(done.stdout)
    assert came["told"] == STEPS
    assert set(came["refused"]) <= {"store.disk_full", "packet.disk_full"}
    assert len(came["refused"]) >= len(STEPS) - 2  # now and then the little that is left is enough for a small step
    assert set(came["asked"]) == {"Free disk space"}
    assert came["lost"] == []
    assert came["state"] == "sealed"
    assert came["sum"] in came["sums"]
    assert came["packets"] == [came["sealed"], f"{came['sealed']}.sig"]
    assert list(data.iterdir()) == []  # the small file system has ended with its process
