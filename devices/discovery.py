"""What is plugged in, for whoever chooses: cameras, serial ports, card readers, pads on USB, as settings name them.

Asks the operating system alone and opens nothing. Each list brings its own library, so it is loaded where it is asked
for; a system that cannot list one kind has an empty list of it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.errors import DeviceError

BY_ID: Final = Path("/dev/serial/by-id")
"""Linux's names of serial ports that stay the same whichever is plugged in first."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is plugged in.

    Attributes:
        address: as the settings name it.
        words: as its maker calls it, with where it is.
    """

    address: str
    words: str


def cameras() -> tuple[Found, ...]:
    """Cameras by their identity, so that they are found again wherever they are plugged in."""
    from devices.camera.identity import identity_of, listed_cameras  # noqa: PLC0415 - brings OpenCV
    from devices.camera.webcam import BACKENDS  # noqa: PLC0415 - as above

    listed = [each for backend in BACKENDS.get(sys.platform, ())[:1] for each in listed_cameras(backend)]
    found: dict[str, Found] = {}
    for each in listed:
        address = str(identity_of(each, listed)) if each.name else each.path or str(each.index)
        found.setdefault(address, Found(address, f"{each.name or address} ({each.path or each.index})"))
    return tuple(found.values())


def serial_ports(by_id: Path = BY_ID) -> tuple[Found, ...]:
    """Serial ports, by the name that a re-plug keeps where the system has one; ports on USB first."""
    from serial.tools.list_ports import comports  # noqa: PLC0415 - the only use of it

    kept = {str(link.resolve()): str(link) for link in by_id.iterdir()} if by_id.is_dir() else {}
    found = []
    for port in sorted(comports(), key=lambda port: (port.vid is None, port.device)):
        names = [word for word in (port.manufacturer, port.product) if word]
        words = " ".join(names) or (port.description if port.description not in {"", "n/a", None} else "")
        where = Path(port.device).name if port.device.startswith("/") else port.device
        found.append(Found(kept.get(port.device, port.device), f"{words} ({where})" if words else where))
    return tuple(found)


def card_readers() -> tuple[Found, ...]:
    """Slots of PC/SC readers, by name; none where the service does not run."""
    from devices.card_reader.pcsc import listed_readers  # noqa: PLC0415 - brings PC/SC

    try:
        return tuple(Found(name, name) for name in listed_readers())
    except DeviceError:
        return ()


def signature_pads() -> tuple[Found, ...]:
    """Pads on USB that a driver knows."""
    from devices.signature_pad.wacom_stu_hid import listed_pads  # noqa: PLC0415 - brings hidapi

    return tuple(Found(path, f"{model} ({path})") for path, model in listed_pads())
