"""What stands around every screen: the device panel, the protocol in the bar, the clock, disk and battery, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from devices.bay import BayEvent
from devices.device import HealthState, SelfTestResult
from devices.errors import DeviceError
from station.errors import RuleError
from station.services.clock_check import ClockWatch
from station.services.position import Whereabouts
from station.services.resources import Resources
from station.services.shift import Outcome, SlotTest, SlotUpkeep
from ui.dialogs.station import warnings
from ui.language import Text, fill
from ui.presenters import resources
from ui.presenters.floor import Floor

if TYPE_CHECKING:
    from protocols.in_force import InForce
    from station.services.keys import KeyStatus

IN_USE: Final = Text("Perangkat sedang dipakai.", "The device is in use.")
CLOCK_SET: Final = Text(
    "Jam komputer berubah {n} menit. Periksa jamnya sebelum merekam.",
    "The computer's clock changed by {n} minutes. Check it before recording.",
)
LOOK_MS: Final = 15_000
"""How often the clock is looked at, and what is left of disk and battery."""


class Surroundings:
    """Between the station and the window's frame; lives as long as the conductor."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.station = floor.station
        self.window = floor.window
        self._open = False
        self._clock = ClockWatch(self.station.clock)
        self._looks = QTimer(self.window)
        self._looks.timeout.connect(self.look_around)
        self.window.devices.check_asked.connect(self._check_device)

    def begin(self) -> None:
        """From now on look at what nobody asks for."""
        self._looks.start(LOOK_MS)

    def end(self) -> None:
        """The window is gone."""
        self._looks.stop()

    def opened(self) -> None:
        """The station is open: show its devices and the protocol in force."""
        self._open = True
        slots, infos = self.station.bay.health(), self.station.bay.infos()
        self.window.devices.show_slots(tuple(slots))
        for slot, health in slots.items():
            self.window.devices.show_health(slot, health, infos[slot].model if slot in infos else "")
        self.ask_protocol()

    def heard(self, news: object) -> None:
        """What a device or the shift's start has told."""
        devices = self.window.devices
        match news:
            case BayEvent():
                devices.show_health(news.slot, news.health, news.info.model if news.info is not None else "")
            case Whereabouts():
                devices.show_whereabouts(fix=news.fix, satellites=news.satellites, skew_s=news.skew_s)
            case SlotTest(outcome=Outcome.FAILED):  # of one that could not be asked its health tells the cause
                devices.show_test(news.slot, passed=False, check=news.code)
            case _:
                pass

    def look_around(self) -> None:
        """What nobody asks for: the clock, and what is left of disk and battery."""
        self.look_at_clock()
        if self.station.sign_on.session is not None:
            self._ask_resources()

    def _ask_resources(self) -> None:
        def show(left: Resources) -> None:
            self.window.devices.show_resources(resources.told(left), left.tone)

        self.floor.bridge.ask(self.station.resources.look, show, self.floor.tell)

    def look_at_clock(self) -> None:
        """Tell when the computer's clock was set while the station is open."""
        jump = self._clock.jumped()
        if jump is not None and self._open:
            self.floor.say(fill(CLOCK_SET, n=f"{jump.total_seconds() / 60:+.0f}"), "danger")

    def ask_board(self) -> None:
        """Last disinfection and calibration of every device, and what failed at the shift's start."""

        def show(board: tuple[SlotUpkeep, ...]) -> None:
            for line in board:
                wiped = self.floor.local(line.wiped_at) if line.wiped_at is not None else None
                self.window.devices.show_upkeep(line.slot, wiped, line.calibrated, used=line.used)
                if line.test is not None and line.test.outcome is Outcome.FAILED:
                    self.window.devices.show_test(line.slot, passed=False, check=line.test.code)

        self.floor.bridge.ask(self.station.shift.board, show, self.floor.tell)
        self._ask_resources()

    def _check_device(self, slot: str) -> None:
        if self.station.bay.health()[slot].state is HealthState.BUSY:
            self.floor.say(IN_USE, "info")
            return

        def tested(result: SelfTestResult) -> None:
            check = next((name for name, passed, _ in result.checks if not passed), "")
            self.window.devices.show_test(slot, passed=result.passed, check=check)

        def failed(error: BaseException) -> None:
            if isinstance(error, DeviceError):
                self.floor.tell(error)

        self.floor.bridge.watch(self.station.bay.submit(slot, lambda device: device.self_test()), tested, failed)

    def ask_protocol(self) -> None:
        """Which is in force, for the bar."""
        protocol = self.station.protocol

        def in_force() -> tuple[InForce | None, Text | None]:
            decision = protocol.in_force()
            if decision is None:
                return None, None
            try:
                return decision, protocol.definition().title
            except RuleError:
                return decision, None

        self.floor.bridge.ask(in_force, self._show_protocol, self.floor.tell)

    def _show_protocol(self, found: tuple[InForce | None, Text | None]) -> None:
        decision, title = found
        self.window.top.show_protocol(title, decision.decided_by if decision is not None else None)

    def ask_keys(self) -> None:
        """What whoever looks after the station must know of its keys and the centre's certificate."""
        self.floor.bridge.ask(self.station.keys.status, self._warn, self.floor.tell)

    def _warn(self, status: KeyStatus) -> None:
        found = warnings(status, practice=self.station.simulated)
        if found:
            self.floor.say(Text(" ".join(each.id for each in found), " ".join(each.en for each in found)), "caution")
