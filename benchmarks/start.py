"""From the start of the process to the first painted window: `ktpel run` against a bare PySide6 window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Result, in_turn, median, spread

ROUNDS = 15
BOUND = 2.5

BARE = """
import os, sys, time
from PySide6.QtWidgets import QApplication, QLabel
class Window(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        os.write(1, repr(time.monotonic()).encode())
        os._exit(0)
application = QApplication(sys.argv)
window = Window("bare")
window.resize(1280, 800)
window.show()
application.exec()
"""
"""The least that shows a window."""

OURS = """
import os, sys, time
import ui.window
painted = ui.window.MainWindow.paintEvent
def paint(window, event):
    painted(window, event)
    os.write(1, repr(time.monotonic()).encode())
    os._exit(0)
ui.window.MainWindow.paintEvent = paint
from station.cli import main
main()
"""
"""The command as it is, ended at the first paint."""

CONFIG = """
[devices.camera]
source = "/dev/video63"
[devices.fingerprint]
url = "/dev/ttyUSB62"
[devices.signature_pad]
url = "/dev/ttyUSB63"
"""
"""A station in earnest whose devices are not plugged in: nothing of the lab is started."""


def compare() -> list[Result]:
    """One figure."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        config = Path(name) / "station.toml"
        config.write_text(CONFIG, "utf-8")
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "KTPEL_DATA_DIR": name}
        ours, bare = in_turn(
            lambda: _until_painted([OURS, "run", "--config", str(config)], environment),
            lambda: _until_painted([BARE], environment),
            ROUNDS,
        )
    ratio = median(ours) / median(bare)
    note = f"ours {spread(ours)}, bare {spread(bare)}"
    met = ratio <= BOUND
    return [Result("start to first paint", median(ours), median(bare), "bare PySide6", f"at most {BOUND}", met, note)]


def _until_painted(words: list[str], environment: dict[str, str]) -> float:
    """Milliseconds; both clocks are the system's monotonic one."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", *words], env=environment, capture_output=True, check=True)
    return 1000 * (float(done.stdout) - began)
