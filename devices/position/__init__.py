"""Receivers of position and time (GPS and its sisters): the interface and its value types.

Not behind the gate: a receiver tells where the station stands, nothing about a body, and no clearance covers it. Where
there is no fix there is a `NoFix`, never a place: what receivers say then reads as latitude 0 and longitude 0, a spot
in the Gulf of Guinea, and is refused wherever it comes from. The station may stand at an applicant's own door, so no
repr and no error tells a place.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, final

from devices.device import Device, DeviceKind


class FixWire(StrEnum):
    """What the fix was told in."""

    NMEA = "nmea"
    GPSD = "gpsd"


class FixQuality(StrEnum):
    """How it was measured. Dead reckoning, typed and simulated places are no fixes and have no word here."""

    AUTONOMOUS = "autonomous"
    DIFFERENTIAL = "differential"
    PRECISE = "precise"
    RTK = "rtk"
    RTK_FLOAT = "rtk_float"


class NoFixReason(StrEnum):
    """Why there is no place."""

    SEARCHING = "searching"
    """The receiver says that it has none."""
    NOT_MEASURED = "not_measured"
    """It reckons, was told, or simulates: satellites gave no place."""
    IMPLAUSIBLE = "implausible"
    """It says that it has one, and what it says cannot be one."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A place and a time that satellites gave.

    Attributes:
        latitude: degrees, north is positive, WGS 84.
        longitude: degrees, east is positive.
        at: the receiver's own time, UTC.
        heard_at: the station's clock when the receiver had told it, UTC.
        satellites: how many were used; None where the source does not tell.
        wire: what it was told in.
        quality: how it was measured.
        hdop: horizontal dilution of precision, 1 is good, above 5 is poor; None where the source does not tell.

    Raises:
        ValueError: no place on earth, latitude 0 with longitude 0, or a time without a zone; the text tells no place.
    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    at: datetime
    heard_at: datetime
    satellites: int | None
    wire: FixWire
    quality: FixQuality
    hdop: float | None = None

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # false for "not a number" too
            raise ValueError("no place on earth")
        if self.latitude == 0 and self.longitude == 0:
            raise ValueError("latitude 0 with longitude 0 is what receivers say without a fix")
        if self.at.tzinfo is None or self.heard_at.tzinfo is None:
            raise ValueError("the time of a fix needs a zone")
        if self.satellites is not None and self.satellites < 0:
            raise ValueError("a number of satellites is not negative")
        if self.hdop is not None and not (math.isfinite(self.hdop) and self.hdop >= 0):
            raise ValueError("a dilution of precision is a positive number")

    @property
    def station_ahead(self) -> timedelta:
        """How far the station's clock is ahead of the receiver's; negative where it is behind."""
        return self.heard_at - self.at


@dataclass(frozen=True, slots=True)
class NoFix:
    """The receiver speaks and has no place; its time is not believed either.

    Attributes:
        reason: why.
        heard_at: the station's clock, UTC.
    """

    reason: NoFixReason
    heard_at: datetime


Report = Fix | NoFix


class PositionReceiver(Device):
    """Tells where the station stands, again and again; whoever wants every report asks for it by `tell`."""

    kind: ClassVar[DeviceKind] = DeviceKind.POSITIONING

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self._listener: Callable[[Report], None] = lambda _: None

    @final
    def tell(self, listener: Callable[[Report], None]) -> None:
        """Hand every report from now on to `listener`, in place of an earlier one.

        On the thread that owns the device, while it is watched or asked; it must return soon and not raise.
        """
        self._listener = listener

    @final
    def locate(self, timeout_s: float = 5.0) -> Report:
        """The next whole report that the receiver gives; receivers speak once a second as a rule.

        Raises:
            DeviceTimeoutError: `position.no_answer`, nothing came.
            WireError: `position.garbled`, what came is no report.
            DeviceError: from the wire.
        """
        return self._watched(lambda: self._do_locate(timeout_s))

    @abstractmethod
    def _do_locate(self, timeout_s: float) -> Report: ...
