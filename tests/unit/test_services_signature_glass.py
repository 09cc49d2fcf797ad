"""However a signature ends, nothing of it stays on the pad's own screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from devices.signature_pad.simulator_wacom_stu import WacomStuSimulator
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.simulation.stroke import line
from protocols.clearance import Clearance, NotClearedError
from station.services.capturing import Bell
from station.services.signature import _Stream
from tests.support.counter import Counter

PATIENCE_S = 10.0


class Signing:
    """A stream on a thread of its own, as the pad's slot runs it, with ink on the pad's screen."""

    def __init__(self, surface: WacomStuSimulator) -> None:
        self.surface = surface
        self.counter = Counter()
        self.pad = WacomStuPad("signature_pad", self.counter.gate, surface.url, simulated=True)
        self.pad.open()
        news, ready = threading.Event(), threading.Event()
        self.stream = _Stream("visit-1", Bell(news.set))
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(self.counter.leave(self.pad), ready.set), name="pad")
        self._thread.start()
        assert ready.wait(PATIENCE_S)
        surface.sign(line(), fast=True)
        while not any(each.down for each in self.stream.taken()):
            assert news.wait(PATIENCE_S)
            news.clear()
        assert surface.screen.ink

    def _run(self, leave: Clearance, ready: Callable[[], None]) -> None:
        try:
            self.stream.run(self.pad, leave, ready)
        except NotClearedError as error:
            self.failure = error

    def ended(self) -> None:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def signing() -> Iterator[Signing]:
    with WacomStuSimulator() as surface:
        signing = Signing(surface)
        yield signing
        signing.stream.stop()
        signing.ended()
        signing.pad.close()


def test_once_it_is_stopped(signing: Signing) -> None:
    signing.stream.stop()
    signing.ended()
    assert signing.pad.self_test().passed, "answered after what the pad was told last"
    assert signing.surface.screen.ink == 0
    assert min(signing.surface.screen.pixels) == 0xFF, "and the page is gone"


def test_once_the_leave_has_ended(signing: Signing) -> None:
    signing.counter.gate.leave()
    signing.ended()
    assert isinstance(signing.failure, NotClearedError)
    assert signing.pad.self_test().passed
    assert signing.surface.screen.ink == 0
