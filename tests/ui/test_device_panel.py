"""The health board: every device with its state, the cause and one action, its upkeep, and what the satellites say."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from devices.device import DeviceKind, Health, HealthState
from devices.errors import DeviceLostError, OperatorCanMendError
from station.device_settings import OFFICER_READER
from ui.messages import action_of, sentence_of
from ui.widgets.device_panel import NAMES, DevicePanel

AT = datetime(2020, 4, 13, 9, 5, tzinfo=UTC)


@pytest.fixture
def panel(qtbot: QtBot) -> DevicePanel:
    made = DevicePanel()
    qtbot.addWidget(made)
    made.show_slots(tuple(NAMES))
    made.show()
    return made


def words(panel: DevicePanel, slot: str) -> list[str]:
    """What stands on a card."""
    return [label.text() for label in panel.cards[slot].findChildren(QLabel) if label.isVisible() and label.text()]


def test_every_kind_of_device_has_a_card(panel: DevicePanel) -> None:
    assert set(panel.cards) == {*(kind.value for kind in DeviceKind), OFFICER_READER}


@pytest.mark.parametrize("slot", list(NAMES))
def test_one_that_is_gone_tells_state_cause_and_one_action(panel: DevicePanel, slot: str) -> None:
    error = DeviceLostError("port.lost")
    panel.show_health(slot, Health(HealthState.LOST, error))
    assert words(panel, slot)[1:] == ["Terputus", sentence_of(error).id, action_of(error).id]
    assert not panel.cards[slot].ready
    panel.show_health(slot, Health(HealthState.READY), "Model")
    assert words(panel, slot)[1:] == ["Siap"]
    assert panel.cards[slot].ready


def test_gpsd_without_a_receiver_says_what_to_plug_in(panel: DevicePanel) -> None:
    panel.show_health("positioning", Health(HealthState.FAILED, OperatorCanMendError("position.no_receiver")))
    assert "gpsd tidak melihat penerima posisi." in words(panel, "positioning")


@pytest.mark.parametrize(
    ("fix", "satellites", "skew_s", "told"),
    [
        (True, 9, None, "Posisi dari 9 satelit"),
        (True, None, None, "Posisi ada"),
        (False, None, None, "Belum ada posisi: bawa antena ke langit terbuka."),
        (True, 9, 180, "Jam stasiun 3 menit lebih cepat dari satelit: setel jam."),
        (False, None, -300, "Jam stasiun 5 menit lebih lambat dari satelit: setel jam."),
    ],
)
def test_what_the_satellites_say_stands_on_the_receivers_card(
    panel: DevicePanel, fix: bool, satellites: int | None, skew_s: int | None, told: str
) -> None:
    panel.show_whereabouts(fix=fix, satellites=satellites, skew_s=skew_s)
    assert told in words(panel, "positioning")
    assert not panel.cards["positioning"].ready, "health is told by the device alone"
    panel.show_health("positioning", Health(HealthState.LOST, DeviceLostError("position.silent")))
    assert told not in words(panel, "positioning"), "what it said counts no longer"


def test_upkeep_tells_the_last_disinfection_until_somebody_has_touched_it(panel: DevicePanel) -> None:
    panel.show_upkeep("fingerprint", AT, None, used=False)
    assert "Didisinfeksi 13 April 2020, 09.05" in words(panel, "fingerprint")
    panel.show_upkeep("fingerprint", AT, None, used=True)
    assert "Dipakai sejak didisinfeksi" in words(panel, "fingerprint")
    panel.show_upkeep("thermometer", None, date(2020, 3, 1), used=False)
    assert "Dikalibrasi 1 Maret 2020" in words(panel, "thermometer")


def test_a_failed_self_test_names_the_check(panel: DevicePanel) -> None:
    panel.show_health("thermometer", Health(HealthState.READY))
    panel.show_test("thermometer", passed=False, check="ambient")
    assert "Pemeriksaan diri gagal (ambient): panggil teknisi." in words(panel, "thermometer")


def test_a_slot_without_a_card_is_no_trouble(qtbot: QtBot) -> None:
    bare = DevicePanel()
    qtbot.addWidget(bare)
    bare.show_slots(("thermometer_manual",))
    bare.show_whereabouts(fix=True, satellites=4, skew_s=None)
    bare.show_upkeep("positioning", AT, None, used=False)
    bare.show_test("thermometer_manual", passed=True)
    assert bare.cards == {}
