"""The one place that imports OpenCV: `from devices.opencv_import import cv2`.

OpenCV's wheel points Qt at plug-ins and fonts of its own (Qt 5) and the loader at its libraries the moment it is
imported; the first breaks windows of another Qt, the second is inherited by every program that we start. Here what
stood in the environment before stands there again. It also says on stderr that a camera is absent, which an error of
ours says already. The import takes some 0.1 s: import this where pixels are needed, never on the way to the first
window.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

DISTURBED: Final = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
"""What cv2 4.14 sets on import."""
SETTINGS: Final = {
    "OPENCV_LOG_LEVEL": "OFF",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",  # seconds instead of 10: an unplugged camera is told soon
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # opening takes seconds with them (opencv issue 26495)
}
"""What OpenCV reads from the environment, on import or at the first camera; a value that is there already stays."""
THREADS: Final = 1
"""A second thread mostly waits, and the screen and the camera need the core."""

_before = {name: os.environ.get(name) for name in DISTURBED}
for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)

import cv2 as cv2  # noqa: E402, PLC0414 - after the settings it reads; the second name is what makes it ours to give
from cv2.data import haarcascades as _cascades  # noqa: E402 - comes with the import above

for _name, _old in _before.items():
    if _old is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _old

cv2.setNumThreads(min(THREADS, os.cpu_count() or 1))

CASCADES: Final = Path(_cascades)
"""Folder of the detectors that the wheel brings; OpenCV 5 brings none."""

__all__ = ["CASCADES", "cv2"]
