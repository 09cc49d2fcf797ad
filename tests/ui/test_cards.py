"""The applicant's card at the counter: what the officer is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from devices.card_reader.virtual_card import CardSpec
from station.config import Settings
from tests.support.card_desk import FOREIGN, KTPEL, HastyLab
from tests.ui.conftest import Practice, practice


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    with HastyLab(lifelike=False) as lab, practice(qtbot, Settings(data_dir=tmp_path / "data"), lab=lab) as made:
        assert lab.cards is not None
        lab.cards.remove()
        yield made


def words(counter: Practice) -> str:
    label = counter.find("identify.card_seen")
    assert isinstance(label, QLabel)
    return label.text()


def lay(counter: Practice, card: CardSpec | None, told: str) -> None:
    assert counter.lab.cards is not None
    if card is None:
        counter.lab.cards.remove()
    else:
        counter.lab.cards.insert(card)
    counter.until(lambda: words(counter) == told)


def test_what_is_laid_on_the_reader_is_told_beside_the_form(counter: Practice) -> None:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    counter.key(Qt.Key.Key_Return)
    counter.see("identify")
    counter.until(lambda: words(counter) == "Tempelkan KTP-el pemohon, bila ada.")
    lay(counter, FOREIGN, "Kartu ini bukan KTP-el.")
    assert counter.find("identify.primary").isEnabled(), "it stands in nobody's way"
    assert not counter.window.message.speaking
    lay(counter, None, "Tempelkan KTP-el pemohon, bila ada.")
    lay(counter, KTPEL, "Kartu ••••E5F6 terbaca.")
    lay(counter, None, "Kartu ••••E5F6 terbaca dan sudah diangkat.")
    counter.tab_to("identify.disown")
    counter.key(Qt.Key.Key_Space)
    assert words(counter) == "Tempelkan KTP-el pemohon, bila ada."
    lay(counter, KTPEL, "Kartu ••••E5F6 terbaca.")
