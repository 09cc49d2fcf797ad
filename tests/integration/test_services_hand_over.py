"""Finished cards are handed over on a real reader: found by number or NIK, bound by the card's own number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.card_reader.virtual_card import CardKind, CardSpec
from station.domain.history import OldCard
from station.domain.samples import CaptureSource, CardSeen
from station.errors import RuleError
from station.lab.operator import OPERATOR, SUPERVISOR
from station.services.cards import CardNews, CardWord
from tests.support.card_desk import FOREIGN, CardPractice, HastyLab
from tests.support.histories import AT
from tests.support.practice import PASSWORD, practising
from tests.support.sealed_visits import add_sealed

NIK_ONE, NIK_TWO = "6408034512950001", "6408034512950002"
READER = CaptureSource("card_reader", "PC/SC", "simulated", "1", "", simulated=True)
BROUGHT = CardSeen("04000000000001", AT, READER)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardPractice]:
    with HastyLab(lifelike=False) as lab, practising(lab, tmp_path_factory.mktemp("station")) as made:
        desk = CardPractice(made.lab, made.station, made.operator, made.started)
        desk.begin()
        made.operator.sign_on()
        for number, nik in (("A-901", NIK_ONE), ("A-902", NIK_TWO), ("A-903", NIK_TWO)):
            add_sealed(made.station, number, nik, BROUGHT)
        yield desk


@pytest.fixture(autouse=True)
def _empty(desk: CardPractice) -> Iterator[None]:
    yield
    desk.station.cards.stop()
    desk.lift()
    desk.empty()
    while not desk.news.empty():
        desk.news.get()


def ktpel(number: int) -> CardSpec:
    return CardSpec(CardKind.KTPEL, bytes.fromhex(f"04{number:012X}"))


def lay(desk: CardPractice, card: CardSpec) -> None:
    assert desk.lab.cards is not None
    desk.lab.cards.insert(card)


def told(desk: CardPractice, shown: str) -> None:
    while desk.told() != CardNews(CardWord.READ, shown):
        pass


def opened(desk: CardPractice, number: str) -> str:
    (found,) = desk.do(lambda: desk.station.hand_over.find(number))
    desk.do(lambda: desk.station.hand_over.open(found.visit_id))
    return found.visit_id


def give(desk: CardPractice, visit_id: str, code: str = "") -> None:
    def job() -> None:
        desk.station.hand_over.give(visit_id, receipt_shown=True, old_card=OldCard.TAKEN_BACK)

    if not code:
        desk.do(job)
        return
    with pytest.raises(RuleError, match=rf"^{code}"):
        desk.do(job)


def test_a_recording_is_found_by_number_and_by_nik_if_it_is_sealed(desk: CardPractice) -> None:
    find = desk.station.hand_over.find
    assert [each.number for each in desk.do(lambda: find("a-901"))] == ["A-901"]
    assert [each.number for each in desk.do(lambda: find("640803 4512950002"))] == ["A-903", "A-902"]
    with pytest.raises(RuleError, match=r"^hand_over\.unknown"):
        desk.do(lambda: find("6408034512959999"))
    waiting = desk.do(desk.station.visits.open)
    with pytest.raises(RuleError, match=r"^hand_over\.not_sealed"):
        desk.do(lambda: find(waiting.number))
    with pytest.raises(RuleError, match=r"^hand_over\.not_sealed"):
        desk.do(lambda: desk.station.hand_over.open(waiting.visit_id))


def test_the_new_card_is_bound_once_and_another_one_by_two_officers(desk: CardPractice) -> None:
    visit_id = opened(desk, "A-901")
    give(desk, visit_id, "hand_over.no_card")
    lay(desk, FOREIGN)
    assert desk.told() == CardNews(CardWord.REFUSED, code="card_reader.foreign_card")
    give(desk, visit_id, "hand_over.no_card")
    lay(desk, CardSpec(CardKind.KTPEL, bytes.fromhex(BROUGHT.uid)))
    told(desk, "••••0001")
    give(desk, visit_id, "hand_over.old_card")
    lay(desk, ktpel(2))
    told(desk, "••••0002")
    give(desk, visit_id)
    visit = desk.do(lambda: desk.station.visits.load(visit_id))
    (given,) = visit.handed_over
    assert (given.card.uid, given.by, given.old_card) == ("04000000000002", OPERATOR, OldCard.TAKEN_BACK)
    assert desk.station.cards.presented(visit_id) is None, "it is bound, and waited for no longer"

    desk.do(lambda: desk.station.hand_over.open(visit_id))
    told(desk, "••••0002")
    give(desk, visit_id, "hand_over.given_already")
    lay(desk, ktpel(3))
    told(desk, "••••0003")
    give(desk, visit_id, "hand_over.again")
    again = desk.station.hand_over.give_again
    with pytest.raises(RuleError, match=r"^sign_on\.same_officer"):
        desk.do(lambda: again(visit_id, OPERATOR, PASSWORD, "rusak", receipt_shown=False, old_card=OldCard.NONE))
    desk.do(lambda: again(visit_id, SUPERVISOR, PASSWORD, "rusak", receipt_shown=False, old_card=OldCard.NONE))
    audited = desk.audited("card.handed_over")
    assert [(each["kind"], each["receipt"], each["officer"]) for each in audited] == [
        ("taken_back", True, ""),
        ("none", False, SUPERVISOR),
    ]
    assert not [each for each in audited if "04000000000002" in str(each)]

    other = opened(desk, "A-903")
    lay(desk, ktpel(2))
    told(desk, "••••0002")
    give(desk, other, "hand_over.other_visit")


def test_the_lists_keep_a_sealed_recording_where_its_seal_put_it(desk: CardPractice) -> None:
    visit_id = opened(desk, "A-902")
    (before,) = desk.do(lambda: desk.station.hand_over.find("A-902"))
    lay(desk, ktpel(9))
    told(desk, "••••0009")
    give(desk, visit_id)
    assert desk.do(lambda: desk.station.hand_over.find("A-902")) == (before,)
