"""Where the station stands and what time the satellites say it is: the receiver's newest word, kept beside the record.

The receiver is listened to on its own thread, once a second; the desk takes what was heard last and waits for nobody.
Its clock is compared with the station's at every fix: more than two minutes apart warns, and is put on record when it
begins and when it ends. Which of the two is wrong is not judged: old receivers are off by 1024 weeks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from devices.bay import BayEvent
from devices.device import Device, DeviceInfo, DeviceKind, HealthState
from devices.position import Fix, NoFix, PositionReceiver, Report
from station.domain import history as h
from station.domain.samples import CaptureSource, Position
from station.services.counter import Counter

SLOT: Final = DeviceKind.POSITIONING.value
MOST_SKEW: Final = timedelta(minutes=2)
"""From which difference of the two clocks on it is a warning."""
MARGIN: Final = timedelta(seconds=15)
"""How much less it must be until the warning ends: a difference about two minutes shall not fill the record."""
HOLDS: Final = timedelta(minutes=2)
"""How long a fix counts as where the station stands."""
NO_WORD: Final = "no_word"
"""Why there is no place: the receiver is there in the settings and says nothing now."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What the board shows of the receiver.

    Attributes:
        fix: whether there is a place now.
        satellites: used for it, where that is told.
        skew_s: seconds by which the station's clock is ahead where that is a warning, else None.
    """

    fix: bool
    satellites: int | None = None
    skew_s: int | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    report: Report
    info: DeviceInfo
    monotonic: float


class PositionDesk:
    """From any thread, but `entry`, which is the desk's."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._lock = threading.Lock()
        self._heard: _Heard | None = None
        self._skew_s: int | None = None
        self._told: Whereabouts | None = None
        self._listeners: list[Callable[[Whereabouts], None]] = []

    def subscribe(self, listener: Callable[[Whereabouts], None]) -> None:
        """Tell `listener` of every change of what the board shows, on the receiver's thread."""
        with self._lock:
            self._listeners.append(listener)

    def heed(self, event: BayEvent) -> None:
        """The receiver has come: listen to it; or gone: what it said counts no longer."""
        if event.slot != SLOT:
            return
        if event.health.state is HealthState.READY:
            self._counter.bay.submit(SLOT, self._listen)
        else:
            with self._lock:
                self._heard = self._told = None

    @property
    def whereabouts(self) -> Whereabouts | None:
        """What the board shows; None before the receiver has said anything."""
        with self._lock:
            return self._told

    def newest(self) -> Report | None:
        """What the receiver said last; None where it says nothing, or that is too long ago."""
        heard = self._newest()
        return heard.report if heard is not None else None

    def entry(self, by: str) -> h.Positioned | None:
        """Where the station stands, for the history of a visit; None where it has no receiver."""
        if SLOT not in self._counter.bay.health():
            return None
        heard, at = self._newest(), self._counter.clock.now()
        if heard is None:
            return h.Positioned(position=None, missing=NO_WORD, at=at, by=by)
        if isinstance(heard.report, NoFix):
            return h.Positioned(position=None, missing=heard.report.reason.value, at=at, by=by)
        return h.Positioned(position=_position(heard.report, heard.info), at=at, by=by)

    def _newest(self) -> _Heard | None:
        with self._lock:
            heard = self._heard
        if heard is None or self._counter.clock.monotonic() - heard.monotonic > HOLDS.total_seconds():
            return None
        return heard

    # -- on the receiver's thread

    def _listen(self, device: Device) -> None:
        assert isinstance(device, PositionReceiver)
        device.tell(lambda report: self._hear(report, device.info))

    def _hear(self, report: Report, info: DeviceInfo) -> None:
        with self._lock:
            self._heard = _Heard(report, info, self._counter.clock.monotonic())
            before = self._skew_s
            if isinstance(report, Fix):
                bound = MOST_SKEW if before is None else MOST_SKEW - MARGIN
                skewed = abs(report.station_ahead) > bound
                self._skew_s = round(report.station_ahead.total_seconds()) if skewed else None
            shown = _shown(report, self._skew_s)
            changed = shown != self._told
            self._told = shown
            listeners, skew_s = tuple(self._listeners), self._skew_s
        if (before is None) != (skew_s is None):
            self._counter.desk.submit(lambda: self._record(skew_s))
        if changed:
            for listener in listeners:
                listener(shown)

    # -- on the desk

    def _record(self, skew_s: int | None) -> None:
        facts: dict[str, str | int | bool] = {"slot": SLOT}
        if skew_s is not None:
            facts["number"] = skew_s
        action = "clock.agrees" if skew_s is None else "clock.differs"
        with self._counter.records.work() as work:
            work.audit.append(action, at=self._counter.clock.now(), by="", facts=facts)
            work.commit()


def _shown(report: Report, skew_s: int | None) -> Whereabouts:
    """A skew that wanders by a second is no news: it is told to the minute."""
    told = None if skew_s is None else 60 * round(skew_s / 60)
    return Whereabouts(isinstance(report, Fix), report.satellites if isinstance(report, Fix) else None, told)


def _position(fix: Fix, info: DeviceInfo) -> Position:
    source = CaptureSource(SLOT, info.maker, info.model, info.serial, info.firmware, simulated=info.simulated)
    return Position(
        latitude=fix.latitude,
        longitude=fix.longitude,
        receiver_at=fix.at,
        station_ahead_s=fix.station_ahead.total_seconds(),
        satellites=fix.satellites,
        wire=fix.wire.value,
        quality=fix.quality.value,
        hdop=fix.hdop,
        source=source,
    )
