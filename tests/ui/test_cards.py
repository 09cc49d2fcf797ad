"""The applicant's card at the counter: what the officer is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from devices.card_reader.virtual_card import CardSpec
from station.config import CaptureSection, Settings
from station.lab.cards import ktpel, torn
from station.lab.operator import Operator
from tests.support.card_desk import FOREIGN, KTPEL, HastyLab
from tests.ui.conftest import Practice, practice
from ui.widgets.card_photo import CardPhotoPane


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    settings = Settings(data_dir=tmp_path / "data", capture=CaptureSection(card_photo=True, portrait_auto=False))
    with HastyLab(lifelike=False) as lab, practice(qtbot, settings, lab=lab) as made:
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


def test_the_photo_on_the_card_stands_beside_the_live_face_and_goes_with_the_step(counter: Practice) -> None:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    operator, cards = Operator(counter.station), counter.lab.cards
    assert cards is not None
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    visit = counter.do(lambda: counter.station.visits.load(visit_id))
    counter.opened.conductor.move(visit)
    counter.see("portrait")
    pane = counter.find("card_photo")
    assert isinstance(pane, CardPhotoPane)
    counter.tab_to("card_photo.read")
    for card in (None, torn(ktpel(counter.lab.citizen, delay_s=0.05))):
        if card is not None:
            cards.insert(card)
        counter.until(pane.button.isEnabled)
        counter.window.message.hush()
        pane.button.click()
        counter.until(lambda: counter.window.message.speaking)
        assert pane.picture.empty
    told: list[int] = []
    pane.progress.valueChanged.connect(told.append)
    cards.insert(ktpel(counter.lab.citizen, delay_s=0.02))

    def read() -> bool:
        if pane.button.isEnabled() and pane.picture.empty:
            pane.button.click()
        return not pane.picture.empty

    counter.until(read)
    assert {240, 480} <= set(told), "what it costs is shown"
    assert not counter.window.message.speaking
    counter.opened.conductor.home()
    counter.see("home")
    assert pane.picture.empty
