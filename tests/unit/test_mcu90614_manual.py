"""Manual entry beside the infrared thermometer: a typed value is this measurement's or nobody's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from devices.errors import CaptureCancelledError, DeviceLostError, DeviceTimeoutError, PersonCanRetryError, Remedy
from devices.thermometer import ReadingSource, TemperatureReading
from devices.thermometer.manual import ManualThermometer
from protocols.clock import ManualClock

NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
PATIENCE_S = 5.0


@pytest.fixture
def device() -> Iterator[ManualThermometer]:
    device = ManualThermometer("thermometer_manual", clock=ManualClock(NOON))
    device.open()
    yield device
    device.close()


@pytest.fixture
def aside() -> Iterator[Callable[[Callable[[], TemperatureReading]], Future[TemperatureReading]]]:
    """Run a measurement on another thread, as the bay does."""
    threads: list[threading.Thread] = []

    def run(measure: Callable[[], TemperatureReading]) -> Future[TemperatureReading]:
        future: Future[TemperatureReading] = Future()

        def work() -> None:
            try:
                future.set_result(measure())
            except Exception as error:  # noqa: BLE001 - handed over to the test
                future.set_exception(error)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return future

    yield run
    for thread in threads:
        thread.join()


Aside = Callable[[Callable[[], TemperatureReading]], "Future[TemperatureReading]"]


def test_what_the_officer_typed_is_the_reading(device: ManualThermometer, aside: Aside) -> None:
    reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
    assert device.enter(36.7, wait_s=PATIENCE_S)
    assert reading.result(PATIENCE_S) == TemperatureReading(
        celsius=36.7, ambient_celsius=None, source=ReadingSource.MANUAL, measured_by="officer-1", taken_at=NOON
    )
    assert device.info.serial == "manual"


def test_a_value_that_nobody_waits_for_is_refused_and_never_the_next_ones(
    device: ManualThermometer, aside: Aside
) -> None:
    assert not device.enter(39.9)
    reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
    assert device.enter(36.5, wait_s=PATIENCE_S)
    assert reading.result(PATIENCE_S).celsius == 36.5
    assert not device.enter(39.9), "a second press of the key"
    with pytest.raises(DeviceTimeoutError):
        device.measure("officer-1", timeout_s=0.05)


def test_a_measurement_takes_one_value(device: ManualThermometer, aside: Aside) -> None:
    for celsius in (36.1, 36.2, 36.3):
        reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
        assert device.enter(celsius, wait_s=PATIENCE_S)
        assert reading.result(PATIENCE_S).celsius == celsius


@pytest.mark.parametrize("celsius", [3.65, 31.9, 43.1, 365.0, float("nan")])
def test_a_slip_of_the_finger_is_typed_again(device: ManualThermometer, aside: Aside, celsius: float) -> None:
    reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
    assert device.enter(celsius, wait_s=PATIENCE_S)
    error = reading.exception(PATIENCE_S)
    assert isinstance(error, PersonCanRetryError)
    assert str(error) == "thermometer.out_of_range"


def test_nothing_typed_in_time_is_a_timeout_to_retry(device: ManualThermometer) -> None:
    with pytest.raises(DeviceTimeoutError) as caught:
        device.measure("officer-1", timeout_s=0.02)
    assert caught.value.code == "thermometer.no_entry"
    assert caught.value.remedy is Remedy.RETRY


def test_a_cancel_ends_the_wait_and_the_next_measurement_is_a_new_one(device: ManualThermometer, aside: Aside) -> None:
    device.cancel()
    with pytest.raises(CaptureCancelledError):
        device.measure("officer-1", timeout_s=PATIENCE_S)
    reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
    assert device.enter(36.6, wait_s=PATIENCE_S)
    assert reading.result(PATIENCE_S).celsius == 36.6


def test_closing_it_ends_a_wait_in_another_thread(device: ManualThermometer, aside: Aside) -> None:
    reading = aside(lambda: device.measure("officer-1", timeout_s=PATIENCE_S))
    with device._changed:
        assert device._changed.wait_for(lambda: device._waiting, PATIENCE_S)
    device.close()
    assert isinstance(reading.exception(PATIENCE_S), DeviceLostError)
