"""The checks, one method a rule. A check that fails raises AssertionError with words; any other error is a failure too.

Each method needs a fresh rig and leaves its device closed.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from devices.conformance.rig import BiometricRig, Rig, ScreenRig, WiredRig
from devices.device import NO_SERIAL, BiometricDevice, Device, DeviceInfo, Health, HealthState
from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError
from protocols.clearance import Clearance, NotClearedError, Refusal

E = TypeVar("E", bound=Exception)

PATIENCE_S: Final = 5.0
"""How long a cancel or a pulled cable may take to be noticed: what a person at a counter still bears."""
PREFIX: Final = "test_"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the contract: a name, the rule in words, and what to run with a fresh rig."""

    name: str
    rule: str
    run: Callable[[Rig], None]


class DeviceContract:
    """What every driver keeps."""

    def test_it_is_closed_until_it_is_opened_and_then_ready(self, rig: Rig) -> None:
        """Health follows opening and closing."""
        device = rig.device
        assert device.health == Health(HealthState.CLOSED)
        with opened(device):
            assert device.health == Health(HealthState.READY)
        assert device.health == Health(HealthState.CLOSED)

    def test_it_says_who_it_is(self, rig: Rig) -> None:
        """Kind, maker, model and a serial number are there."""
        with opened(rig.device) as info:
            assert info.kind is rig.device.kind
            assert info.serial.strip(), "a serial number is never empty: port:... where the device has none"
            assert info.maker
            assert info.model
            assert rig.device.info is info
            assert rig.device.key.slot == rig.device.slot
            assert rig.device.key.serial.partition("#")[0] == info.serial

    def test_opening_twice_is_opening_once(self, rig: Rig) -> None:
        """A second open returns what the first did."""
        with opened(rig.device) as info:
            assert rig.device.open() is info

    def test_it_is_the_same_device_after_being_opened_anew(self, rig: Rig) -> None:
        """Closing lets go of it: it opens again, with the same serial number."""
        with opened(rig.device) as info:
            serial = info.serial
        with opened(rig.device) as info:
            assert info.serial == serial

    def test_one_that_touches_people_and_has_no_serial_number_is_another_at_each_opening(self, rig: Rig) -> None:
        """Its key tells it from the one before; every other device keeps its key."""
        with opened(rig.device) as info:
            before = rig.device.key
        with opened(rig.device):
            nameless = rig.device.contact and info.serial.startswith(NO_SERIAL)
            assert (rig.device.key != before) is nameless

    def test_it_can_be_closed_in_any_state_any_number_of_times(self, rig: Rig) -> None:
        """Before opening, after it, twice."""
        rig.device.close()
        rig.device.open()
        rig.device.close()
        rig.device.close()
        assert rig.device.health == Health(HealthState.CLOSED)

    def test_a_closed_one_is_lost_to_whoever_uses_it(self, rig: Rig) -> None:
        """Everything but open and close raises DeviceLostError, before opening and after closing."""
        device = rig.device
        for _ in range(2):
            for act in (lambda: device.info, lambda: device.key, device.self_test, device.watch):
                raised(DeviceLostError, act)
            device.open()
            device.close()

    def test_it_passes_its_own_test(self, rig: Rig) -> None:
        """A well device passes, and says what was looked at."""
        with opened(rig.device):
            result = rig.device.self_test()
        assert result.passed, f"did not pass: {result.checks}"
        assert result.checks
        assert all(name and passed for name, passed, _ in result.checks)

    def test_watching_an_idle_one_finds_nothing(self, rig: Rig) -> None:
        """Nothing is raised, nothing changes."""
        with opened(rig.device):
            rig.device.watch()
            assert rig.device.health == Health(HealthState.READY)

    def test_a_cancel_that_came_too_late_is_forgotten(self, rig: Rig) -> None:
        """What is forgotten does not hit the next operation."""
        with opened(rig.device):
            rig.device.cancel()
            rig.device.forget_cancel()
            assert rig.device.self_test().passed


class WiredContract(DeviceContract):
    """What a driver keeps whose device can be waited for and be unplugged."""

    def test_it_does_what_it_is_there_for(self, rig: WiredRig) -> None:
        """Used twice, with something to see, it gives something each time."""
        with served(rig) as clearance:
            for _ in range(2):
                assert rig.use(clearance) is not None
                assert rig.device.health == Health(HealthState.READY)

    def test_a_cancel_ends_a_wait(self, rig: WiredRig) -> None:
        """From another thread, soon; meanwhile it is busy, afterwards ready and usable."""
        with served(rig) as clearance:
            wait = Aside(lambda: rig.wait(clearance))
            until(lambda: rig.device.health.state is HealthState.BUSY, "it is never busy")
            rig.device.cancel()
            wait.ends_with(CaptureCancelledError)
            assert rig.device.health == Health(HealthState.READY)
            assert rig.use(clearance) is not None

    def test_a_cancel_before_a_wait_ends_it_at_once(self, rig: WiredRig) -> None:
        """A cancel reaches the next operation where none is running, and that one alone."""
        with served(rig) as clearance:
            rig.device.cancel()
            Aside(lambda: rig.wait(clearance)).ends_with(CaptureCancelledError)
            assert rig.use(clearance) is not None

    def test_closing_it_ends_a_wait_in_another_thread(self, rig: WiredRig) -> None:
        """The one who waits is told that the device is gone."""
        with served(rig) as clearance:
            wait = Aside(lambda: rig.wait(clearance))
            until(lambda: rig.device.health.state is HealthState.BUSY, "it is never busy")
            rig.device.close()
            wait.ends_with(DeviceLostError)

    def test_pulling_the_cable_ends_a_wait(self, rig: WiredRig) -> None:
        """The one who waits is told, and health remembers."""
        with served(rig) as clearance:
            wait = Aside(lambda: rig.wait(clearance))
            until(lambda: rig.device.health.state is HealthState.BUSY, "it is never busy")
            rig.unplug()
            error = wait.ends_with(DeviceLostError)
            assert rig.device.health == Health(HealthState.LOST, error)

    def test_a_pulled_cable_is_noticed_while_idle(self, rig: WiredRig) -> None:
        """By looking or by using it; then it is lost and closed."""
        with served(rig) as clearance:
            rig.unplug()
            error = raised(DeviceLostError, lambda: _look_then_use(rig, clearance))
            assert rig.device.health == Health(HealthState.LOST, error)
            raised(DeviceLostError, lambda: rig.device.info)
            rig.device.close()
            assert rig.device.health == Health(HealthState.LOST, error), "closing does not forget why it is gone"

    def test_an_absent_one_does_not_open_and_opens_once_it_is_there(self, rig: WiredRig) -> None:
        """One DeviceError, known to health; nothing stays open, and plugging in is enough."""
        rig.unplug()
        error = raised(DeviceError, rig.device.open)
        assert rig.device.health.state in {HealthState.FAILED, HealthState.LOST}
        assert rig.device.health.error is error
        raised(DeviceLostError, lambda: rig.device.info)
        rig.replug()
        with served(rig) as clearance:
            assert rig.device.health == Health(HealthState.READY)
            assert rig.use(clearance) is not None

    def test_it_is_itself_again_after_the_cable_was_out(self, rig: WiredRig) -> None:
        """Lost, plugged in, opened: the same serial number, and it works."""
        with served(rig) as clearance:
            serial = rig.device.info.serial
            rig.unplug()
            raised(DeviceLostError, lambda: _look_then_use(rig, clearance))
        rig.replug()
        with served(rig) as clearance:
            assert rig.device.info.serial == serial
            assert rig.use(clearance) is not None


class BiometricContract(WiredContract):
    """What a driver keeps that stands behind the gate."""

    def test_no_clearance_asks_nothing_of_the_wire(self, rig: BiometricRig) -> None:
        """Every method that acquires refuses, armed or not, and the device never hears of it."""
        with served(rig):
            before = rig.asked()
            for name, acquire in rig.acquisitions(None).items():
                error = raised(NotClearedError, acquire, name)
                assert error.refusal is Refusal.NO_CLEARANCE
            assert rig.asked() == before
            assert rig.device.health == Health(HealthState.READY)

    def test_a_clearance_alone_is_not_enough_it_must_be_armed(self, rig: BiometricRig) -> None:
        """Before arming and after disarming it refuses, and the device never hears of it."""
        with opened(rig.device):
            clearance = rig.clear()
            before = rig.asked()
            for _ in range(2):
                for name, acquire in rig.acquisitions(clearance).items():
                    assert raised(NotClearedError, acquire, name).refusal is Refusal.NOT_ARMED
                rig.device.arm(clearance)
                rig.device.disarm()
            assert rig.asked() == before

    def test_arming_without_a_clearance_is_refused(self, rig: BiometricRig) -> None:
        """And leaves it disarmed."""
        with opened(rig.device):
            assert raised(NotClearedError, lambda: rig.device.arm(None)).refusal is Refusal.NO_CLEARANCE
            clearance = rig.clear()
            name, acquire = next(iter(rig.acquisitions(clearance).items()))
            assert raised(NotClearedError, acquire, name).refusal is Refusal.NOT_ARMED

    def test_the_rig_names_every_method_that_takes_a_clearance(self, rig: BiometricRig) -> None:
        """So that none escapes the checks above; optional parts of a kind may stay out."""
        named = set(rig.acquisitions(None))
        taking = {
            name
            for name, method in inspect.getmembers(type(rig.device), inspect.isfunction)
            if "clearance" in inspect.signature(method).parameters and not name.startswith("_") and name != "arm"
        }
        assert named == taking


class ScreenContract(BiometricContract):
    """What a driver keeps whose device shows on a screen of its own what it acquires: it goes with the leave."""

    def test_nothing_stays_on_its_screen_once_it_is_disarmed(self, rig: ScreenRig) -> None:
        """And it serves again afterwards."""
        with served(rig) as clearance:
            for _ in range(2):
                _shown(rig, clearance)
                rig.device.disarm()
                until(lambda: not rig.shows(), "it still shows what it acquired")
                rig.device.arm(clearance)

    def test_nothing_stays_on_its_screen_once_it_refuses(self, rig: ScreenRig) -> None:
        """Whoever asks last, after the leave has ended, takes it away."""
        with served(rig) as clearance:
            _shown(rig, clearance)
            for name, acquire in rig.acquisitions(None).items():
                raised(NotClearedError, acquire, name)
            until(lambda: not rig.shows(), "it still shows what it acquired")

    def test_nothing_stays_on_its_screen_once_it_is_closed(self, rig: ScreenRig) -> None:
        """Even where somebody has just cancelled."""
        with served(rig) as clearance:
            _shown(rig, clearance)
            rig.device.cancel()
        until(lambda: not rig.shows(), "it still shows what it acquired")

    def test_nothing_of_an_earlier_sitting_stays_on_its_screen_once_it_is_opened(self, rig: ScreenRig) -> None:
        """A station that fell over could not wipe it."""
        with served(rig) as clearance:
            _shown(rig, clearance)
            rig.unplug()
            raised(DeviceLostError, lambda: _look_then_use(rig, clearance))
        rig.replug()
        with opened(rig.device):
            until(lambda: not rig.shows(), "it still shows what it acquired")


def checks(contract: type[DeviceContract]) -> tuple[Check, ...]:
    """Every rule of a contract, those it inherits too, to be run outside of the tests."""
    found = []
    for name, method in inspect.getmembers(contract, inspect.isfunction):
        if name.startswith(PREFIX):
            rule = inspect.getdoc(method) or ""
            found.append(Check(name.removeprefix(PREFIX), rule, method.__get__(contract())))
    return tuple(found)


@contextmanager
def opened(device: Device) -> Iterator[DeviceInfo]:
    """The device open, and closed whatever happens."""
    try:
        yield device.open()
    finally:
        device.close()


@contextmanager
def served(rig: WiredRig) -> Iterator[Clearance | None]:
    """The device open, cleared and armed where it is behind the gate; closed whatever happens."""
    with opened(rig.device):
        clearance = rig.clear()
        if isinstance(rig.device, BiometricDevice):
            rig.device.arm(clearance)
        yield clearance


def raised(expected: type[E], act: Callable[[], object], name: str = "") -> E:
    """The error that the act raises. Raises AssertionError where it raises none."""
    try:
        act()
    except expected as error:
        return error
    raise AssertionError(f"{name} should raise {expected.__name__}".strip())


def until(condition: Callable[[], bool], complaint: str) -> None:
    """Return once it holds. Raises AssertionError after `PATIENCE_S` seconds."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, complaint
        time.sleep(0.001)  # health is a value without a wake-up


class Aside:
    """An act on a thread of its own."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._outcome: object = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="contract")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome = self._act()
        except Exception as error:  # noqa: BLE001 - handed over to the thread that judges it
            self._error = error

    def ends_with(self, expected: type[E]) -> E:
        """The error that it ends with, soon. Raises AssertionError where it ends otherwise or goes on."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), f"still going after {PATIENCE_S} s"
        if isinstance(self._error, expected):
            return self._error
        raise AssertionError(f"{expected.__name__} expected, got {self._error!r}") from self._error


def _shown(rig: ScreenRig, clearance: Clearance | None) -> None:
    assert rig.use(clearance) is not None
    assert rig.shows(), "nothing to wipe: the rig's act leaves nothing on the screen"


def _look_then_use(rig: WiredRig, clearance: Clearance | None) -> None:
    """The operating system may need a moment to know; a device that cannot be watched tells when it is used."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        rig.device.watch()
        rig.use(clearance)
