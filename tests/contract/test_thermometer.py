"""The contract, over the infrared thermometer on each of its wires and over manual entry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.conformance import DeviceContract, Rig, WiredContract, WiredRig
from devices.thermometer import Thermometer
from devices.thermometer.aa55 import Aa55Thermometer
from devices.thermometer.manual import ManualThermometer
from devices.thermometer.mcu90614 import GY_MCU90615, Mcu90614
from devices.thermometer.simulator import Aa55Simulator, Mcu90614Simulator
from protocols.clearance import Clearance


class BoardRig:
    """A board in a simulator and its driver; a thermometer needs no leave."""

    def __init__(self, board: Mcu90614Simulator | Aa55Simulator, device: Thermometer) -> None:
        self._board = board
        self.device = device

    def clear(self) -> Clearance | None:
        return None

    def use(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._board.mute = False
        return self.device.measure("officer-1")

    def wait(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._board.mute = True
        while True:  # what was under way when it fell silent comes first
            self.device.measure("officer-1", timeout_s=60)

    def unplug(self) -> None:
        self._board.unplug()

    def replug(self) -> None:
        self._board.replug()


class TestMcu90614OnAPty(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Mcu90614Simulator() as board:
            yield BoardRig(board, Mcu90614("thermometer", board.url, simulated=True))


class TestMcu90614OverTcp(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Mcu90614Simulator(tcp=True) as board:
            yield BoardRig(board, Mcu90614("thermometer", board.url, simulated=True))


class TestMcu90615Streaming(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Mcu90614Simulator() as board:
            yield BoardRig(board, Mcu90614("thermometer", board.url, board=GY_MCU90615, continuous=True))


class TestAa55OnAPty(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Aa55Simulator() as board:
            yield BoardRig(board, Aa55Thermometer("thermometer", board.url, simulated=True))


class TestAa55OverTcp(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with Aa55Simulator(tcp=True) as board:
            yield BoardRig(board, Aa55Thermometer("thermometer", board.url, simulated=True))


class ManualRig:
    """A person with a thermometer."""

    def __init__(self) -> None:
        self.device = ManualThermometer("thermometer")


class TestManualEntry(DeviceContract):
    @pytest.fixture
    def rig(self) -> Rig:
        return ManualRig()
