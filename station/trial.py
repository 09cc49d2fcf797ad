"""Devices before there is a station: which drivers there are for a place, what is plugged in, and whether it works.

A trial is the driver's own opening and self-test on the caller's thread, behind a gate that lets nothing be captured.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, get_args

from devices import discovery
from devices.device import Device, DeviceInfo, DeviceKind, SelfTestResult
from devices.discovery import Found
from devices.errors import CaptureCancelledError
from devices.gate import CaptureGate
from devices.signature_pad.sheet import Sheet
from protocols.clearance import DeviceKey
from protocols.clock import Clock, SystemClock
from station.attach import device_makers
from station.config import Settings
from station.device_settings import (
    CameraDevice,
    CardReaderDevice,
    DevicesSection,
    FingerprintDevice,
    PositionDevice,
    Section,
    SignaturePadDevice,
    ThermometerDevice,
)

SECTIONS: Final[Mapping[str, type[Section]]] = MappingProxyType(
    {
        DeviceKind.CAMERA.value: CameraDevice,
        DeviceKind.FINGERPRINT.value: FingerprintDevice,
        DeviceKind.SIGNATURE_PAD.value: SignaturePadDevice,
        DeviceKind.CARD_READER.value: CardReaderDevice,
        DeviceKind.THERMOMETER.value: ThermometerDevice,
        DeviceKind.POSITIONING.value: PositionDevice,
    }
)
"""Every place at a station, in the order in which they are asked for."""
POINTER: Final = "pointer"
"""The driver that needs no port: the station's own window is signed on."""
GPSD: Final = Found("gpsd://localhost:2947", "gpsd (localhost:2947)")
"""Where gpsd listens unless told otherwise (its IANA port)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a device said of itself."""

    info: DeviceInfo
    test: SelfTestResult


def drivers(slot: str) -> tuple[str, ...]:
    """Names of the drivers for a place, the usual one first."""
    return tuple(get_args(SECTIONS[slot].model_fields["driver"].annotation))


def section(slot: str, driver: str, place: str) -> dict[str, str]:
    """The values of a device's section: driver, and where it is."""
    if driver == POINTER:
        return {"driver": driver}
    key = {DeviceKind.CAMERA.value: "source", DeviceKind.CARD_READER.value: "reader"}.get(slot, "url")
    return {"driver": driver, key: place}


def plugged_in(driver: str) -> tuple[Found, ...]:
    """What there is for a driver now. May take a second."""
    found: Callable[[], tuple[Found, ...]] = discovery.serial_ports
    match driver:
        case "opencv":
            found = discovery.cameras
        case "pcsc":
            found = discovery.card_readers
        case "wacom-stu-hid":
            found = discovery.signature_pads
        case "gpsd":
            return (GPSD,)
        case "pointer":
            return ()
        case _:
            pass
    return found()


class Bench:
    """Tries one device at a time. `run` on a thread that may wait; `cancel` from any other."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._device: Device | None = None
        self._closed = False

    def run(self, slot: str, values: Mapping[str, Any]) -> Tried:
        """Open a device, ask whether it is well, and close it again.

        Raises:
            DeviceError: it does not open, or was cancelled.
            StationError: `device.unknown_model`.
            pydantic.ValidationError: the values are none of a device's.
        """
        settings = Settings.model_construct(devices=DevicesSection(**{slot: SECTIONS[slot](**values)}))  # type: ignore[arg-type]  # each slot has its own section
        sheet = Sheet(self._clock)
        sheet.attach()
        maker = device_makers(settings, self._clock, sheet)[slot]
        device = maker(CaptureGate(self._clock, _Nothing()))
        with self._lock:
            if self._closed:
                raise CaptureCancelledError("capture.cancelled")
            self._device = device
        try:
            return Tried(device.open(), device.self_test())
        finally:
            with self._lock:
                self._device = None
            device.close()

    def cancel(self) -> None:
        """End what runs, and whatever is begun later."""
        with self._lock:
            self._closed = True
            if self._device is not None:
                self._device.cancel()


class _Nothing:
    """No memory of who touched what: the gate refuses every capture."""

    def used_by(self, _: DeviceKey) -> str | None:
        return "?"

    def mark_used(self, _: DeviceKey, __: str) -> None:
        raise OSError("a trial captures nothing")
