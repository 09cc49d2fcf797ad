"""The contract, over the infrared thermometer on each of its wires and over manual entry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.conformance import DeviceContract, Rig, WiredContract, WiredRig
from devices.thermometer.manual import ManualThermometer
from devices.thermometer.mcu90614 import Mcu90614
from devices.thermometer.simulator import Mcu90614Simulator
from protocols.clearance import Clearance


class Mcu90614Rig:
    """A board in a simulator and its driver; a thermometer needs no leave."""

    def __init__(self, board: Mcu90614Simulator) -> None:
        self._board = board
        self.device = Mcu90614("thermometer", board.url, simulated=True)

    def clear(self) -> Clearance | None:
        return None

    def use(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._board.mute = False
        return self.device.measure("officer-1")

    def wait(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._board.mute = True
        return self.device.measure("officer-1", timeout_s=60)

    def unplug(self) -> None:
        self._board.unplug()

    def replug(self) -> None:
        self._board.replug()


class TestMcu90614OnAPty(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Mcu90614Simulator() as board:
            yield Mcu90614Rig(board)


class TestMcu90614OverTcp(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Mcu90614Simulator(tcp=True) as board:
            yield Mcu90614Rig(board)


class ManualRig:
    """A person with a thermometer."""

    def __init__(self) -> None:
        self.device = ManualThermometer("thermometer")


class TestManualEntry(DeviceContract):
    @pytest.fixture
    def rig(self) -> Rig:
        return ManualRig()
