"""The lab's reader has two slots: the citizen's card in one, in the other the officer's, of its own authority."""

from __future__ import annotations

from pathlib import Path

from devices.card_reader import CardReader
from devices.device import Device
from protocols.clock import SystemClock
from station.device_settings import OFFICER_READER
from station.lab.cards import ktpel
from station.lab.lab import OFFICER, Lab
from station.lab.officer_cards import PIN
from station.security.officer_card import OfficerCard, load_authorities
from tests.support.practice import practising


def test_each_slot_has_its_card(tmp_path: Path) -> None:
    with Lab(lifelike=False) as lab, practising(lab, tmp_path) as running:
        settings = running.station.settings.devices.card_reader
        assert settings is not None
        assert settings.officer_authorities is not None
        roots, between = load_authorities(settings.officer_authorities)
        trusted = OfficerCard(roots, SystemClock(), between)

        def officer(device: Device) -> str:
            assert isinstance(device, CardReader)
            return trusted.sign_on(device, PIN).subject

        def citizen(device: Device) -> bytes:
            assert isinstance(device, CardReader)
            return device.read_uid()

        bay = running.station.bay
        assert running.wait(bay.submit(OFFICER_READER, officer)) == f"CN={OFFICER}"
        assert running.wait(bay.submit("card_reader", citizen)) == ktpel(lab.citizen).uid
    assert not settings.officer_authorities.exists()
