"""Open stations, with their window and by the command line, on a disk that is full, and on one that can only be read.

Run in a mount namespace of its own, where the data folder is a small file system that ends with it. Prints one JSON
object: what each screen and each line said.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QLabel

from station.bootstrap import Station, build
from station.cli import main as ktpel
from station.config import Settings
from tests.support.disk_full import PIECE
from ui.app import Opened, open_window
from ui.touch import Touch


def mount(folder: Path, *options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """The filler, removed once there shall be room."""
    filler = folder.parent / "filler"
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(PIECE)) == PIECE:
            pass
    return filler


def shown(opened: Opened, name: str) -> bool:
    screen = opened.window.screen_shown
    return screen is not None and screen.objectName() == name


def faced(folder: Path, mend: Callable[[], object]) -> dict[str, Any]:
    """What the window says, and whether it opens by its one button once that was mended."""
    station: Station = build(Settings(data_dir=folder))
    opened = open_window(station)
    hands = Touch(opened.window, folder)
    try:
        hands._wait("the fault", lambda: shown(opened, "start_fault"))
        said = {
            part: opened.window.findChild(kind, f"start_fault.{part}").text()  # type: ignore[attr-defined]  # it is there
            for part, kind in {"title": QLabel, "cause": QLabel, "detail": QLabel, "primary": QAbstractButton}.items()
        }
        said["half_open"] = station._records._store is not None
        mend()
        hands._press("start_fault.primary")
        hands._wait("the station", lambda: shown(opened, "first_officers"))
        return said
    finally:
        opened.close()
        station.stop()


def line(*arguments: str) -> dict[str, Any]:
    """What the command line says."""
    with contextlib.redirect_stderr(io.StringIO()) as error, contextlib.redirect_stdout(io.StringIO()):
        code = ktpel(list(arguments))
    return {"code": code, "said": error.getvalue()}


def run(base: Path) -> dict[str, Any]:
    mount(base, "size=4m")
    folder = base / "data"
    config = base.parent / "settings.toml"
    config.write_text(f'data_dir = "{folder}"\n', "utf-8")
    filler = fill(folder)
    answer = {"full": faced(folder, filler.unlink)}
    subprocess.run(["mount", "-o", "remount,ro", str(base)], check=True)
    answer["read_only_line"] = line("audit", "verify", "--data", str(folder))
    del os.environ["QT_QPA_PLATFORM"]  # as where there is no display: recorded unattended
    answer["read_only_run"] = line("run", "--config", str(config))
    answer["read_only"] = faced(folder, lambda: subprocess.run(["mount", "-o", "remount,rw", str(base)], check=True))
    return answer


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]))))  # noqa: T201 - the answer to the test
