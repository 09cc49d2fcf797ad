"""From the words of the settings to an open source: a camera of this machine, a stream, a picture, a folder, a film."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from devices.camera import BgrImage
from devices.camera.captured import SILENCE_MS, Captured, Source
from devices.camera.files import open_file
from devices.camera.identity import SCHEME, CameraIdentity
from devices.camera.tuning import Tuning
from devices.camera.webcam import Webcam, is_listed
from devices.errors import DeviceLostError, OperatorCanMendError, Remedy
from devices.opencv_import import cv2

PORTS: Final = {"http": 80, "https": 443}
MOST_PROBED: Final = 100
AT_ONCE_S: Final = 0.005
KNOCK_S: Final = 0.3
"""How long the address of a lost stream may take to answer a knock."""


def open_source(source: str, known: CameraIdentity | None, tuning: Tuning, stopping: threading.Event) -> Source:
    """Open by what the words look like.

    Args:
        source: see `OpenCvCamera`.
        known: who the camera of this machine was when it was open before; nobody else is taken.
        tuning: what is asked of a camera of this machine.
        stopping: ends the pauses between the frames of a file.

    Raises:
        OperatorCanMendError: `camera.absent`, `camera.busy`, `camera.denied`, `camera.no_stream`, `camera.unreadable`.
    """
    try:
        if _is_stream(source):
            return _Stream(source)
        if _is_webcam(source):
            return Webcam(source, known, tuning)
        return open_file(Path(source), stopping)
    except cv2.error as error:
        raise OperatorCanMendError("camera.unreadable", f"OpenCV {error.code}", remedy=Remedy.CHOOSE_PORT) from error


def is_there(source: str, known: CameraIdentity | None) -> bool:
    """Whether what was lost can be seen again, without opening it: listed, answering, or lying there."""
    if _is_stream(source):
        return _answers(source)
    if _is_webcam(source):
        return is_listed(source, known)
    return Path(source).exists()


def _is_stream(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _is_webcam(source: str) -> bool:
    return source.isdecimal() or source.startswith(("/dev/", SCHEME))


class _Stream(Captured):
    """MJPEG over HTTP: a network camera, a phone, or the simulator.

    OpenCV is asked for the JPEG pictures as they come. A frame that nobody wants then costs a twentieth of one that is
    decoded, and one of another size is seen as it is; OpenCV itself would scale it to the size of the first.
    """

    maker = "network"
    model = "MJPEG over HTTP"

    def __init__(self, url: str) -> None:
        self.name = _without_user(url)
        limits = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, SILENCE_MS),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, SILENCE_MS),
            *(cv2.CAP_PROP_N_THREADS, 1),
        ]
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
        self.adopt(capture, OperatorCanMendError("camera.no_stream", self.name))
        coded = int(capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG")
        self._coded = coded and capture.set(cv2.CAP_PROP_FORMAT, -1)
        try:
            self._drain()
        except DeviceLostError:
            self.close()
            raise

    def decode(self) -> BgrImage | None:
        if not self._coded:
            return super().decode()
        taken, coded = self._capture.retrieve()
        image = cv2.imdecode(coded.reshape(-1), cv2.IMREAD_COLOR) if taken and coded.size else None
        return None if image is None else np.asarray(image, dtype=np.uint8)

    def _drain(self) -> None:
        """Throw away what came while FFmpeg looked at the stream: it is there at once, a live frame is waited for."""
        for _ in range(MOST_PROBED):
            began = time.monotonic()
            self.take()
            if time.monotonic() - began > AT_ONCE_S:
                return


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORTS[parts.scheme]), timeout=KNOCK_S).close()
    except (OSError, ValueError):
        return False
    return True
