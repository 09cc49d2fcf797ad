"""A camera of this machine, through V4L2, DirectShow or Media Foundation. Never yet run on a real one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from devices.camera import BgrImage
from devices.camera.captured import Capture, Captured
from devices.camera.identity import (
    SCHEME,
    CameraIdentity,
    ListedCamera,
    find,
    identity_of,
    listed_cameras,
    number_of,
    parse_identity,
)
from devices.camera.tuning import Tuning
from devices.errors import DeviceLostError, OperatorCanMendError, Remedy
from devices.opencv_import import cv2

BACKENDS: Final = {
    "linux": (cv2.CAP_V4L2,),
    "win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF),
    "darwin": (cv2.CAP_AVFOUNDATION,),
}
"""To be tried in this order: Media Foundation takes seconds to open."""
EXPOSURE_MODES: Final = {cv2.CAP_V4L2: (1.0, 3.0), cv2.CAP_MSMF: (0.0, 1.0)}
"""What means manual and automatic: V4L2_EXPOSURE_MANUAL and V4L2_EXPOSURE_APERTURE_PRIORITY, the automatic mode of UVC
cameras; zero or not in OpenCV's cap_msmf.cpp. DirectShow has no such switch: a figure makes it manual."""
STALE_FRAMES: Final = 4
"""So many buffers a V4L2 driver may have filled before anybody looks; also the first, half-exposed pictures."""

Lister = Callable[[int], Sequence[ListedCamera]]


class Webcam(Captured):
    """An opened camera.

    Args:
        source: its number, its node, or its identity in words.
        known: who it was when it was open before; nobody else is taken.
        tuning: what is asked of it.
        listing: what a backend of OpenCV's can open now.
        capture: makes what opens it.

    Raises:
        OperatorCanMendError: `camera.absent`, `camera.busy`, `camera.denied`.
        DeviceLostError: it went while it was opened.
    """

    def __init__(
        self,
        source: str,
        known: CameraIdentity | None,
        tuning: Tuning,
        *,
        listing: Lister = listed_cameras,
        capture: Callable[[], Capture] = cv2.VideoCapture,
    ) -> None:
        opened = capture()
        refusal = OperatorCanMendError("camera.absent", source)
        for backend in BACKENDS.get(sys.platform, (cv2.CAP_ANY,)):
            listed = listing(backend)
            try:
                camera = chosen(source, known, listed)
            except OperatorCanMendError as error:
                refusal = error
                continue
            if opened.open(camera.index, backend):
                break
            refusal = _not_opened(camera)
        else:
            opened.release()
            raise refusal
        self.name = _port(camera)
        self._late = backend == cv2.CAP_DSHOW
        """Its grab does not wait for a frame, its retrieve does: a reader that only grabs would spin."""
        self._image: BgrImage | None = None
        _shape(opened, tuning)
        self.adopt(opened, refusal)
        facts = _facts(opened) | _tune(opened, backend, tuning)
        self.maker, self.model, self._number = camera.maker, camera.name or "webcam", camera.serial
        if camera in listed:
            self.identity = identity_of(camera, listed)
            facts["identity"] = str(self.identity)
        self.facts = facts
        try:
            for _ in range(STALE_FRAMES):
                self.take()
        except DeviceLostError:
            self.close()
            raise

    @property
    def serial(self) -> str:
        """Its own number, else its model's (and place's, where two alike are plugged in): the same after a re-plug."""
        identity = self.identity
        if self._number or identity is None or identity.vid is None or identity.pid is None:
            return self._number or super().serial
        return f"port:usb-{identity.vid:04x}-{identity.pid:04x}{identity.place and '@' + identity.place}"

    def take(self) -> None:
        super().take()
        if self._late:
            self._image = super().decode()

    def decode(self) -> BgrImage | None:
        if not self._late:
            return super().decode()
        image, self._image = self._image, None
        return image


def chosen(source: str, known: CameraIdentity | None, listed: Sequence[ListedCamera]) -> ListedCamera:
    """Which camera to open now: the known one wherever it is, else the one that the settings mean.

    A number that is not listed is opened all the same: there are systems that list nothing.

    Raises:
        OperatorCanMendError: `camera.absent`.
    """
    if known is not None:
        return find(known, listed)
    if source.startswith(SCHEME):
        return find(parse_identity(source), listed)
    number = number_of(source)
    if number is None:
        raise OperatorCanMendError("camera.absent", source, remedy=Remedy.CHOOSE_PORT)
    return next((each for each in listed if each.index == number), ListedCamera(number))


def is_listed(source: str, known: CameraIdentity | None, listing: Lister = listed_cameras) -> bool:
    """Whether it would be worth while to open it: it is listed, or at least there as a file."""
    for backend in BACKENDS.get(sys.platform, (cv2.CAP_ANY,)):
        listed = listing(backend)
        try:
            camera = chosen(source, known, listed)
        except OperatorCanMendError:
            continue
        if camera in listed or Path(_port(camera)).exists():
            return True
    return False


def _port(camera: ListedCamera) -> str:
    return f"/dev/video{camera.index}" if sys.platform == "linux" else str(camera.index)


def _shape(capture: Capture, tuning: Tuning) -> None:
    """The compressed format first: only in it do most cameras offer 720p at a full rate over USB 2."""
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, tuning.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, tuning.height)
    capture.set(cv2.CAP_PROP_FPS, tuning.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


def _facts(capture: Capture) -> dict[str, str]:
    """What it says it does: format and rate."""
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    letters = code.to_bytes(4, "little").decode("ascii", "replace") if code > 0 else ""
    fps = capture.get(cv2.CAP_PROP_FPS)
    facts = {"pixel_format": letters if letters.isprintable() else "", "fps": f"{fps:g}" if fps > 0 else ""}
    return {name: fact for name, fact in facts.items() if fact}


def _tune(capture: Capture, backend: int, tuning: Tuning) -> dict[str, str]:
    """Set exposure and focus as asked; what the camera took, as it reads back."""
    facts: dict[str, float | str | None] = {}
    manual, automatic = EXPOSURE_MODES.get(backend, (None, None))
    if tuning.exposure == "auto":
        if automatic is not None and _taken(capture, cv2.CAP_PROP_AUTO_EXPOSURE, automatic) == automatic:
            facts["exposure"] = "auto"
    elif tuning.exposure is not None:
        if manual is not None:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, manual)
        facts["exposure"] = _taken(capture, cv2.CAP_PROP_EXPOSURE, tuning.exposure)
    if tuning.focus == "auto":
        if _taken(capture, cv2.CAP_PROP_AUTOFOCUS, 1.0) == 1.0:
            facts["focus"] = "auto"
    elif tuning.focus is not None:
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 0.0)
        facts["focus"] = _taken(capture, cv2.CAP_PROP_FOCUS, tuning.focus)
    return {name: fact if isinstance(fact, str) else f"{fact:g}" for name, fact in facts.items() if fact is not None}


def _taken(capture: Capture, prop: int, value: float) -> float | None:
    """What it reads after it was set, which may be something near; None where the backend or the camera has no such."""
    return capture.get(prop) if capture.set(prop, value) else None


def _not_opened(camera: ListedCamera) -> OperatorCanMendError:
    """Why a camera may not open; what a missing node or right does not explain, another program does."""
    name = _port(camera)
    if sys.platform == "linux" and Path(name).exists():
        if not os.access(name, os.R_OK | os.W_OK):
            return OperatorCanMendError("camera.denied", name, remedy=Remedy.CALL_TECHNICIAN)
        return OperatorCanMendError("camera.busy", name, remedy=Remedy.CLOSE_OTHER_PROGRAM)
    return OperatorCanMendError("camera.absent", name)
