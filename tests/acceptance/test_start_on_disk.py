"""A station does not open on a full disk, nor on one that can only be read; it says so, and opens once it can."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.acceptance.test_disk_full import OWN_MOUNTS, ROOT


def test_a_full_and_a_read_only_disk_are_told_and_the_station_opens_once_they_are_mended(tmp_path: Path) -> None:
    base = tmp_path / "disk"
    base.mkdir()
    command = [*OWN_MOUNTS, sys.executable, "-m", "tests.support.start_on_disk", str(base)]
    unset = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "KTPEL_CONFIG", "KTPEL_DATA_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"TMPDIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr[-4000:]
    came = json.loads(done.stdout)
    assert came["full"]["title"] == "Disk penuh"
    assert came["full"]["primary"] == "Coba lagi"
    assert came["full"]["detail"].startswith("store.disk_full")
    assert came["read_only"]["title"] == "Disk hanya dapat dibaca"
    assert came["read_only"]["primary"] == "Coba lagi"
    assert not came["full"]["half_open"]
    assert not came["read_only"]["half_open"]
    assert came["read_only_line"] == {"code": 1, "said": "ktpel: folder data hanya dapat dibaca (EROFS)\n"}
    assert came["read_only_run"] == {"code": 1, "said": "ktpel: folder data hanya dapat dibaca (EROFS)\n"}
