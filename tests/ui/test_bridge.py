"""The door between the threads: answers arrive on the GUI's thread, rings are one, nothing comes after closing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from station.services.desk import Desk
from ui.bridge import Bridge


@pytest.fixture
def desk() -> Iterator[Desk]:
    working = Desk()
    working.start()
    yield working
    working.stop()


@pytest.fixture
def bridge(qtbot: QtBot, desk: Desk) -> Iterator[Bridge]:
    assert qtbot is not None
    made = Bridge(desk)
    yield made
    made.close()


class _Asker:
    """Notes what came, and on which thread."""

    def __init__(self) -> None:
        self.came: list[object] = []
        self.threads: set[threading.Thread] = set()

    def done(self, result: object) -> None:
        self.came.append(result)
        self.threads.add(threading.current_thread())

    def failed(self, error: BaseException) -> None:
        self.done(error)


def test_the_job_runs_on_the_desk_and_its_answer_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    asker = _Asker()
    bridge.ask(threading.current_thread, asker.done, asker.failed)
    qtbot.waitUntil(lambda: bool(asker.came))
    (ran_on,) = asker.came
    assert isinstance(ran_on, threading.Thread)
    assert ran_on.name == "desk"
    assert asker.threads == {threading.current_thread()}


def test_an_error_comes_whole_to_the_one_who_asked(bridge: Bridge, qtbot: QtBot) -> None:
    asker, error = _Asker(), OSError("gone")

    def fails() -> None:
        raise error

    bridge.ask(fails, asker.done, asker.failed)
    qtbot.waitUntil(lambda: bool(asker.came))
    assert asker.came == [error]
    assert asker.threads == {threading.current_thread()}


def test_a_forgotten_errand_is_not_told(bridge: Bridge, qtbot: QtBot) -> None:
    forgotten, asked = _Asker(), _Asker()
    bridge.ask(lambda: 1, forgotten.done, forgotten.failed).forget()
    bridge.ask(lambda: 2, asked.done, asked.failed)
    qtbot.waitUntil(lambda: bool(asked.came))
    assert forgotten.came == []


def test_many_rings_before_the_gui_looks_are_one(bridge: Bridge, qtbot: QtBot) -> None:
    awake: list[threading.Thread] = []
    waker = bridge.waker(lambda: awake.append(threading.current_thread()))

    def ring() -> None:
        for _ in range(1000):
            waker.ring()

    ringer = threading.Thread(target=ring)
    ringer.start()
    ringer.join()
    qtbot.waitUntil(lambda: bool(awake))
    assert awake == [threading.current_thread()]
    waker.ring()
    qtbot.waitUntil(lambda: len(awake) == 2)


def test_news_of_another_thread_arrive_in_their_order_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    ear = _Asker()
    bridge.news.connect(ear.done)

    def tell() -> None:
        for number in range(50):
            bridge.tell(number)

    teller = threading.Thread(target=tell)
    teller.start()
    teller.join()
    qtbot.waitUntil(lambda: len(ear.came) == 50)
    assert ear.came == list(range(50))
    assert ear.threads == {threading.current_thread()}


def test_nothing_comes_after_closing(bridge: Bridge, desk: Desk, qtbot: QtBot) -> None:
    ear, late = _Asker(), Future[int]()
    bridge.news.connect(ear.done)
    waker = bridge.waker(lambda: ear.done("rung"))
    bridge.watch(late, ear.done, ear.failed)
    bridge.ask(lambda: 3, ear.done, ear.failed)
    desk.submit(lambda: None).result()
    waker.close()
    bridge.close()
    late.set_result(1)
    bridge.tell("news")
    waker.ring()
    after = Bridge(desk)
    asker = _Asker()
    after.ask(lambda: 4, asker.done, asker.failed)
    qtbot.waitUntil(lambda: asker.came == [4])
    after.close()
    assert ear.came == []


class _Teller(QObject):
    told = Signal(object)


def test_signals_told_from_python_keep_the_count_of_true(qtbot: QtBot) -> None:
    """PySide6 6.12 lost one reference to True with each; 570 of them ended the process."""
    assert qtbot is not None
    heard: list[object] = []
    teller = _Teller()
    teller.told.connect(heard.append, Qt.ConnectionType.DirectConnection)
    before = sys.getrefcount(True)
    for _ in range(200):
        teller.told.emit(object())
    assert len(heard) == 200
    assert abs(sys.getrefcount(True) - before) < 20
