"""From the settings to the drivers of receivers and thermometers: each name makes its own, a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from devices.device import Device
from devices.position.gpsd import GpsdReceiver
from devices.position.nmea import NmeaReceiver
from devices.thermometer.aa55 import Aa55Thermometer
from devices.thermometer.board import SerialThermometer
from devices.thermometer.mcu90614 import CONTINUOUS, QUERY, Mcu90614
from protocols.clock import SystemClock
from station.attach import device_makers
from station.config import Settings
from station.device_settings import DevicesSection, PositionDevice, ThermometerDevice
from tests.support.counter import Counter


def made(slot: str, devices: DevicesSection) -> Device:
    return device_makers(Settings(devices=devices), SystemClock())[slot](Counter().gate)


def receiver(**words: Any) -> Device:
    return made("positioning", DevicesSection(positioning=PositionDevice(**words)))


def thermometer(**words: Any) -> Device:
    return made("thermometer", DevicesSection(thermometer=ThermometerDevice(**words)))


def test_a_receiver_is_serial_unless_it_is_gpsds() -> None:
    serial = receiver(url="/dev/ttyUSB0", baudrate=4800)
    assert isinstance(serial, NmeaReceiver)
    assert serial._settings.baudrate == 4800
    assert isinstance(receiver(driver="gpsd", url="gpsd://localhost"), GpsdReceiver)


@pytest.mark.parametrize(
    ("words", "kind", "baudrate", "question"),
    [
        ({}, Mcu90614, 9600, QUERY),
        ({"driver": "mcu90615"}, Mcu90614, 115200, QUERY),
        ({"driver": "mcu90615", "continuous": True}, Mcu90614, 115200, CONTINUOUS),
        ({"driver": "aa55"}, Aa55Thermometer, 115200, b""),
    ],
)
def test_each_thermometer_has_its_speed_and_its_question(
    words: dict[str, Any], kind: type[Device], baudrate: int, question: bytes
) -> None:
    device = thermometer(url="/dev/ttyUSB0", **words)
    assert isinstance(device, kind)
    assert isinstance(device, SerialThermometer)
    assert (device._settings.baudrate, device._question) == (baudrate, question)


@pytest.mark.parametrize("words", [{"driver": "galileo"}, {"baudrate": 1200}, {"url": ""}, {"offset": 0.5}])
def test_what_no_receiver_has_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        receiver(**{"url": "/dev/ttyUSB0", **words})


def test_no_setting_corrects_a_temperature() -> None:
    with pytest.raises(ValidationError):
        thermometer(url="/dev/ttyUSB0", offset=0.5)


def test_a_simulated_receiver_makes_the_station_one_of_practice() -> None:
    devices = DevicesSection(positioning=PositionDevice(url="/dev/ttyUSB0", simulated=True))
    assert Settings(devices=devices).practice
