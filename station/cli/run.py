"""`ktpel run`: the window where there is a display, else one recording unattended; `ktpel setup`. No option parser."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from station.cli.words import InputError, Words

if TYPE_CHECKING:
    from station.bootstrap import Station
    from station.config import Settings


def run_station(config: Path | None, portrait: Path | None, words: Words) -> int:
    """Serve until the window is closed; without a display, record once through the same screens."""
    if has_display():
        from ui.app import run  # noqa: PLC0415 - Qt is loaded by this command alone

        # Settings and station are read and wired behind the painted window.
        return run(lambda: _running(config, portrait, words), words.language)
    from station.cli.demo import running_station  # noqa: PLC0415 - commands load what they need
    from ui.autopilot import record  # noqa: PLC0415 - Qt is loaded by this command alone

    with running_station(settings_of(config, words), portrait, words, lifelike=False) as (station, lab):
        sys.stdout.write(words("run.unattended") + "\n")
        who = {} if lab is None else {"seed": lab.citizen.seed}  # whoever sits there is the one who is typed in
        done = record(station, station.settings.folder / "unattended", language=words.language, **who)
        show(words("result.packet"), done.packet)
        show(words("result.receipt"), done.receipt)
        for picture in done.screenshots:
            show(words("run.screenshots"), picture)
    return 0


def set_up(file: Path | None, words: Words) -> int:
    """Set a station in earnest up, write its settings, and serve with them until the window is closed.

    Raises:
        InputError: there is no display, or the file is there already.
    """
    from station.config import default_file  # noqa: PLC0415 - commands load what they need

    path = (file or default_file()).absolute()
    if path.exists() or path.is_symlink():
        raise InputError(words("setup.exists", path=path))
    if not has_display():
        raise InputError(words("setup.no_display"))
    from ui.app import run, setting_up  # noqa: PLC0415 - Qt is loaded by this command alone

    return run(lambda: _running(path, None, words), words.language, setting_up(path))


@contextmanager
def _running(config: Path | None, portrait: Path | None, words: Words) -> Iterator[Station]:
    """A station as the settings say, wired and not started yet."""
    from station.cli.demo import running_station  # noqa: PLC0415 - commands load what they need

    with running_station(settings_of(config, words), portrait, words, lifelike=True) as (station, _):
        yield station


def settings_of(path: Path | None, words: Words) -> Settings:
    """From the file, the environment and the command line. Raises ConfigError."""
    from station.config import load  # noqa: PLC0415 - commands load what they need

    settings = load(path)
    return settings.model_copy(update={"language": words.language, "data_dir": settings.data_dir.absolute()})


def has_display() -> bool:
    """Whether a window can be shown; a named platform of Qt is taken at its word."""
    if platform.system() != "Linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def show(label: str, path: Path) -> None:
    """One line: what it is and where it lies."""
    sys.stdout.write(f"{label + ':':<16} {path}\n")
