"""Frames from files, given at a live pace: a picture again and again, the pictures of a folder in turn, a film."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path
from typing import Final

import numpy as np

from devices.camera import BgrImage
from devices.camera.captured import Captured, Source
from devices.errors import DeviceLostError, OperatorCanMendError, Remedy
from devices.opencv_import import cv2

STILL_FPS: Final = 10.0
FILM_FPS: Final = range(1, 61)
"""Rates that are believed when a film tells its own."""
DEFAULT_FILM_FPS: Final = 25.0
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".tif", ".tiff", ".webp", ".jp2", ".ppm"})


def open_file(path: Path, stopping: threading.Event) -> Source:
    """Open by what it is.

    Args:
        path: of a folder with pictures, a picture or a film.
        stopping: ends the pauses between the frames.

    Raises:
        OperatorCanMendError: `camera.absent`, `camera.unreadable`.
    """
    if path.is_dir():
        return Folder(path, stopping)
    if path.suffix.lower() in PICTURES:
        return Still(path, stopping)
    return Film(path, stopping)


class Still(Source):
    """A picture from a file."""

    recorded = True
    maker = "file"
    model = "picture"

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self.name = _alias(path)
        self._path = path
        self._image = _picture(path)
        self.size = (self._image.shape[1], self._image.shape[0])
        self._pace = Pace(STILL_FPS, stopping)

    def take(self) -> None:
        self._pace.wait()
        _must_exist(self._path, self.name)

    def decode(self) -> BgrImage:
        return self._image.copy()


class Folder(Source):
    """The pictures of a folder in the order of their names, over and over; each as large as it is.

    Pictures that come or go meanwhile are noticed at the next round.
    """

    recorded = True
    maker = "file"
    model = "folder of pictures"

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self.name = _alias(path)
        self._path = path
        self._round = self._pictures()
        if not self._round:
            raise OperatorCanMendError("camera.unreadable", "no picture in the folder", remedy=Remedy.CHOOSE_PORT)
        first = _picture(self._round[0])
        self.size = (first.shape[1], first.shape[0])
        self._turn = -1
        self._pace = Pace(STILL_FPS, stopping)

    def take(self) -> None:
        self._pace.wait()
        _must_exist(self._path, self.name)
        self._turn += 1
        if self._turn >= len(self._round):
            self._turn, self._round = 0, self._pictures()
            if not self._round:
                raise DeviceLostError("camera.lost", self.name)

    def decode(self) -> BgrImage | None:
        try:
            return _picture(self._round[self._turn])
        except OperatorCanMendError:
            return None

    def _pictures(self) -> list[Path]:
        return sorted(each for each in self._path.iterdir() if each.suffix.lower() in PICTURES)


class Film(Captured):
    """A film from a file, at its own rate, over and over."""

    recorded = True
    maker = "file"
    model = "film"

    def __init__(self, path: Path, stopping: threading.Event) -> None:
        self.name = _alias(path)
        self._path = path
        _content(path, 1)
        refusal = OperatorCanMendError("camera.unreadable", "no film in the file", remedy=Remedy.CHOOSE_PORT)
        self.adopt(cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1]), refusal)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._pace = Pace(fps if FILM_FPS.start <= fps < FILM_FPS.stop else DEFAULT_FILM_FPS, stopping)

    def take(self) -> None:
        self._pace.wait()
        _must_exist(self._path, self.name)
        if not self._capture.grab():
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            super().take()


class Pace:
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


def _alias(path: Path) -> str:
    """A file's name may be a person's: it is known by a digest of where it lies."""
    return f"file-{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]}"


def _picture(path: Path) -> BgrImage:
    image = cv2.imdecode(np.frombuffer(_content(path), dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise OperatorCanMendError("camera.unreadable", "no picture in the file", remedy=Remedy.CHOOSE_PORT)
    return np.asarray(image, dtype=np.uint8)


def _content(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        detail = f"the file: {type(error).__name__}"
        raise OperatorCanMendError("camera.absent", detail, remedy=Remedy.CHOOSE_PORT) from None


def _must_exist(path: Path, alias: str) -> None:
    if not path.exists():
        raise DeviceLostError("camera.lost", alias)
