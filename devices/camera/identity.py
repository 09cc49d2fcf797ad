"""Which camera is which: what the system lists, whom the settings mean, and where one is that came back.

The system's numbers for cameras change with every cable that is pulled. A camera is therefore known by its name, its
USB vendor and product, its serial number where the kernel tells one, and, only where two alike are plugged in, by the
place where it is plugged in. Here are plain values and functions over them; `listed_cameras` alone asks the system.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from devices.errors import OperatorCanMendError, Remedy

SCHEME: Final = "camera:"
"""How a source begins that names a camera by its identity: "camera:vid=046d;pid=0825;name=HD Pro Webcam C920"."""
SYSFS: Final = Path("/sys/class/video4linux")
NODE: Final = re.compile(r"/dev/video(\d+)")


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A camera as the system lists it now.

    Attributes:
        index: by which it is opened, today.
        name: as its maker calls it.
        path: how the system calls it: its node on Linux, its device path on Windows.
        vid, pid: USB vendor and product; None where it is no USB camera.
        maker, serial: what its USB descriptor says; "" is unknown.
        place: where it is plugged in, the same after every re-plug there; "" is unknown.
    """

    index: int
    name: str = ""
    path: str = ""
    vid: int | None = None
    pid: int | None = None
    maker: str = ""
    serial: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """By what a camera is known; what is empty does not matter.

    Attributes:
        place: where it is plugged in, or its path.
    """

    name: str = ""
    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    place: str = ""

    def fits(self, camera: ListedCamera) -> bool:
        """Whether this may be it: every word that is known agrees."""
        return (
            self.name in {"", camera.name}
            and self.vid in {None, camera.vid}
            and self.pid in {None, camera.pid}
            and self.serial in {"", camera.serial}
            and self.place in {"", camera.place, camera.path}
        )

    def __str__(self) -> str:
        """As it stands in the settings."""
        words = {
            "vid": "" if self.vid is None else f"{self.vid:04x}",
            "pid": "" if self.pid is None else f"{self.pid:04x}",
            "serial": self.serial,
            "name": self.name,
            "place": self.place,
        }
        return SCHEME + ";".join(f"{key}={quote(word, safe=' /:#&?@+,()')}" for key, word in words.items() if word)


def parse_identity(source: str) -> CameraIdentity:
    """Read what `str(identity)` has written, or a technician.

    Raises:
        OperatorCanMendError: `camera.absent`, nothing is named, or by an unknown word.
    """
    try:
        pairs = dict(word.split("=", 1) for word in source.removeprefix(SCHEME).split(";") if word.strip())
        words = {key.strip(): unquote(word.strip()) for key, word in pairs.items()}
        vid, pid = (int(word, 16) if (word := words.pop(key, "")) else None for key in ("vid", "pid"))
        identity = CameraIdentity(vid=vid, pid=pid, **words)
    except (ValueError, TypeError):
        raise OperatorCanMendError("camera.absent", "no identity of a camera", remedy=Remedy.CHOOSE_PORT) from None
    if identity == CameraIdentity():
        raise OperatorCanMendError("camera.absent", "no identity of a camera", remedy=Remedy.CHOOSE_PORT)
    return identity


def identity_of(camera: ListedCamera, listed: Sequence[ListedCamera]) -> CameraIdentity:
    """By what to know this camera again; its place matters only where another one is just like it."""
    identity = CameraIdentity(camera.name, camera.vid, camera.pid, camera.serial)
    twins = {each.place or each.path for each in listed if identity.fits(each)}
    return identity if len(twins) < 2 else replace(identity, place=camera.place or camera.path)


def find(identity: CameraIdentity, listed: Sequence[ListedCamera]) -> ListedCamera:
    """Where it is now. Of several nodes of one device the first one gives the pictures.

    Raises:
        OperatorCanMendError: `camera.absent`, it is not listed, or several are that cannot be told apart.
    """
    fitting = sorted((each for each in listed if identity.fits(each)), key=lambda each: each.index)
    if not fitting:
        raise OperatorCanMendError("camera.absent", str(identity))
    if len({each.place or each.path for each in fitting}) > 1:
        detail = f"{len(fitting)} alike, {identity}"
        raise OperatorCanMendError("camera.absent", detail, remedy=Remedy.CHOOSE_PORT)
    return fitting[0]


def number_of(source: str) -> int | None:
    """The number that a camera's source means: "0", "/dev/video0" or a link to it; None for any other source."""
    if source.isdecimal():
        return int(source)
    if source.startswith("/dev/"):
        node = NODE.fullmatch(str(Path(source).resolve()))
        return None if node is None else int(node[1])
    return None


def listed_cameras(backend: int) -> tuple[ListedCamera, ...]:
    """What one of OpenCV's backends can open now, by number. Some milliseconds; imports OpenCV."""
    from devices import opencv_import  # noqa: F401, PLC0415 - the library below imports cv2, which ours tames first

    try:
        from cv2_enumerate_cameras import enumerate_cameras  # noqa: PLC0415 - loaded with OpenCV
    except ImportError:  # a system without the library that lists its cameras
        return ()
    found = (
        ListedCamera(each.index, each.name or "", each.path or "", each.vid, each.pid, place=each.path or "")
        for each in enumerate_cameras(backend)
    )
    return tuple(sorted(map(from_kernel, found), key=lambda each: each.index))


def from_kernel(camera: ListedCamera, sysfs: Path = SYSFS) -> ListedCamera:
    """With what Linux tells of its USB device; unchanged on other systems.

    Args:
        camera: as listed, its place still unknown or the node, which is none.
        sysfs: the kernel's folder.
    """
    node = sysfs / f"video{camera.index}"
    if NODE.fullmatch(camera.path) is None or not node.exists():
        return camera
    usb = (node / "device").resolve().parent
    return replace(
        camera,
        name=_line(node / "name") or camera.name,
        maker=_line(usb / "manufacturer"),
        serial=_line(usb / "serial"),
        place=f"usb:{usb.name}" if (usb / "idVendor").exists() else camera.path,
    )


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
