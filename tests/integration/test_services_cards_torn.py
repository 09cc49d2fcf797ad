"""An applicant's card is waited for, while it says nothing, or while the reader's service dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import PersonCanRetryError
from station.services.cards import CardNews, CardWord
from tests.support.card_desk import KTPEL, READ, CardPractice, HastyLab
from tests.support.practice import practising


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[CardPractice]:
    with HastyLab(lifelike=False) as lab, practising(lab, tmp_path, capture={"card_photo": True}) as running:
        desk = CardPractice(running.lab, running.station, running.operator, running.started)
        desk.begin()
        desk.operator.sign_on()
        yield desk


def test_after_the_service_was_killed_the_card_is_read_again(desk: CardPractice) -> None:
    desk.opened()
    assert desk.lay(KTPEL) == READ
    assert desk.lab.cards is not None
    desk.lab.cards.crash()
    desk.lab.cards.restart()
    assert desk.told() == READ


def test_a_mute_card_is_told_once_and_stands_in_nobodys_way(desk: CardPractice) -> None:
    visit_id = desk.opened()
    assert desk.lay(KTPEL.muted()) == CardNews(CardWord.REFUSED, code="card_reader.mute")
    assert desk.identify(visit_id).card is None
    desk.station.cards.stop()
    desk.operator.screen(visit_id)
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute"):
        desk.wait(desk.station.card_photo.read(visit_id, lambda _: None))
    desk.lift()
    desk.empty()
    desk.station.cards.watch("next")
    assert desk.lay(KTPEL) == READ
