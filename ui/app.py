"""The program with a window: opened, run, closed."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui.bridge import Bridge
from ui.conductor import Conductor
from ui.theme.sheet import dress
from ui.window import MainWindow

if TYPE_CHECKING:
    from station.bootstrap import Station

NAME = "ktpel"
DRESSED = "dressed"
SIGNAL_LOOK_MS = 250
"""How often Python gets a turn to see Ctrl-C while Qt waits."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A window and who conducts it; both live on the GUI's thread."""

    window: MainWindow
    conductor: Conductor

    def close(self) -> None:
        """Close the window, if it is not, and let go of the station; the caller stops that."""
        self.conductor.end()
        self.window.close()
        self.window.deleteLater()


def application() -> QApplication:
    """The one application of this process, dressed."""
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication([NAME])
    if made.property(DRESSED) is None:
        made.setApplicationName(NAME)
        dress(made)
        made.setProperty(DRESSED, True)
    return made


def open_window(station: Station) -> Opened:
    """Show the window; the station is asked to start once it has been painted."""
    application()
    window = MainWindow(station.settings.language)
    bridge = Bridge(station.desk, window)
    conductor = Conductor(station, window, bridge)
    window.painted.connect(conductor.begin)
    window.show()
    return Opened(window, conductor)


def run(station: Station) -> int:
    """Serve until the window is closed or the process is told to end; returns the exit code.

    The station is not stopped here: whoever wired it does that.
    """
    app = application()
    opened = open_window(station)
    opened.window.closed.connect(app.quit)
    before = signal.signal(signal.SIGINT, lambda *_: app.quit())
    timer = QTimer()
    timer.timeout.connect(_turn)
    timer.start(SIGNAL_LOOK_MS)
    try:
        return app.exec()
    finally:
        timer.stop()
        signal.signal(signal.SIGINT, before)
        opened.close()
        sys.stdout.flush()


def _turn() -> None:
    """Nothing: that Python runs at all lets it handle a signal."""
