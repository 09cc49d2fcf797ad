"""The number of a card's chip, whole and never shown whole."""

from __future__ import annotations

import pytest

from station.domain.samples import CardSeen
from tests.support.histories import AT, SOURCE


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6A7B8C9"])
def test_a_number_of_every_length_is_whole_and_its_end_alone_is_shown(uid: str) -> None:
    card = CardSeen(uid, AT, SOURCE)
    assert card.masked == f"••••{uid[-4:]}"
    assert uid not in repr(card)


@pytest.mark.parametrize("uid", ["", "04", "04A1B2C3D4", "04a1b2c3", "04 A1 B2 C3", "KTP-EL00", "04" * 11])
def test_no_other_text_is_a_number(uid: str) -> None:
    with pytest.raises(ValueError, match="card's number"):
        CardSeen(uid, AT, SOURCE)
