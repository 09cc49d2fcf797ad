"""Thermometers: the interface and its value types. Not behind the gate: the temperature is what opens it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, final

from devices.device import Device, DeviceKind
from devices.errors import PersonCanRetryError

PERSON_CELSIUS: Final = (32.0, 43.0)
"""What a living person's skin or body may show; anything else is a wall, a cup, or a slip of the finger."""


class ReadingSource(StrEnum):
    """Where a temperature came from; kept with the value, and never corrected by an invented offset."""

    INFRARED_SURFACE = "infrared_surface"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class TemperatureReading:
    """One reading: degrees Celsius of the object, of the surroundings where known, source and wall time (UTC)."""

    celsius: float = field(repr=False)
    ambient_celsius: float | None = field(repr=False)
    source: ReadingSource
    measured_by: str
    taken_at: datetime


class Thermometer(Device):
    """Gives a reading on request."""

    kind: ClassVar[DeviceKind] = DeviceKind.THERMOMETER

    @final
    def measure(self, measured_by: str, timeout_s: float = 3.0) -> TemperatureReading:
        """Take one reading.

        Args:
            measured_by: the officer's id, for the record.
            timeout_s: seconds until DeviceTimeoutError.

        Raises:
            PersonCanRetryError: `thermometer.out_of_range` (not a person's temperature).
            DeviceError: from the wire.
        """
        return self._watched(lambda: self._do_measure(measured_by, timeout_s))

    @abstractmethod
    def _do_measure(self, measured_by: str, timeout_s: float) -> TemperatureReading: ...


def plausible(celsius: float) -> float:
    """The same value.

    Raises:
        PersonCanRetryError: `thermometer.out_of_range`, not a person's temperature; the text does not tell it.
    """
    low, high = PERSON_CELSIUS
    if not low <= celsius <= high:  # true for "not a number" too
        raise PersonCanRetryError("thermometer.out_of_range")
    return celsius
