"""The applicant's card at identify, on a real service: its number is read and kept, and nothing else of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from station.services.cards import CardNews, CardWord
from tests.support.card_desk import FOREIGN, KTPEL, READ, UID, CardPractice, HastyLab
from tests.support.practice import PATIENCE_S, Practice, practising

ASKED = ["00a40000027f0a", "ffca000000"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with HastyLab(lifelike=False) as lab, practising(lab, tmp_path_factory.mktemp("station")) as made:
        made.operator.sign_on()
        yield made


@pytest.fixture
def desk(running: Practice) -> Iterator[CardPractice]:
    made = CardPractice(running.lab, running.station, running.operator, running.started)
    made.begin()
    yield made
    made.station.cards.stop()
    made.lift()
    made.station.bay.submit("card_reader", lambda _: None).result(PATIENCE_S)  # what waited has ended


def test_the_number_of_the_card_is_kept_whole_and_nothing_else_is_asked(desk: CardPractice) -> None:
    before = len(desk.apdus())
    visit_id = desk.opened()
    assert desk.lay(KTPEL) == READ
    card = desk.identify(visit_id).card
    assert card is not None
    assert (card.uid, card.source.simulated, card.source.slot) == (UID, True, "card_reader")
    assert UID not in repr(card)
    assert desk.apdus()[before:] == ASKED
    assert desk.do(lambda: desk.station.visits.load(visit_id)).simulated
    logs = [path.read_bytes() for path in (desk.station.settings.folder / "log").rglob("*") if path.is_file()]
    assert logs
    assert not [data for data in logs if UID.encode() in data or UID.lower().encode() in data]


@pytest.mark.parametrize("size", [4, 7, 10])
def test_a_number_of_every_length_is_kept_whole(desk: CardPractice, size: int) -> None:
    uid = bytes(range(0xA0, 0xA0 + size))
    visit_id = desk.opened()
    assert desk.lay(replace(KTPEL, uid=uid)).word is CardWord.READ
    card = desk.station.cards.presented(visit_id)
    assert card is not None
    assert bytes.fromhex(card.uid) == uid


def test_a_card_that_is_taken_away_is_noticed_and_its_number_stays(desk: CardPractice) -> None:
    visit_id = desk.opened()
    assert desk.lay(KTPEL) == READ
    desk.lift()
    assert desk.told() == CardNews(CardWord.REMOVED, "••••E5F6")
    assert desk.station.cards.presented(visit_id) is not None
    desk.station.cards.forget()
    assert desk.identify(visit_id).card is None


def test_a_card_that_does_not_serve_is_told_once_and_stands_in_nobodys_way(desk: CardPractice) -> None:
    visit_id = desk.opened()
    assert desk.lay(FOREIGN) == CardNews(CardWord.REFUSED, code="card_reader.foreign_card")
    assert desk.identify(visit_id).card is None
    desk.lift()
    assert desk.told() == CardNews(CardWord.REMOVED)
    assert desk.lay(KTPEL) == READ


def test_the_last_applicants_card_is_not_taken_for_the_next_ones(desk: CardPractice) -> None:
    first = desk.opened()
    assert desk.lay(KTPEL) == READ
    desk.identify(first)
    second = desk.opened()
    assert desk.told() == CardNews(CardWord.REFUSED, code="card.left_behind")
    assert desk.station.cards.presented(second) is None
    assert desk.station.cards.presented(first) is None
    desk.lift()
    assert desk.told() == CardNews(CardWord.REMOVED)
    assert desk.lay(KTPEL) == READ, "laid down anew, it is theirs"


def test_a_card_that_lies_there_when_the_visit_begins_is_read(desk: CardPractice) -> None:
    assert desk.lab.cards is not None
    desk.lab.cards.insert(KTPEL)
    first = desk.opened()
    assert desk.told() == READ
    assert desk.station.cards.presented(first) is not None


def test_nobody_who_waits_no_longer_is_told(desk: CardPractice) -> None:
    desk.opened()
    desk.station.cards.stop()
    assert desk.lab.cards is not None
    desk.lab.cards.insert(KTPEL)
    second = desk.opened()
    assert desk.told() == READ
    assert desk.station.cards.presented(second) is not None
    assert desk.news.empty()
