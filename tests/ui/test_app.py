"""The program with a window: what cannot be opened is told, and the process lives on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station.bootstrap import Station, build
from station.config import Settings
from station.errors import StationError, WayOn
from ui.app import open_window, run
from ui.window import MainWindow


def unwilling() -> AbstractContextManager[Station]:
    """A station that cannot even be wired."""
    raise StationError("config.absent", WayOn.CHECK_SETTINGS)


def turn(ms: int = 50) -> None:
    """Another loop of this process, which must end by its own timer and do what is due meanwhile."""
    loop = QEventLoop()
    told: list[str] = []
    QTimer.singleShot(0, lambda: told.append("turned"))
    QTimer.singleShot(ms, lambda: told.append("ended"))
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
    assert told == ["turned", "ended"]


def close_the_window() -> None:
    """As an officer does."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.close()


def test_a_station_that_cannot_be_wired_closes_the_window_and_says_why(qtbot: QtBot) -> None:
    assert qtbot is not None
    with pytest.raises(StationError, match=r"config\.absent"):
        run(unwilling, "id")


def test_after_the_program_has_ended_another_loop_of_this_process_still_runs(qtbot: QtBot) -> None:
    assert qtbot is not None
    with pytest.raises(StationError):
        run(unwilling, "id")
    turn()


@pytest.mark.parametrize(
    "end", [close_the_window, lambda: signal.raise_signal(signal.SIGINT)], ids=["closed", "Ctrl-C"]
)
def test_a_window_that_goes_while_the_station_is_being_wired_opens_nothing_afterwards(
    qtbot: QtBot, tmp_path: Path, end: Callable[[], None]
) -> None:
    assert qtbot is not None
    wiring, gone = threading.Event(), threading.Event()
    station = build(Settings(data_dir=tmp_path / "data"))

    @contextmanager
    def slow() -> Iterator[Station]:
        wiring.set()
        assert gone.wait(10)
        try:
            yield station
        finally:
            station.stop()

    def look() -> None:
        if wiring.is_set():
            looks.stop()
            end()
            gone.set()

    looks = QTimer()
    looks.timeout.connect(look)
    looks.start(5)
    assert run(slow, "id") == 0
    turn()
    assert not (tmp_path / "data").exists()


def test_a_window_that_is_closed_before_it_was_painted_begins_nothing(qtbot: QtBot) -> None:
    assert qtbot is not None
    began: list[str] = []

    def opening() -> AbstractContextManager[Station]:
        began.append("wired")
        return unwilling()

    QTimer.singleShot(0, close_the_window)
    assert run(opening, "id") == 0
    turn()
    assert began == []


def test_a_station_whose_window_has_been_closed_is_not_started(qtbot: QtBot, tmp_path: Path) -> None:
    assert qtbot is not None
    station = build(Settings(data_dir=tmp_path / "data"))
    opened = open_window(station)
    opened.window.grab()  # painted; the word of it is under way
    opened.close()
    station.stop()
    turn()
    assert not (tmp_path / "data").exists()
