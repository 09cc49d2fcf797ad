"""The contract that every driver keeps: the life cycle, the loss of its device, the gate in front of it.

The same checks run in the tests over every driver on its simulator, and at a counter over the hardware that is there.
They know no driver and no test runner; what they need of a particular device stands in a `Rig`.

In a test, one class a driver and wire, with a fixture that makes a fresh rig:

    class TestR30x(BiometricContract):
        @pytest.fixture
        def rig(self) -> Iterator[Rig]:
            with R30xSimulator() as module:
                yield MyRig(module)

`DeviceContract` is for every driver, `WiredContract` for one whose device can be waited for and be unplugged,
`BiometricContract` for one behind the gate, `ScreenContract` for one that also shows what it acquires on its own
screen. Outside of tests: `for check in checks(WiredContract): check.run(rig)`.
"""

from devices.conformance.contract import (
    BiometricContract,
    Check,
    DeviceContract,
    ScreenContract,
    WiredContract,
    checks,
)
from devices.conformance.rig import BiometricRig, Rig, ScreenRig, WiredRig

__all__ = [
    "BiometricContract",
    "BiometricRig",
    "Check",
    "DeviceContract",
    "Rig",
    "ScreenContract",
    "ScreenRig",
    "WiredContract",
    "WiredRig",
    "checks",
]
