"""The live picture with its guidance, under Xvfb, against a plain QLabel of pixmaps without any, from the same camera.

The camera is a process of its own, and so is each preview: its processor time is its alone. Ours is the program's own
window at its portrait step, with the station, the driver and the judge behind it; the peer reads the same address by
OpenCV on a thread and hands each picture to a QLabel by a queued signal, as one finds it in every tutorial.

`KTPEL_SOAK` makes the run ten minutes long, for the memory's sake.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Result

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

FPS = 30.0
RUN_S, SOAK_S, BUSY_RUN_S = 10.0, 600.0, 5.0
WARM_UP_S = 2.0
PATIENCE_S = 60.0
LOOK_MS = 20
BUSY_S = 0.080
SCREEN = (1280, 800)

LEAST_FPS = 29.5
MOST_PAINT_MS = 10.0
MOST_HINT_MS = 150.0
MOST_CPU = 0.40
MOST_RATIO = 2.0
LEAST_CHECKS = 8.0
MOST_OLD_MS = 100.0
MOST_GROWTH_MB = 8.0
"""Between the first and the last fifth of a run: caches settle, while frames that pile up are 80 MB a second."""


@dataclass(slots=True)
class Run:
    """What one preview tells of itself.

    Attributes:
        seconds: how long it was watched.
        cpu_s: processor time of its process meanwhile, all threads.
        ages_ms: of every painted frame, from its decoding until it had been painted.
        hints_ms: of every painted frame, from the decoding of the frame that its words are about until it was painted.
        judged: how many frames were judged.
        memory_mb: resident, once a second.
    """

    seconds: float = 0.0
    cpu_s: float = 0.0
    ages_ms: list[float] = field(default_factory=list)
    hints_ms: list[float] = field(default_factory=list)
    judged: int = 0
    memory_mb: list[float] = field(default_factory=list)

    @property
    def fps(self) -> float:
        """Painted frames a second."""
        return len(self.ages_ms) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """A painted frame's."""
        return 1000 * self.cpu_s / len(self.ages_ms)

    @property
    def growth_mb(self) -> float:
        """Of the resident memory, from the median of the first fifth of the run to that of the last."""
        part = max(1, len(self.memory_mb) // 5)
        return statistics.median(self.memory_mb[-part:]) - statistics.median(self.memory_mb[:part])


def compare() -> list[Result]:
    """Seven figures."""
    from devices.camera.simulator.process import CameraProcess
    from devices.simulation.face import FaceTraits

    seconds = SOAK_S if os.environ.get("KTPEL_SOAK") else RUN_S
    with display() as environment, CameraProcess(FaceTraits(seed=2020), fps=FPS) as camera:
        ours = _watch("ours", camera.url, seconds, environment)
        peer = _watch("peer", camera.url, RUN_S, environment)
        busy = _watch("ours", camera.url, BUSY_RUN_S, environment, busy=True)
        busy_peer = _watch("peer", camera.url, BUSY_RUN_S, environment, busy=True)
    return [*_speed(ours, peer), *_latency(ours, peer), _busy(busy, busy_peer), _memory(ours, seconds)]


def _speed(ours: Run, peer: Run) -> list[Result]:
    rate = ours.judged / ours.seconds
    met = ours.cpu_ms <= MOST_RATIO * peer.cpu_ms and rate >= LEAST_CHECKS
    bound = f"at most {MOST_RATIO:g} with every check at {LEAST_CHECKS:g} Hz"
    note = f"every check at {rate:.1f} Hz, the peer makes none"
    share, beat = ours.cpu_s / ours.seconds, 1000 / ours.fps
    return [
        Result("preview, processor time a frame", ours.cpu_ms, peer.cpu_ms, "QLabel", bound, met, note),
        Result(
            "preview, processor time a second",
            1000 * share,
            1000 * peer.cpu_s / peer.seconds,
            "QLabel",
            f"under {1000 * MOST_CPU:.0f} ms",
            share < MOST_CPU,
            f"{100 * share:.0f} % of one core",
        ),
        Result(
            "preview, time between paints",
            beat,
            1000 / peer.fps,
            "QLabel",
            f"at least {LEAST_FPS} a second",
            ours.fps >= LEAST_FPS,
            f"{ours.fps:.2f} of {FPS:g} frames a second painted in {ours.seconds:.0f} s",
        ),
    ]


def _latency(ours: Run, peer: Run) -> list[Result]:
    paint, hint = _p99(ours.ages_ms), max(ours.hints_ms)
    return [
        Result(
            "preview, decoded to painted, p99",
            paint,
            _p99(peer.ages_ms),
            "QLabel",
            f"under {MOST_PAINT_MS:g} ms",
            paint < MOST_PAINT_MS,
            f"median {statistics.median(ours.ages_ms):.2f}",
        ),
        Result(
            "preview, oldest hint on the screen",
            hint,
            MOST_HINT_MS,
            "allowed",
            f"at most {MOST_HINT_MS:g} ms",
            hint <= MOST_HINT_MS,
            f"median {statistics.median(ours.hints_ms):.0f}, p99 {_p99(ours.hints_ms):.0f}",
        ),
    ]


def _busy(ours: Run, peer: Run) -> Result:
    oldest = max(ours.ages_ms)
    return Result(
        "preview, oldest frame shown while each takes the GUI 80 ms",
        oldest,
        max(peer.ages_ms),
        "QLabel",
        f"at most {MOST_OLD_MS:g} ms",
        oldest <= MOST_OLD_MS,
        f"{ours.fps:.1f} frames a second shown, the others dropped; memory {ours.growth_mb:+.1f} MB, "
        f"the peer's {peer.growth_mb:+.1f} MB",
    )


def _memory(ours: Run, seconds: float) -> Result:
    first, growth = ours.memory_mb[0], ours.growth_mb
    return Result(
        f"preview, resident memory after {seconds:.0f} s, MB",
        first + growth,
        first,
        "before",
        f"grows by {MOST_GROWTH_MB:g} MB at most",
        growth <= MOST_GROWTH_MB,
        f"{growth:+.1f} MB",
    )


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


# -- the processes


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """A screen of our own, as an environment."""
    seen, told = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(told), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[told],
        stderr=subprocess.DEVNULL,
    )
    os.close(told)
    try:
        with os.fdopen(seen) as line:
            number = line.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


def _watch(which: str, url: str, seconds: float, environment: dict[str, str], *, busy: bool = False) -> Run:
    command = [sys.executable, "-m", "benchmarks.preview", which, url, str(seconds), *(["busy"] if busy else [])]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def _ours(url: str, seconds: float, *, busy: bool) -> Run:
    """The portrait step of the program; nobody presses anything."""
    from PySide6.QtGui import QPaintEvent

    from station.bootstrap import build
    from station.config import Settings
    from station.device_settings import CameraDevice, DevicesSection
    from station.lab.operator import Operator
    from station.lab.persona import citizen
    from ui.app import application, open_window
    from ui.widgets.viewfinder import LiveView

    run, painted = Run(), LiveView.paintEvent
    judged: set[int] = set()

    def paint(view: LiveView, _: QPaintEvent) -> None:
        before = view.painted
        painted(view, _)
        if view.painted > before:
            run.ages_ms.append(1000 * view.age_s)
            if view.words_age_s:
                run.hints_ms.append(1000 * view.words_age_s)
                judged.add(round(1000 * (time.monotonic() - view.words_age_s)))

    LiveView.paintEvent = paint  # type: ignore[method-assign, assignment]  # notes what each paint of the window says of itself
    application()
    devices = DevicesSection(camera=CameraDevice(source=url, simulated=True))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        station = build(Settings(data_dir=Path(folder), devices=devices))
        opened = open_window(station)
        try:
            window = opened.window
            until(lambda: "sign_on" in name_of(window.screen_shown))
            until(lambda: all(card.ready for card in window.devices.cards.values()))
            operator = Operator(station)
            operator.sign_on()
            visit = operator.identify(citizen(2020))
            station.portrait.auto = False  # the picture is watched, not taken
            opened.conductor.move(operator.screen(visit.visit_id))
            until(lambda: bool(run.hints_ms))
            live = window.findChild(LiveView, "portrait.live")
            assert live is not None
            keep = _busy_before_paint(live) if busy else None

            def begin() -> None:
                judged.clear()

            _measure(run, seconds, begin)
            run.judged = len(judged)
            del keep
        finally:
            opened.close()
            station.stop()
    return run


def _peer(url: str, seconds: float, *, busy: bool) -> Run:
    """A thread that reads, a queued signal a frame, a label."""
    import threading

    from PySide6.QtCore import QObject, Qt, Signal, Slot
    from PySide6.QtGui import QImage, QPaintEvent, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    from devices.opencv_import import cv2

    run = Run()

    class Reader(QObject):
        came = Signal(QImage, float)

        def read(self) -> None:
            camera = cv2.VideoCapture(url)
            while not over.is_set():
                there, frame = camera.read()
                if not there:
                    break
                height, width, _ = frame.shape
                image = QImage(frame.data, width, height, 3 * width, QImage.Format.Format_BGR888)
                self.came.emit(image.copy(), time.monotonic())
            camera.release()

    class Preview(QLabel):
        decoded = 0.0

        @Slot(QImage, float)
        def take(self, image: QImage, decoded: float) -> None:
            self.decoded = decoded
            self.setPixmap(QPixmap.fromImage(image))

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            if self.decoded:
                run.ages_ms.append(1000 * (time.monotonic() - self.decoded))
                self.decoded = 0.0

    application = QApplication(sys.argv[:1])
    over, label, reader = threading.Event(), Preview(), Reader()
    reader.came.connect(label.take, Qt.ConnectionType.QueuedConnection)
    label.resize(*SCREEN)
    label.show()
    thread = threading.Thread(target=reader.read)
    thread.start()
    try:
        until(lambda: bool(run.ages_ms))
        keep = _busy_before_paint(label) if busy else None
        _measure(run, seconds, lambda: None)
        del keep
    finally:
        over.set()
        thread.join()
        application.quit()
    return run


def _busy_before_paint(view: QObject) -> QObject:
    """Each paint has to wait for 80 ms of something else. The result is to be kept."""
    from PySide6.QtCore import QEvent, QObject

    class Busy(QObject):
        def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint:
                time.sleep(BUSY_S)
            return False

    busy = Busy()
    view.installEventFilter(busy)
    return busy


def _measure(run: Run, seconds: float, begin: Callable[[], None]) -> None:
    """After the warm-up, for so long; the event loop runs."""
    import psutil

    process = psutil.Process()
    spend(WARM_UP_S)
    begin()
    run.ages_ms.clear()
    run.hints_ms.clear()
    began, cpu = time.monotonic(), time.process_time()
    while (left := began + seconds - time.monotonic()) > 0:
        run.memory_mb.append(process.memory_info().rss / 1e6)
        spend(min(1.0, left))
    run.seconds, run.cpu_s = time.monotonic() - began, time.process_time() - cpu
    run.memory_mb.append(process.memory_info().rss / 1e6)


def spend(seconds: float) -> None:
    """Let the event loop run for so long."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def until(so: Callable[[], bool]) -> None:
    """Let the event loop run until it is so. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while not so():
        if time.monotonic() > deadline:
            raise TimeoutError("the preview did not come to show what was waited for")
        spend(LOOK_MS / 1000)


def name_of(shown: QObject | None) -> str:
    """Empty where there is none."""
    return "" if shown is None else shown.objectName()


def main() -> int:
    """`python -m benchmarks.preview ours|peer URL SECONDS [busy]`: one preview, told as a line of JSON."""
    which, url, seconds, *rest = sys.argv[1:]
    run = {"ours": _ours, "peer": _peer}[which](url, float(seconds), busy="busy" in rest)
    sys.stdout.write(json.dumps(asdict(run)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
