"""The life cycle that every driver has, and the gate that every biometric driver stands behind.

Public methods here are template methods: they check, then call the driver's `_do_...`. A driver's author writes the
`_do_...` methods and cannot forget a check. One worker thread owns a device at a time; `close` and `cancel` alone may
be called from another one.
"""

from __future__ import annotations

import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Final, TypeVar, final

from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError
from devices.gate import CaptureGate
from protocols.clearance import Clearance, DeviceKey, NotClearedError

T = TypeVar("T")

NO_SERIAL: Final = "port:"
"""How the serial number of a device begins that has none of its own; its place follows."""


class DeviceKind(StrEnum):
    """What a device is for; also its default slot name."""

    CAMERA = "camera"
    FINGERPRINT = "fingerprint"
    SIGNATURE_PAD = "signature_pad"
    CARD_READER = "card_reader"
    THERMOMETER = "thermometer"
    POSITIONING = "positioning"


class HealthState(StrEnum):
    """How a device fares."""

    CLOSED = "closed"
    READY = "ready"
    BUSY = "busy"
    LOST = "lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Health:
    """State and, where it is not well, the error that says what to do."""

    state: HealthState
    error: DeviceError | None = None


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """Who the opened device says it is.

    Attributes:
        maker, model, serial, firmware: as the device or its driver reports them; serial is never empty ("port:..."
            with the port's name where a device has none).
        simulated: True where the other end is a simulator; everything captured is then marked so.
        properties: further facts for the technician, all strings (e.g. `dpi`, `width`, `port`).
    """

    kind: DeviceKind
    maker: str
    model: str
    serial: str
    firmware: str = ""
    simulated: bool = False
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """Outcome of the start-of-shift test: `passed`, and a code per check with its figure for the record."""

    passed: bool
    checks: tuple[tuple[str, bool, str], ...]


class Device(ABC):
    """One attached device. `open` and `close` are idempotent; using a closed device raises DeviceLostError."""

    kind: ClassVar[DeviceKind]
    contact: ClassVar[bool] = False
    """True where the applicant's skin touches it: disinfected between applicants."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        self._info: DeviceInfo | None = None
        self._error: DeviceError | None = None
        self._busy = False
        self._opening = ""
        self._cancelled = threading.Event()

    @final
    def open(self) -> DeviceInfo:
        """Connect, identify, make ready.

        Raises:
            DeviceError: the device is absent, busy elsewhere, or not what it should be; nothing stays open.
        """
        if self._info is None:
            self._error = None
            self._cancelled.clear()
            try:
                info = self._do_open()
                nameless = self.contact and info.serial.startswith(NO_SERIAL)
                self._opening = f"#{secrets.token_hex(4)}" if nameless else ""
                self._info = info
            except BaseException as error:
                self._error = error if isinstance(error, DeviceError) else None
                self._do_close()  # whatever it was, nothing stays open
                raise
        return self._info

    @final
    def close(self) -> None:
        """Let go of the device. Never raises a DeviceError; may be called in any state, any number of times."""
        if self._info is not None:
            self._before_close()
        self._info = None
        self._do_close()

    @final
    def cancel(self) -> None:
        """Ask the running operation, else the next one, to end with CaptureCancelledError. Callable from any thread."""
        self._cancelled.set()

    @final
    def forget_cancel(self) -> None:
        """A cancel that came too late for its job shall not hit the next one."""
        self._cancelled.clear()

    @property
    def info(self) -> DeviceInfo:
        """Identity of the opened device.

        Raises:
            DeviceLostError: it is not open.
        """
        if self._info is None:
            raise DeviceLostError(f"{self.kind.value}.closed", self.slot)
        return self._info

    @property
    def key(self) -> DeviceKey:
        """Place and serial number, by which clearance and hygiene know it. Raises DeviceLostError when closed.

        One that touches the applicant and cannot say who it is may be another one whenever it is opened: its key is
        that opening's alone, so that neither a leave nor a disinfection outlives the connection.
        """
        return DeviceKey(self.slot, self.info.serial + self._opening)

    @property
    def health(self) -> Health:
        """How it fares, from what is known without asking the wire."""
        if self._error is not None:
            lost = isinstance(self._error, DeviceLostError)
            return Health(HealthState.LOST if lost else HealthState.FAILED, self._error)
        if self._info is None:
            return Health(HealthState.CLOSED)
        return Health(HealthState.BUSY if self._busy else HealthState.READY)

    @final
    def self_test(self) -> SelfTestResult:
        """Ask the hardware itself whether it is well (start of a shift). Raises DeviceError."""
        return self._watched(self._do_self_test)

    @final
    def watch(self) -> None:
        """Notice while idle that the device is gone; asks nothing of the wire. Raises DeviceLostError."""
        self._watched(self._do_watch)

    @final
    def _watched(self, operation: Callable[[], T]) -> T:
        """Run a wire operation, remembering a loss in `health`; a success wipes an older error."""
        _ = self.info
        self._busy = True
        try:
            result = operation()
        except DeviceLostError as error:
            self._error = error
            self.close()
            raise
        except CaptureCancelledError:
            self._cancelled.clear()
            raise
        finally:
            self._busy = False
        self._error = None
        return result

    @abstractmethod
    def _do_open(self) -> DeviceInfo: ...

    @abstractmethod
    def _do_close(self) -> None:
        """Release everything; idempotent; must not raise DeviceError."""

    def _before_close(self) -> None:  # noqa: B027 - most kinds have nothing to leave tidy
        """An open device is about to be let go of, on whatever thread."""

    @abstractmethod
    def _do_self_test(self) -> SelfTestResult: ...

    def _do_watch(self) -> None:  # noqa: B027 - a driver that cannot tell has nothing to write here
        """Ask the operating system whether the device is there; nothing where that cannot be told."""


class BiometricDevice(Device):
    """A device that nothing comes out of without a clearance.

    Kind classes (Camera, FingerprintScanner, SignaturePad) wrap every acquisition in `_guarded`. What the device shows
    on a screen of its own goes with the leave to acquire: at the first refusal, at `disarm` and at `close`.
    """

    def __init__(self, slot: str, gate: CaptureGate) -> None:
        super().__init__(slot)
        self._gate = gate
        self._bared = False
        """Something was acquired since it was last covered: its own screen may show it."""

    @final
    def arm(self, clearance: Clearance | None) -> None:
        """Begin to serve the clearance's visit. A contact device is *used* from here on.

        Raises:
            NotClearedError: see `CaptureGate.arm`.
            DeviceLostError: it is not open.
        """
        self._gate.arm(clearance, self.key, contact=self.contact)
        self._do_arm()

    @final
    def disarm(self) -> None:
        """Stop serving; nothing of the applicant stays on its own screen. Idempotent, raises no DeviceError."""
        if self._info is not None:
            self._gate.disarm(self.key)
            self._cover()

    @final
    def _guarded(self, clearance: Clearance | None, acquire: Callable[[], T]) -> T:
        """Acquire only under a clearance that holds before, and still holds when the sample has arrived.

        Raises:
            NotClearedError: before anything is asked of the wire, or instead of handing over what came too late.
            DeviceError: from the driver.
        """
        key = self.key
        try:
            self._gate.admit(clearance, key)
            self._bared = True
            result = self._watched(acquire)
            self._gate.admit(clearance, key)
        except NotClearedError:
            self._cover()
            raise
        return result

    @final
    def _before_close(self) -> None:
        self._cover()

    @final
    def _cover(self) -> None:
        """Once after whatever was acquired; a device that is gone shows what it likes, and `watch` tells of it."""
        if self._bared:
            self._bared = False
            with suppress(DeviceError):
                self._do_cover()

    def _do_arm(self) -> None:
        """It has been armed: what it said of its own accord before is foreign. Asks nothing of the wire."""

    def _do_cover(self) -> None:
        """Have its own screen wiped, if it has one. Waits for no answer; from any thread, as `close`."""
