"""The program with a window: painted first, then opened, run, closed.

What the window needs to be painted is imported here; presenters, services and drivers are loaded behind it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from ui.language import Language
from ui.theme.sheet import dress
from ui.window import MainWindow

if TYPE_CHECKING:
    from station.bootstrap import Station
    from ui.conductor import Conductor

NAME = "ktpel"
DRESSED = "dressed"
SIGNAL_LOOK_MS = 250
"""How often Python gets a turn to see Ctrl-C while Qt waits."""

Opening = Callable[[], AbstractContextManager["Station"]]
"""Wires a station (not started yet), and stops it at the end."""


class Prelude(Protocol):
    """What is done in the window before there is a station. GUI thread."""

    def begin(self) -> None:
        """Take the window."""

    def end(self) -> None:
        """Let go of it, and of every thread. Idempotent."""


Preluding = Callable[[MainWindow, Callable[[str | None], None]], Prelude]
"""Makes one; the function given to it opens the station afterwards, with the passphrase of its keys, if any."""


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


def setting_up(file: Path) -> Preluding:
    """Sets a station up that is not there yet, into this settings file."""

    def begin(window: MainWindow, then: Callable[[str | None], None]) -> Prelude:
        from platformdirs import user_data_path  # noqa: PLC0415 - behind the painted window

        from ui.presenters.wizard import Wizard  # noqa: PLC0415 - as above

        return Wizard(window, file, user_data_path(NAME, appauthor=False), then)

    return begin


def application() -> QApplication:
    """The one application of this process, dressed."""
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication([NAME])
    if made.property(DRESSED) is None:
        made.setApplicationName(NAME)
        made.setQuitOnLastWindowClosed(False)  # `run` ends its own loop
        dress(made)
        made.setProperty(DRESSED, True)
    return made


def open_window(station: Station) -> Opened:
    """Show the window; the station is asked to start once it has been painted."""
    application()
    window = MainWindow(station.settings.language)
    conductor = _conduct(station, window)
    window.painted.connect(conductor.begin)
    window.show()
    return Opened(window, conductor)


def run(opening: Opening, language: Language, prelude: Preluding | None = None) -> int:
    """Paint the window, wire the station behind it, serve until the window is closed; returns the exit code.

    Args:
        opening: wires the station.
        language: of the window.
        prelude: comes first, in the same window.

    Raises:
        StationError: the station cannot even be wired (its settings are wrong); the window is closed then.
    """
    application()
    window = MainWindow(language)
    loop = QEventLoop()  # of our own: a quit of the application is queued, and one left over would end the next loop
    opener = _Opener(opening, loop)
    conductors: list[Conductor] = []
    before_all: list[Prelude] = []
    passphrases: list[str | None] = [None]

    def opened() -> None:
        if opener.station is None or not loop.isRunning():
            loop.quit()
            return
        conductors.append(_conduct(opener.station, window))
        conductors[0].begin(passphrases.pop())

    def open_with(passphrase: str | None) -> None:
        passphrases[:] = [passphrase]
        opener.begin()

    def painted() -> None:
        if prelude is None:
            opener.begin()
        elif loop.isRunning():
            before_all.append(prelude(window, open_with))
            before_all[0].begin()

    opener.ended.connect(opened, Qt.ConnectionType.QueuedConnection)
    window.painted.connect(painted)
    window.closed.connect(loop.quit)
    before = signal.signal(signal.SIGINT, lambda *_: loop.quit())
    timer = QTimer()
    timer.timeout.connect(_turn)
    timer.start(SIGNAL_LOOK_MS)
    window.show()
    try:
        code = loop.exec()
    finally:
        timer.stop()
        signal.signal(signal.SIGINT, before)
        for first in before_all:
            first.end()
        for conductor in conductors:
            conductor.end()
        window.close()
        opener.close()
        window.deleteLater()
    if opener.failure is not None:
        raise opener.failure
    return code


class _Opener(QObject):
    """Wires the station on a thread of its own, so that the window stays alive meanwhile."""

    ended = Signal()

    def __init__(self, opening: Opening, loop: QEventLoop) -> None:
        super().__init__()
        self.station: Station | None = None
        self.failure: BaseException | None = None
        self._opening = opening
        self._loop = loop
        self._held = ExitStack()
        self._thread = threading.Thread(target=self._open, name="opening")

    @Slot()
    def begin(self) -> None:
        """Once the window has been painted; never after it was closed."""
        if self._loop.isRunning():
            self._thread.start()

    def close(self) -> None:
        """Stop the station, wherever its opening stands."""
        if self._thread.ident is not None:
            self._thread.join()
        self._held.close()

    def _open(self) -> None:
        try:
            import ui.conductor  # noqa: F401, PLC0415 - loaded here, so that the GUI's thread finds it ready

            self.station = self._held.enter_context(self._opening())
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller of `run` gets it
            self.failure = error
        self.ended.emit()


def _conduct(station: Station, window: MainWindow) -> Conductor:
    from ui.bridge import Bridge  # noqa: PLC0415 - behind the painted window
    from ui.conductor import Conductor  # noqa: PLC0415 - as the line above

    return Conductor(station, window, Bridge(station.desk, window))


def _turn() -> None:
    """Nothing: that Python runs at all lets it handle a signal."""
