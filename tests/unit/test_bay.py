"""The device bay: opens, watches, takes up again, runs jobs, and always says why not."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from typing import ClassVar

import pytest

from devices.bay import BayEvent, DeviceBay
from devices.device import Device, DeviceInfo, DeviceKind, Health, HealthState, SelfTestResult
from devices.errors import (
    CaptureCancelledError,
    ConnectErrors,
    DeviceError,
    DeviceLostError,
    DeviceTimeoutError,
    DriverBugError,
    OperatorCanMendError,
    TechnicianNeededError,
)
from devices.fingerprint import FingerprintScanner
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.gate import CaptureGate
from protocols.clearance import DeviceKey
from tests.support.counter import Counter

SOON_S = 5.0
ABSENT = OperatorCanMendError("port.absent", "test")


class Hardware:
    """What a `PlainDevice` finds when it looks: somebody else's hands change it."""

    def __init__(self) -> None:
        self.serial = "S1"
        self.trouble: Exception | None = None
        self.gone = False
        self.opened = 0
        self.tried: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.busy = threading.Event()
        self.hold = threading.Event()
        self.hold.set()
        self.looks: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.lens_cap: Exception | None = None


class PlainDevice(Device):
    kind: ClassVar[DeviceKind] = DeviceKind.THERMOMETER

    def __init__(self, slot: str, hardware: Hardware) -> None:
        super().__init__(slot)
        self.hardware = hardware

    def _do_open(self) -> DeviceInfo:
        self._wait_for(self.hardware.hold)
        self.hardware.busy.clear()
        self.hardware.tried.put(None)
        if self.hardware.trouble is not None:
            raise self.hardware.trouble
        self.hardware.opened += 1
        return DeviceInfo(self.kind, "Test", "In memory", self.hardware.serial)

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_self_test(self) -> SelfTestResult:
        self._ask()
        return SelfTestResult(True, (("there", True, ""),))

    def _do_watch(self) -> None:
        self._ask()

    def measure(self) -> int:
        """An operation that takes no time."""

        def once() -> int:
            self._ask()
            return 37

        return self._watched(once)

    def wait(self) -> None:
        """An operation that goes on until it is cancelled."""
        self._watched(lambda: self._wait_for(threading.Event()))

    def _ask(self) -> None:
        if self.hardware.gone:
            raise DeviceLostError("port.lost", "test")

    def _wait_for(self, event: threading.Event) -> None:
        self.hardware.busy.set()
        while not event.is_set():
            if self._cancelled.wait(0.002):
                raise CaptureCancelledError("capture.cancelled")


class Bench:
    """A bay of one or more plain devices, and everything that its listener was told."""

    def __init__(
        self,
        *slots: str,
        watch_s: float = 0.01,
        first_pause_s: float = 0.01,
        longest_pause_s: float | None = None,
        kind: type[PlainDevice] = PlainDevice,
    ) -> None:
        self.kind = kind
        self.hardware = {slot: Hardware() for slot in slots}
        self.told: queue.SimpleQueue[BayEvent] = queue.SimpleQueue()
        makers: Mapping[str, Callable[[CaptureGate], Device]] = {slot: self._maker(slot) for slot in slots}
        self.bay = DeviceBay(
            Counter().gate,
            makers,
            self.told.put,
            first_pause_s=first_pause_s,
            longest_pause_s=longest_pause_s or 4 * first_pause_s,
            watch_s=watch_s,
        )

    def _maker(self, slot: str) -> Callable[[CaptureGate], Device]:
        return lambda _: self.kind(slot, self.hardware[slot])

    def event(self) -> BayEvent:
        return self.told.get(timeout=SOON_S)

    def open(self) -> None:
        self.bay.start()
        self.bay.open_all(SOON_S)
        for _ in self.hardware:
            assert self.event().health == Health(HealthState.READY)

    def job(self, slot: str, work: Callable[[PlainDevice], object]) -> Future[object]:
        def run(device: Device) -> object:
            assert isinstance(device, PlainDevice)
            return work(device)

        return self.bay.submit(slot, run)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench("one")
    yield made
    for hardware in made.hardware.values():
        hardware.hold.set()
    made.bay.stop()


@pytest.fixture
def hardware(bench: Bench) -> Hardware:
    return bench.hardware["one"]


def _note(order: list[int], number: int, _: PlainDevice) -> None:
    order.append(number)


def outcome(future: Future[object]) -> BaseException | None:
    return future.exception(timeout=SOON_S)


class TestOpening:
    def test_it_opens_what_is_there_and_says_so_once(self, bench: Bench, hardware: Hardware) -> None:
        assert bench.bay.health() == {"one": Health(HealthState.CLOSED)}
        bench.bay.start()
        bench.bay.start()
        event = bench.event()
        assert (event.slot, event.health) == ("one", Health(HealthState.READY))
        assert (event.changed, event.recovered) == (False, False)
        assert event.info == bench.bay.infos()["one"]
        assert event.info is not None
        assert event.info.serial == "S1"
        assert bench.bay.health() == {"one": Health(HealthState.READY)}
        assert hardware.opened == 1

    def test_what_is_not_there_is_tried_again_until_it_is(self, bench: Bench, hardware: Hardware) -> None:
        hardware.trouble = ABSENT
        bench.bay.start()
        event = bench.event()
        assert (event.health, event.info) == (Health(HealthState.FAILED, ABSENT), None)
        for _ in range(4):
            hardware.tried.get(timeout=SOON_S)
        hardware.trouble = None
        assert bench.event().health == Health(HealthState.READY), "and the same failure is not told again"

    def test_another_failure_is_told(self, bench: Bench, hardware: Hardware) -> None:
        hardware.trouble = ABSENT
        bench.bay.start()
        bench.event()
        worse = TechnicianNeededError("fingerprint.unfit")
        hardware.trouble = worse
        assert bench.event().health.error is worse

    def test_a_bug_in_a_driver_is_told_and_does_not_end_its_slot(self, bench: Bench, hardware: Hardware) -> None:
        hardware.trouble = ZeroDivisionError("private words")
        bench.bay.start()
        error = bench.event().health.error
        assert isinstance(error, DriverBugError)
        assert "ZeroDivisionError" in str(error)
        assert "private" not in str(error)
        hardware.trouble = None
        assert bench.event().health.state is HealthState.READY

    def test_pauses_grow_to_the_longest_and_start_anew_after_success(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench("one", first_pause_s=0.01)
        slot = bench.bay._slots["one"]
        pauses: list[float] = []
        pause = slot._pause

        def noted(seconds: float) -> bool:
            pauses.append(seconds)
            return pause(seconds)

        monkeypatch.setattr(slot, "_pause", noted)
        hardware = bench.hardware["one"]
        hardware.trouble = ABSENT
        bench.bay.start()
        for _ in range(5):
            hardware.tried.get(timeout=SOON_S)
        hardware.trouble = None
        while bench.event().health.state is not HealthState.READY:
            pass
        before = len(pauses)
        hardware.trouble, hardware.gone = ABSENT, True
        while len(pauses) == before:
            hardware.tried.get(timeout=SOON_S)
        bench.bay.stop()
        assert pauses[:4] == [0.01, 0.02, 0.04, 0.04]
        assert pauses[before] == 0.01

    def test_open_all_waits_for_all_and_names_every_failure(self) -> None:
        bench = Bench("one", "two", "three", first_pause_s=60)
        bench.hardware["two"].trouble = ABSENT
        bench.hardware["three"].trouble = DeviceLostError("port.lost")
        bench.bay.start()
        with pytest.raises(ConnectErrors) as caught:
            bench.bay.open_all(SOON_S)
        assert caught.value.errors == {"two": ABSENT, "three": bench.hardware["three"].trouble}
        assert "port.absent" in str(caught.value)
        assert set(bench.bay.infos()) == {"one"}

        bench.hardware["two"].trouble = bench.hardware["three"].trouble = None
        assert set(bench.bay.open_all(SOON_S)) == {"one", "two", "three"}, "without waiting for the pause of 60 s"
        bench.bay.stop()

    def test_open_all_ends_with_its_time(self, bench: Bench, hardware: Hardware) -> None:
        hardware.hold.clear()
        bench.bay.start()
        with pytest.raises(ConnectErrors) as caught:
            bench.bay.open_all(0.05)
        assert isinstance(caught.value.errors["one"], DeviceTimeoutError)

    def test_open_all_of_a_bay_that_was_not_started_says_so(self, bench: Bench) -> None:
        with pytest.raises(ConnectErrors, match=r"bay\.closed"):
            bench.bay.open_all(SOON_S)


class TestJobs:
    def test_a_job_has_the_opened_device_and_its_thread(self, bench: Bench) -> None:
        bench.open()
        future = bench.job("one", lambda device: (device.info.serial, threading.current_thread().name))
        assert future.result(SOON_S) == ("S1", "device one")

    def test_jobs_run_one_after_another_in_order(self, bench: Bench) -> None:
        bench.open()
        order: list[int] = []
        futures = [bench.job("one", partial(_note, order, number)) for number in range(50)]
        for future in futures:
            future.result(SOON_S)
        assert order == list(range(50))

    def test_a_job_asked_for_while_it_opens_waits_for_it(self, bench: Bench, hardware: Hardware) -> None:
        hardware.hold.clear()
        bench.bay.start()
        future = bench.job("one", PlainDevice.measure)
        assert hardware.busy.wait(SOON_S)
        assert not future.done()
        hardware.hold.set()
        assert future.result(SOON_S) == 37

    def test_what_a_job_raises_its_owner_gets_and_the_next_job_runs(self, bench: Bench) -> None:
        bench.open()
        assert isinstance(outcome(bench.job("one", lambda _: 1 // 0)), ZeroDivisionError)
        assert bench.job("one", PlainDevice.measure).result(SOON_S) == 37

    def test_an_unknown_slot_is_a_key_error(self, bench: Bench) -> None:
        with pytest.raises(KeyError):
            bench.job("nowhere", PlainDevice.measure)
        with pytest.raises(KeyError):
            bench.bay.cancel("nowhere")

    def test_jobs_of_an_absent_device_fail_at_once_with_the_reason(self, bench: Bench, hardware: Hardware) -> None:
        hardware.trouble = ABSENT
        bench.bay.start()
        bench.event()
        future = bench.job("one", PlainDevice.measure)
        assert future.done()
        assert outcome(future) is ABSENT

    def test_jobs_before_the_start_and_after_the_end_are_refused(self, bench: Bench) -> None:
        def refusal() -> str:
            error = outcome(bench.job("one", PlainDevice.measure))
            assert isinstance(error, DeviceLostError)
            return error.code

        assert refusal() == "bay.closed"
        bench.open()
        bench.bay.stop()
        assert refusal() == "bay.closed"

    def test_a_job_that_its_owner_gave_up_does_not_run(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        blocker = bench.job("one", PlainDevice.wait)
        ran: list[int] = []
        given_up = bench.job("one", lambda _: ran.append(1))
        assert given_up.cancel()
        after = bench.job("one", lambda _: ran.append(2))
        assert hardware.busy.wait(SOON_S)
        blocker_device = bench.bay._slots["one"].device
        blocker_device.cancel()
        after.result(SOON_S)
        assert ran == [2]
        assert isinstance(outcome(blocker), CaptureCancelledError)

    def test_every_device_tests_itself(self) -> None:
        bench = Bench("one", "two")
        bench.hardware["two"].trouble = ABSENT
        bench.bay.start()
        with pytest.raises(ConnectErrors):
            bench.bay.open_all(SOON_S)
        tests = bench.bay.self_test()
        assert tests["one"].result(SOON_S).passed
        assert tests["two"].exception(SOON_S) is ABSENT
        bench.bay.stop()


class TestCancel:
    def test_it_ends_the_running_job_and_those_that_wait(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        running = bench.job("one", PlainDevice.wait)
        assert hardware.busy.wait(SOON_S)
        waiting = [bench.job("one", PlainDevice.measure) for _ in range(3)]
        assert bench.bay.health()["one"] == Health(HealthState.BUSY)
        bench.bay.cancel("one")
        for future in (running, *waiting):
            assert isinstance(outcome(future), CaptureCancelledError)
        assert bench.job("one", PlainDevice.measure).result(SOON_S) == 37

    def test_it_ends_a_job_whose_next_operation_has_not_begun(self, bench: Bench) -> None:
        bench.open()
        between, go_on = threading.Event(), threading.Event()

        def two_steps(device: PlainDevice) -> None:
            device.measure()
            between.set()
            assert go_on.wait(SOON_S)
            device.wait()

        future = bench.job("one", two_steps)
        assert between.wait(SOON_S)
        bench.bay.cancel("one")
        go_on.set()
        assert isinstance(outcome(future), CaptureCancelledError)

    def test_one_that_comes_too_late_hits_no_later_job(self, bench: Bench) -> None:
        bench.open()
        for _ in range(30):
            bench.job("one", PlainDevice.measure)
            bench.bay.cancel("one")
            assert bench.job("one", PlainDevice.measure).result(SOON_S) == 37


class TestLoss:
    def test_an_idle_device_that_goes_is_noticed_and_taken_up_again(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        hardware.trouble, hardware.gone = ABSENT, True
        lost = bench.event()
        assert lost.health.state is HealthState.LOST
        assert lost.info is None
        assert bench.event().health == Health(HealthState.FAILED, ABSENT)
        hardware.trouble, hardware.gone = None, False
        back = bench.event()
        assert (back.health.state, back.changed, back.recovered) == (HealthState.READY, False, True)

    def test_a_loss_during_a_job_fails_it_and_those_that_wait(self) -> None:
        bench = Bench("one", watch_s=60)
        bench.open()
        hardware = bench.hardware["one"]
        begun, go_on = threading.Event(), threading.Event()

        def lose(device: PlainDevice) -> int:
            begun.set()
            assert go_on.wait(SOON_S)
            return device.measure()

        running = bench.job("one", lose)
        assert begun.wait(SOON_S)
        waiting = bench.job("one", PlainDevice.measure)
        hardware.gone, hardware.trouble = True, ABSENT
        go_on.set()
        for future in (running, waiting):
            assert isinstance(outcome(future), DeviceError)
        assert isinstance(outcome(running), DeviceLostError)
        bench.bay.stop()

    def test_another_device_at_the_same_place_is_told_as_changed(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        hardware.serial, hardware.trouble, hardware.gone = "S2", ABSENT, True
        while bench.event().health != Health(HealthState.FAILED, ABSENT):
            pass
        hardware.gone, hardware.trouble = False, None
        event = bench.event()
        assert (event.changed, event.recovered) == (True, False)
        assert event.info is not None
        assert event.info.serial == "S2"

    def test_a_job_that_closes_its_device_finds_it_open_again(self, bench: Bench) -> None:
        bench.open()
        bench.job("one", lambda device: device.close()).result(SOON_S)
        while bench.event().health.state is not HealthState.READY:
            pass
        assert bench.job("one", PlainDevice.measure).result(SOON_S) == 37


class TellingDevice(PlainDevice):
    """One that can be looked for while it is away."""

    def is_back(self) -> bool:
        self.hardware.looks.put(None)
        if self.hardware.lens_cap is not None:
            raise self.hardware.lens_cap
        return not self.hardware.gone


def forget(queued: queue.SimpleQueue[None]) -> None:
    while not queued.empty():
        queued.get()


class TestReturn:
    LONG_S = 60.0

    @pytest.fixture
    def telling(self) -> Iterator[Bench]:
        made = Bench("one", watch_s=0.01, first_pause_s=0.01, longest_pause_s=self.LONG_S, kind=TellingDevice)
        yield made
        made.bay.stop()

    def lose(self, bench: Bench, tries: int) -> Hardware:
        """Gone, and tried in vain so often that the next attempt is far away."""
        bench.open()
        hardware = bench.hardware["one"]
        hardware.tried.get(timeout=SOON_S)
        hardware.gone, hardware.trouble = True, ABSENT
        while bench.event().health != Health(HealthState.FAILED, ABSENT):
            pass
        for _ in range(tries):
            hardware.tried.get(timeout=SOON_S)
        return hardware

    def test_one_that_is_seen_again_is_opened_without_waiting_out_the_pause(self, telling: Bench) -> None:
        hardware = self.lose(telling, 8)  # the ninth attempt is 2.56 s away, the tenth five
        forget(hardware.looks)
        hardware.looks.get(timeout=SOON_S)
        began = time.monotonic()
        hardware.gone, hardware.trouble = False, None
        assert telling.event().recovered
        assert time.monotonic() - began < 1.0

    def test_one_that_is_seen_all_the_time_waits_as_any_other(self, telling: Bench) -> None:
        hardware = self.lose(telling, 1)
        hardware.gone = False  # seen, but it does not open: another program has it
        for _ in range(8):
            hardware.tried.get(timeout=SOON_S)
        forget(hardware.looks)
        for _ in range(10):  # the next attempt is half a second away, these are a tenth
            hardware.looks.get(timeout=SOON_S)
        assert hardware.tried.empty()

    def test_a_look_that_fails_ends_nothing(self, telling: Bench) -> None:
        telling.bay.start()
        telling.event()
        hardware = telling.hardware["one"]
        hardware.lens_cap = ZeroDivisionError()
        hardware.gone, hardware.trouble = True, ABSENT
        while telling.event().health != Health(HealthState.FAILED, ABSENT):
            pass
        hardware.looks.get(timeout=SOON_S)
        hardware.gone, hardware.trouble = False, None
        assert telling.event().recovered


class TestStopping:
    def test_it_joins_every_thread_and_says_closed_last(self) -> None:
        bench = Bench("one", "two")
        bench.open()
        bench.bay.stop()
        bench.bay.stop()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("device ")]
        assert {bench.event().health.state for _ in range(2)} == {HealthState.CLOSED}
        assert bench.bay.health() == {"one": Health(HealthState.CLOSED), "two": Health(HealthState.CLOSED)}

    def test_it_ends_a_running_job_and_fails_those_that_wait(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        running = bench.job("one", PlainDevice.wait)
        waiting = bench.job("one", PlainDevice.measure)
        assert hardware.busy.wait(SOON_S)
        bench.bay.stop()
        assert isinstance(outcome(running), CaptureCancelledError)
        error = outcome(waiting)
        assert isinstance(error, DeviceLostError)
        assert error.code == "bay.closed"

    def test_it_ends_an_attempt_to_open_without_calling_that_news(self, bench: Bench, hardware: Hardware) -> None:
        hardware.hold.clear()
        bench.bay.start()
        assert hardware.busy.wait(SOON_S)
        bench.bay.stop()
        assert bench.event().health == Health(HealthState.CLOSED)
        assert bench.told.empty()

    def test_it_ends_a_long_pause_at_once(self) -> None:
        bench = Bench("one", first_pause_s=60)
        bench.hardware["one"].trouble = ABSENT
        bench.bay.start()
        bench.event()
        bench.bay.stop()
        assert bench.event().health == Health(HealthState.CLOSED)

    def test_it_can_be_started_again(self, bench: Bench, hardware: Hardware) -> None:
        bench.open()
        bench.bay.stop()
        bench.bay.start()
        bench.bay.open_all(SOON_S)
        assert hardware.opened == 2


def test_a_real_scanner_is_used_lost_and_used_again() -> None:
    told: queue.SimpleQueue[BayEvent] = queue.SimpleQueue()
    counter = Counter()
    with R30xSimulator() as module:
        bay = DeviceBay(
            counter.gate,
            {"fingerprint": lambda gate: R30xScanner("fingerprint", gate, module.url)},
            told.put,
            first_pause_s=0.01,
            watch_s=0.01,
        )
        bay.start()
        bay.open_all(SOON_S)
        key = DeviceKey("fingerprint", "SIM00001")
        assert bay.keys() == bay.contact_keys() == frozenset({key})

        def look(device: Device) -> bool:
            assert isinstance(device, FingerprintScanner)
            clearance = counter.armed(device)
            return device.finger_present(clearance)

        assert bay.submit("fingerprint", look).result(SOON_S) is False
        assert told.get(timeout=SOON_S).health.state is HealthState.READY
        module.unplug()
        assert told.get(timeout=SOON_S).health.state is HealthState.LOST
        assert bay.keys() == frozenset()
        module.replug()
        event = told.get(timeout=SOON_S)
        while event.health.state is not HealthState.READY:
            event = told.get(timeout=SOON_S)
        assert not event.changed
        assert bay.submit("fingerprint", look).result(SOON_S) is False
        bay.stop()
