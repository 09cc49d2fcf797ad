"""What a support bundle shows of the settings: figures and words of closed sets; of the rest that it is there."""

from __future__ import annotations

import json
from pathlib import Path

from station.cli.support import PRESENT, plain
from station.config import PortraitSection, ReceiptSection, Settings, StationSection
from station.device_settings import CameraDevice, DevicesSection, FingerprintDevice


def test_no_path_no_name_no_address_and_no_password_of_a_module_is_shown() -> None:
    settings = Settings(
        data_dir=Path("/home/wulan/ktpel"),
        station=StationSection(code="KUTIM-01", name="Loket Wulan", office="Kantor Wulan", address="Jl. Wulan 1"),
        receipt=ReceiptSection(place="Rumah Wulan", complaints={"Telepon Wulan": "0812-000"}),
        recipient_certificate=Path("/home/wulan/centre.pem"),
        devices=DevicesSection(
            camera=CameraDevice(source="http://wulan:rahasia@10.0.0.7/live"),
            fingerprint=FingerprintDevice(url="/dev/serial/by-id/wulan", password=0x1234),
        ),
    )
    shown = plain(settings)
    assert isinstance(shown, dict)
    text = json.dumps(shown)
    for secret in ("wulan", "Wulan", "rahasia", "0812", str(0x1234), "10.0.0.7"):
        assert secret not in text
    assert shown["station"]["code"] == "KUTIM-01"
    assert shown["devices"]["camera"]["width"] == 1280
    assert shown["devices"]["fingerprint"]["password"] == PRESENT
    assert shown["recipient_certificate"] == PRESENT
    assert shown["recipient_authorities"] is None
    assert shown["plan"] == ["portrait", "fingerprints", "signature"]
    assert shown["receipt"]["opens"] == "08:00:00"


def test_figures_of_a_protocol_are_shown_by_its_own_names() -> None:
    settings = Settings(protocol_parameters={"emergency-2020": {"temperature_limit": 37.5}})
    shown = plain(settings)
    assert isinstance(shown, dict)
    assert shown["protocol_parameters"] == {"emergency-2020": {"temperature_limit": 37.5}}
    assert plain(PortraitSection())  # colours by cloth are an office's own
