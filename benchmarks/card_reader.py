"""Card reader: insert to event, and a photo of 2.5 kB, against a bare pyscard loop on the same service in one run."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.measure import Result, in_turn, median, spread
from devices.card_reader import CardEventKind
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from tests.support.counter import Counter

PHOTO = b"\xff\xd8\xff" + bytes(index * 7 & 0xFF for index in range(2497))
KTPEL = CardSpec(CardKind.KTPEL, bytes.fromhex("04A1B2C3D4E5F6"), photo=PHOTO)
INSERTS = 25
READS = 101
DELAY_S = 0.005
"""For each answer, on top: a contactless card at 106 kbit/s takes 20 ms for 240 bytes alone."""
MOST = 1.1
PATIENCE_S = 10.0


def compare() -> list[Result]:
    """Both within a tenth of the bare loop."""
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
    return results


def _result(name: str, ours: list[float], bare: list[float]) -> Result:
    met = median(ours) <= MOST * median(bare)
    return Result(name, median(ours), median(bare), "bare pyscard", f"at most {MOST}", met, f"ours {spread(ours)}")


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
