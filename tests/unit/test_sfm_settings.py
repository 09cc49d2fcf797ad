"""An SFM module by the settings: which driver is made of them, and how its answers are read."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from devices.device import DeviceKind
from devices.errors import PersonCanRetryError
from devices.fingerprint import FingerRequest
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.sfm import SfmScanner
from devices.fingerprint.sfm_wire import Meaning
from devices.fingerprint.simulator_sfm import SfmSimulator, SfmTraits
from devices.positions import FingerPosition
from protocols.clock import SystemClock
from station.attach import device_makers
from station.config import Settings
from station.device_settings import DevicesSection, FingerprintDevice, SfmMeaning
from tests.support.counter import Counter

SLOT = DeviceKind.FINGERPRINT.value


def scanner(counter: Counter, device: FingerprintDevice) -> object:
    settings = Settings(devices=DevicesSection(fingerprint=device))
    return device_makers(settings, SystemClock())[SLOT](counter.gate)


def test_the_settings_know_every_meaning_the_driver_knows() -> None:
    assert set(get_args(SfmMeaning)) == {meaning.value for meaning in Meaning}


def test_the_settings_choose_the_driver() -> None:
    assert isinstance(scanner(Counter(), FingerprintDevice(url="loop://")), R30xScanner)
    assert isinstance(scanner(Counter(), FingerprintDevice(driver="sfm", url="loop://")), SfmScanner)


def test_codes_of_other_firmware_and_the_sensors_resolution_reach_the_driver() -> None:
    counter = Counter()
    with SfmSimulator(SfmTraits(no_finger=0xE0, second_s=0.01)) as module:
        named = FingerprintDevice(driver="sfm", url=module.url, dpi=508, codes={"E0": "no_finger"}, simulated=True)
        device = scanner(counter, named)
        assert isinstance(device, SfmScanner)
        try:
            info = device.open()
            assert (info.properties["dpi"], info.simulated) == ("508", True)
            clearance, thumb = counter.armed(device), FingerRequest((FingerPosition.RIGHT_THUMB,))
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.no_finger"):
                device.capture(clearance, thumb, timeout_s=0.05)
        finally:
            device.close()


@pytest.mark.parametrize("codes", [{"E00": "no_finger"}, {"zz": "no_finger"}, {"E0": "perhaps"}])
def test_a_code_that_is_none_or_means_nothing_is_refused(codes: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="codes"):
        FingerprintDevice.model_validate({"driver": "sfm", "url": "loop://", "codes": codes})
