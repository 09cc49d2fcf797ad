"""Keys in a real Secret Service: GNOME's keyring on a session bus of the test's own, asked through a whole station."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from station.errors import StationError
from station.security.keys import KeyRing
from station.security.vaults import KeyringVault

ROOT = Path(__file__).parents[2]
SCRIPT = """
printf 'a login password' | gnome-keyring-daemon --unlock --components=secrets --control-directory="$XDG_RUNTIME_DIR" \
    >/dev/null
exec "$1" -m tests.support.keyring_station "$2"
"""


def test_a_station_keeps_its_keys_in_the_systems_keyring(tmp_path: Path) -> None:
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program) is not None, f"{program} is missing; make setup installs it"
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(tmp_path / "share")}
    words = ["dbus-run-session", "--", "sh", "-c", SCRIPT, "sh", sys.executable, str(tmp_path / "data")]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **home}, timeout=100, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines() == [
        "first keyring",
        "again keyring the same",
        "rotated keyring another",
        "flipped keys.damaged keyring",
        "gone keys.incomplete keyring",
        "plain files 0",
    ]


def test_where_there_is_no_keyring_nothing_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(StationError) as refused:
        KeyRing.open_or_create(tmp_path / "keys", KeyringVault())
    assert refused.value.code == "keys.no_keyring"
    assert not (tmp_path / "keys").exists()
