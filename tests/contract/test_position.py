"""The contract, over a serial receiver on each of its wires and over gpsd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.conformance import WiredContract, WiredRig
from devices.position import Fix, PositionReceiver
from devices.position.gpsd import GpsdReceiver
from devices.position.nmea import NmeaReceiver
from devices.position.simulator import GpsdSimulator, NmeaSimulator
from protocols.clearance import Clearance

INTERVAL_S = 0.02


class ReceiverRig:
    """A receiver in a simulator and its driver; a place needs no leave."""

    def __init__(self, receiver: NmeaSimulator | GpsdSimulator, device: PositionReceiver) -> None:
        self._receiver = receiver
        self.device = device

    def clear(self) -> Clearance | None:
        return None

    def use(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._receiver.mute = False
        found = self.device.locate()
        assert isinstance(found, Fix)
        return found

    def wait(self, clearance: Clearance | None) -> object:
        assert clearance is None
        self._receiver.mute = True
        while True:  # what was under way when it fell silent comes first
            self.device.locate(timeout_s=60)

    def unplug(self) -> None:
        self._receiver.unplug()

    def replug(self) -> None:
        self._receiver.replug()


class TestNmeaOnAPty(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with NmeaSimulator(interval_s=INTERVAL_S) as receiver:
            yield ReceiverRig(receiver, NmeaReceiver("positioning", receiver.url, simulated=True))


class TestNmeaOverTcp(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with NmeaSimulator(interval_s=INTERVAL_S, tcp=True) as receiver:
            yield ReceiverRig(receiver, NmeaReceiver("positioning", receiver.url, simulated=True))


class TestGpsd(WiredContract):
    @pytest.fixture
    def rig(self) -> Iterator[WiredRig]:
        with GpsdSimulator(interval_s=INTERVAL_S) as receiver:
            yield ReceiverRig(receiver, GpsdReceiver("positioning", receiver.url, simulated=True))
