"""A module is raised to a faster pace while it is open, and left as it was found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError, PersonCanRetryError
from devices.fingerprint import FingerRequest
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.r30x_pace import Pace
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from devices.simulation.faults import Fault
from tests.support.counter import Counter

INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))
PRINT = np.random.default_rng(2).integers(0, 256, (288, 256), dtype=np.uint8)
SLOW = (6, 2)
"""As delivered: 57600 baud, 128 bytes."""
FAST = (12, 3)


def kept(module: R30xSimulator) -> tuple[int, int]:
    """What its flash says."""
    return module.traits.baud_factor, module.traits.size_code


class Station:
    """A scanner at a counter, opened or not."""

    def __init__(self, module: R30xSimulator, pace: Pace | None = None) -> None:
        self.counter = Counter()
        self.module = module
        self.scanner = R30xScanner(
            "fingerprint", self.counter.gate, module.url, pace=pace or Pace(), poll_s=0.005, simulated=True
        )

    @property
    def found(self) -> tuple[str, str]:
        """Speed and packet size that it tells."""
        told = self.scanner.info.properties
        return told["baudrate"], told["packet_size"]

    def assert_captures(self) -> None:
        clearance = self.counter.armed(self.scanner)
        taken = self.scanner.capture(clearance, INDEX, timeout_s=1).samples[0].image
        assert self.module.seen is not None
        np.testing.assert_array_equal(taken.image, self.module.seen)


@contextmanager
def station(traits: ModuleTraits | None = None, *, tcp: bool = False, pace: Pace | None = None) -> Iterator[Station]:
    with R30xSimulator(traits, tcp=tcp) as module:
        module.place_finger(PRINT)
        station = Station(module, pace)
        try:
            yield station
        finally:
            station.scanner.close()


@pytest.mark.parametrize("at_once", [False, True], ids=["from the next start", "at once"])
def test_it_is_raised_while_open_and_put_back(at_once: bool) -> None:
    with station(ModuleTraits(at_once=at_once, password=5)) as s:
        s.scanner = R30xScanner("fingerprint", s.counter.gate, s.module.url, password=5, poll_s=0.005)
        s.scanner.open()
        assert s.found == ("115200", "256")
        assert kept(s.module) == FAST
        s.assert_captures()
        s.scanner.close()
        assert kept(s.module) == SLOW
        s.scanner.open()
        s.assert_captures()


def test_a_module_that_takes_no_other_speed_is_left_at_its_own() -> None:
    with station(ModuleTraits(baud_factors=(6,))) as s:
        s.scanner.open()
        assert s.found == ("57600", "256")
        s.assert_captures()
        s.scanner.close()
        assert kept(s.module) == SLOW


def test_a_module_that_cannot_be_started_anew_keeps_its_speed_in_flash_too() -> None:
    with station(ModuleTraits(resets=False)) as s:
        s.scanner.open()
        assert s.found == ("57600", "256")
        assert kept(s.module) == (6, 3)
        s.assert_captures()
        s.scanner.close()
        assert kept(s.module) == SLOW


def test_a_bare_tcp_port_keeps_its_speed() -> None:
    with station(tcp=True) as s:
        s.scanner.open()
        assert s.found == ("57600", "256")
        s.assert_captures()
        s.scanner.close()
        assert kept(s.module) == SLOW


def test_a_faster_module_is_never_slowed() -> None:
    with station(ModuleTraits(baud_factor=12, size_code=3), pace=Pace(57600, 32)) as s:
        s.scanner.open()
        assert s.found == ("115200", "256")
        s.scanner.close()
        assert s.module.commands[0x0E] == 0


def test_another_pace_may_be_wanted() -> None:
    with station(ModuleTraits(baud_factors=(6, 24)), pace=Pace(230400, 64)) as s:
        s.scanner.open()
        assert s.found == ("230400", "128")
        s.assert_captures()


def test_a_module_left_raised_by_a_power_cut_is_found_again() -> None:
    with station() as s:
        s.scanner.open()
        s.module.unplug()
        with pytest.raises(DeviceLostError):
            s.scanner.watch()
        s.module.replug()
        assert kept(s.module) == FAST
        s.scanner.open()
        assert s.found == ("115200", "256")
        s.assert_captures()


def test_a_module_that_restarts_in_the_middle_of_an_image_is_still_heard() -> None:
    with station() as s:
        s.scanner.open()
        s.module.faults.schedule(Fault.RESET, skip=50)
        with pytest.raises(PersonCanRetryError, match=r"fingerprint\.image_gone"):
            s.assert_captures()
        s.assert_captures()
        s.scanner.close()
        assert kept(s.module) == SLOW


def test_it_is_put_back_however_much_the_end_is_wanted() -> None:
    with station() as s:
        s.scanner.open()
        s.scanner.cancel()
        s.scanner.close()
        assert kept(s.module) == SLOW


def test_an_opening_that_is_cancelled_half_way_leaves_it_as_it_was() -> None:
    with station() as s:
        s.module.faults.schedule(Fault.MUTE, skip=3)

        def cancel() -> None:
            while s.module.commands[0x0E] < 2:
                pass
            s.scanner.cancel()

        other = threading.Thread(target=cancel)
        other.start()
        with pytest.raises(CaptureCancelledError):
            s.scanner.open()
        other.join()
        assert kept(s.module) == SLOW


@pytest.mark.parametrize("fault", [Fault.NOISE, Fault.BAD_SUM, Fault.LOST, Fault.RESET])
@pytest.mark.parametrize("frame", range(2, 6))
def test_a_mishap_while_it_is_raised_loses_no_module(fault: Fault, frame: int) -> None:
    with station() as s:
        s.module.faults.schedule(fault, skip=frame)
        try:
            s.scanner.open()
        except DeviceError:
            s.scanner.open()
        s.assert_captures()
        s.module.faults.clear()
        s.scanner.close()
        assert kept(s.module) in {SLOW, FAST}
        s.scanner.open()
        s.assert_captures()


@pytest.mark.parametrize("frame", range(3))
def test_a_mishap_while_it_is_put_back_loses_no_module(frame: int) -> None:
    with station() as s:
        s.scanner.open()
        s.module.faults.schedule(Fault.LOST, skip=frame)
        s.scanner.close()
        s.scanner.open()
        s.assert_captures()


@pytest.mark.parametrize(("baudrate", "size"), [(57601, 128), (0, 128), (57600, 100)])
def test_a_pace_that_no_module_has_is_refused(baudrate: int, size: int) -> None:
    with pytest.raises(ValueError, match="no m"):
        Pace(baudrate, size)


def test_a_module_that_tells_another_speed_than_it_has_is_left_alone() -> None:
    """A serial server between us may talk to it at a speed of its own."""
    with station(ModuleTraits(baud_factor=1), tcp=True) as s:
        s.scanner.open()
        assert s.module.commands[0x0E] == 0
        s.assert_captures()
