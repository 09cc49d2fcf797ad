"""The card's open photo beside the live face: in its turn, under the leave, kept nowhere."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from devices.card_reader.virtual_card import CardSpec
from devices.errors import CaptureCancelledError, PersonCanRetryError
from protocols.clearance import NotClearedError
from station.errors import RuleError
from station.lab.cards import FOREIGN, ktpel, torn
from station.lab.persona import citizen
from station.services.card_photo import CardProgress
from tests.support.card_desk import CardPractice, HastyLab
from tests.support.practice import PATIENCE_S, practising

CARD = ktpel(citizen(2020))
PHOTO = "00a40000026ff2"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardPractice]:
    folder = tmp_path_factory.mktemp("station")
    with HastyLab(lifelike=False) as lab, practising(lab, folder, capture={"card_photo": True}) as made:
        desk = CardPractice(made.lab, made.station, made.operator, made.started)
        desk.begin()
        yield desk


@pytest.fixture
def cleared(running: CardPractice) -> Iterator[str]:
    """A visit in the portrait's step."""
    yield running.cleared()
    running.do(running.station.sign_on.sign_off)
    running.lift()
    running.empty()


def read(desk: CardPractice, visit_id: str, progress: list[CardProgress] | None = None) -> bytes:
    heard = progress if progress is not None else []
    return desk.wait(desk.station.card_photo.read(visit_id, heard.append))


def lay(desk: CardPractice, card: CardSpec) -> None:
    """In place of what a test before may have left there, and wait until the service has seen it."""
    desk.lift()
    desk.empty()
    assert desk.lab.cards is not None
    desk.lab.cards.insert(card)
    desk.laid()


def test_the_photo_is_shown_and_kept_nowhere(running: CardPractice, cleared: str) -> None:
    before = running.do(lambda: running.station.visits.load(cleared))
    lay(running, CARD)
    progress: list[CardProgress] = []
    shown = Image.open(io.BytesIO(read(running, cleared, progress)))
    assert shown.size == Image.open(io.BytesIO(CARD.photo)).size
    assert progress[-1] == CardProgress(len(CARD.photo), len(CARD.photo))
    assert running.do(lambda: running.station.visits.load(cleared)) == before
    assert running.audited("card.photo_read") == [{"slot": "card_reader", "simulated": True}]


def test_before_its_turn_the_card_is_not_asked(running: CardPractice) -> None:
    visit_id = running.identified()
    lay(running, CARD)
    before = running.apdus()
    with pytest.raises(RuleError, match=r"^visit\.out_of_turn"):
        read(running, visit_id)
    assert running.apdus() == before
    running.do(running.station.sign_on.sign_off)
    with pytest.raises(RuleError, match=r"^sign_on\.needed"):
        read(running, visit_id)
    assert running.apdus() == before


@pytest.mark.parametrize(
    ("card", "codes"),
    [
        (torn(CARD), {"card_reader.removed", "card_reader.unreadable"}),
        (FOREIGN, {"card_reader.foreign_card"}),
    ],
    ids=["torn", "foreign"],
)
def test_a_card_that_gives_trouble_is_one_error_and_the_next_one_is_read(
    running: CardPractice, cleared: str, card: CardSpec, codes: set[str]
) -> None:
    lay(running, card)
    with pytest.raises(PersonCanRetryError) as caught:
        read(running, cleared)
    assert caught.value.code in codes
    running.lift()
    running.empty()
    lay(running, CARD)
    assert read(running, cleared)


def test_without_leave_the_face_does_not_leave_the_card(running: CardPractice, cleared: str) -> None:
    lay(running, replace(CARD, delay_s=0.05))
    begun: list[CardProgress] = []

    def interrupted(progress: CardProgress) -> None:
        if not begun:
            running.station.desk.submit(running.station.sign_on.sign_off)
        begun.append(progress)

    reading = running.station.card_photo.read(cleared, interrupted)
    with pytest.raises((NotClearedError, CaptureCancelledError)):
        reading.result(PATIENCE_S)
    assert begun


@pytest.mark.parametrize("photo", [b"\xff\xd8\xff" + bytes(500), b"nothing known", CARD.photo[:200]])
def test_a_photo_that_is_no_picture_is_told_without_a_byte_of_it(
    running: CardPractice, cleared: str, photo: bytes
) -> None:
    lay(running, replace(CARD, photo=photo))
    with pytest.raises(RuleError, match=r"^card_photo\.unreadable$") as caught:
        read(running, cleared)
    assert caught.value.__cause__ is None


def test_where_the_settings_do_not_want_it_nothing_is_read(tmp_path: Path, running: CardPractice) -> None:
    from station.bootstrap import build
    from station.config import Settings

    station = build(running.lab.settings(Settings(data_dir=tmp_path)))
    assert not station.card_photo.offered
    station.desk.start()
    with pytest.raises(RuleError, match=r"^card_photo\.off"):
        station.card_photo.read("any", lambda _: None).result(PATIENCE_S)
    station.stop()
