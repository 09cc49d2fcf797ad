"""What keeps a station from opening: a screen of its own with cause and one button, nothing open behind it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from protocols.clock import Clock, ManualClock
from station.bootstrap import DATABASE, KEYS, Station, build
from station.config import KeysSection, Settings
from station.security.keys import KeyRing
from station.services.keys import PACKETS
from station.services.sign_on import PRACTICE_OFFICERS, PRACTICE_PASSWORD
from station.store import Store
from tests.support.offices import office_files
from tests.support.stores import PAGE
from tests.ui.conftest import Counter, window_over
from ui.messages import SENTENCES
from ui.messages.start import button_of, fault_of
from ui.presenters.start_fault import StartFaultPresenter
from ui.screens.start_fault import StartFaultScreen

NOON = datetime(2020, 5, 4, 5, 0, tzinfo=UTC)


def begun(folder: Path, clock: Clock | None = None) -> Path:
    """A station's data after its first day."""
    station = build(Settings(data_dir=folder), clock=clock)
    try:
        station.start().result(30)
        station.desk.submit(lambda: _note(station)).result(10)
    finally:
        station.stop()
    return folder


def _note(station: Station) -> None:
    with station._records.work() as work:
        work.audit.append("visit.opened", at=station.clock.now(), by="petugas")
        work.commit()


@contextmanager
def opening(folder: Path, qtbot: QtBot, clock: Clock | None = None) -> Iterator[Counter]:
    station = build(Settings(data_dir=folder), clock=clock)
    with window_over(station, qtbot) as opened:
        yield Counter(opened, station, qtbot)


def words(counter: Counter, name: str) -> str:
    widget = counter.find(name)
    assert isinstance(widget, QLabel | QAbstractButton)
    return widget.text()


def told(counter: Counter, code: str) -> None:
    """The screen says what this code is, offers one way on, and nothing is open behind it."""
    counter.see("start_fault")
    fault = fault_of(code, ValueError())
    assert words(counter, "start_fault.title") == fault.title.id
    assert words(counter, "start_fault.cause") == SENTENCES[code].id
    assert words(counter, "start_fault.primary") == button_of(fault.deed).id
    assert words(counter, "start_fault.detail").startswith(code)
    assert counter.station.sign_on.session is None
    assert not counter.window.message.speaking
    assert not counter.window.devices.isVisible()
    assert counter.station._records._store is None


def press(counter: Counter, name: str) -> None:
    widget = counter.find(name)
    assert isinstance(widget, QWidget)
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def flip(path: Path, page: int) -> None:
    """One bit of a page."""
    with path.open("r+b") as file:
        file.seek(page * PAGE + 100)
        (byte,) = file.read(1)
        file.seek(page * PAGE + 100)
        file.write(bytes([byte ^ 1]))


def open_store(folder: Path) -> Store:
    keys = KeyRing.open_or_create(folder / KEYS)
    return Store.open(folder / DATABASE, keys.database_key, cipher=keys.cipher)


def test_a_corrupted_page(qtbot: QtBot, tmp_path: Path) -> None:
    flip(begun(tmp_path) / DATABASE, 5)
    with opening(tmp_path, qtbot) as counter:
        told(counter, "store.damaged")
        assert "1 pages do not authenticate" in words(counter, "start_fault.detail")


def test_missing_keys_are_not_made_anew(qtbot: QtBot, tmp_path: Path) -> None:
    shutil.rmtree(begun(tmp_path) / KEYS)
    with opening(tmp_path, qtbot) as counter:
        told(counter, "keys.missing")
    assert not (tmp_path / KEYS).exists()


def test_a_missing_store_is_not_made_anew_beside_packets(qtbot: QtBot, tmp_path: Path) -> None:
    (begun(tmp_path) / DATABASE).unlink()
    (tmp_path / PACKETS).mkdir()
    (tmp_path / PACKETS / "STASIUN-01-20200504-A-001.ktpel").write_bytes(b"sealed")
    with opening(tmp_path, qtbot) as counter:
        told(counter, "store.missing")
    assert not (tmp_path / DATABASE).exists()


def test_the_keys_of_another_station(qtbot: QtBot, tmp_path: Path) -> None:
    shutil.rmtree(begun(tmp_path / "one") / KEYS)
    shutil.copytree(begun(tmp_path / "two") / KEYS, tmp_path / "one" / KEYS)
    with opening(tmp_path / "one", qtbot) as counter:
        told(counter, "store.wrong_key")


def test_a_store_of_a_newer_program_closes_the_window_untouched(qtbot: QtBot, tmp_path: Path) -> None:
    store = open_store(begun(tmp_path))
    with store.work() as work:
        store._connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        work.commit()
    store.close()
    before = (tmp_path / DATABASE).read_bytes()
    with opening(tmp_path, qtbot) as counter:
        told(counter, "store.newer")
        press(counter, "start_fault.primary")
        counter.until(lambda: not counter.window.isVisible())
    assert (tmp_path / DATABASE).read_bytes() == before


HOLDER = """
import sys
from pathlib import Path
from station.bootstrap import build
from station.config import KeysSection, Settings
station = build(Settings(data_dir=Path(sys.argv[1])))
station.start().result(30)
print("open", flush=True)
sys.stdin.read()
station.stop()
"""


def test_a_second_instance_on_the_same_data(qtbot: QtBot, tmp_path: Path) -> None:
    begun(tmp_path)
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with opening(tmp_path, qtbot) as counter:
            told(counter, "store.locked")
            press(counter, "start_fault.primary")
            counter.until(lambda: not counter.window.isVisible())
        first.communicate("")
    assert first.returncode == 0


def test_a_folder_that_cannot_be_used_opens_once_it_can(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_bytes(b"in the way")
    with opening(folder, qtbot) as counter:
        told(counter, "store.unwritable")
        folder.unlink()
        counter.key(Qt.Key.Key_Return)
        counter.see("first_officers")


def test_a_clock_that_went_back_opens_once_it_is_set(qtbot: QtBot, tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    begun(tmp_path, clock)
    clock.set_wall(NOON - timedelta(days=1))
    with opening(tmp_path, qtbot, clock) as counter:
        told(counter, "time.behind")
        assert "Minggu, 3 Mei 2020 pukul 12.00 WIB" in _screen(counter).now.text()
        assert "Senin, 4 Mei 2020 pukul 12.00 WIB" in _screen(counter).newest.text()
        clock.set_wall(NOON + timedelta(hours=1))
        press(counter, "start_fault.primary")
        counter.see("first_officers")


def test_a_clock_far_ahead_opens_once_somebody_says_that_it_is_right(qtbot: QtBot, tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    begun(tmp_path, clock)
    clock.set_wall(NOON + timedelta(days=3650))
    with opening(tmp_path, qtbot, clock) as counter:
        told(counter, "time.ahead")
        press(counter, "start_fault.trust")
        counter.see("first_officers")
        with_trail = counter.do(lambda: _actions(counter.station))
        assert with_trail[-1] == "clock.trusted"
    with opening(tmp_path, qtbot, clock) as counter:
        counter.see("first_officers")


def _screen(counter: Counter) -> StartFaultScreen:
    screen = counter.window.screen_shown
    assert isinstance(screen, StartFaultScreen)
    return screen


def _actions(station: Station) -> list[str]:
    with station._records.work() as work:
        return [each.action for each in work.audit.entries()]


def test_a_clock_that_is_set_while_it_is_open_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    with opening(tmp_path, qtbot, clock) as counter:
        counter.see("first_officers")
        clock.advance(timedelta(minutes=10))
        counter.opened.conductor.around.look_at_clock()
        assert not counter.window.message.speaking
        clock.set_wall(NOON - timedelta(hours=1))
        counter.opened.conductor.around.look_at_clock()
        assert "-70 menit" in counter.window.message.sentence.text()


def test_a_page_damaged_while_it_is_open_closes_the_station(qtbot: QtBot, tmp_path: Path) -> None:
    with opening(tmp_path, qtbot) as counter:
        counter.see("first_officers")
        store = counter.station._records._store
        assert store is not None
        driver = store._connection.connection.driver_connection
        assert driver is not None
        counter.do(lambda: driver.execute("PRAGMA shrink_memory"))
        for page in range((tmp_path / DATABASE).stat().st_size // PAGE):
            flip(tmp_path / DATABASE, page)
        counter.opened.conductor.ask(counter.station.sign_on.officers, lambda _: None)
        counter.see("start_fault")
        counter.until(lambda: counter.station._records._store is None)
        told(counter, "store.damaged")


def test_a_damaged_station_is_restored_from_its_screen_and_says_from_when(qtbot: QtBot, tmp_path: Path) -> None:
    certificate, office = office_files(tmp_path)
    folder, key = tmp_path / "data", tmp_path / "office.key.pem"
    key.write_bytes(office.key_pem)
    settings = Settings(data_dir=folder, keys=KeysSection(office_certificate=certificate))
    station = build(settings)
    try:
        station.start_records().result(30)
        station.desk.submit(lambda: station.sign_on.take_on(*PRACTICE_OFFICERS)).result(30)
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(30)
        made = station.backup.make(tmp_path).result(30)
    finally:
        station.stop()
    flip(folder / DATABASE, 3)
    damaged = (folder / DATABASE).read_bytes()
    station = build(settings)
    with window_over(station, qtbot) as opened:
        counter = Counter(opened, station, qtbot)
        told(counter, "store.damaged")
        presenter = opened.conductor._presenters[StartFaultPresenter]
        assert isinstance(presenter, StartFaultPresenter)
        presenter.restore(str(made.path), str(certificate))
        counter.until(lambda: _screen(counter).cause.text() == SENTENCES["restore.bad_key"].id)
        assert (folder / DATABASE).read_bytes() == damaged
        presenter.restore(str(made.path), str(key))
        counter.see("sign_on")
        assert "Dipulihkan dari cadangan" in opened.window.message.sentence.text()
    (before,) = tmp_path.glob("data.before-*")
    assert (before / DATABASE).read_bytes() == damaged
