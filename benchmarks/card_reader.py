"""Card reader: insert to event and to the screen, and a photo of 2.5 kB, against a bare pyscard loop on one service."""

from __future__ import annotations

import os
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

from benchmarks.measure import Result, in_turn, median, spread
from devices.card_reader import CardEventKind
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.device import HealthState
from station.bootstrap import Station, build
from station.config import Settings
from station.lab.lab import Lab
from station.lab.operator import OPERATOR
from station.services.cards import SLOT
from station.services.sign_on import PRACTICE_PASSWORD
from tests.support.counter import Counter
from ui.app import Opened, application, open_window
from ui.autopilot import without_unsupported
from ui.widgets.text import Label

PHOTO = b"\xff\xd8\xff" + bytes(index * 7 & 0xFF for index in range(2497))
KTPEL = CardSpec(CardKind.KTPEL, bytes.fromhex("04A1B2C3D4E5F6"), photo=PHOTO)
INSERTS = 25
READS = 101
DELAY_S = 0.005
"""For each answer, on top: a contactless card at 106 kbit/s takes 20 ms for 240 bytes alone."""
MOST = 1.1
PATIENCE_S = 60.0
LOOK_MS = 20


def compare() -> list[Result]:
    """All within a tenth of the bare loop."""
    with CardReaderSimulator() as simulator:
        counter = Counter()
        reader = PcscReader("card_reader", counter.gate, service=simulator.socket_path, simulated=True)
        reader.open()
        results = [_inserted(simulator, reader)]
        clearance = counter.armed(reader)
        for words, card in (("", KTPEL), (f", {1000 * DELAY_S:.0f} ms an answer", replace(KTPEL, delay_s=DELAY_S))):
            simulator.insert(card)
            while (event := reader.wait_event(PATIENCE_S)) is None or event.kind is not CardEventKind.INSERTED:
                pass
            ours, bare = in_turn(
                _timed(lambda: reader.read_photo(clearance)), _timed(lambda: _bare_photo(simulator.readers[0])), READS
            )
            results.append(_result(f"photo of 2.5 kB read{words}", ours, bare))
        reader.close()
    return [*results, _on_screen()]


def _result(name: str, ours: list[float], bare: list[float]) -> Result:
    """Judged round by round: each has both within a few milliseconds of each other, on a machine that does more."""
    paired = median([mine / theirs for mine, theirs in zip(ours, bare, strict=True)])
    note = f"round by round {paired:.3g}; ours {spread(ours)}"
    return Result(name, median(ours), median(bare), "bare pyscard", f"at most {MOST}", paired <= MOST, note)


def _timed(read: Callable[[], bytes]) -> Callable[[], float]:
    def timed() -> float:
        began = time.perf_counter()
        photo = read()
        took_ms = 1000 * (time.perf_counter() - began)
        assert photo == PHOTO
        return took_ms

    return timed


def _bare_photo(name: str) -> bytes:
    """As every example of pyscard has it: connect, ask, disconnect."""
    from smartcard.CardConnection import CardConnection
    from smartcard.System import readers

    (reader,) = [each for each in readers() if str(each) == name]
    connection = reader.createConnection()
    connection.connect(CardConnection.T0_protocol | CardConnection.T1_protocol)
    try:
        for select in ("00A40000027F0A", "00A40000026FF2"):
            connection.transmit(list(bytes.fromhex(select)))
        head, _, _ = connection.transmit([0x00, 0xB0, 0x00, 0x00, 2])
        size = head[0] << 8 | head[1]
        photo = bytearray()
        while len(photo) < size:
            at = 2 + len(photo)
            piece, _, _ = connection.transmit([0x00, 0xB0, at >> 8, at & 0xFF, min(240, size - len(photo))])
            photo += bytes(piece)
    finally:
        connection.disconnect()
        connection.release()
    return bytes(photo)


def _inserted(simulator: CardReaderSimulator, reader: PcscReader) -> Result:
    """Both watch the same slot at once, so that the service's own pace (400 ms a look) is the same for both."""
    bare: queue.Queue[float] = queue.Queue()
    stop = threading.Event()
    watcher = threading.Thread(target=_bare_watch, args=(simulator.readers[0], bare.put, stop))
    watcher.start()
    ours_ms, bare_ms = [], []
    try:
        for _ in range(INSERTS):
            began = time.perf_counter()
            simulator.insert(KTPEL)
            event = reader.wait_event(PATIENCE_S)
            came = time.perf_counter()
            assert event is not None
            assert event.kind is CardEventKind.INSERTED
            ours_ms.append(1000 * (came - began))
            bare_ms.append(1000 * (bare.get(timeout=PATIENCE_S) - began))
            simulator.remove()
            reader.wait_event(PATIENCE_S)
    finally:
        stop.set()
        watcher.join()
    return _result("card laid down until its event", ours_ms, bare_ms)


def _on_screen() -> Result:
    """From the card to the painted sentence on the window's screen, its number read; the bare loop only notices it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Lab(lifelike=False) as lab:
        assert lab.cards is not None
        lab.cards.remove()
        station = build(lab.settings(Settings(data_dir=Path(folder))))
        application()
        with without_unsupported():
            opened = open_window(station)
            try:
                return _shown(opened, station, lab.cards)
            finally:
                opened.close()
                station.stop()


def _shown(opened: Opened, station: Station, cards: CardReaderSimulator) -> Result:
    visits, conductor = station.visits, opened.conductor
    _until(lambda: opened.window.screen_shown is not None)
    session = station.desk.submit(lambda: station.sign_on.sign_on(OPERATOR, PRACTICE_PASSWORD)).result(PATIENCE_S)
    conductor.signed_on(session)
    _until(lambda: station.bay.health()[SLOT].state is not HealthState.CLOSED)
    conductor.move(station.desk.submit(visits.open).result(PATIENCE_S))
    label = opened.window.findChild(Label, "identify.card_seen")
    assert label is not None
    painted = _Painted(label)
    bare: queue.Queue[float] = queue.Queue()
    stop = threading.Event()
    watcher = threading.Thread(target=_bare_watch, args=(cards.readers[0], bare.put, stop))
    watcher.start()
    ours_ms, bare_ms = [], []
    try:
        for _ in range(INSERTS):
            began = time.perf_counter()
            cards.insert(KTPEL)
            _until(lambda: painted.words.endswith("terbaca."))
            ours_ms.append(1000 * (painted.at - began))
            bare_ms.append(1000 * (bare.get(timeout=PATIENCE_S) - began))
            cards.remove()
            _until(lambda: painted.words.endswith("diangkat."))
    finally:
        stop.set()
        watcher.join()
    return _result("card laid down until its number stands on the screen", ours_ms, bare_ms)


class _Painted(QObject):
    """What a label showed when it was painted last, and when."""

    def __init__(self, label: Label) -> None:
        super().__init__(label)
        self.words, self.at = "", 0.0
        self._label = label
        label.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.words, self.at = self._label.text(), time.perf_counter()
        return super().eventFilter(watched, event)


def _until(so: Callable[[], bool]) -> None:
    """Let the window run as it does for an officer, and look every few milliseconds."""
    deadline, loop, looks = time.monotonic() + PATIENCE_S, QEventLoop(), QTimer()

    def look() -> None:
        if so() or time.monotonic() > deadline:
            loop.quit()

    looks.timeout.connect(look)
    looks.start(LOOK_MS)
    loop.exec()
    looks.stop()
    assert so(), "the window does not get there"


def _bare_watch(name: str, told: Callable[[float], None], stop: threading.Event) -> None:
    from smartcard import scard

    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    state = scard.SCARD_STATE_UNAWARE
    while not stop.is_set():
        result, ((_, now, _),) = scard.SCardGetStatusChange(context, 100, [(name, state)])
        if result == scard.SCARD_S_SUCCESS:
            was, state = state, now & ~scard.SCARD_STATE_CHANGED
            if state & scard.SCARD_STATE_PRESENT and not was & scard.SCARD_STATE_PRESENT:
                told(time.perf_counter())
    scard.SCardReleaseContext(context)
