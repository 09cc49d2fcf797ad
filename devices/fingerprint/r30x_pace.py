"""Speed and packet size of an R30x module, raised while it is open and put back when it is closed.

Modules keep both in flash, and a new speed counts from the next start on (manuals), on some at once. Whatever goes
wrong in between leaves a module at one of two speeds, and both are among those that opening tries: after a power cut
it is found again, and only stays as fast as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.errors import DeviceTimeoutError
from devices.fingerprint.r30x_codes import Instruction
from devices.fingerprint.r30x_line import PROBE_S, R30xLine
from devices.fingerprint.r30x_wire import SystemParameters
from devices.transport import Deadline

BAUD_FACTOR: Final = 4
PACKET_SIZE: Final = 6
PACKET_SIZES: Final = (32, 64, 128, 256)
BAUD_UNIT: Final = 9600
BOOT_S: Final = 1.2
"""A ZFM-20 takes half a second to start, an R503 a twentieth."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a module sends.

    Attributes:
        baudrate: bits per second, a multiple of 9600.
        packet_size: bytes of content in a data frame: 32, 64, 128 or 256.
    """

    baudrate: int = 115200
    packet_size: int = 256

    def __post_init__(self) -> None:
        """Refuse what no module can be set to."""
        if self.baudrate % BAUD_UNIT or not 0 < self.baudrate // BAUD_UNIT < 256:
            raise ValueError(f"{self.baudrate} baud is no multiple of {BAUD_UNIT}")
        if self.packet_size not in PACKET_SIZES:
            raise ValueError(f"no module sends packets of {self.packet_size} bytes")


class DeafEvent(threading.Event):
    """Another event's state, but for a while unset: a module is put back whoever wants everything to end.

    Attributes:
        deaf: true during that while.
    """

    def __init__(self, heard: threading.Event) -> None:
        super().__init__()
        self.deaf = False
        self._heard = heard

    def is_set(self) -> bool:
        """Whether the other one is set and may be heard."""
        return not self.deaf and self._heard.is_set()


def change(line: R30xLine, flash: SystemParameters, wanted: Pace, introduce: Callable[[R30xLine, float], None]) -> None:
    """Bring a module to another pace, as far as it goes along; the line follows it.

    Args:
        line: to the module, at the speed that it has now.
        flash: what it says that it keeps, as read just now.
        wanted: where to bring it.
        introduce: verifies the password, waiting so many seconds.

    Raises:
        DeviceTimeoutError: it went silent at both speeds.
        DeviceError: from the transport.
    """
    if wanted.packet_size != flash.packet_size and _set(line, PACKET_SIZE, PACKET_SIZES.index(wanted.packet_size)):
        line.packet_size = wanted.packet_size
    now = line.transport.settings.baudrate
    # A bare TCP port has no speed that could follow the module's.
    if wanted.baudrate == flash.baudrate or line.transport.url.startswith("socket://"):
        return
    if not _set(line, BAUD_FACTOR, wanted.baudrate // BAUD_UNIT):
        return
    ack = line.ask_optional(Instruction.SOFT_RESET)
    if ack is not None and not ack.ok:  # it cannot be started anew from here: back to what it was, in flash too
        _set(line, BAUD_FACTOR, now // BAUD_UNIT)
        return
    for baudrate in (wanted.baudrate, now):
        if _answers(line, baudrate, introduce):
            return
    raise DeviceTimeoutError("fingerprint.no_answer", f"after a change from {now} to {wanted.baudrate} baud")


def _set(line: R30xLine, register: int, value: int) -> bool:
    """Write one setting to flash; whether the module took it."""
    for _ in range(2):
        try:
            return line.ask(Instruction.SET_SYSTEM_PARAMETER, bytes([register, value]), wait_s=PROBE_S).ok
        except DeviceTimeoutError:
            if register == BAUD_FACTOR:  # it may have taken the new speed at once: looked for at both
                return True
    return False


def _answers(line: R30xLine, baudrate: int, introduce: Callable[[R30xLine, float], None]) -> bool:
    """Whether it answers at this speed, once it has started."""
    line.transport.set_baudrate(baudrate)
    line.stale = True
    deadline = Deadline(BOOT_S)
    while not deadline.expired:
        try:
            introduce(line, PROBE_S)
        except DeviceTimeoutError:
            continue
        return True
    return False
