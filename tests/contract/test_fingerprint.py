"""The contract, over every fingerprint scanner on each of its wires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import pytest

from devices.conformance import BiometricContract, BiometricRig, checks
from devices.errors import DeviceError
from devices.fingerprint import FingerprintScanner, FingerRequest, GreyImage
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.sfm import SfmScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.fingerprint.simulator_sfm import SfmSimulator, SfmTraits
from devices.fingerprint.simulator_slap import SimulatedSlapScanner, SlapGlass
from devices.gate import CaptureGate
from devices.positions import RIGHT_FOUR, FingerPosition
from devices.simulation.finger_slap import slap
from protocols.clearance import Clearance
from tests.support.counter import Counter

INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))
FINGER = np.tile(np.array([40, 40, 40, 210, 210, 210], np.uint8), (288, 60))[:, :256]
SENSOR = SfmTraits(width=256, height=288)


class Module(Protocol):
    """What a rig needs of a simulated scanner."""

    @property
    def url(self) -> str: ...

    @property
    def command_count(self) -> int: ...

    def place_finger(self, image: GreyImage) -> None: ...

    def lift(self) -> None: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class SingleFingerRig:
    """A module in a simulator, its driver, and a counter with a visit."""

    def __init__(self, module: Module, driver: Callable[[str, CaptureGate, str], FingerprintScanner]) -> None:
        self._module = module
        self._counter = Counter()
        self.device = driver("fingerprint", self._counter.gate, module.url)

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self._module.place_finger(FINGER)
        return self.device.capture(clearance, INDEX)

    def wait(self, clearance: Clearance | None) -> object:
        self._module.lift()
        return self.device.capture(clearance, INDEX, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        return acquisitions(self.device, clearance)

    def asked(self) -> int:
        return self._module.command_count

    def unplug(self) -> None:
        self._module.unplug()

    def replug(self) -> None:
        self._module.replug()


class SlapRig:
    """A slap scanner that is all in memory: what it has been asked is counted at its glass."""

    def __init__(self) -> None:
        self._glass = SlapGlass()
        self._counter = Counter()
        self.device = SimulatedSlapScanner("fingerprint", self._counter.gate, self._glass)

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self._glass.place(slap(7, RIGHT_FOUR))
        return self.device.capture(clearance, FingerRequest(RIGHT_FOUR))

    def wait(self, clearance: Clearance | None) -> object:
        self._glass.lift()
        return self.device.capture(clearance, FingerRequest(RIGHT_FOUR), timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        return acquisitions(self.device, clearance)

    def asked(self) -> int:
        return self._glass.looks

    def unplug(self) -> None:
        self._glass.unplug()

    def replug(self) -> None:
        self._glass.replug()


def acquisitions(device: FingerprintScanner, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
    return {
        "finger_present": lambda: device.finger_present(clearance),
        "capture": lambda: device.capture(clearance, INDEX),
        "wait_removed": lambda: device.wait_removed(clearance),
    }


class TestR30xOnAPty(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with R30xSimulator() as module:
            yield SingleFingerRig(module, R30xScanner)


class TestR30xOverTcp(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with R30xSimulator(tcp=True) as module:
            yield SingleFingerRig(module, R30xScanner)


class TestSfmOnAPty(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with SfmSimulator(SENSOR) as module:
            yield SingleFingerRig(module, SfmScanner)


class TestSfmOverTcp(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with SfmSimulator(SENSOR, tcp=True) as module:
            yield SingleFingerRig(module, SfmScanner)


class TestSfmWithOldFirmware(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with SfmSimulator(replace(SENSOR, extended=False, quick_baud=False)) as module:
            yield SingleFingerRig(module, SfmScanner)


class TestSimulatedSlapScanner(BiometricContract):
    @pytest.fixture
    def rig(self) -> BiometricRig:
        return SlapRig()


def test_the_contract_can_be_run_without_a_test_runner() -> None:
    rules = checks(BiometricContract)
    assert len({check.name for check in rules}) == len(rules) > 20
    assert all(check.rule for check in rules)
    with R30xSimulator() as module:
        for check in rules:
            check.run(SingleFingerRig(module, R30xScanner))
            module.replug()


class Careless(R30xScanner):
    """A driver whose author has forgotten something: it holds on to its port, and shows a finger to anybody."""

    def _do_close(self) -> None:
        """Nothing is let go of."""

    def peek(self, clearance: Clearance | None) -> bool:
        return clearance is not None or self._do_finger_present()


@pytest.mark.parametrize(
    "rule",
    ["it_is_the_same_device_after_being_opened_anew", "the_rig_names_every_method_that_takes_a_clearance"],
)
def test_the_contract_finds_what_a_careless_author_forgot(rule: str) -> None:
    (check,) = (check for check in checks(BiometricContract) if check.name == rule)
    with R30xSimulator() as module:
        rig = SingleFingerRig(module, R30xScanner)
        rig.device = Careless("fingerprint", Counter().gate, module.url)
        with pytest.raises((AssertionError, DeviceError)):
            check.run(rig)
        R30xScanner._do_close(rig.device)
