"""A pad that streams 500 points a second: what its thread costs, and how old ink is when it is painted, under Xvfb.

The pad is a simulated Wacom on a pty, in this process, which notes when it writes each report; the program's own window
at its signature step is a process of its own, and so is the peer, a bare read loop of pyserial on the same port. A pad
writes one report at a time, so whoever reads is woken as often.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from benchmarks.measure import Result
from benchmarks.preview import display, name_of, spend, until
from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.simulation.stroke import CountPoint

RATE = 500
SECONDS = 10.0
MOST_SHARE = 0.03
FRAME_MS = 1000 / 60
SLOT_THREAD = "device signature_pad"


@dataclass(slots=True)
class Run:
    """What one reader tells of itself.

    Attributes:
        cpu_s: processor time of the thread that reads.
        gui_s: of the window's thread.
        paints: monotonic second of each paint's end, and how many points it showed.
    """

    cpu_s: float = 0.0
    gui_s: float = 0.0
    paints: list[tuple[float, int]] = field(default_factory=list)


class NotingPad(WacomStuSimulator):
    """Notes when each report of its pen was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[float] = []

    def _send(self, report: bytes) -> None:
        super()._send(report)
        if report[0] in {0x01, 0x34}:
            self.written.append(time.monotonic())


def compare() -> list[Result]:
    """Two figures."""
    with NotingPad() as pad, display() as environment:
        ours, ages = _watch("ours", pad, environment)
        peer, _ = _watch("peer", pad, environment)
    share, peer_share = ours.cpu_s / SECONDS, peer.cpu_s / SECONDS
    p99 = statistics.quantiles(ages, n=100)[98]
    within = sum(age <= FRAME_MS for age in ages) / len(ages)
    return [
        Result(
            f"signature at {RATE} points a second, driver and stream, processor time a second",
            1000 * share,
            1000 * peer_share,
            "bare pyserial",
            f"under {1000 * MOST_SHARE:.0f} ms",
            share < MOST_SHARE,
            f"{100 * share:.1f} % of one core, bare {100 * peer_share:.1f} %; the window's thread, drawing, "
            f"{100 * ours.gui_s / SECONDS:.1f} %; load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores",
        ),
        Result(
            "ink, written by the pad until painted, p99",
            p99,
            FRAME_MS,
            "a frame",
            "at most 1",
            p99 <= FRAME_MS,
            f"median {statistics.median(ages):.1f}, most {max(ages):.1f}; "
            f"{100 * within:.1f} % of {len(ages)} points in time",
        ),
    ]


def _watch(which: str, pad: NotingPad, environment: dict[str, str]) -> tuple[Run, list[float]]:
    """The run, and the age of every point when it was first painted, milliseconds."""
    command = [sys.executable, "-m", "benchmarks.signature_pad", which, pad.url]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        _heard(reader.stdout, "ready")
        pad.written.clear()
        pad.trace(_writing(pad.area))
        reader.stdin.write("end\n")
        reader.stdin.flush()
        run = Run(**json.loads(_heard(reader.stdout, "{")))
    ages, shown = [], 0
    for at, points in run.paints:
        ages += [1000 * (at - written) for written in pad.written[shown:points]]
        shown = max(shown, points)
    return run, ages


def _heard(lines: IO[str], beginning: str) -> str:
    for line in lines:
        if line.startswith(beginning):
            return line
    raise RuntimeError("the reader ended")


def _writing(area: tuple[int, int, int, int]) -> list[CountPoint]:
    """Strokes of a second each, to and fro over the paper, ten of them."""
    left, top, right, bottom = area
    points = []
    for index in range(round(RATE * SECONDS)):
        part = index % RATE / RATE
        x, y = round(left + (right - left) * part), round(top + (bottom - top) * (0.1 + 0.8 * abs(1 - 10 * part % 2)))
        points.append(CountPoint(x, y, 500, down=index % RATE < RATE - 20, time_s=index / RATE))
    return points


# -- the readers


def _ours(url: str) -> Run:
    """The signature step of the program; nobody presses anything."""
    from PySide6.QtGui import QPaintEvent

    from station.bootstrap import build
    from station.config import Settings
    from station.device_settings import SignaturePadDevice
    from station.lab.lab import Lab
    from station.lab.operator import Operator
    from ui.app import application, open_window
    from ui.widgets.ink import InkView

    run, painted = Run(), InkView.paintEvent

    def paint(view: InkView, event: QPaintEvent) -> None:
        painted(view, event)
        run.paints.append((time.monotonic(), view.points))

    InkView.paintEvent = paint  # type: ignore[method-assign, assignment]  # notes when each paint of the window has ended
    application()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, Lab(lifelike=False, cards=False) as lab:
        pad = SignaturePadDevice(driver="wacom-stu", url=url, simulated=True)
        devices = lab.devices.model_copy(update={"signature_pad": pad})
        station = build(Settings(data_dir=Path(folder), devices=devices))
        opened = open_window(station)
        try:
            until(lambda: "sign_on" in name_of(opened.window.screen_shown))
            until(lambda: all(card.ready for card in opened.window.devices.cards.values()))
            lab.serve(station.prompts)
            operator = Operator(station)
            operator.sign_on()
            visit_id = operator.identify(lab.citizen).visit_id
            operator.screen(visit_id)
            operator.portrait(visit_id)
            at_signature = operator.fingers(visit_id)
            lab.person.stop()
            opened.conductor.move(at_signature)
            until(lambda: station.signature.geometry() is not None)
            spend(1.0)
            run.paints.clear()
            worker = next(each for each in threading.enumerate() if each.name == SLOT_THREAD)
            before, gui = _cpu_s(worker), _cpu_s(threading.main_thread())
            _told_when_over(lambda over: until(over.is_set))
            run.cpu_s, run.gui_s = _cpu_s(worker) - before, _cpu_s(threading.main_thread()) - gui
        finally:
            opened.close()
            station.stop()
    return run


def _peer(url: str) -> Run:
    """As one reads a port by pyserial: whatever waits, else the first byte that comes."""
    import serial

    run, over = Run(), threading.Event()

    def read() -> None:
        with serial.Serial(url, 128000, timeout=0.05) as port:
            before = time.thread_time()
            while not over.is_set():
                port.read(port.in_waiting or 1)
            run.cpu_s = time.thread_time() - before

    thread = threading.Thread(target=read)
    thread.start()
    _told_when_over(lambda ended: ended.wait())
    over.set()
    thread.join()
    return run


def _told_when_over(wait: Callable[[threading.Event], object]) -> None:
    """Say that all is ready, and wait in the given way until the other side says that it is over."""
    over = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        over.set()

    listener = threading.Thread(target=listen)
    listener.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    wait(over)
    listener.join()


def _cpu_s(thread: threading.Thread) -> float:
    """Processor time of a thread of this process so far."""
    assert thread.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def main() -> int:
    """`python -m benchmarks.signature_pad ours|peer URL`: one reader, told as a line of JSON."""
    which, url = sys.argv[1:]
    sys.stdout.write(json.dumps(asdict({"ours": _ours, "peer": _peer}[which](url))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
