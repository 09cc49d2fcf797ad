"""The pad's end of an STU on USB, as hidapi shows it: what is plugged in, and what an opened device says.

A kernel with virtual HID devices would let hidapi itself speak to it; without one its calls are answered here, one by
one, in the types that hidapi answers in.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Final, Self

from devices.signature_pad.simulator_wacom_stu_pad import StuSimulatedPad, StuTraits

VENDOR: Final = 0x056A
LENGTHS: Final = {0x03: 5, 0x08: 17, 0x09: 17, 0x0B: 11}
ROOM: Final = 4096
"""Input reports kept for a reader. A kernel keeps 64, a third of a second: a test whose pen is faster than any person's
would fill that."""


class WacomStuHidSimulator(StuSimulatedPad):
    """A pad on USB, and hidapi in front of it: hand it to the driver as its `api`.

    Args:
        traits: what it is.
        product: of USB.
        room: input reports kept for a reader; one more, and the oldest is dropped.
    """

    def __init__(self, traits: StuTraits | None = None, *, product: int = 0xA6, room: int = ROOM) -> None:
        super().__init__(traits)
        self.product = product
        self.denied = False
        """Nobody may open it."""
        self.handles = 0
        """How many have it open."""
        self._plugged = False
        self._changed = threading.Condition()
        self._input: deque[bytes] = deque(maxlen=room)

    def start(self) -> None:
        """Plug in. Idempotent."""
        self._stopping.clear()
        self._plugged = True

    def stop(self) -> None:
        """Unplug, and end whatever is being signed. Idempotent."""
        self._stopping.set()
        self.unplug()
        self.wait_signed()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """Which one to open: the first."""
        return ""

    def unplug(self) -> None:
        """Pull the cable: the pad has no other power, so its screen goes dark."""
        with self._changed:
            self._plugged = False
            self._input.clear()
            self._restart()
            self._changed.notify_all()

    def replug(self) -> None:
        """Put the cable back; the device starts."""
        with self._changed:
            self._plugged = True

    # -- as the module

    def enumerate(self, vendor_id: int, product_id: int) -> list[dict[str, Any]]:
        """What is plugged in: the pad, and a keyboard."""
        pad = {"path": b"/dev/hidraw1", "vendor_id": VENDOR, "product_id": self.product, "serial_number": "\x0409"}
        keyboard = {"path": b"/dev/hidraw0", "vendor_id": VENDOR, "product_id": 0x0302, "serial_number": ""}
        found = [keyboard, pad] if self._plugged else [keyboard]
        return [each for each in found if vendor_id in {0, VENDOR} and product_id in {0, each["product_id"]}]

    def device(self) -> SimulatedHidDevice:
        """A device to be opened."""
        return SimulatedHidDevice(self)

    # -- from any thread

    def _emit(self, report: bytes, *, shown: bool) -> bool:
        with self._changed:
            if not self._plugged:
                return False
            self._seen(shown=shown)
            if self.handles:
                self._input.append(report)
                self._changed.notify_all()
            return True

    def opened(self, path: bytes) -> None:
        """Raises OSError."""
        with self._changed:
            if not self._plugged or self.denied or path != b"/dev/hidraw1":
                raise OSError("open failed")
            self.handles += 1

    def closed(self) -> None:
        """One that had it open lets go."""
        with self._changed:
            self.handles -= 1
            self._input.clear()

    def next_report(self, wait_s: float | None) -> bytes:
        """Raises OSError once it is unplugged."""
        with self._changed:
            self._changed.wait_for(lambda: self._input or not self._plugged, wait_s)
            if not self._plugged:
                raise OSError("read error")
            return self._input.popleft() if self._input else b""

    def feature(self, number: int, length: int) -> bytes:
        """Raises OSError where it is unplugged, or stalls."""
        with self._changed:
            answer = self._answer(number) if self._plugged else b""
            if not answer or length < LENGTHS[number]:
                raise OSError("read error")
            return answer.ljust(LENGTHS[number], b"\0")

    def set_feature(self, report: bytes) -> int:
        """Negative where it is unplugged, or knows no such report."""
        with self._changed:
            return len(report) if self._plugged and self._obey(report) != 0x01 else -1


class SimulatedHidDevice:
    """`hid.device`, in front of the simulated pad."""

    def __init__(self, pad: WacomStuHidSimulator) -> None:
        self._pad = pad
        self._open = False
        self._blocks = True

    def open_path(self, path: bytes) -> None:
        """Raises OSError."""
        self._pad.opened(path)
        self._open = True

    def set_nonblocking(self, v: int) -> int:
        """0 where that went well."""
        self._here()
        self._blocks = not v
        return 0

    def read(self, max_length: int, timeout_ms: int = 0) -> list[int]:
        """One report, or nothing in time; for ever where no time is told and it was not set otherwise."""
        self._here()
        wait_s = timeout_ms / 1000 if timeout_ms else None if self._blocks else 0.0
        return list(self._pad.next_report(wait_s)[:max_length])

    def get_feature_report(self, report_num: int, max_length: int) -> list[int]:
        """Its number first."""
        self._here()
        return list(self._pad.feature(report_num, max_length))

    def send_feature_report(self, buff: bytes) -> int:
        """How many bytes were sent."""
        self._here()
        return self._pad.set_feature(bytes(buff))

    def close(self) -> None:
        """Idempotent."""
        if self._open:
            self._open = False
            self._pad.closed()

    def _here(self) -> None:
        if not self._open:
            raise ValueError("not open")
