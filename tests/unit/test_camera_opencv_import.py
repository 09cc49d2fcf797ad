"""Importing OpenCV leaves the environment that Qt and our child processes read as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

DISTURBED = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")
PROGRAM = f"""
import json, os
from devices.opencv_import import cv2
cv2.VideoCapture("http://127.0.0.1:9/none", cv2.CAP_FFMPEG).release()
cv2.VideoCapture(63).release()
print(json.dumps([os.environ.get(name) for name in {DISTURBED!r}]))
"""


@pytest.mark.parametrize("before", [None, "/somewhere"])
def test_the_environment_is_as_before_and_an_absent_camera_prints_nothing(before: str | None) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in DISTURBED}
    if before is not None:
        environment |= dict.fromkeys(DISTURBED, before)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(done.stdout) == [before] * len(DISTURBED)
    assert done.stderr == ""
