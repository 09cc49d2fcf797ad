"""The program with a window: what cannot be opened is told, and the process lives on."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from station.bootstrap import Station
from station.errors import StationError, WayOn
from ui.app import run


def unwilling() -> AbstractContextManager[Station]:
    """A station that cannot even be wired."""
    raise StationError("config.absent", WayOn.CHECK_SETTINGS)


def test_a_station_that_cannot_be_wired_closes_the_window_and_says_why(qtbot: QtBot) -> None:
    assert qtbot is not None
    with pytest.raises(StationError, match=r"config\.absent"):
        run(unwilling, "id")


def test_after_the_program_has_ended_another_loop_of_this_process_still_runs(qtbot: QtBot) -> None:
    assert qtbot is not None
    with pytest.raises(StationError):
        run(unwilling, "id")
    loop = QEventLoop()
    told: list[str] = []
    QTimer.singleShot(0, lambda: told.append("turned"))
    QTimer.singleShot(50, loop.quit)
    loop.exec()
    assert told == ["turned"]
