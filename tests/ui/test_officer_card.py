"""An officer's card on screen: put on record, asked for at sign-on, and each wrong PIN told; by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from devices.card_reader.simulator import CardReaderSimulator
from station.bootstrap import build
from station.config import Settings
from station.device_settings import CardReaderDevice, DevicesSection
from station.domain.officer import FactorKind
from station.services.sign_on import PRACTICE_PASSWORD
from tests.support.cards import PIN, issue, officer_card
from tests.ui.conftest import Counter, window_over
from tests.ui.keyboard import asked, press
from ui.dialogs.account import AccountDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

ROOT = issue("Root of tests", authority=True)
BUDI = issue("budi", ROOT)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """In practice, with a reader alone; the supervisor's card lies in it."""
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    with CardReaderSimulator() as service:
        service.insert(officer_card(BUDI))
        reader = CardReaderDevice(
            reader=service.readers[0], socket=service.socket_path, simulated=True, officer_authorities=authorities
        )
        station = build(Settings(data_dir=tmp_path / "data", devices=DevicesSection(card_reader=reader)))
        with window_over(station, qtbot) as opened:
            yield Counter(opened, station, qtbot)


def _told(counter: Counter, name: str) -> str:
    field = counter.find(f"{name}.field")
    return " ".join(each.text() for each in field.findChildren(QLabel) if each.isVisible())


def test_a_card_is_put_on_record_and_then_asked_for_with_its_pin(counter: Counter) -> None:
    counter.sign_on("penyelia")
    counter.until(lambda: counter.window.devices.cards["card_reader"].ready)
    press(counter, "top.account")
    counter.until(lambda: isinstance(counter.focus().window(), AccountDialog))
    press(counter, "account.card")
    counter.until(lambda: asked(counter))
    for name, words in (("password", PRACTICE_PASSWORD), ("pin", "000000")):
        counter.tab_to(name)
        counter.words(words)
    form = counter.focus().window()  # before its fields are shut while the card is asked
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: any("PIN salah, 2 kali lagi." in each.text() for each in form.findChildren(QLabel)))
    counter.tab_to("pin")
    counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    counter.words(PIN)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: isinstance(counter.focus().window(), AccountDialog))
    assert counter.do(lambda: counter.station.factors.of("penyelia")) == {FactorKind.CARD}
    counter.key(Qt.Key.Key_Escape)
    counter.key(Qt.Key.Key_F9)
    counter.see("sign_on")
    counter.until(lambda: bool(counter.window.findChildren(QWidget, "officer.penyelia")))
    press(counter, "officer.penyelia")
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")
    counter.words(PRACTICE_PASSWORD)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: counter.focus().objectName() == "sign_on.factor.pin")
    counter.words("000000")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: "PIN salah, 2 kali lagi." in _told(counter, "sign_on.factor.pin"))
    counter.words(PIN)
    counter.key(Qt.Key.Key_Return)
    counter.see("home")
