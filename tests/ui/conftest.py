"""A window with nothing behind it, and one over a real station with simulated devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station.bootstrap import Station, build
from station.config import Approval, Settings
from station.lab.lab import Lab
from station.services.sign_on import PRACTICE_PASSWORD
from ui.app import Opened, application, open_window
from ui.window import MainWindow

T = TypeVar("T")

PATIENCE_MS = 20_000


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    """Shown, dressed, without a station."""
    application()
    made = MainWindow("id")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


@dataclass(frozen=True)
class Counter:
    """A window over a real station, and hands on its keyboard."""

    opened: Opened
    station: Station
    qtbot: QtBot

    @property
    def window(self) -> MainWindow:
        return self.opened.window

    def until(self, so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(so, timeout=PATIENCE_MS)

    def shown(self, screen: str) -> bool:
        now = self.window.screen_shown
        return now is not None and now.objectName() == screen

    def see(self, screen: str) -> None:
        self.until(lambda: self.shown(screen))

    def find(self, name: str, within: QWidget | None = None) -> QWidget:
        found = [w for w in (within or self.window).findChildren(QWidget, name) if w.isVisible()]
        assert found, f"{name} is not on the screen"
        return found[-1]

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """To whatever has the focus."""
        QTest.keyClick(self.focus(), key, modifier)

    def words(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)

    def focus(self) -> QWidget:
        focused = QApplication.focusWidget()
        return focused if focused is not None else self.window

    def tab_to(self, name: str) -> None:
        """By Tab alone."""
        passed = []
        for _ in range(80):
            if self.focus().objectName() == name:
                return
            passed.append(self.focus().objectName())
            self.key(Qt.Key.Key_Tab)
        pytest.fail(f"no way by Tab to {name}, only to {list(dict.fromkeys(passed))}")

    def do(self, job: Callable[[], T]) -> T:
        """On the desk, beside the window."""
        return self.station.desk.submit(job).result(timeout=PATIENCE_MS / 1000)

    def sign_on(self, officer: str = "petugas", password: str = PRACTICE_PASSWORD) -> None:
        """By keys alone."""
        self.see("sign_on")
        self.until(lambda: bool(self.window.findChildren(QWidget, f"officer.{officer}")))
        self.tab_to(f"officer.{officer}")
        self.key(Qt.Key.Key_Space)
        self.until(lambda: self.focus().objectName() == "sign_on.password")
        self.words(password)
        self.key(Qt.Key.Key_Return)
        self.see("home")


@dataclass(frozen=True)
class Practice(Counter):
    """A counter with simulated devices and a synthetic person."""

    lab: Lab


@contextmanager
def window_over(station: Station, qtbot: QtBot) -> Iterator[Opened]:
    """The station's window, with the keyboard; both are closed afterwards."""
    opened = open_window(station)
    try:
        with qtbot.waitActive(opened.window):
            opened.window.activateWindow()
        yield opened
    finally:
        opened.close()
        station.stop()


@contextmanager
def practice(
    qtbot: QtBot, settings: Settings, platen: tuple[int, int] = (256, 288), lab: Lab | None = None
) -> Iterator[Practice]:
    """A station with a lab behind it, at the sign-on screen; the lab may be started already."""
    with Lab(lifelike=False, cards=False, platen=platen) if lab is None else nullcontext(lab) as running:
        station = build(running.settings(settings), makers=running.makers)
        running.serve(station.prompts)
        with window_over(station, qtbot) as opened:
            yield Practice(opened, station, qtbot, running)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    """Where a complete recording is approved by itself."""
    with practice(qtbot, Settings(data_dir=tmp_path / "data")) as made:
        yield made


@pytest.fixture
def supervised(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    """Where a supervisor approves."""
    with practice(qtbot, Settings(data_dir=tmp_path / "data", approval=Approval.SUPERVISOR)) as made:
        yield made


@pytest.fixture
def fresh(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """A station in earnest on its first day: no officer, no protocol, no device yet."""
    station = build(Settings(data_dir=tmp_path / "data"))
    with window_over(station, qtbot) as opened:
        yield Counter(opened, station, qtbot)
