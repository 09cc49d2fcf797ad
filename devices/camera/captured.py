"""What every source of frames can do: take one, decode it, close; and what OpenCV's VideoCapture makes of that.

A source is used by one thread, the reader's, from opening to closing. Names that people chose (of files, of users in
URLs) go into no error and no identity.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

import numpy as np

from devices.camera import BgrImage
from devices.camera.identity import CameraIdentity
from devices.errors import DeviceError, DeviceLostError
from devices.opencv_import import cv2

if TYPE_CHECKING:
    from cv2.typing import MatLike

SILENCE_MS: Final = 2000
"""How long a stream may be silent; as the V4L2 backend is told by `devices.opencv_import`."""


class Source(ABC):
    """An open source of frames.

    Attributes:
        name: how the station calls it; without a person's words.
        size: width and height in pixels, as announced.
        maker, model, serial: who it is; serial is never empty.
        backend: who reads it.
        identity: by what to find it again wherever it is plugged in; None where its name says that already.
        facts: further ones for the technician.
    """

    recorded: ClassVar[bool] = False
    """The frames come from a file: the same one may come again."""
    name: str
    size: tuple[int, int]
    backend: str = "file"
    maker: str = ""
    model: str = ""
    identity: CameraIdentity | None = None
    facts: Mapping[str, str] = {}

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


class Capture(Protocol):
    """What is used of cv2.VideoCapture, under its names."""

    def open(self, index: int, apiPreference: int, /) -> bool:  # noqa: N803 - as OpenCV calls it
        """Open a camera by number; False where that cannot be."""
        ...

    def isOpened(self) -> bool:  # noqa: N802 - as OpenCV calls it
        """Whether something is open."""
        ...

    def getBackendName(self) -> str:  # noqa: N802 - as OpenCV calls it
        """Who reads it."""
        ...

    def get(self, prop: int, /) -> float:
        """A property's value; 0 or -1 where there is none."""
        ...

    def set(self, prop: int, value: float, /) -> bool:
        """Whether the backend took the value."""
        ...

    def grab(self) -> bool:
        """Take the next frame."""
        ...

    def retrieve(self) -> tuple[bool, MatLike]:
        """Decode the one that was taken."""
        ...

    def release(self) -> None:
        """Let go."""
        ...


class Captured(Source):
    """Anything behind OpenCV's capture."""

    _capture: Capture

    def adopt(self, capture: Capture, refusal: DeviceError) -> None:
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
