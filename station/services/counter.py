"""What every desk of one station shares. Wired once by `station.bootstrap`; a service takes from it what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from devices.bay import DeviceBay
from devices.gate import CaptureGate
from protocols.clock import Clock
from station.config import Settings
from station.services.desk import Desk
from station.services.leave import CaptureLeave
from station.services.prompts import Prompts
from station.services.records import Records
from station.services.trail import Trail


@dataclass(frozen=True, slots=True)
class Counter:
    """The shared parts."""

    settings: Settings
    clock: Clock
    desk: Desk
    records: Records
    bay: DeviceBay
    gate: CaptureGate
    leave: CaptureLeave
    prompts: Prompts
    trail: Trail

    def local_now(self) -> datetime:
        """The time in the office's own zone."""
        return self.clock.now().astimezone(self.settings.zone.tz)

    def today(self) -> date:
        """The date in the office's own zone."""
        return self.local_now().date()
