"""The contract, over the PC/SC driver on a service of its own with a virtual reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from devices.card_reader.access_module import GuardedFile
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.conformance import BiometricContract, BiometricRig
from devices.errors import PersonCanRetryError
from devices.transport import Deadline
from protocols.clearance import Clearance
from tests.support.counter import Counter

CARD = CardSpec(CardKind.KTPEL, bytes.fromhex("04A1B2C3D4E5F6"), photo=b"\xff\xd8\xff" + bytes(997))


class PcscRig:
    """A card on a simulated reader, the driver, and a counter with a visit. Unplugged = the service has gone."""

    def __init__(self, simulator: CardReaderSimulator) -> None:
        self._simulator = simulator
        self._counter = Counter()
        self._plugged = True
        self.device = PcscReader("card_reader", self._counter.gate, service=simulator.socket_path, simulated=True)

    def clear(self) -> Clearance:
        self.device.wait_event(0)  # the card that lies there already: told once, and no wait afterwards
        return self._counter.leave(self.device)

    def use(self, clearance: Clearance | None) -> object:
        patience = Deadline(3.0)  # after a new start the reader takes half a second to find its card
        while True:
            try:
                return self.device.read_photo(clearance)
            except PersonCanRetryError as error:
                if error.code != "card_reader.no_card" or patience.expired:
                    raise
                self.device.wait_event(0.1)

    def wait(self, clearance: Clearance | None) -> object:
        assert clearance is not None
        return self.device.wait_event(60)

    def acquisitions(self, clearance: Clearance | None) -> Mapping[str, Callable[[], object]]:
        return {
            "read_photo": lambda: self.device.read_photo(clearance),
            "read_guarded": lambda: self.device.read_guarded(clearance, GuardedFile.BIODATA),
        }

    def asked(self) -> int:
        return len(self._simulator.apdus())

    def unplug(self) -> None:
        self._simulator.crash()
        self._plugged = False

    def replug(self) -> None:
        self._simulator.restart()
        self._plugged = True

    def mend(self) -> None:
        if not self._plugged:
            self.replug()


@pytest.fixture(scope="module")
def simulator() -> Iterator[CardReaderSimulator]:
    with CardReaderSimulator() as simulator:
        simulator.insert(CARD)
        yield simulator


class TestPcsc(BiometricContract):
    @pytest.fixture
    def rig(self, simulator: CardReaderSimulator) -> Iterator[BiometricRig]:
        rig = PcscRig(simulator)
        yield rig
        rig.mend()
