"""The contract, over the R30x driver on each of its wires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest

from devices.conformance import BiometricContract, BiometricRig, checks
from devices.errors import DeviceError
from devices.fingerprint import FingerRequest
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.positions import FingerPosition
from protocols.clearance import Clearance
from tests.support.counter import Counter

INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))
FINGER = np.tile(np.array([40, 40, 40, 210, 210, 210], np.uint8), (288, 60))[:, :256]


class R30xRig:
    """A module in a simulator, its driver, and a counter with a visit."""

    def __init__(self, module: R30xSimulator) -> None:
        self._module = module
        self._counter = Counter()
        self.device = R30xScanner("fingerprint", self._counter.gate, module.url, simulated=True)

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self._module.place_finger(FINGER)
        return self.device.capture(clearance, INDEX)

    def wait(self, clearance: Clearance | None) -> object:
        self._module.lift()
        return self.device.capture(clearance, INDEX, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        device = self.device
        return {
            "finger_present": lambda: device.finger_present(clearance),
            "capture": lambda: device.capture(clearance, INDEX),
            "wait_removed": lambda: device.wait_removed(clearance),
        }

    def asked(self) -> int:
        return self._module.command_count

    def unplug(self) -> None:
        self._module.unplug()

    def replug(self) -> None:
        self._module.replug()


class TestR30xOnAPty(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with R30xSimulator() as module:
            yield R30xRig(module)


class TestR30xOverTcp(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with R30xSimulator(tcp=True) as module:
            yield R30xRig(module)


def test_the_contract_can_be_run_without_a_test_runner() -> None:
    rules = checks(BiometricContract)
    assert len({check.name for check in rules}) == len(rules) > 20
    assert all(check.rule for check in rules)
    with R30xSimulator() as module:
        for check in rules:
            check.run(R30xRig(module))
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
        rig = R30xRig(module)
        rig.device = Careless("fingerprint", Counter().gate, module.url)
        with pytest.raises((AssertionError, DeviceError)):
            check.run(rig)
        R30xScanner._do_close(rig.device)
