"""What the contract needs of the device that it is held to: a few acts around it, done by a simulator or a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from devices.device import BiometricDevice, Device
from protocols.clearance import Clearance


class Rig(Protocol):
    """One driver, not opened yet, with its device attached and well."""

    @property
    def device(self) -> Device:
        """The driver: the same object throughout."""
        ...


class WiredRig(Rig, Protocol):
    """A driver whose device can be used, waited for and unplugged."""

    def clear(self) -> Clearance | None:
        """Leave to use the opened device now, for a visit that is at the counter; None where it needs none."""
        ...

    def use(self, clearance: Clearance | None) -> object:
        """Do what the device is there for, once, with whatever it wants to see before it; returns what came out."""
        ...

    def wait(self, clearance: Clearance | None) -> object:
        """Begin an operation that would go on for ten seconds or more if nobody ended it."""
        ...

    def unplug(self) -> None:
        """Pull the cable; returns when it is out."""
        ...

    def replug(self) -> None:
        """Put the cable back; returns when it is in."""
        ...


class BiometricRig(WiredRig, Protocol):
    """A driver behind the gate."""

    @property
    def device(self) -> BiometricDevice:
        """The driver: the same object throughout."""
        ...

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        """Every method that acquires something, by name, ready to be called; the contract looks for forgotten ones."""
        ...

    def asked(self) -> int | None:
        """What the device has been asked so far, counted at the far end of the wire; None where nobody counts."""
        ...


class ScreenRig(BiometricRig, Protocol):
    """A driver of a device that shows on a screen of its own what it acquires."""

    def shows(self) -> bool:
        """Whether anything of the applicant stands on that screen now."""
        ...
