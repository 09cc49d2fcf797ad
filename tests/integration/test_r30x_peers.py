"""Two public clients of R30x modules, written by others, talk to our simulated module over a pty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import serial
from adafruit_fingerprint import NOFINGER, NOTFOUND, OK, Adafruit_Fingerprint
from PIL import Image
from pyfingerprint.pyfingerprint import PyFingerprint

from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from devices.simulation.finger import finger

IMAGE_SIZE = 256 * 288 // 2


@pytest.fixture(params=[None, 1], ids=["whole", "byte by byte"])
def module(request: pytest.FixtureRequest) -> Iterator[R30xSimulator]:
    with R30xSimulator(ModuleTraits(capacity=162, security=4), fragment=request.param) as module:
        yield module


def test_pyfingerprint_takes_and_downloads_what_lies_on_the_platen(module: R30xSimulator, tmp_path: Path) -> None:
    client = PyFingerprint(module.url, 57600, 0xFFFFFFFF, 0)
    assert client.verifyPassword()
    assert client.getStorageCapacity() == 162
    assert client.getSecurityLevel() == 4
    assert client.getMaxPacketSize() == 128
    assert client.getBaudRate() == 57600

    assert not client.readImage(), "no finger yet"
    module.place_finger(finger(11, FingerPosition.RIGHT_INDEX))
    assert client.readImage()

    file = tmp_path / "image.bmp"
    client.downloadImage(str(file))
    with Image.open(file) as image:
        np.testing.assert_array_equal(np.asarray(image), module.seen)


def test_pyfingerprint_is_refused_with_a_wrong_password() -> None:
    with R30xSimulator(ModuleTraits(password=1)) as module:
        client = PyFingerprint(module.url, 57600, 0xFFFFFFFF, 2)
        assert not client.verifyPassword()
        client = PyFingerprint(module.url, 57600, 0xFFFFFFFF, 1)
        assert client.verifyPassword()


def test_adafruits_client_takes_and_downloads_what_lies_on_the_platen(module: R30xSimulator) -> None:
    with serial.Serial(module.url, 57600, timeout=2) as port:
        client = Adafruit_Fingerprint(port)
        assert client.check_module()
        assert (client.library_size, client.security_level) == (162, 4)
        assert client.device_address == b"\xff\xff\xff\xff"
        assert (client.data_packet_size, client.baudrate) == (2, 6)
        assert client.set_led(color=2, mode=3) == OK

        assert client.get_image() == NOFINGER
        module.place_finger(finger(11, FingerPosition.LEFT_THUMB))
        assert client.get_image() == OK

        packed = np.array(client.get_fpdata("image"), np.uint8)
        assert packed.size == IMAGE_SIZE
        levels = np.stack([packed >> 4, packed & 15], axis=-1).reshape(288, 256)
        np.testing.assert_array_equal(levels * 17, module.seen)


def test_adafruits_client_changes_the_packet_size(module: R30xSimulator) -> None:
    with serial.Serial(module.url, 57600, timeout=2) as port:
        client = Adafruit_Fingerprint(port)
        assert client.set_sysparam(6, 3) == OK
        module.place_finger(finger(11, FingerPosition.LEFT_THUMB))
        assert client.get_image() == OK
        assert len(client.get_fpdata("image")) == IMAGE_SIZE
    assert module.traits.size_code == 3


def test_pyfingerprint_enrols_searches_and_deletes(module: R30xSimulator) -> None:
    client = PyFingerprint(module.url, 57600, 0xFFFFFFFF, 0)
    module.place_finger(finger(11, FingerPosition.LEFT_THUMB))
    for buffer in (1, 2):
        assert client.readImage()
        assert client.convertImage(buffer)
    assert client.compareCharacteristics() > 0
    assert client.createTemplate()
    assert client.storeTemplate() == 0
    assert client.getTemplateCount() == 1
    assert client.getTemplateIndex(0)[:2] == [True, False]
    assert client.searchTemplate() == (0, 100)

    template = client.downloadCharacteristics(1)
    assert client.uploadCharacteristics(2, template)
    assert client.compareCharacteristics() == 100

    assert client.loadTemplate(0, 1)
    assert client.deleteTemplate(0)
    assert client.searchTemplate() == (-1, -1)
    assert client.clearDatabase()
    assert len(str(client.generateRandomNumber())) > 0


def test_adafruits_client_enrols_searches_and_deletes(module: R30xSimulator) -> None:
    with serial.Serial(module.url, 57600, timeout=2) as port:
        client = Adafruit_Fingerprint(port)
        module.place_finger(finger(11, FingerPosition.LEFT_THUMB))
        for buffer in (1, 2):
            assert client.get_image() == OK
            assert client.image_2_tz(buffer) == OK
        assert client.compare_templates() == OK
        assert client.create_model() == OK
        assert client.store_model(5) == OK
        assert client.count_templates() == OK
        assert client.template_count == 1
        assert client.read_templates() == OK
        assert client.templates == [5]
        assert client.finger_search() == OK
        assert (client.finger_id, client.confidence) == (5, 100)
        assert client.finger_fast_search() == OK

        template = client.get_fpdata("char", 1)
        assert client.send_fpdata(template, "char", 2)
        assert client.get_fpdata("char", 2) == template

        assert client.load_model(5) == OK
        assert client.delete_model(5) == OK
        assert client.finger_search() == NOTFOUND
        assert client.empty_library() == OK
        client.soft_reset()
        assert client.check_module()
