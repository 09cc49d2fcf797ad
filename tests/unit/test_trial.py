"""Devices before there is a station: what is plugged in, and each tried by its own driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from devices import discovery
from devices.errors import CaptureCancelledError, DeviceError
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.wacom_stu_hid import listed_pads
from station.device_settings import DevicesSection
from station.lab.lab import Lab
from station.trial import POINTER, SECTIONS, Bench, drivers, plugged_in, section


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False, tcp=True, positions=True) as running:
        yield running


def test_every_place_of_the_settings_can_be_tried() -> None:
    assert set(SECTIONS) == set(DevicesSection.model_fields)


def test_a_serial_port_is_named_as_a_replug_keeps_it(tmp_path: Path) -> None:
    plain = discovery.serial_ports(tmp_path / "none")
    links = []
    for number, each in enumerate(plain):
        assert each.words
        links.append(tmp_path / f"usb-{number}")
        links[-1].symlink_to(each.address)
    assert [each.address for each in discovery.serial_ports(tmp_path)] == [str(link) for link in links]


def test_pads_that_a_driver_knows_are_listed_by_their_place() -> None:
    with WacomStuHidSimulator() as pad:
        ((path, model),) = listed_pads(pad)
        assert path == "/dev/hidraw1"
        assert model.startswith("STU-")
        pad.unplug()
        assert listed_pads(pad) == ()


@pytest.mark.parametrize("driver", sorted({each for slot in SECTIONS for each in drivers(slot)}))
def test_what_is_plugged_in_can_be_asked_for_with_every_driver(driver: str) -> None:
    found = plugged_in(driver)
    assert all(each.address and each.words for each in found)
    assert (found == ()) or driver != POINTER


def places(lab: Lab) -> dict[str, tuple[str, str]]:
    assert lab.camera is not None
    assert lab.receiver is not None
    return {
        "camera": ("opencv", lab.camera.url),
        "fingerprint": ("r30x", lab.scanner.url),
        "signature_pad": ("topaz", lab.pad.url),
        "thermometer": ("mcu90614", lab.thermometer.url),
        "positioning": ("nmea", lab.receiver.url),
    }


@pytest.mark.parametrize("slot", ["camera", "fingerprint", "signature_pad", "thermometer", "positioning"])
def test_a_device_says_who_it_is_and_how_it_fares(lab: Lab, slot: str) -> None:
    tried = Bench().run(slot, section(slot, *places(lab)[slot]))
    assert tried.info.kind.value == slot
    assert tried.test.passed
    assert not tried.info.simulated


def test_the_stations_own_window_needs_no_port() -> None:
    assert Bench().run("signature_pad", section("signature_pad", POINTER, "")).test.passed


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="port"):
        Bench().run("thermometer", section("thermometer", "mcu90614", str(tmp_path / "ttyUSB0")))


def test_a_place_that_is_none_is_no_device() -> None:
    with pytest.raises(ValidationError):
        Bench().run("camera", section("camera", "opencv", ""))


def test_after_the_end_nothing_is_tried_any_more(lab: Lab) -> None:
    bench = Bench()
    bench.cancel()
    with pytest.raises(CaptureCancelledError):
        bench.run("thermometer", section("thermometer", *places(lab)["thermometer"]))
