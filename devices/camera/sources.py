"""What OpenCV can open, each behind the same three words: take a frame, decode it, close.

A source is used by one thread, the reader's, from opening to closing. Names that people chose (of files, of users in
URLs) go into no error and no identity.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from devices.camera import BgrImage
from devices.errors import DeviceError, DeviceLostError, OperatorCanMendError, Remedy
from devices.opencv_import import cv2

SILENCE_MS: Final = 2000
"""How long a stream may be silent; as the V4L2 backend is told by `devices.opencv_import`."""
STILL_FPS: Final = 10.0
FILM_FPS: Final = range(1, 61)
"""Rates that are believed when a film tells its own."""
DEFAULT_FILM_FPS: Final = 25.0
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".ppm"})
SYSFS: Final = Path("/sys/class/video4linux")
BACKENDS: Final = {"linux": (cv2.CAP_V4L2,), "win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF)}
"""To be tried in this order: Media Foundation takes seconds to open."""
STALE_FRAMES: Final = 4
"""So many buffers a V4L2 driver may have filled before anybody looks; also the first, half-exposed pictures."""


class Source(ABC):
    """An open source of frames.

    Attributes:
        name: how the station calls it; without a person's words.
        size: width and height in pixels, as announced.
        maker, model, serial: who it is; serial is never empty.
        backend: who reads it.
    """

    recorded: ClassVar[bool] = False
    """The frames come from a file: their size is what it is."""
    name: str
    size: tuple[int, int]
    backend: str = "file"
    maker: str = ""
    model: str = ""

    @property
    def serial(self) -> str:
        """By which clearance and hygiene know it."""
        return f"port:{self.name}"

    @abstractmethod
    def take(self) -> None:
        """Wait for the next frame and take it, undecoded where that can be. Raises DeviceLostError."""

    @abstractmethod
    def decode(self) -> BgrImage | None:
        """The frame that was taken, in memory of its own; None where it is garbled."""

    def close(self) -> None:  # noqa: B027 - a picture has nothing to let go of
        """Let go. Idempotent."""


def open_source(source: str, size: tuple[int, int], fps: int, stopping: threading.Event) -> Source:
    """Open by what the words look like.

    Args:
        source: see `OpenCvCamera`.
        size: width and height asked of a camera.
        fps: frames a second asked of a camera.
        stopping: ends the pauses between the frames of a file.

    Raises:
        OperatorCanMendError: `camera.absent`, `camera.busy`, `camera.denied`, `camera.no_stream`, `camera.unreadable`.
    """
    try:
        if source.startswith(("http://", "https://")):
            return _Stream(source)
        if source.isdecimal() or source.startswith("/dev/"):
            return _Webcam(source, size, fps)
        if Path(source).suffix.lower() in PICTURES:
            return _Still(Path(source), stopping)
        return _Film(Path(source), stopping)
    except cv2.error as error:
        raise OperatorCanMendError("camera.unreadable", f"OpenCV {error.code}", remedy=Remedy.CHOOSE_PORT) from error


class _Still(Source):
    """A picture from a file, given at a live pace."""

    recorded = True
    maker = "file"
    model = "picture"

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self.name = _alias(path)
        self._path = path
        image = cv2.imdecode(np.frombuffer(_content(path), dtype=np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise OperatorCanMendError("camera.unreadable", "no picture in the file", remedy=Remedy.CHOOSE_PORT)
        self._image = np.asarray(image, dtype=np.uint8)
        self.size = (self._image.shape[1], self._image.shape[0])
        self._pace = _Pace(STILL_FPS, stopping)

    def take(self) -> None:
        self._pace.wait()
        _must_exist(self._path)

    def decode(self) -> BgrImage:
        return self._image.copy()


class _Captured(Source):
    """Anything behind cv2.VideoCapture."""

    _capture: cv2.VideoCapture

    def _adopt(self, capture: cv2.VideoCapture, refusal: DeviceError) -> None:
        """Keep an opened capture. Raises `refusal` where it did not open."""
        if not capture.isOpened():
            capture.release()
            raise refusal
        self._capture = capture
        self.size = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        self.backend = capture.getBackendName()

    def take(self) -> None:
        began = time.monotonic()
        if not self._capture.grab():
            silent = time.monotonic() - began >= 0.9 * SILENCE_MS / 1000
            raise DeviceLostError("camera.silent" if silent else "camera.lost", self.name)

    def decode(self) -> BgrImage | None:
        try:
            taken, image = self._capture.retrieve()
        except cv2.error:
            return None
        if not taken or image.ndim != 3:
            return None
        return np.asarray(image, dtype=np.uint8)

    def close(self) -> None:
        self._capture.release()


class _Film(_Captured):
    """A film from a file, at its own rate, over and over."""

    recorded = True
    maker = "file"
    model = "film"

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self.name = _alias(path)
        self._path = path
        _content(path, 1)
        refusal = OperatorCanMendError("camera.unreadable", "no film in the file", remedy=Remedy.CHOOSE_PORT)
        self._adopt(cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]), refusal)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._pace = _Pace(fps if FILM_FPS.start <= fps < FILM_FPS.stop else DEFAULT_FILM_FPS, stopping)

    def take(self) -> None:
        self._pace.wait()
        _must_exist(self._path)
        if not self._capture.grab():
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            super().take()


class _Stream(_Captured):
    """MJPEG over HTTP: a network camera, or the simulator."""

    maker = "network"
    model = "MJPEG over HTTP"

    def __init__(self, url: str) -> None:
        self.name = _without_user(url)
        limits = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, SILENCE_MS),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, SILENCE_MS),
            *(cv2.CAP_PROP_N_THREADS, 1),
        ]
        self._adopt(cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits), OperatorCanMendError("camera.no_stream", self.name))


class _Webcam(_Captured):
    """A camera of this machine. Never yet run on a real one."""

    def __init__(self, source: str, size: tuple[int, int], fps: int) -> None:
        self.name = f"/dev/video{source}" if source.isdecimal() and sys.platform == "linux" else source
        refusal = _not_opened(self.name)
        where = int(source) if source.isdecimal() else source
        capture = cv2.VideoCapture()
        for backend in BACKENDS.get(sys.platform, (cv2.CAP_ANY,)):
            if capture.open(where, backend):
                break
        # the compressed format first: only in it do most cameras offer 720p at a full rate over USB 2
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._adopt(capture, refusal)
        self.maker, self.model, self._number = webcam_identity(self.name)
        try:
            for _ in range(STALE_FRAMES):
                self.take()
        except DeviceLostError:
            self.close()
            raise

    @property
    def serial(self) -> str:
        return self._number or super().serial


def webcam_identity(name: str, sysfs: Path = SYSFS) -> tuple[str, str, str]:
    """Maker, model and serial number of a V4L2 camera, from what the kernel shows of its USB device; "" is unknown."""
    node = sysfs / Path(name).resolve().name
    model = _line(node / "name")
    usb = (node / "device").resolve().parent
    return _line(usb / "manufacturer"), model or "webcam", _line(usb / "serial")


def _not_opened(name: str) -> OperatorCanMendError:
    """Why a camera may not open; what a missing node or right does not explain, another program does."""
    if sys.platform == "linux" and Path(name).exists():
        if not os.access(name, os.R_OK | os.W_OK):
            return OperatorCanMendError("camera.denied", name, remedy=Remedy.CALL_TECHNICIAN)
        return OperatorCanMendError("camera.busy", name, remedy=Remedy.CLOSE_OTHER_PROGRAM)
    return OperatorCanMendError("camera.absent", name)


def _alias(path: Path) -> str:
    """A file's name may be a person's: it is known by a digest of where it lies."""
    return f"file-{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]}"


def _without_user(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _content(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        detail = f"the file: {type(error).__name__}"
        raise OperatorCanMendError("camera.absent", detail, remedy=Remedy.CHOOSE_PORT) from None


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise DeviceLostError("camera.lost", _alias(path))


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


class _Pace:
    """Lets frames of a file come as if they were live."""

    def __init__(self, fps: float, stopping: threading.Event) -> None:
        self._interval_s = 1 / fps
        self._stopping = stopping
        self._due = time.monotonic()

    def wait(self) -> None:
        """Until the next frame is due, or until told to stop; a late one is not made up for."""
        now = time.monotonic()
        self._due = max(self._due + self._interval_s, now)
        self._stopping.wait(self._due - now)
