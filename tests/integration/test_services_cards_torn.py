"""The reader's service dies while an applicant's card is waited for."""

from __future__ import annotations

from pathlib import Path

from tests.support.card_desk import KTPEL, READ, CardPractice, HastyLab
from tests.support.practice import practising


def test_after_the_service_was_killed_the_card_is_read_again(tmp_path: Path) -> None:
    with HastyLab(lifelike=False) as lab, practising(lab, tmp_path) as running:
        desk = CardPractice(running.lab, running.station, running.operator, running.started)
        desk.begin()
        desk.operator.sign_on()
        desk.opened()
        assert desk.lay(KTPEL) == READ
        assert lab.cards is not None
        lab.cards.crash()
        lab.cards.restart()
        assert desk.told() == READ
