"""The contract, over the drivers of pads on each of their wires, and over a window's sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from devices.conformance import BiometricContract, BiometricRig, ScreenContract, ScreenRig
from devices.signature_pad.pointer import PointerPad
from devices.signature_pad.sheet import Arrived, Phase, PointerEvent, Sheet
from devices.signature_pad.simulator_topaz import PadTraits, TopazSimulator
from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.simulator_wacom_stu_pad import StuTraits
from devices.signature_pad.topaz import TopazPad
from devices.signature_pad.topaz_wire import DEFAULT_MODEL, MODELS, TopazModel
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.signature_pad.wacom_stu_hid import WacomStuHidPad
from devices.signature_pad.wacom_stu_pad import StuPad
from devices.simulation.stroke import line
from protocols.clearance import Clearance
from tests.support.counter import Counter


class TopazRig:
    """A pad in a simulator, its driver, and a counter with a visit."""

    def __init__(self, surface: TopazSimulator, model: TopazModel = DEFAULT_MODEL) -> None:
        self._surface = surface
        self._counter = Counter()
        self.device = TopazPad("signature_pad", self._counter.gate, surface.url, model=model, simulated=True)

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self.device.clear(clearance)
        self._surface.sign(line(), fast=True)
        return self.device.read_ink(clearance, timeout_s=5) or None

    def wait(self, clearance: Clearance | None) -> object:
        return self.device.read_ink(clearance, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        device = self.device
        return {
            "read_ink": lambda: device.read_ink(clearance),
            "read_buttons": lambda: device.read_buttons(clearance),
            "clear": lambda: device.clear(clearance),
        }

    def shows(self) -> bool:
        return self._surface.glass > 0

    def asked(self) -> int:
        return len(self._surface.commands)

    def unplug(self) -> None:
        self._surface.unplug()

    def replug(self) -> None:
        self._surface.replug()


class TestTopazOnAPty(BiometricContract):
    @pytest.fixture
    def rig(self) -> Iterator[BiometricRig]:
        with TopazSimulator() as surface:
            yield TopazRig(surface)


class TestTopazWithAScreenOverTcp(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        with TopazSimulator(PadTraits(lcd=True), tcp=True) as surface:
            yield TopazRig(surface, MODELS["SigLite LCD 1x5"])


class TestTopazOfSevenBitsOnAPty(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        model = MODELS["SignatureGem LCD 1x5"]
        area = (model.min_x, model.min_y, model.max_x, model.max_y)
        with TopazSimulator(PadTraits(area=area, lcd=True, format=1)) as surface:
            yield TopazRig(surface, model)


class StuRig:
    """As above, with a pad that answers."""

    def __init__(self, surface: WacomStuSimulator | WacomStuHidSimulator) -> None:
        self._surface = surface
        self._counter = Counter()
        gate = self._counter.gate
        self.device: StuPad = (
            WacomStuPad("signature_pad", gate, surface.url, simulated=True)
            if isinstance(surface, WacomStuSimulator)
            else WacomStuHidPad("signature_pad", gate, simulated=True, api=surface)
        )

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self.device.clear(clearance)
        self._surface.sign(line(), fast=True)
        return self.device.read_ink(clearance, timeout_s=5) or None

    def wait(self, clearance: Clearance | None) -> object:
        return self.device.read_ink(clearance, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        device = self.device
        return {
            "read_ink": lambda: device.read_ink(clearance),
            "read_buttons": lambda: device.read_buttons(clearance),
            "clear": lambda: device.clear(clearance),
        }

    def shows(self) -> bool:
        return self._surface.screen.ink > 0

    def asked(self) -> int:
        return self._surface.asked

    def unplug(self) -> None:
        self._surface.unplug()

    def replug(self) -> None:
        self._surface.replug()


class TestWacomStuOnAPty(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        with WacomStuSimulator() as surface:
            yield StuRig(surface)


class TestWacomStuOverTcp(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        with WacomStuSimulator(tcp=True) as surface:
            yield StuRig(surface)


class TestWacomStuWithoutANumberOrAPageOverTcp(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        with WacomStuSimulator(StuTraits(uid="", pictures=False), tcp=True) as surface:
            yield StuRig(surface)


class TestWacomStuOnUsb(ScreenContract):
    @pytest.fixture
    def rig(self) -> Iterator[ScreenRig]:
        with WacomStuHidSimulator() as surface:
            yield StuRig(surface)


class HeardSheet(Sheet):
    """Counts what its driver asks."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def clear(self) -> bool:
        self.asked += 1
        return super().clear()

    def take(self, timeout_s: float) -> tuple[Arrived, ...] | None:
        self.asked += 1
        return super().take(timeout_s)


class PointerRig:
    """A sheet that a window would show; the window going away is the cable."""

    def __init__(self) -> None:
        self._sheet = HeardSheet()
        self._sheet.attach()
        self._counter = Counter()
        self.device = PointerPad("signature_pad", self._counter.gate, self._sheet, simulated=True)

    def clear(self) -> Clearance:
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        self.device.clear(clearance)
        for step, phase in enumerate((Phase.PRESS, Phase.DRAG, Phase.DRAG, Phase.LIFT)):
            self._sheet.feed(PointerEvent(0.2 + 0.2 * step, 0.5, 0.5, phase, 10 * step))
        return self.device.read_ink(clearance, timeout_s=5) or None

    def wait(self, clearance: Clearance | None) -> object:
        return self.device.read_ink(clearance, timeout_s=60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        device = self.device
        return {
            "read_ink": lambda: device.read_ink(clearance),
            "read_buttons": lambda: device.read_buttons(clearance),
            "clear": lambda: device.clear(clearance),
        }

    def asked(self) -> int:
        return self._sheet.asked

    def unplug(self) -> None:
        self._sheet.detach()

    def replug(self) -> None:
        self._sheet.attach()


class TestPointerOnASheet(BiometricContract):
    @pytest.fixture
    def rig(self) -> BiometricRig:
        return PointerRig()
