"""The contract, over the R30x driver on each of its wires."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pytest

from devices.conformance import BiometricContract, BiometricRig
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from protocols.clearance import Clearance
from tests.support.counter import Counter

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
        return self.device.capture(clearance)

    def wait(self, clearance: Clearance | None) -> object:
        self._module.lift()
        return self.device.capture(clearance, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        device = self.device
        return {
            "finger_present": lambda: device.finger_present(clearance),
            "capture": lambda: device.capture(clearance),
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
