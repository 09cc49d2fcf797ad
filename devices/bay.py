"""The devices of this station: opens them, watches them, takes them up again, and runs what is asked of them.

One worker thread a slot owns its device (`devices.slot`). Nothing about applicants, steps or screens enters; the gate
decides inside the devices what may be acquired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Final, TypeVar

from devices.device import BiometricDevice, Device, DeviceInfo, Health, SelfTestResult
from devices.errors import ConnectErrors, DeviceError
from devices.gate import CaptureGate
from devices.slot import BayEvent, Pauses, Slot, TellsReturn
from devices.transport import Deadline
from protocols.clearance import DeviceKey

__all__ = ["BayEvent", "DeviceBay", "TellsReturn"]

T = TypeVar("T")

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 5.0
WATCH_S: Final = 1.0
"""How often an idle device is asked whether it is still there."""


class DeviceBay:
    """All slots of one station.

    Args:
        gate: handed to every device that is made.
        slots: name of the place to the maker of its device, called on the place's own thread: making one may load
            libraries for a while.
        listener: told every change, on the worker thread of the slot; must return soon and not raise.
        first_pause_s: seconds before the first new attempt to open; doubles up to `longest_pause_s`. Also how often a
            device that `TellsReturn` is looked for meanwhile.
        longest_pause_s: seconds between attempts at the most.
        watch_s: seconds between looks at an idle device.
    """

    def __init__(
        self,
        gate: CaptureGate,
        slots: Mapping[str, Callable[[CaptureGate], Device]],
        listener: Callable[[BayEvent], None],
        *,
        first_pause_s: float = FIRST_PAUSE_S,
        longest_pause_s: float = LONGEST_PAUSE_S,
        watch_s: float = WATCH_S,
    ) -> None:
        pauses = Pauses(first_pause_s, longest_pause_s, watch_s)
        self._slots = {name: Slot(name, partial(make, gate), listener, pauses) for name, make in slots.items()}

    def start(self) -> None:
        """Begin to open every device, each on its own thread. Idempotent; returns at once."""
        for slot in self._slots.values():
            slot.start()

    def stop(self) -> None:
        """End running operations, close every device, join every thread; jobs still queued fail. Idempotent."""
        for slot in self._slots.values():
            slot.ask_to_stop()
        for slot in self._slots.values():
            slot.join()

    def submit(self, slot: str, job: Callable[[Device], T]) -> Future[T]:
        """Run a job on the slot's thread, with its opened device.

        The future gets the job's result or exception; where the device is not there, at once, the DeviceError that
        says why. Jobs asked for before the first attempt to open has ended wait for it.

        Raises:
            KeyError: there is no such slot.
        """
        return self._slots[slot].submit(job)

    def cancel(self, slot: str) -> None:
        """End all that was submitted to the slot before now with CaptureCancelledError; what came in time stays good.

        Raises:
            KeyError: there is no such slot.
        """
        self._slots[slot].cancel()

    def health(self) -> Mapping[str, Health]:
        """How every slot fares, from what is known."""
        return {name: slot.health for name, slot in self._slots.items()}

    def infos(self) -> Mapping[str, DeviceInfo]:
        """Who is there; open devices only."""
        found = {name: slot.info for name, slot in self._slots.items()}
        return {name: info for name, info in found.items() if info is not None}

    def keys(self) -> frozenset[DeviceKey]:
        """The open devices that a clearance is to cover: those behind the gate, and whatever touches the applicant."""
        found = {slot: slot.key for slot in self._slots.values()}
        return frozenset(
            key
            for slot, key in found.items()
            if key is not None and (isinstance(slot.device, BiometricDevice) or slot.device.contact)
        )

    def contact_keys(self) -> frozenset[DeviceKey]:
        """Those of `keys` that touch the applicant."""
        return frozenset(key for key in self.keys() if self._slots[key.slot].device.contact)

    def open_all(self, timeout_s: float) -> Mapping[str, DeviceInfo]:
        """Try every device that is not open, now, and wait for the outcomes.

        Raises:
            ConnectErrors: with the error of every slot that did not open within `timeout_s` seconds.
        """
        deadline = Deadline(timeout_s)
        attempts = {name: slot.retry_now() for name, slot in self._slots.items()}
        errors: dict[str, DeviceError] = {}
        for name, slot in self._slots.items():
            error = slot.wait_attempt(attempts[name], deadline)
            if error is not None:
                errors[name] = error
        if errors:
            raise ConnectErrors(errors)
        return self.infos()

    def self_test(self) -> Mapping[str, Future[SelfTestResult]]:
        """Ask every device whether it is well (start of a shift); a slot's failure is in its future."""
        return {name: slot.submit(lambda device: device.self_test()) for name, slot in self._slots.items()}
