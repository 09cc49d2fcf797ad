"""A finished card is handed over at the counter, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from devices.card_reader.virtual_card import CardKind, CardSpec
from station.config import Settings
from station.domain.samples import CaptureSource, CardSeen
from station.lab.operator import SUPERVISOR
from tests.support.card_desk import HastyLab
from tests.support.histories import AT
from tests.support.sealed_visits import add_sealed
from tests.ui.conftest import Practice, practice
from tests.ui.keyboard import asked, sign

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

NIK = "6408034512950001"
OLD, NEW, NEWER = (CardSpec(CardKind.KTPEL, bytes.fromhex(f"04{number:012X}")) for number in (1, 2, 3))
READER = CaptureSource("card_reader", "PC/SC", "simulated", "1", "", simulated=True)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    with HastyLab(lifelike=False) as lab, practice(qtbot, Settings(data_dir=tmp_path / "data"), lab=lab) as made:
        assert lab.cards is not None
        lab.cards.remove()
        yield made


def text(counter: Practice, name: str) -> str:
    label = counter.find(name)
    assert isinstance(label, QLabel)
    return label.text()


def lay(counter: Practice, card: CardSpec, told: str) -> None:
    assert counter.lab.cards is not None
    counter.lab.cards.insert(card)
    counter.until(lambda: text(counter, "hand_over.card_seen").startswith(told))


def answer(counter: Practice, *buttons: str) -> None:
    for each in buttons:
        counter.tab_to(each)
        counter.key(Qt.Key.Key_Space)


def look_for(counter: Practice, words: str) -> None:
    counter.tab_to("hand_over.wanted")
    counter.words(words)
    counter.key(Qt.Key.Key_Return)


def test_a_card_is_handed_over_and_a_second_one_by_a_supervisor(counter: Practice) -> None:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    visit = add_sealed(counter.station, "A-901", NIK, CardSeen(OLD.uid.hex().upper(), AT, READER))
    counter.tab_to("home.hand_over")
    counter.key(Qt.Key.Key_Space)
    counter.see("hand_over")

    look_for(counter, "A-999")
    counter.until(lambda: counter.window.message.speaking)
    counter.tab_to("hand_over.wanted")
    counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    look_for(counter, NIK)
    counter.until(lambda: text(counter, "hand_over.who").startswith("A-901"))
    lay(counter, OLD, "Ini kartu lama")
    answer(counter, "receipt.yes", "old_card.taken_back")
    assert not counter.find("hand_over.primary").isEnabled(), "the old card is not the new one"
    lay(counter, NEW, "Kartu baru ••••0002 terbaca.")
    counter.until(counter.find("hand_over.primary").isEnabled)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: len(counter.do(lambda: counter.station.visits.load(visit.visit_id)).handed_over) == 1)
    counter.until(lambda: text(counter, "hand_over.who") == "Cari rekaman pemohon dahulu.")

    look_for(counter, "A-901")
    counter.until(lambda: text(counter, "hand_over.who").startswith("A-901"))
    assert text(counter, "hand_over.before").startswith("Sudah diserahkan pada")
    lay(counter, NEWER, "Kartu baru ••••0003 terbaca.")
    answer(counter, "receipt.no", "old_card.none")
    counter.until(counter.find("hand_over.primary").isEnabled)
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: asked(counter))
    counter.words("rusak")
    sign(counter, SUPERVISOR)
    counter.until(lambda: len(counter.do(lambda: counter.station.visits.load(visit.visit_id)).handed_over) == 2)
    counter.key(Qt.Key.Key_Escape)
    counter.see("home")
    assert counter.station.cards.presented(visit.visit_id) is None
