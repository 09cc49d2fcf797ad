"""Every wire's device may be torn out and put back while the bay watches: lost with one action, then the same again."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest

from devices.bay import BayEvent, DeviceBay
from devices.device import Device, HealthState
from devices.errors import Remedy
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.gate import CaptureGate
from devices.position.gpsd import GpsdReceiver
from devices.position.nmea import NmeaReceiver
from devices.position.simulator import GpsdSimulator, NmeaSimulator
from devices.signature_pad.simulator_topaz import TopazSimulator
from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.topaz import TopazPad
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.signature_pad.wacom_stu_hid import WacomStuHidPad
from devices.thermometer.aa55 import Aa55Thermometer
from devices.thermometer.mcu90614 import GY_MCU90615, Mcu90614
from devices.thermometer.simulator import Aa55Simulator, Mcu90614Simulator
from tests.support.counter import Counter

PATIENCE_S = 20.0


class Wired(Protocol):
    """A simulated device on a cable."""

    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


KINDS: dict[str, tuple[Callable[[], Wired], Callable[[CaptureGate, Any], Device]]] = {
    "r30x": (R30xSimulator, lambda gate, it: R30xScanner("it", gate, it.url)),
    "topaz": (TopazSimulator, lambda gate, it: TopazPad("it", gate, it.url)),
    "wacom-stu": (WacomStuSimulator, lambda gate, it: WacomStuPad("it", gate, it.url)),
    "wacom-stu-hid": (WacomStuHidSimulator, lambda gate, it: WacomStuHidPad("it", gate, api=it)),
    "mcu90614": (Mcu90614Simulator, lambda _, it: Mcu90614("it", it.url)),
    "mcu90615": (Mcu90614Simulator, lambda _, it: Mcu90614("it", it.url, board=GY_MCU90615, continuous=True)),
    "aa55": (Aa55Simulator, lambda _, it: Aa55Thermometer("it", it.url)),
    "nmea": (lambda: NmeaSimulator(interval_s=0.05), lambda _, it: NmeaReceiver("it", it.url)),
    "nmea by tcp": (lambda: NmeaSimulator(interval_s=0.05, tcp=True), lambda _, it: NmeaReceiver("it", it.url)),
    "gpsd": (lambda: GpsdSimulator(interval_s=0.05), lambda _, it: GpsdReceiver("it", it.url)),
}


@contextmanager
def watched(kind: str) -> Iterator[tuple[Wired, queue.SimpleQueue[BayEvent]]]:
    """A bay with that one device, open, and what its listener is told."""
    simulator, make = KINDS[kind][0](), KINDS[kind][1]
    simulator.start()
    told: queue.SimpleQueue[BayEvent] = queue.SimpleQueue()
    slots = {"it": lambda gate: make(gate, simulator)}
    bay = DeviceBay(Counter().gate, slots, told.put, first_pause_s=0.02, longest_pause_s=0.05, watch_s=0.02)
    try:
        bay.start()
        yield simulator, told
    finally:
        bay.stop()
        simulator.stop()


@pytest.mark.parametrize("kind", list(KINDS))
def test_torn_out_it_is_lost_with_one_action_and_put_back_it_is_itself(kind: str) -> None:
    with watched(kind) as (simulator, told):
        first = told.get(timeout=PATIENCE_S)
        assert first.health.state is HealthState.READY
        for _ in range(3):
            simulator.unplug()
            lost = told.get(timeout=PATIENCE_S)
            assert lost.health.error is not None
            assert lost.health.error.remedy is Remedy.PLUG_IN
            assert lost.info is None
            simulator.replug()
            while (news := told.get(timeout=PATIENCE_S)).health.state is not HealthState.READY:
                assert news.health.error is not None, "while it is away the cause is told"
            assert news.recovered
            assert news.info == first.info
