"""Driver for Wacom STU signature pads on USB, as HID devices through hidapi (300, 430, 430V, 500, 520A, 530, 540).

The first pad that is plugged in is taken, or the one at a given place. Its USB serial number is the same on every
piece, so it is not asked for. Tried on the simulator, which answers hidapi's calls, and with the real hidapi between.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar, cast

from devices.errors import CaptureCancelledError, DeviceLostError, OperatorCanMendError, Remedy
from devices.gate import CaptureGate
from devices.signature_pad.wacom_stu_links import WAITING, StuLink
from devices.signature_pad.wacom_stu_pad import ScreenUse, StuPad
from devices.signature_pad.wacom_stu_wire import LENGTHS, MODELS, VENDOR, Capability, Report, parse_status
from devices.transport import SLICE_S, Deadline
from protocols.clock import Clock

T = TypeVar("T")

INPUT_BYTES: Final = 64


class HidDevice(Protocol):
    """An opened device, as hidapi has it. Methods raise OSError when it is gone, or refuses."""

    def open_path(self, path: bytes) -> None:
        """Open it. Raises OSError, without a cause."""
        ...

    def set_nonblocking(self, v: int) -> int:
        """Whether a read that waits for no time returns at once; otherwise it waits for ever."""
        ...

    def read(self, max_length: int, timeout_ms: int) -> list[int]:
        """One input report, its number first; empty when none came in time."""
        ...

    def get_feature_report(self, report_num: int, max_length: int) -> list[int]:
        """A feature report, its number first."""
        ...

    def send_feature_report(self, buff: bytes) -> int:
        """Set a feature report, its number first; negative where that failed."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Hidapi(Protocol):
    """The module `hid`, or `hidraw` where there is one."""

    def enumerate(self, vendor_id: int, product_id: int) -> list[dict[str, Any]]:
        """What is plugged in; 0 stands for any."""
        ...

    def device(self) -> HidDevice:
        """A device to be opened."""
        ...


def hidapi() -> Hidapi:
    """The kernel's own HID devices where they can be had, else libusb's or Windows'."""
    for name in ("hidraw", "hid"):
        try:
            return cast("Hidapi", import_module(name))
        except ImportError:
            if name == "hid":
                raise
    raise AssertionError


def listed_pads(api: Hidapi | None = None) -> tuple[tuple[str, str], ...]:
    """Place and model of every pad that is plugged in and known here."""
    found = (api or hidapi()).enumerate(VENDOR, 0)
    return tuple(
        (bytes(each["path"]).decode(errors="replace"), MODELS[int(each["product_id"])].name)
        for each in found
        if int(each["product_id"]) in MODELS
    )


class HidLink:
    """HID reports over USB.

    Args:
        device: opened; this link closes it.
        place: where it is plugged in, for messages.
        cancelled: ends every wait with CaptureCancelledError.
    """

    def __init__(self, device: HidDevice, place: str, cancelled: threading.Event) -> None:
        self._device = device
        self._place = place
        self._cancelled = cancelled
        self._closed = False
        self._in_use = threading.Lock()
        """Held for one slice at most: hidapi frees the device under a read that goes on in another thread."""
        self._waiting: deque[bytes] = deque(maxlen=WAITING)

    def get(self, report: Report) -> bytes:
        self._end_if_cancelled()
        try:
            answer = bytes(self._call(lambda device: device.get_feature_report(report, LENGTHS[report])))
        except OSError:
            self._still_there()
            return b""
        return answer if answer[:1] == bytes((report,)) else b""

    def tell(self, report: bytes) -> bool:
        self._end_if_cancelled()
        try:
            sent = self._call(lambda device: device.send_feature_report(report))
        except OSError:
            sent = -1
        if sent < 0:
            self._still_there()
            return False
        if report[0] == Report.IMAGE_BLOCK:  # how a picture went is asked once, at its end
            return True
        try:
            return parse_status(self.get(Report.STATUS)).result == 0
        except ValueError:
            return False

    def say(self, report: bytes) -> None:
        try:
            self._call(lambda device: device.send_feature_report(report))
        except OSError as error:
            raise self._lost(error) from error

    def read(self, timeout_s: float) -> list[bytes]:
        deadline = Deadline(timeout_s)
        while True:
            self._end_if_cancelled()
            self._fetch(0.0 if self._waiting else min(SLICE_S, deadline.remaining))
            if self._waiting or deadline.expired:
                found = list(self._waiting)
                self._waiting.clear()
                return found

    def drain(self, quiet_s: float, limit_s: float) -> None:
        deadline = Deadline(limit_s)
        while self.read(min(quiet_s, deadline.remaining)) and not deadline.expired:
            pass

    def check(self) -> None:
        self._fetch(0.0)

    def close(self) -> None:
        with self._in_use:
            if not self._closed:
                self._closed = True
                self._device.close()

    def _fetch(self, wait_s: float) -> None:
        """Take what has come: the first report is waited for, the others are there."""
        wait_ms = round(1000 * wait_s)
        try:
            while report := self._read(wait_ms):
                self._waiting.append(report)
                if len(self._waiting) == WAITING:
                    return
                wait_ms = 0
        except OSError as error:
            raise self._lost(error) from error

    def _read(self, wait_ms: int) -> bytes:
        return bytes(self._call(lambda device: device.read(INPUT_BYTES, wait_ms)))

    def _call(self, act: Callable[[HidDevice], T]) -> T:
        with self._in_use:
            if self._closed:
                raise DeviceLostError("port.closed", self._place)
            return act(self._device)

    def _end_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CaptureCancelledError("capture.cancelled")

    def _still_there(self) -> None:
        """A refusal and a pulled cable look alike: a pad that is there tells its status. Raises DeviceLostError."""
        try:
            self._call(lambda device: device.get_feature_report(Report.STATUS, LENGTHS[Report.STATUS]))
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError) -> DeviceLostError:
        return DeviceLostError("port.lost", f"{self._place}: {type(error).__name__}")


class WacomStuHidPad(StuPad):
    """One pad on USB.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        path: as hidapi names the device (`/dev/hidraw0`); empty for the first pad that is there.
        screen: what is shown on it.
        clock: for the time of a sample where the pad tells none.
        simulated: the other end is a simulator; everything captured is marked so.
        api: hidapi, or what speaks as it does.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        path: str = "",
        *,
        screen: ScreenUse = ScreenUse.MONO,
        clock: Clock | None = None,
        simulated: bool = False,
        api: Hidapi | None = None,
    ) -> None:
        super().__init__(slot, gate, f"hid:{path}", screen=screen, clock=clock, simulated=simulated)
        self._path = path
        self._api = api or hidapi()
        self._product = 0

    def is_back(self) -> bool:
        """Whether a pad is plugged in; asks the operating system."""
        return self._found() is not None

    def _connect(self) -> tuple[StuLink, dict[str, str]]:
        found = self._found()
        if found is None:
            raise OperatorCanMendError("port.absent", self._place, remedy=Remedy.PLUG_IN)
        path, self._product = found
        device = self._api.device()
        try:
            device.open_path(path)
        except OSError as error:  # hidapi does not say whether it may not, or another program has it
            raise OperatorCanMendError("port.denied", self._place, remedy=Remedy.CALL_TECHNICIAN) from error
        device.set_nonblocking(1)
        self._link = link = HidLink(device, self._place, self._cancelled)
        return link, {"port": path.decode(errors="replace"), "product": f"{VENDOR:04x}:{self._product:04x}"}

    def _has_colour(self, able: Capability) -> bool:
        return able.colour or MODELS[self._product].colour

    def _found(self) -> tuple[bytes, int] | None:
        """Path and product of the pad."""
        for each in self._api.enumerate(VENDOR, 0):
            path, product = bytes(each["path"]), int(each["product_id"])
            if product in MODELS and self._path in {"", path.decode(errors="replace")}:
                return path, product
        return None
