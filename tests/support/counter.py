"""A counter at work, for tests of devices: a gate, an officer, a visit, and leave honestly screened for."""

from __future__ import annotations

from devices.device import BiometricDevice
from devices.gate import CaptureGate
from protocols.clearance import Clearance, DeviceKey
from protocols.clock import Clock, SystemClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening, device_subject


class MemoryHygiene:
    """A log in memory: a device never wiped counts as used, as in the store."""

    def __init__(self) -> None:
        self.users: dict[DeviceKey, str | None] = {}

    def used_by(self, device: DeviceKey) -> str | None:
        """The visit that used it, "?" where nobody knows, None where it is clean."""
        return self.users.get(device, "?")

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        """Keep who uses it."""
        self.users[device] = visit_id


class Counter:
    """One visit at one counter, under the routine protocol.

    `gate` goes to the drivers; `leave` disinfects the opened devices, attends the visit and screens it.
    """

    def __init__(self, clock: Clock | None = None, *, visit_id: str = "visit-1", officer_id: str = "officer-1") -> None:
        self.clock = clock or SystemClock()
        self.visit_id = visit_id
        self.officer_id = officer_id
        self.hygiene = MemoryHygiene()
        self.gate = CaptureGate(self.clock, self.hygiene)

    def leave(self, *devices: BiometricDevice) -> Clearance:
        """A clearance for these devices, which are open; not armed yet."""
        keys = frozenset(device.key for device in devices)
        contact = frozenset(device.key for device in devices if device.contact)
        now = self.clock.now()
        for key in sorted(contact):
            with self.gate.wiping(key):
                self.hygiene.users[key] = None
        answers = (
            Answer("applicant_hands_clean", self.visit_id, True, now, self.officer_id),
            *(Answer("device_disinfected", device_subject(key), True, now, self.officer_id) for key in contact),
        )
        self.gate.attend(self.visit_id, self.officer_id)
        screening = Screening(builtin("routine"), self.visit_id, self.officer_id, keys, contact, answers, frozenset())
        return screening.clear(self.clock)

    def armed(self, *devices: BiometricDevice) -> Clearance:
        """A clearance for these devices, which are open, with every one of them armed."""
        clearance = self.leave(*devices)
        for device in devices:
            device.arm(clearance)
        return clearance
